/* test_time_limit.c: something happens when a call takes too long, and only then. */
#include "unit.h"

#include "cluster/time_limit.h"

static void count(void *argument) { atomic_fetch_add((atomic_int *)argument, 1); }

static void a_call_that_never_returns_is_noticed(void **state)
{
    (void)state;
    atomic_int n = 0;
    rpi_time_limit *limit = rpi_time_limit_begin(0.01, count, &n);
    assert_non_null(limit);
    unit_await(&n, 1);
    rpi_time_limit_end(limit);
    assert_int_equal(n, 1);
}

static void a_call_that_returns_in_time_is_left_in_peace(void **state)
{
    (void)state;
    atomic_int n = 0;
    for (int k = 0; k < 100; k++) rpi_time_limit_end(rpi_time_limit_begin(1000, count, &n));
    assert_int_equal(n, 0);
}

static void no_limit_needs_no_end(void **state)
{
    (void)state;
    rpi_time_limit_end(NULL);
}

UNIT_MAIN(UNIT(a_call_that_never_returns_is_noticed), UNIT(a_call_that_returns_in_time_is_left_in_peace), UNIT(no_limit_needs_no_end))
