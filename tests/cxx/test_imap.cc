// test_imap.cc: results one by one.
#include "suite.hpp"

#include <algorithm>
#include <numeric>

namespace
{

int64_t square(int64_t x) { return x * x; }

CASE(imap_gives_results_in_order)
{
    int64_t expected = 0;
    for (int64_t result : rp::imap(pool, square, rp::range(1000))) {
        CHECK(result == expected * expected);
        expected++;
    }
    CHECK(expected == 1000);
}

CASE(unordered_gives_each_once)
{
    std::vector<int64_t> seen;
    auto results = rp::imap_unordered(pool, square, rp::range(500));
    for (int64_t result : results) {
        CHECK(result == results.index() * results.index());
        seen.push_back(results.index());
    }
    std::sort(seen.begin(), seen.end());
    CHECK(seen.size() == 500 && seen.front() == 0 && seen.back() == 499);
}

CASE(a_loop_may_end_early)
{
    int64_t last = 0;
    for (int64_t result : rp::imap(pool, square, rp::range(0, INT64_MAX))) {
        last = result;
        if (result >= 10000) break;
    }
    CHECK(last == 10000);
}

CASE(algorithms_take_the_range)
{
    auto results = rp::istarmap(
        pool, [](int a, int b) { return a * b; }, std::vector<int>{1, 2, 3}, std::vector<int>{4, 5, 6});
    CHECK(std::accumulate(results.begin(), results.end(), 0) == 32);
    auto strings = rp::imap(
        pool, [](const std::string &s) { return s + s; }, std::vector<std::string>{"a", "b"});
    std::string all;
    for (auto &s : strings) all += s;
    CHECK(all == "aabb");
    CHECK(!strings.next());
}

CASE(items_are_generated_as_results_are_taken)
{
    int made = 0;
    auto naturals = rp::generate([&made]() -> std::optional<int64_t> { return made++; });
    rp::call_options options;
    options.window = 8;
    auto results = rp::imap(pool, square, naturals, options);
    for (int i = 0; i < 50; i++) CHECK(results.next() == int64_t{i} * i);
    CHECK(made <= 50 + 8 && results.pulled() == static_cast<uint64_t>(made));
}

CASE(generated_items_may_be_strings_and_have_bound_values)
{
    int left = 3;
    auto words = rp::generate([&left]() -> std::optional<std::string> {
        if (left == 0) return std::nullopt;
        return std::string(static_cast<size_t>(left--), 'x');
    });
    std::string all;
    for (auto &s : rp::imap(
             pool, [](const std::string &before, const std::string &s) { return before + s; }, words, rp::with("-")))
        all += s;
    CHECK(all == "-xxx-xx-x");
}

CASE(an_exception_of_a_generator_comes_after_its_results)
{
    int made = 0;
    auto source = rp::generate([&made]() -> std::optional<int64_t> {
        if (made == 3) throw std::domain_error("no more numbers");
        return made++;
    });
    int64_t n = 0;
    std::string said;
    try {
        for (int64_t result : rp::imap(pool, square, source)) n += 1 + 0 * result;
    } catch (const std::domain_error &thrown) {
        said = thrown.what();
    }
    CHECK(n == 3 && said == "no more numbers");
}

CASE(results_can_be_moved_and_cancelled)
{
    auto results = rp::imap(pool, square, rp::range(0, INT64_MAX));
    CHECK(results.next() == 0);
    auto moved = std::move(results);
    CHECK(moved.next() == 1);
    moved.cancel();
    CHECK(status_of([&] {
              while (moved.next()) continue;
          }) == RP_CANCELLED);
}

} // namespace
