/* test_workload.c: the distributions of the part imbalance, and the ideal that it measures against. */
#include "workload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

enum { N = 1000 };

static void durations_have_the_mean_that_was_asked_for(void **state)
{
    (void)state;
    for (int w = 0; w < BENCH_N_WORKLOADS; w++) {
        double durations[N], sum = 0;
        bench_workload_fill((bench_workload)w, durations, N, 2.0);
        for (int i = 0; i < N; i++) {
            assert_true(durations[i] > 0);
            sum += durations[i];
        }
        assert_true(fabs(sum / N - 2.0) < 1e-9);
    }
}

static void distributions_have_their_shapes(void **state)
{
    (void)state;
    double durations[N];
    bench_workload_fill(BENCH_ASCENDING, durations, N, 1);
    for (int i = 1; i < N; i++) assert_true(durations[i] > durations[i - 1]);
    bench_workload_fill(BENCH_DESCENDING, durations, N, 1);
    for (int i = 1; i < N; i++) assert_true(durations[i] < durations[i - 1]);
    bench_workload_fill(BENCH_TAIL, durations, N, 1);
    assert_true(fabs(durations[N - 20] - 20 * durations[N - 21]) < 1e-9);
    assert_true(fabs(durations[0] - durations[N - 21]) < 1e-9);
    bench_workload_fill(BENCH_GIANT, durations, N, 1);
    assert_true(fabs(durations[N - 1] - N / 10.0) < 1e-9);
    bench_workload_fill(BENCH_MANDELBROT, durations, N, 1);
    assert_true(durations[N / 2] > 4 * durations[0]);
}

static void ideal_gives_each_item_to_the_first_free_worker(void **state)
{
    (void)state;
    const double durations[] = {3, 1, 1, 4};
    assert_true(bench_workload_ideal_s(durations, 4, 1) == 9);
    assert_true(bench_workload_ideal_s(durations, 4, 2) == 6);
    assert_true(bench_workload_ideal_s(durations, 4, 3) == 5);
    assert_true(bench_workload_ideal_s(durations, 4, 8) == 4);
}

static void spread_is_even(void **state)
{
    (void)state;
    int tenths[10] = {0};
    for (uint64_t i = 0; i < N; i++) tenths[(int)(10 * bench_workload_spread(i))]++;
    for (int k = 0; k < 10; k++) assert_in_range(tenths[k], 60, 140);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_have_the_mean_that_was_asked_for),
        cmocka_unit_test(distributions_have_their_shapes),
        cmocka_unit_test(ideal_gives_each_item_to_the_first_free_worker),
        cmocka_unit_test(spread_is_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
