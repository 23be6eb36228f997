/* test_clock_offset.c: the offset between two clocks from a question and its answer. */
#include "unit.h"

#include "cluster/clock_offset.h"

/* A question asked at `asked_ns` by our clock. The other clock is ahead by `ahead_ns`. The times of the way there, of answering, and of the
 * way back follow. */
static rpi_clock_sample exchange(uint64_t asked_ns, int64_t ahead_ns, uint64_t there_ns, uint64_t between_ns, uint64_t back_ns)
{
    uint64_t came = asked_ns + there_ns + (uint64_t)ahead_ns;
    return (rpi_clock_sample){asked_ns, asked_ns + there_ns + between_ns + back_ns, came, came + between_ns};
}

static void equal_ways_give_the_offset_exactly(void **state)
{
    (void)state;
    static const int64_t offsets[] = {0, 1000000007, -1000000007, INT64_MAX / 8, INT64_MIN / 8};
    for (size_t i = 0; i < N_OF(offsets); i++) {
        rpi_clock_sample times = exchange(UINT64_C(1) << 61, offsets[i], 500, 1000000, 500);
        rpi_offset offset = rpi_offset_of(&times);
        assert_int_equal(offset.offset_ns, offsets[i]);
        assert_int_equal(offset.error_ns, 500);
    }
}

static void the_offset_is_within_the_error(void **state)
{
    (void)state;
    unit_seed();
    for (int i = 0; i < 10000; i++) {
        int64_t ahead = (int64_t)unit_random(2000000) - 1000000;
        rpi_clock_sample times = exchange(50000000, ahead, unit_random(10000), unit_random(10000), unit_random(10000));
        rpi_offset offset = rpi_offset_of(&times);
        int64_t off = offset.offset_ns - ahead;
        assert_true((uint64_t)(off < 0 ? -off : off) <= offset.error_ns);
    }
}

static void the_shorter_way_is_believed(void **state)
{
    (void)state;
    rpi_offset a = {100, 50}, b = {200, 40};
    assert_int_equal(rpi_offset_better(a, b).offset_ns, 200);
    assert_int_equal(rpi_offset_better(b, a).offset_ns, 200);
}

static void one_host_has_one_clock_unless_it_is_seen_not_to(void **state)
{
    (void)state;
    assert_int_equal(rpi_offset_settle((rpi_offset){-40, 50}, true).offset_ns, 0);
    assert_int_equal(rpi_offset_settle((rpi_offset){-40, 50}, true).error_ns, 0);
    assert_int_equal(rpi_offset_settle((rpi_offset){-40, 50}, false).offset_ns, -40);
    assert_int_equal(rpi_offset_settle((rpi_offset){-60, 50}, true).offset_ns, -60);
}

UNIT_MAIN(UNIT(equal_ways_give_the_offset_exactly), UNIT(the_offset_is_within_the_error), UNIT(the_shorter_way_is_believed),
          UNIT(one_host_has_one_clock_unless_it_is_seen_not_to))
