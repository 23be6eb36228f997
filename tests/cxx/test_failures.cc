// test_failures.cc: an exception in a task is the failure of its item, on any executor, and leaves no frame of C.
#include "suite.hpp"

#include <pthread.h>
#include <system_error>

namespace
{

int checked(int x)
{
    switch (x) {
    case 1: throw std::runtime_error("one is wrong");
    case 2: throw std::system_error(ENOENT, std::generic_category(), "two");
    case 3: throw 3;
    case 4: throw std::bad_alloc();
    case 5: rp_fail(55, "five by rp_fail"); return 0;
    case 6: pthread_exit(nullptr);
    default: return x;
    }
}

CASE(an_exception_is_the_failure_of_its_item)
{
    rp::failure thrown = failure_of([&] { return rp::map(pool, checked, std::vector<int>{0, 7, 1, 9}); });
    CHECK(thrown.item() == 2 && thrown.cause() == RP_CAUSE_TASK && thrown.status() == RP_FAILED && thrown.attempt() == 1);
    CHECK(std::string(thrown.message()) == "one is wrong" && std::string(thrown.item_text()) == "1");
    CHECK(std::string(thrown.what()).find("one is wrong") != std::string::npos);
}

CASE(what_is_thrown_says_more)
{
    rp::failure system = failure_of([&] { return rp::apply(pool, checked, 2); });
    CHECK(system.code() == ENOENT && system.cause() == RP_CAUSE_TASK);
    CHECK(failure_of([&] { return rp::apply(pool, checked, 4); }).cause() == RP_CAUSE_SYSTEM);
    CHECK(std::string(failure_of([&] { return rp::apply(pool, checked, 3); }).message()).find("no std::exception") != std::string::npos);
    rp::failure by_c = failure_of([&] { return rp::apply(pool, checked, 5); });
    CHECK(by_c.code() == 55 && std::string(by_c.message()) == "five by rp_fail");
}

CASE(the_end_of_a_thread_passes_through)
{
    CHECK(failure_of([&] { return rp::apply(pool, rp::fn<checked>, 6); }).cause() == RP_CAUSE_EXIT);
    CHECK(rp::apply(pool, rp::fn<checked>, 8) == 8);
}

CASE(an_emitting_task_fails_too)
{
    auto shout = [](const std::string &word) {
        if (word == "bad") throw std::invalid_argument("bad word");
        return word + "!";
    };
    CHECK(failure_of([&] { return rp::map(pool, shout, std::vector<std::string>{"a", "bad"}); }).item() == 1);
}

CASE(retries_try_again)
{
    rp::call_options options;
    options.retries = 2;
    auto shy = [](int x) {
        if (rp_attempt() < 3) throw std::runtime_error("not yet");
        return x;
    };
    CHECK(rp::map(pool, shy, std::vector<int>{4, 5}, options) == std::vector<int>{4, 5});
    options.retries = 1;
    CHECK(failure_of([&] { return rp::map(pool, shy, std::vector<int>{4, 5}, options); }).attempt() == 2);
}

CASE(imap_throws_in_the_place_of_the_item_and_goes_on)
{
    rp::call_options options;
    options.on_error = RP_ON_ERROR_COLLECT;
    std::vector<int> items = {0, 1, 7, 2, 8};
    auto results = rp::imap(pool, checked, items, options);
    std::vector<int> good;
    std::vector<int64_t> bad;
    for (bool more = true; more;) {
        try {
            auto result = results.next();
            if (result) good.push_back(*result);
            else more = false;
        } catch (const rp::failure &thrown) {
            bad.push_back(thrown.item());
        }
    }
    CHECK(good == std::vector<int>{0, 7, 8} && bad == std::vector<int64_t>{1, 3});
}

CASE(many_exceptions_at_once)
{
    rp::call_options options;
    options.on_error = RP_ON_ERROR_COLLECT;
    auto call = rp::map_async(
        pool,
        [](int64_t x) {
            if (x % 3 == 0) throw std::runtime_error(std::to_string(x));
            return x;
        },
        rp::range(3000), options);
    call.wait();
    auto failures = call.failures();
    CHECK(failures.size() == 1000 && failures[999].item() == 2997 && std::string(failures[999].message()) == "2997");
    auto some = call.partial();
    CHECK(some.size() == 3000 && !some[0] && some[1] == 1 && !some[2997] && some[2999] == 2999 && !call.valid());
}

} // namespace
