/* test_progress_rate.c: rates and time left in simulated time. */
#include "unit.h"

#include "pool/progress_rate.h"

static const double tick_s = 0.1;

/* A call in simulated time. */
typedef struct call {
    rpi_progress_rate rate;
    double now_s, done;
} call;

/* So many seconds at so many items a second, in ticks. */
static void run(call *self, double seconds, double rate)
{
    for (int n = (int)(seconds / tick_s + 0.5); n > 0; n--) {
        self->now_s += tick_s;
        self->done += rate * tick_s;
        rpi_progress_rate_add(&self->rate, self->now_s, (uint64_t)(self->done + 1e-6));
    }
}

static void assert_near(double value, double expected, double share)
{
    if (value >= expected * (1 - share) && value <= expected * (1 + share)) return;
    fail_msg("%g isn't within %g %% of %g", value, 100 * share, expected);
}

static void time_left_starts_after_3_seconds(void **state)
{
    (void)state;
    call all = {.now_s = 0};
    assert_true(rpi_progress_rate_left_s(&all.rate, 10) < 0);
    run(&all, 2.9, 100);
    assert_true(rpi_progress_rate_left_s(&all.rate, 1000) < 0);
    assert_near(rpi_progress_rate_now(&all.rate), 100, 0.05);
    run(&all, 0.2, 100);
    assert_near(rpi_progress_rate_left_s(&all.rate, 1000), 10, 0.05);
}

static void a_steady_rate_is_right_from_the_begin(void **state)
{
    (void)state;
    static const double rates[] = {2, 50, 48800};
    for (size_t i = 0; i < N_OF(rates); i++) {
        call all = {.now_s = 0};
        run(&all, 4, rates[i]);
        for (int k = 0; k < 50; k++) {
            assert_near(rpi_progress_rate_now(&all.rate), rates[i], 0.1);
            run(&all, 7, rates[i]);
        }
    }
}

static void the_last_15_seconds_count_most(void **state)
{
    (void)state;
    call all = {.now_s = 0};
    run(&all, 600, 1000);
    run(&all, 15, 100);
    assert_near(rpi_progress_rate_now(&all.rate), 100 + 900 * 0.368, 0.05);
    run(&all, 30, 100);
    assert_near(rpi_progress_rate_now(&all.rate), 100, 0.6); /* the mean over all would be 930 */
    run(&all, 60, 100);
    assert_near(rpi_progress_rate_left_s(&all.rate, 1000), 10, 0.05);
}

static void a_stall_makes_the_time_longer(void **state)
{
    (void)state;
    call all = {.now_s = 0};
    run(&all, 60, 100);
    double before = rpi_progress_rate_left_s(&all.rate, 1000);
    for (int k = 0; k < 6; k++) {
        run(&all, 10, 0);
        double after = rpi_progress_rate_left_s(&all.rate, 1000);
        assert_true(after > 1.5 * before);
        before = after;
    }
    run(&all, 60, 100);
    assert_near(rpi_progress_rate_left_s(&all.rate, 1000), 10, 0.1);
}

/* Four workers, an item takes each a minute: 15 s are too short to see more than one of them. */
static void items_that_are_longer_than_that_are_seen(void **state)
{
    (void)state;
    call all = {.now_s = 0};
    for (int minute = 0; minute < 30; minute++) {
        run(&all, 60 - tick_s, 0);
        if (minute > 2) assert_near(rpi_progress_rate_now(&all.rate), 4.0 / 60, 0.35);
        run(&all, tick_s, 4 / tick_s);
        assert_near(rpi_progress_rate_now(&all.rate), 4.0 / 60, 0.35);
    }
}

static void without_items_there_is_no_rate(void **state)
{
    (void)state;
    call all = {.now_s = 0};
    run(&all, 100, 0);
    assert_true(rpi_progress_rate_now(&all.rate) <= 0);
    assert_true(rpi_progress_rate_left_s(&all.rate, 5) < 0);
}

static void odd_samples_do_no_harm(void **state)
{
    (void)state;
    rpi_progress_rate rate = {0};
    rpi_progress_rate_add(&rate, 0, 5);
    rpi_progress_rate_add(&rate, 10, 100);
    rpi_progress_rate_add(&rate, 10, 200); /* no time has passed */
    rpi_progress_rate_add(&rate, 9, 300);  /* a clock that went back */
    rpi_progress_rate_add(&rate, 20, 90);  /* items that were taken back */
    assert_true(rpi_progress_rate_now(&rate) > 0 && rpi_progress_rate_now(&rate) < 10);
    rpi_progress_rate_add(&rate, 1e300, UINT64_MAX);
    assert_true(rpi_progress_rate_now(&rate) >= 0);
}

UNIT_MAIN(UNIT(time_left_starts_after_3_seconds), UNIT(a_steady_rate_is_right_from_the_begin), UNIT(the_last_15_seconds_count_most),
          UNIT(a_stall_makes_the_time_longer), UNIT(items_that_are_longer_than_that_are_seen), UNIT(without_items_there_is_no_rate),
          UNIT(odd_samples_do_no_harm))
