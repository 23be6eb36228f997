/* test_times.c: simulated durations, what they come to at best, and the order of simulated events. */
#include "unit.h"

#include "simulate/events.h"
#include "simulate/times.h"

#include <math.h>

static rpi_sim_times parsed(const char *text, uint64_t n)
{
    rpi_sim_times times = {.n_items = n, .seed = 7};
    if (!rpi_sim_times_parse(text, &times)) fail_msg("%s isn't understood", text);
    return times;
}

static void texts_are_read_or_refused(void **state)
{
    (void)state;
    rpi_sim_times times = parsed("uniform:0.5:2e-1", 10);
    assert_int_equal(times.kind, RPI_SIM_UNIFORM);
    assert_true(times.a == 0.5 && times.b == 0.2);
    static const char *const wrong[] = {"",
                                        "uniform",
                                        "uniform:1",
                                        "uniform:1:2:3",
                                        "constant:",
                                        "constant:x",
                                        "constant:-1",
                                        "constant:1 ",
                                        "constant:inf",
                                        "constant:nan",
                                        "constantly:1",
                                        "recorded:1",
                                        "times.txt"};
    for (size_t i = 0; i < N_OF(wrong); i++) {
        assert_false(rpi_sim_times_parse(wrong[i], &times));
        assert_true(times.kind == RPI_SIM_UNIFORM && times.a == 0.5 && times.b == 0.2);
    }
}

static void check_moments(const char *text, double mean_s, double deviation_s)
{
    enum { N = 200000 };
    rpi_sim_times times = parsed(text, N);
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < N; i++) {
        double time_s = rpi_sim_times_item(&times, i);
        assert_true(time_s >= 0 && time_s == rpi_sim_times_item(&times, i));
        sum += time_s;
        squares += time_s * time_s;
    }
    double mean = sum / N, deviation = sqrt(squares / N - mean * mean);
    if (fabs(mean - mean_s) > 0.01 * mean_s || fabs(deviation - deviation_s) > 0.02 * mean_s)
        fail_msg("%s: mean %g, deviation %g", text, mean, deviation);
}

static void distributions_have_their_mean_and_deviation(void **state)
{
    (void)state;
    check_moments("constant:0.002", 2e-3, 0);
    check_moments("uniform:0.001:0.003", 2e-3, 2e-3 / sqrt(12));
    check_moments("exponential:0.002", 2e-3, 2e-3);
    check_moments("normal:0.002:0.0004", 2e-3, 4e-4);
    check_moments("ascending:0.001:0.003", 2e-3, 2e-3 / sqrt(12));
    check_moments("descending:0.001:0.003", 2e-3, 2e-3 / sqrt(12));
}

static void ordered_forms_have_their_order(void **state)
{
    (void)state;
    rpi_sim_times times = parsed("ascending:1:4", 4);
    for (uint64_t i = 0; i < 4; i++) assert_true(fabs(rpi_sim_times_item(&times, i) - (double)(i + 1)) < 1e-12);
    times = parsed("descending:1:4", 4);
    for (uint64_t i = 0; i < 4; i++) assert_true(fabs(rpi_sim_times_item(&times, i) - (double)(4 - i)) < 1e-12);
    times = parsed("heavy:1:50", 4);
    for (uint64_t i = 0; i < 4; i++) assert_true(rpi_sim_times_item(&times, i) == (i == 3 ? 50 : 1));
    static const double recorded[] = {3, 1, 2};
    times = (rpi_sim_times){.kind = RPI_SIM_RECORDED, .n_items = 7, .recorded = recorded, .n_recorded = 3};
    for (uint64_t i = 0; i < 7; i++) assert_true(rpi_sim_times_item(&times, i) == recorded[i % 3]);
    double longest_s;
    assert_true(rpi_sim_times_sum(&times, &longest_s) == 15 && longest_s == 3);
}

static void other_seeds_draw_other_numbers(void **state)
{
    (void)state;
    double sum = 0;
    for (uint64_t seed = 0; seed < 1000; seed++) {
        double number = rpi_sim_random(seed, 5);
        assert_true(number >= 0 && number < 1);
        assert_true(number != rpi_sim_random(seed + 1, 5) && number != rpi_sim_random(seed, 6));
        sum += number;
    }
    assert_true(fabs(sum / 1000 - 0.5) < 0.05);
}

/* Worker by worker, without a heap. */
static double ideal_by_hand(const rpi_sim_times *times, size_t n_workers)
{
    double free_s[32] = {0}, makespan = 0;
    for (uint64_t i = 0; i < times->n_items; i++) {
        size_t first = 0;
        for (size_t w = 1; w < n_workers; w++)
            if (free_s[w] < free_s[first]) first = w;
        free_s[first] += rpi_sim_times_item(times, i);
        makespan = fmax(makespan, free_s[first]);
    }
    return makespan;
}

static void the_ideal_is_free_self_scheduling(void **state)
{
    (void)state;
    rpi_sim_times times = parsed("heavy:1:10", 5);
    assert_true(rpi_sim_times_ideal(&times, 2, NULL) == 12); /* 1 1 | 1 1 | then 10 */
    assert_true(rpi_sim_times_ideal(&times, 100, NULL) == 10);
    static const double speeds[] = {4, 1};
    assert_true(rpi_sim_times_ideal(&times, 2, speeds) == 3.25); /* 1/4 1/4 1/4 10/4 | 1 */
    unit_seed();
    for (int round = 0; round < 200; round++) {
        times = parsed(unit_random(2) ? "exponential:1" : "uniform:0:1", unit_random(300));
        times.seed = unit_random(1000);
        size_t n_workers = 1 + unit_random(32);
        assert_true(rpi_sim_times_ideal(&times, n_workers, NULL) == ideal_by_hand(&times, n_workers));
    }
}

static void events_come_soonest_first_and_equal_ones_in_order(void **state)
{
    (void)state;
    unit_seed();
    rpi_sim_events events = {0};
    rpi_sim_event event;
    assert_false(rpi_sim_events_next(&events, &event));
    double last_s = 0;
    uint64_t last_order = 0, n_in = 0, n_out = 0;
    for (int step = 0; step < 20000; step++) {
        if (unit_random(step < 10000 ? 3 : 5) < 2) {
            assert_true(rpi_sim_events_add(&events, (rpi_sim_event){.at_s = last_s + (double)unit_random(20), .number = 1}));
            n_in++;
        } else if (rpi_sim_events_next(&events, &event)) {
            assert_true(event.number == 1 && (event.at_s > last_s || (event.at_s == last_s && (n_out == 0 || event.order > last_order))));
            last_s = event.at_s;
            last_order = event.order;
            n_out++;
        }
    }
    while (rpi_sim_events_next(&events, &event)) n_out++;
    assert_int_equal(n_in, n_out);
    rpi_sim_events_fini(&events);
}

UNIT_MAIN(UNIT(texts_are_read_or_refused), UNIT(distributions_have_their_mean_and_deviation), UNIT(ordered_forms_have_their_order),
          UNIT(other_seeds_draw_other_numbers), UNIT(the_ideal_is_free_self_scheduling),
          UNIT(events_come_soonest_first_and_equal_ones_in_order))
