/* test_sleep.c: the job `sleep`: items take the time that they say, at the same time where there are workers. */
#include "job_test.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MOST_ITEMS = 64 };

/* The same as in sleep.c and its table of fields. */
typedef struct slept {
    double asked_s, seconds;
} slept;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Runs the job, every item good; returns how long all took. */
static rp_status run(double scale, int workers, const double *items, uint64_t n, slept *results, double *took_s, rp_error *error)
{
    rp_value values[JOB_TEST_PARAMS];
    rp_columns bound;
    void *state;
    job_test_defaults(&rp_job_sleep, values);
    assert_true(job_test_value(&rp_job_sleep, values, "scale")->number == 1);
    job_test_value(&rp_job_sleep, values, "scale")->number = scale;
    assert_int_equal(rp_job_sleep.bind(&(rp_job_request){.values = values}, &bound, &state, error), RP_OK);
    rp_pool *pool = job_test_pool(&rp_job_sleep, workers);
    double begun_s = now_s();
    rp_status status = rp_map(pool, rp_job_sleep.task, results, n, RP_COLUMN(items), &(rp_call_options){.bound = bound}, error);
    *took_s = now_s() - begun_s;
    rp_pool_free(pool);
    rp_job_sleep.unbind(state);
    return status;
}

static void items_take_their_seconds_times_scale(void **state)
{
    (void)state;
    static const double items[] = {0.01, 0, 0.03};
    double took_s;
    slept results[3];
    rp_error error;
    assert_int_equal(run(2, 1, items, 3, results, &took_s, &error), RP_OK);
    for (int i = 0; i < 3; i++)
        assert_true(results[i].asked_s == 2 * items[i] && results[i].seconds >= 2 * items[i] && results[i].seconds <= took_s);
    assert_true(took_s >= 0.08);
    assert_int_equal(rp_job_sleep.task->result_size, sizeof(slept));
    assert_int_equal(rp_job_sleep.fields[1].offset, offsetof(slept, seconds));
}

static void workers_sleep_at_the_same_time(void **state)
{
    (void)state;
    double items[MOST_ITEMS], took_s;
    slept results[MOST_ITEMS];
    rp_error error;
    for (int i = 0; i < MOST_ITEMS; i++) items[i] = 0.2;
    assert_int_equal(run(1, 16, items, MOST_ITEMS, results, &took_s, &error), RP_OK);
    assert_true(took_s >= 0.8 && took_s < 0.2 * MOST_ITEMS / 2);
}

static void impossible_times_fail(void **state)
{
    (void)state;
    static const double items[] = {-0.5, 1e300, 0.0 / 0.0};
    for (int i = 0; i < 3; i++) {
        double took_s;
        slept result;
        rp_error error;
        assert_int_equal(run(1, 1, &items[i], 1, &result, &took_s, &error), RP_FAILED);
        assert_int_equal(error.code, EINVAL);
        assert_non_null(strstr(rp_error_text(&error), "can't sleep for"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_take_their_seconds_times_scale),
        cmocka_unit_test(workers_sleep_at_the_same_time),
        cmocka_unit_test(impossible_times_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
