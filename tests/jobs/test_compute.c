/*
 * test_compute.c: the job `compute` against the closed form of its sum, and the tables of all jobs.
 *
 * The tolerance: with u = 2^-53, the angle i x is off by at most i |x| u, so all angles together by n^2 |x| u / 2; a cosine by u, so
 * all by n u; and each of n additions by u times the partial sum, which is at most n and at most 1 / |sin(x / 2)|. glibc's cos may be off
 * by a little more than the half unit that u stands for: hence the 2 before the last sum's factor.
 */
#include "job_test.h"

#include <float.h>
#include <math.h>
#include <string.h>

static long double closed_form(int64_t n, double x)
{
    long double half = (long double)x / 2, count = (long double)n;
    if (x == 0.0) return count;
    return sinl(count * half) / sinl(half) * cosl((count - 1) * half);
}

static double tolerance(int64_t n, double x)
{
    double u = DBL_EPSILON / 2, count = (double)n, sine = fabs(sin(x / 2));
    double largest_sum = sine * count > 1 ? 1 / sine : count;
    return u * (count * count * fabs(x) / 2 + 2 * count * (1 + largest_sum));
}

/* Runs the job over some items, and compares each result. */
static void check(int64_t iterations, int workers, const double *items, uint64_t n)
{
    rp_value values[JOB_TEST_PARAMS];
    rp_columns bound;
    void *state;
    rp_error error;
    double results[64];
    job_test_defaults(&rp_job_compute, values);
    job_test_value(&rp_job_compute, values, "iterations")->integer = iterations;
    assert_int_equal(rp_job_compute.bind(&(rp_job_request){.values = values}, &bound, &state, &error), RP_OK);
    rp_pool *pool = job_test_pool(&rp_job_compute, workers);
    rp_status status = rp_map(pool, rp_job_compute.task, results, n, RP_COLUMN(items), &(rp_call_options){.bound = bound}, &error);
    rp_pool_free(pool);
    rp_job_compute.unbind(state);
    assert_int_equal(status, RP_OK);
    for (uint64_t i = 0; i < n; i++) {
        long double expected = closed_form(iterations, items[i]);
        if (fabsl(results[i] - expected) > tolerance(iterations, items[i]))
            fail_msg("x = %.17g, n = %lld: %.17g instead of %.17Lg", items[i], (long long)iterations, results[i], expected);
    }
}

static const double items[] = {0, 1, 2, 3, -1, 0.5, 1e-9, 3.14159, 6.25, 100, 12345.678, -0.001};
static const uint64_t n_items = sizeof(items) / sizeof(items[0]);

static void compute_is_the_closed_form(void **state)
{
    (void)state;
    const int64_t iterations[] = {0, 1, 2, 3, 10, 999, 100000};
    for (size_t i = 0; i < sizeof(iterations) / sizeof(iterations[0]); i++) check(iterations[i], 1, items, n_items);
}

static void compute_gives_each_item_its_own_result_with_several_workers(void **state)
{
    (void)state;
    double many[64];
    for (int i = 0; i < 64; i++) many[i] = i;
    check(1000, 3, many, 64);
}

/* The tolerance must not be so wide that one step too many, or a neighbour's result, passes. */
static void the_tolerance_tells_neighbours_apart(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < n_items; i++) {
        double gap = (double)fabsl(closed_form(1001, items[i]) - closed_form(1000, items[i]));
        assert_true(gap > 100 * tolerance(1001, items[i]));
        assert_true(i == 0 || (double)fabsl(closed_form(1000, items[i]) - closed_form(1000, items[i - 1])) > tolerance(1000, items[i]));
    }
}

static void compute_repeats_the_seeds_iterations_by_default(void **state)
{
    (void)state;
    rp_value values[JOB_TEST_PARAMS];
    job_test_defaults(&rp_job_compute, values);
    assert_int_equal(job_test_value(&rp_job_compute, values, "iterations")->integer, 10000000);
}

static void tables_are_complete(void **state)
{
    (void)state;
    int n = 0;
    for (const rp_job *const *job = rp_jobs(); *job; job++, n++) {
        job_test_table(*job);
        for (const rp_job *const *other = rp_jobs(); other < job; other++) assert_string_not_equal((*other)->name, (*job)->name);
    }
    assert_int_equal(n, 6);
}

static void versions_name_curl(void **state)
{
    (void)state;
    assert_int_equal(strncmp(rp_jobs_versions(), "libcurl/", 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compute_is_the_closed_form),
        cmocka_unit_test(compute_gives_each_item_its_own_result_with_several_workers),
        cmocka_unit_test(the_tolerance_tells_neighbours_apart),
        cmocka_unit_test(compute_repeats_the_seeds_iterations_by_default),
        cmocka_unit_test(tables_are_complete),
        cmocka_unit_test(versions_name_curl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
