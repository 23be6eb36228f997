/* test_report.c: the statistics and the judgement of the benchmark's table. */
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static bench_samples samples_of(const double *own, size_t n_own, const double *other, size_t n_other)
{
    bench_samples samples = {NULL, 0};
    for (size_t i = 0; i < n_own; i++) assert_true(bench_samples_add(&samples, "part", "own", own[i]));
    for (size_t i = 0; i < n_other; i++) assert_true(bench_samples_add(&samples, "part", "other", other[i]));
    return samples;
}

static bench_outcome judge(bench_measure measure, double limit, const double *own, const double *other)
{
    bench_row row = {"part", "what", "own", "ms", measure, other ? "other" : NULL, limit};
    bench_samples samples = samples_of(own, 5, other, other ? 5 : 0);
    bench_outcome outcome;
    assert_true(bench_judge(&row, &samples, &outcome));
    bench_samples_fini(&samples);
    return outcome;
}

static void median_is_the_middle_value(void **state)
{
    (void)state;
    bench_samples samples = samples_of((const double[]){5, 1, 4, 4, 2}, 5, (const double[]){8, 2, 6, 4}, 4);
    bench_summary odd = bench_summarize(bench_samples_find(&samples, "part", "own"));
    bench_summary even = bench_summarize(bench_samples_find(&samples, "part", "other"));
    assert_true(odd.median == 4 && odd.minimum == 1 && odd.maximum == 5);
    assert_true(even.median == 5 && even.minimum == 2 && even.maximum == 8);
    bench_samples_fini(&samples);
}

static void overlapping_spreads_are_no_difference(void **state)
{
    (void)state;
    bench_outcome outcome = judge(BENCH_TIME_RATIO, 1.0, (const double[]){10, 11, 12, 13, 20}, (const double[]){20, 21, 22, 23, 24});
    assert_int_equal(outcome.difference, BENCH_WITHIN_SPREAD);
    assert_true(outcome.meets_limit);
}

static void separate_spreads_are_a_difference(void **state)
{
    (void)state;
    const double low[] = {10, 11, 12, 13, 14}, high[] = {20, 21, 22, 23, 24};
    assert_int_equal(judge(BENCH_TIME_RATIO, 1.0, low, high).difference, BENCH_FASTER);
    assert_int_equal(judge(BENCH_TIME_RATIO, 1.0, high, low).difference, BENCH_SLOWER);
    assert_int_equal(judge(BENCH_VALUE, 1.0, high, NULL).difference, BENCH_NOT_COMPARED);
}

static void of_rates_the_larger_is_faster(void **state)
{
    (void)state;
    const double low[] = {10, 11, 12, 13, 14}, high[] = {20, 21, 22, 23, 24};
    assert_int_equal(judge(BENCH_RATE_RATIO, 1.0, high, low).difference, BENCH_FASTER);
    assert_int_equal(judge(BENCH_RATE_RATIO, 1.0, low, high).difference, BENCH_SLOWER);
    assert_true(judge(BENCH_RATE_RATIO, 1.8, high, low).meets_limit);
    assert_false(judge(BENCH_RATE_RATIO, 1.9, high, low).meets_limit);
    assert_true(judge(BENCH_RATE, 12, low, NULL).meets_limit);
    assert_false(judge(BENCH_RATE, 12.1, low, NULL).meets_limit);
}

static void few_runs_show_no_difference(void **state)
{
    (void)state;
    bench_row row = {"part", "what", "own", "ms", BENCH_TIME_RATIO, "other", 0};
    bench_samples samples = samples_of((const double[]){1, 1, 1, 1}, 4, (const double[]){9, 9, 9, 9, 9}, 5);
    bench_outcome outcome;
    assert_true(bench_judge(&row, &samples, &outcome));
    assert_int_equal(outcome.difference, BENCH_TOO_FEW_RUNS);
    bench_samples_fini(&samples);
}

