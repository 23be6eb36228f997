// test_reduce.cc: results folded into one value.
#include "suite.hpp"

namespace
{

using table = std::map<std::string, int>;

double third(int64_t x) { return 1.0 / static_cast<double>(3 * x + 1); }
table letters_of(const std::string &word)
{
    table made;
    for (char c : word) made[std::string(1, c)]++;
    return made;
}
table add(table left, const table &right)
{
    for (const auto &[letter, n] : right) left[letter] += n;
    return left;
}
std::string join(std::string left, const std::string &right) { return std::move(left) + right; }

// The tree of reduce.h for blocks of one.
double folded(const std::vector<double> &values, size_t first, size_t n)
{
    if (n == 1) return values[first];
    size_t left = 1;
    while (2 * left < n) left *= 2;
    return folded(values, first, left) + folded(values, first + left, n - left);
}

CASE(the_same_bits_as_the_tree)
{
    std::vector<double> values = rp::map(pool, third, rp::range(1000));
    double expected = folded(values, 0, 1000);
    CHECK(rp::reduce(pool, third, std::plus<>(), rp::range(1000)) == expected);
    CHECK(rp::reduce(
              pool, third, [](double a, double b) { return a + b; }, rp::range(1000)) == expected);
    CHECK(rp::reduce(pool, third, rp::sum(), rp::range(1000)) == expected);
    CHECK(rp::reduce_async(pool, third, std::plus<>(), rp::range(1000)).get() == expected);
}

CASE(ready_made_folds)
{
    CHECK(rp::reduce(pool, third, rp::max(), rp::range(100)).index == 0);
    CHECK(rp::reduce(pool, third, rp::min(), rp::range(100)).index == 99);
    CHECK(rp::reduce(pool, third, rp::count(), rp::range(100)) == 100);
    CHECK(rp::reduce(pool, third, rp::moments(), rp::range(100)).count == 100);
    CHECK(rp::reduce(
              pool, [](int64_t x) { return x; }, rp::sum_int64(), rp::range(101)) == 5050);
}

CASE(values_of_any_length_are_merged_in_order)
{
    std::string digits = rp::reduce(
        pool, [](int64_t x) { return std::to_string(x % 10); }, rp::fn<join>, rp::range(500));
    CHECK(digits.size() == 500);
    for (size_t i = 0; i < 500; i++) CHECK(digits[i] == static_cast<char>('0' + i % 10));
    std::vector<std::string> words = {"abc", "aab", "", "c"};
    CHECK(rp::reduce(pool, letters_of, rp::fn<add>, words) == table{{"a", 3}, {"b", 2}, {"c", 2}});
}

CASE(an_accumulator_of_its_own)
{
    struct histogram {
        uint64_t count[4];
    };
    auto quarters = rp::fold<histogram>([](histogram &to, double x) { to.count[static_cast<int>(x * 4)]++; },
                                        [](histogram &left, const histogram &right) {
                                            for (int i = 0; i < 4; i++) left.count[i] += right.count[i];
                                        });
    histogram all = rp::reduce(
        pool, [](int64_t i) { return static_cast<double>(i) / 1000; }, quarters, rp::range(1000));
    CHECK(all.count[0] == 250 && all.count[3] == 250);
    auto longest = rp::fold<std::vector<std::string>>(
        [](std::vector<std::string> &to, const std::string &s) { to.push_back(s); },
        [](std::vector<std::string> &left, const std::vector<std::string> &right) { left.insert(left.end(), right.begin(), right.end()); });
    auto strings = rp::reduce(
        pool, [](int64_t i) { return std::to_string(i); }, longest, rp::range(50));
    CHECK(strings.size() == 50 && strings[49] == "49");
}

CASE(nothing_to_fold_is_an_error)
{
    CHECK(status_of([&] { return rp::reduce(pool, third, std::plus<>(), rp::range(0)); }) == RP_END);
    CHECK(status_of([&] { return rp::reduce(pool, letters_of, rp::fn<add>, std::vector<std::string>()); }) == RP_END);
}

CASE(a_fold_that_throws_fails_the_call)
{
    auto wrong = [](double a, double b) -> double {
        if (b >= 0) throw std::range_error("too large to add");
        return a;
    };
    rp::failure thrown = failure_of([&] { return rp::reduce(pool, third, wrong, rp::range(100)); });
    CHECK(thrown.item() == -1 && std::string(thrown.message()).find("too large to add") != std::string::npos);
    auto wrong_of_strings = [](const std::string &, const std::string &) -> std::string { throw std::range_error("too long to add"); };
    thrown = failure_of([&] {
        return rp::reduce(
            pool, [](int64_t) { return std::string("x"); }, wrong_of_strings, rp::range(100));
    });
    CHECK(thrown.item() == -1 && std::string(thrown.message()).find("too long to add") != std::string::npos);
}

CASE(an_item_that_fails_fails_the_reduction)
{
    auto call = [&] {
        return rp::reduce(
            pool,
            [](int64_t x) -> double {
                if (x == 17) throw std::runtime_error("seventeen");
                return 1;
            },
            std::plus<>(), rp::range(100));
    };
    CHECK(failure_of(call).item() == 17);
}

CASE(an_initial_value_comes_first)
{
    double initial = 0.5;
    rp::call_options options;
    options.initial = &initial;
    CHECK(rp::reduce(
              pool, [](int64_t x) { return static_cast<double>(x); }, std::plus<>(), rp::range(5), options) == 10.5);
    CHECK(rp::reduce(
              pool, [](int64_t x) { return static_cast<double>(x); }, [](double a, double b) { return a + b; }, rp::range(5), options) ==
          10.5);
}

} // namespace
