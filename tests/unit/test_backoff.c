/* test_backoff.c: how long a thread that has nothing to do sleeps. */
#include "unit.h"

#include "cluster/backoff.h"

static const uint64_t second_ns = 1000000000;

static rpi_poll_state kind(int bits, uint64_t idle_ns)
{
    return (rpi_poll_state){.idle_ns = idle_ns, .moving = bits & 1, .starving = bits & 2, .working = bits & 4};
}

static void it_looks_again_at_once_after_something_happened(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        rpi_poll_state now = kind(bits, 0), soon = kind(bits, 1000);
        assert_int_equal(rpi_backoff_ns(&now), 0);
        assert_int_equal(rpi_backoff_ns(&soon), 0);
    }
}

static void sleeps_grow_up_to_a_bound(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        uint64_t before = 0;
        for (uint64_t idle_ns = 1; idle_ns < 3600 * second_ns; idle_ns += idle_ns / 7 + 1) {
            rpi_poll_state poll = kind(bits, idle_ns);
            uint64_t nap = rpi_backoff_ns(&poll);
            assert_true(nap >= before);
            assert_true(nap <= idle_ns);
            assert_true(nap <= 5000000);
            before = nap;
        }
        assert_true(before > 0);
    }
}

static uint64_t longest(int bits)
{
    rpi_poll_state poll = kind(bits, 3600 * second_ns);
    return rpi_backoff_ns(&poll);
}

static void a_thread_that_waits_for_a_message_sleeps_less(void **state)
{
    (void)state;
    uint64_t moving = longest(1), starving = longest(2 | 4), working = longest(4), idle = longest(0);
    assert_true(moving < starving && starving <= working && working < idle);
    rpi_poll_state soon_starving = kind(2 | 4, second_ns / 100), soon_working = kind(4, second_ns / 100);
    assert_true(rpi_backoff_ns(&soon_starving) < rpi_backoff_ns(&soon_working));
    assert_true(moving <= 100000);
    for (int bits = 0; bits < 8; bits++)
        if (bits & 1) assert_int_equal(longest(bits), moving);
}

static void a_pool_that_was_used_lately_answers_soon(void **state)
{
    (void)state;
    rpi_poll_state lately = kind(0, second_ns / 2), long_ago = kind(0, 2 * second_ns);
    assert_true(rpi_backoff_ns(&lately) < rpi_backoff_ns(&long_ago));
}

/* While all members have enough to do, it sleeps for a part of that time at once. With a message half way it doesn't. */
static void slack_lengthens_sleeps(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        uint64_t before = 0;
        for (uint64_t slack_ns = 0; slack_ns < second_ns; slack_ns += slack_ns / 3 + 1000) {
            rpi_poll_state poll = kind(bits, 20000), same = poll;
            poll.slack_ns = slack_ns;
            uint64_t nap = rpi_backoff_ns(&poll);
            if (bits & 1) assert_int_equal(nap, rpi_backoff_ns(&same));
            assert_true(nap >= before && nap <= 5000000);
            assert_true(nap <= slack_ns / 2 || nap == rpi_backoff_ns(&same));
            before = nap;
        }
        if (!(bits & 1)) assert_true(before >= 500000);
        rpi_poll_state just_now = kind(bits, 0);
        just_now.slack_ns = second_ns;
        assert_int_equal(rpi_backoff_ns(&just_now), 0);
    }
}

UNIT_MAIN(UNIT(it_looks_again_at_once_after_something_happened), UNIT(sleeps_grow_up_to_a_bound),
          UNIT(a_thread_that_waits_for_a_message_sleeps_less), UNIT(a_pool_that_was_used_lately_answers_soon), UNIT(slack_lengthens_sleeps))
