/* test_estimate.c: how long items take, from what grains took. */
#include "unit.h"

#include "schedule/estimate.h"

#include <math.h>

static bool is_about(const rpi_estimate *estimate, double item_s)
{
    double is_s = rpi_estimate_item_s(estimate);
    return is_s > 0.99 * item_s && is_s < 1.01 * item_s;
}

static void nothing_is_known_before_the_first_item(void **state)
{
    (void)state;
    rpi_estimate estimate = {0};
    assert_true(rpi_estimate_item_s(&estimate) <= 0);
    rpi_estimate_add(&estimate, 0, 1e-6);
    assert_true(rpi_estimate_item_s(&estimate) <= 0);
    rpi_estimate_add(&estimate, 10, 1e-6);
    assert_true(is_about(&estimate, 1e-7));
}

static void items_that_take_no_time_are_known(void **state)
{
    (void)state;
    rpi_estimate estimate = {0};
    for (int i = 0; i < 4000; i++) {
        rpi_estimate_add(&estimate, 1000, 0);
        assert_true(rpi_estimate_item_s(&estimate) > 0);
    }
}

static void it_follows_items_that_become_shorter_or_longer(void **state)
{
    (void)state;
    rpi_estimate estimate = {0};
    for (int i = 0; i < 200; i++) rpi_estimate_add(&estimate, 100, 100 * 1e-6);
    rpi_estimate_add(&estimate, 1, 50e-3); /* one that takes as long as hundreds before: the next chunks are much shorter at once */
    assert_true(rpi_estimate_item_s(&estimate) > 10e-6);
    for (int i = 0; i < 400; i++) rpi_estimate_add(&estimate, 100, 100 * 1e-6);
    assert_true(is_about(&estimate, 1e-6));
}

/* The standard deviation of exponential times is their mean. From single times, the estimate is nearly always within half of the mean. */
static void uneven_items_leave_it_calm(void **state)
{
    (void)state;
    unit_seed();
    rpi_estimate estimate = {0};
    int n_far = 0;
    for (int i = 0; i < 20000; i++) {
        rpi_estimate_add(&estimate, 1, -1e-3 * log(1 - (double)unit_random(1 << 20) / (1 << 20)));
        double item_s = rpi_estimate_item_s(&estimate);
        if (i > 100 && (item_s < 0.5e-3 || item_s > 1.5e-3)) n_far++;
    }
    assert_in_range(n_far, 0, 20000 / 100);
}

UNIT_MAIN(UNIT(nothing_is_known_before_the_first_item), UNIT(items_that_take_no_time_are_known),
          UNIT(it_follows_items_that_become_shorter_or_longer), UNIT(uneven_items_leave_it_calm))
