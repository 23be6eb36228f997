// test_futures.cc: calls that aren't finished yet.
#include "suite.hpp"

#include <atomic>
#include <thread>

namespace
{

std::atomic<bool> gate; // of rank 0: the tests that wait for it use one pool of this process

int wait_for_gate(int x)
{
    while (!gate.load() && !rp_cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return x;
}

rp::pool own_pool()
{
    rp::options options;
    options.executor = RP_EXECUTOR_PTHREAD;
    options.threads = 1;
    return rp::pool(options);
}

CASE(futures_give_what_blocking_calls_return)
{
    std::vector<double> x = {1, 2, 3};
    auto twice = [](double y) { return 2 * y; };
    rp::future<double> one = rp::apply_async(pool, twice, 4.0);
    rp::future<std::vector<double>> many = rp::map_async(pool, twice, x);
    auto sum = rp::starmap_async(
        pool, [](double a, double b) { return a + b; }, x, x);
    CHECK(one.get() == 8 && !one.valid());
    CHECK(many.get() == std::vector<double>{2, 4, 6});
    CHECK(sum.get()[2] == 6);
}

CASE(temporaries_are_kept)
{
    auto lengths = rp::map_async(
        pool, [](const std::string &s) { return s.size(); }, std::vector<std::string>{"a", std::string(1000, 'b')});
    auto made = rp::starmap_async(
        pool, [](const std::vector<int> &v, int i) { return v[static_cast<size_t>(i)]; }, std::vector<int>{4, 5}, rp::range(2));
    auto grid = rp::starmap_async(
        pool, [](int a, int b) { return 10 * a + b; }, rp::grid(std::vector<int>{1, 2}, std::vector<int>{3, 4}));
    auto tuples = rp::starmap_async(
        pool, [](int a, int b) { return a - b; }, std::vector<std::pair<int, int>>{{5, 3}});
    CHECK(lengths.get() == std::vector<size_t>{1, 1000});
    CHECK(made.get() == std::vector<int>{4, 5});
    CHECK(grid.get() == std::vector<int>{13, 14, 23, 24});
    CHECK(tuples.get() == std::vector<int>{2});
}

CASE(a_future_of_nothing)
{
    rp::future<void> done = rp::map_async(
        pool, [](int) {}, rp::range(3));
    done.get();
    CHECK(!done.valid());
}

CASE(waits_have_time_outs)
{
    rp::pool own = own_pool();
    gate = false;
    auto call = rp::apply_async(own, wait_for_gate, 3);
    CHECK(call.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout && !call.ready());
    gate = true;
    CHECK(call.wait_for(std::chrono::hours(1)) == std::future_status::ready && call.ready() && call.completed() == 1);
    CHECK(call.get() == 3);
}

CASE(a_call_can_be_cancelled)
{
    rp::pool own = own_pool();
    gate = false;
    auto first = rp::apply_async(own, wait_for_gate, 1);
    auto second = rp::apply_async(own, wait_for_gate, 2);
    CHECK(second.cancel());
    CHECK(status_of([&] { second.get(); }) == RP_CANCELLED && second.cancelled() && second.valid());
    gate = true;
    CHECK(first.get() == 1);
}

CASE(a_scope_may_be_left_by_an_exception)
{
    rp::pool own = own_pool();
    gate = false;
    try {
        std::vector<int> items(100, 1);
        auto call = rp::map_async(own, wait_for_gate, items); // its end cancels, as the items are gone then
        throw std::runtime_error("out");
    } catch (const std::runtime_error &) {
    }
    gate = true;
    CHECK(rp::apply(own, wait_for_gate, 5) == 5);
}

CASE(a_failed_call_throws)
{
    auto call = rp::apply_async(
        pool, [](int) -> int { throw std::runtime_error("not today"); }, 1);
    CHECK(std::string(failure_of([&] { return call.get(); }).message()) == "not today");
    CHECK(call.failures().size() == 1);
}

CASE(completions_give_each_call_once)
{
    rp::completions<int> calls;
    for (int i = 0; i < 20; i++)
        calls.add(rp::apply_async(
            pool, [](int x) { return x * x; }, i));
    int n = 0, total = 0;
    while (auto call = calls.next()) {
        int result = call->get();
        CHECK(result == (calls.index() < 20 ? static_cast<int>(calls.index() * calls.index()) : 1000));
        total += result;
        if (n++ < 5)
            calls.add(rp::apply_async(
                pool, [](int x) { return x; }, 1000));
    }
    CHECK(n == 25 && total == 2470 + 5000);
}

CASE(completions_that_are_left_are_cancelled)
{
    rp::pool own = own_pool();
    gate = false;
    {
        rp::completions<int> calls;
        for (int i = 0; i < 3; i++) calls.add(rp::apply_async(own, wait_for_gate, i));
    }
    gate = true;
}

CASE(a_closed_pool_takes_no_calls)
{
    rp::pool own = own_pool();
    rp::pool moved = std::move(own);
    moved.close();
    CHECK(status_of([&] { return rp::apply(moved, wait_for_gate, 1); }) == RP_CLOSED);
    moved.join();
}

CASE(options_are_checked)
{
    rp::options options;
    CHECK(status_of([&] { options.set("threads", "-3"); }) == RP_USAGE);
    CHECK(options.set("threads", "3").threads == 3);
    options.threads = -1;
    CHECK(status_of([&] { rp::pool wrong(options); }) == RP_USAGE);
}

} // namespace
