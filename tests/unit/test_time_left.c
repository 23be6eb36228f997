/* test_time_left.c: whether an item may still begin, by a simulated clock. */
#include "unit.h"

#include "pool/time_left.h"

static void with_less_than_the_reserve_nothing_begins(void **state)
{
    (void)state;
    rpi_time_left time = {.end_s = 1000};
    assert_true(rpi_time_left_may_begin(&time, 990));
    assert_false(rpi_time_left_may_begin(&time, 990.01));
    time.longest_s = 41;
    assert_true(rpi_time_left_may_begin(&time, 949));
    assert_false(rpi_time_left_may_begin(&time, 949.01));
    time.closing_s = 14; /* the longest sync took 7 s */
    assert_float_equal(rpi_time_left_reserve_s(&time), 65, 1e-9);
    assert_false(rpi_time_left_may_begin(&time, 935.01));
}

/* The user knows better, in both directions. */
static void a_request_takes_the_place_of_the_longest_item(void **state)
{
    (void)state;
    rpi_time_left time = {.end_s = 1000, .request_s = 100, .longest_s = 5};
    assert_float_equal(rpi_time_left_reserve_s(&time), 110, 1e-9);
    time.longest_s = 500;
    assert_float_equal(rpi_time_left_reserve_s(&time), 110, 1e-9);
}

static void the_end_may_move_both_ways(void **state)
{
    (void)state;
    rpi_time_left time = {.end_s = 1000, .longest_s = 10};
    assert_false(rpi_time_left_may_begin(&time, 985));
    time.end_s = 2000;
    assert_true(rpi_time_left_may_begin(&time, 985));
    time.end_s = 900;
    assert_false(rpi_time_left_may_begin(&time, 885));
    assert_false(rpi_time_left_may_begin(&time, 1e6));
}

/* A run that looks as it is told begins nothing too late, however its items grow: it simulates a day of items, one after the other. */
static void no_item_ends_behind_the_end(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 200; round++) {
        rpi_time_left time = {.end_s = 100 + (double)unit_random(86400)};
        double now = 0, most = 1 + (double)unit_random(300);
        for (double took; rpi_time_left_may_begin(&time, now); now += took) {
            took = most * (double)(1 + unit_random(1000)) / 1000;
            if (took > time.longest_s + 10) took = time.longest_s + 10; /* the margin bears so much more than the longest so far */
            if (took > time.longest_s) time.longest_s = took;
            assert_true(now + took <= time.end_s);
        }
    }
}

static void one_looks_in_time(void **state)
{
    (void)state;
    rpi_time_left time = {.end_s = 1000};
    assert_float_equal(rpi_time_left_look_s(&time, 0), 1, 1e-9);
    assert_float_equal(rpi_time_left_look_s(&time, 989.5), 0.5, 1e-9);
    assert_float_equal(rpi_time_left_look_s(&time, 2000), 0.01, 1e-9);
}

UNIT_MAIN(cmocka_unit_test(with_less_than_the_reserve_nothing_begins), cmocka_unit_test(a_request_takes_the_place_of_the_longest_item),
          cmocka_unit_test(the_end_may_move_both_ways), cmocka_unit_test(no_item_ends_behind_the_end), cmocka_unit_test(one_looks_in_time))