static void the_best_of_several_is_compared_with(void **state)
{
    (void)state;
    bench_row row = {"part", "what", "even, own", "ms", BENCH_TIME_RATIO, "even, *", 0};
    bench_samples samples = {NULL, 0};
    bench_outcome outcome;
    assert_true(bench_samples_add(&samples, "part", "even, own", 2));
    assert_false(bench_judge(&row, &samples, &outcome));
    assert_true(bench_samples_add(&samples, "part", "even, a", 8));
    assert_true(bench_samples_add(&samples, "part", "even, b", 4));
    assert_true(bench_samples_add(&samples, "part", "even, c", 5));
    assert_true(bench_samples_add(&samples, "part", "odd, a", 3));
    assert_true(bench_samples_add(&samples, "other", "even, a", 1));
    assert_true(bench_judge(&row, &samples, &outcome));
    assert_string_equal(outcome.against, "even, b");
    assert_true(outcome.ratio == 0.5);
    row.measure = BENCH_RATE_RATIO;
    assert_true(bench_judge(&row, &samples, &outcome));
    assert_string_equal(outcome.against, "even, a");
    bench_samples_fini(&samples);
}

static void limits_are_met_or_not(void **state)
{
    (void)state;
    const double low[] = {10, 10, 10, 10, 10}, high[] = {20, 20, 20, 20, 20};
    assert_true(judge(BENCH_TIME_RATIO, 2.0, high, low).meets_limit);
    assert_false(judge(BENCH_TIME_RATIO, 1.99, high, low).meets_limit);
    assert_true(judge(BENCH_SPEEDUP, 2.0, low, high).meets_limit);
    assert_false(judge(BENCH_SPEEDUP, 2.01, low, high).meets_limit);
    assert_true(judge(BENCH_EXCESS, 10, high, low).meets_limit);
    assert_false(judge(BENCH_EXCESS, 9.9, high, low).meets_limit);
    assert_true(judge(BENCH_EXCESS, 1, low, high).meets_limit);
    assert_true(judge(BENCH_VALUE, 10, low, NULL).meets_limit);
    assert_false(judge(BENCH_VALUE, 9.9, low, NULL).meets_limit);
    assert_true(judge(BENCH_VALUE, 0, low, NULL).meets_limit);
}

static void rows_without_samples_are_left_out(void **state)
{
    (void)state;
    bench_row rows[] = {
        {"part", "one, two", "own", "ms", BENCH_VALUE, NULL, 0},
        {"part", "missing", "third", "ms", BENCH_VALUE, NULL, 0},
        {"part", "not comparable", "own", "ms", BENCH_SPEEDUP, "third", 0},
    };
    bench_samples samples = samples_of((const double[]){3}, 1, NULL, 0);
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bench_report(stream, BENCH_CSV, rows, 3, &samples);
    fclose(stream);
    assert_non_null(strstr(text, "\"one, two\",own,ms,1,3.000,3.000,3.000,"));
    assert_null(strstr(text, "missing"));
    assert_null(strstr(text, "comparable"));
    free(text);
    bench_samples_fini(&samples);
}

static void a_pattern_gives_a_row_to_each_that_has_none(void **state)
{
    (void)state;
    static const bench_row rows[] = {
        {"part", "each", "o*", "ms", BENCH_VALUE, NULL, 0},
        {"part", "its own", "own", "ms", BENCH_TIME_RATIO, "o*", 0},
        {"part", "none", "x*", "ms", BENCH_VALUE, NULL, 0},
    };
    bench_samples samples = samples_of((const double[]){3}, 1, (const double[]){6}, 1);
    assert_true(bench_samples_add(&samples, "part", "over", 12));
    assert_true(bench_samples_add(&samples, "part", "under", 1));
    assert_true(bench_samples_add(&samples, "elsewhere", "only", 1));
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    bench_report(stream, BENCH_CSV, rows, 3, &samples);
    fclose(stream);
    assert_string_equal(strchr(text, '\n') + 1, "each,other,ms,1,6.000,6.000,6.000,,,,,\n"
                                                "each,over,ms,1,12.00,12.00,12.00,,,,,\n"
                                                "its own,own,ms,1,3.000,3.000,3.000,other,0.500,,,too few runs\n");
    free(text);
    bench_samples_fini(&samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(median_is_the_middle_value),
        cmocka_unit_test(overlapping_spreads_are_no_difference),
        cmocka_unit_test(separate_spreads_are_a_difference),
        cmocka_unit_test(limits_are_met_or_not),
        cmocka_unit_test(rows_without_samples_are_left_out),
        cmocka_unit_test(of_rates_the_larger_is_faster),
        cmocka_unit_test(few_runs_show_no_difference),
        cmocka_unit_test(the_best_of_several_is_compared_with),
        cmocka_unit_test(a_pattern_gives_a_row_to_each_that_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
