/* test_pause.c: for how long a process stood still. */
#include "unit.h"

#include "base/pause.h"

static uint64_t s(double seconds) { return (uint64_t)(seconds * 1e9); }

static void only_a_long_gap_is_a_pause(void **state)
{
    (void)state;
    assert_int_equal(rpi_pause_between(0, s(1000)), 0);
    assert_int_equal(rpi_pause_between(s(1000), s(1001)), 0);
    assert_int_equal(rpi_pause_between(s(1000), s(1003)), 0);
    assert_int_equal(rpi_pause_between(s(1000), s(1060)), s(60));
    assert_int_equal(rpi_pause_between(s(1000), s(999)), 0);
}

UNIT_MAIN(cmocka_unit_test(only_a_long_gap_is_a_pause))
