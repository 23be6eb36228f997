/* test_worker.c: how a worker runs the grains of a batch: constants in its scratch, failures, interrupts. One worker, no threads. */
#include "unit.h"

#include "task/claims.h"
#include "worker/worker.h"

/* ---- tasks ---- */

static double sum3(double a, int64_t b, int32_t c) { return a + (double)b + c; }
RP_TASK(sum3, double, double, int64_t, int32_t)

static void sum3_all(size_t n, double *result, const double *a, const int64_t *b, const int32_t *c)
{
    for (size_t i = 0; i < n; i++) result[i] = a[i] + (double)b[i] + c[i];
}
RP_TASK_RANGE(sum3_all, double, double, int64_t, int32_t)

static rpi_work *lowered; /* the work whose cutoff item 5 of `stopping` lowers to 0, as cancelling does */
static rpi_worker *interrupted;

static int64_t stopping(int64_t x)
{
    if (x == 5 && lowered) {
        rpi_work_lower_cutoff(lowered, 0);
        rpi_worker_interrupt(interrupted, lowered);
    }
    return x + 1;
}
RP_TASK(stopping, int64_t, int64_t)

static int64_t odd_fails(int64_t x)
{
    if (x % 2) return rp_fail((int)x, "%lld is odd", (long long)x);
    return rp_item_index();
}
RP_TASK(odd_fails, int64_t, int64_t)

static void seven_fails_all(size_t n, int64_t *result, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) {
        result[i] = x[i];
        if (x[i] == 7) rp_fail(77, "seven");
    }
}
RP_TASK_RANGE(seven_fails_all, int64_t, int64_t)

/* ---- a worker and one batch ---- */

typedef struct bench {
    rpi_worker *worker;
    rpi_batch *batch;
    rpi_work work;
} bench;

static int set_up(void **state)
{
    bench *on = calloc(1, sizeof *on);
    if (!on) return -1;
    on->worker = calloc(1, sizeof *on->worker);
    on->batch = rpi_batch_create();
    rpi_worker_init(on->worker, on, 3, 2, "somewhere");
    rpi_context_enter(&on->worker->context);
    *state = on;
    return 0;
}

static int tear_down(void **state)
{
    bench *on = *state;
    rpi_context_enter(NULL);
    rpi_worker_fini(on->worker);
    rpi_batch_destroy(on->batch);
    rpi_work_fini(&on->work);
    free(on->worker);
    free(on);
    return 0;
}

/* Runs items first … first + n - 1 in grains of `chunk`. */
static void run(bench *on, const rp_task *task, rp_columns columns, uint64_t first, uint64_t n, uint64_t chunk, void *results)
{
    rp_on_error on_error = on->work.on_error;
    rpi_work_fini(&on->work);
    assert_int_equal(rpi_work_init(&on->work, task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    on->work.on_error = on_error;
    rpi_batch_reset(on->batch, &on->work, first, n);
    on->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, n, chunk, 1, 0, 0};
    on->batch->results = results;
    rpi_worker_run_batch(on->worker, on->batch);
}

static rpi_failure *sorted_failures(bench *on)
{
    rpi_failure *sorted = rpi_failure_sort(atomic_load(&on->batch->failures));
    atomic_store(&on->batch->failures, sorted);
    return sorted;
}

/* Grains that grow, as those of the automatic schedule do, with the scratch of another call. What a smaller grain filled isn't enough. */
static void constants_fill_grains_that_grow(void **state)
{
    bench *on = *state;
    enum { N = 3000 };
    static double result[N];
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(0.5), RP_RANGE(0, 1), RP_CONSTANT(9));
    run(on, sum3_all_task, RP_COLUMNS(RP_CONSTANT(7.0), RP_RANGE(0, 1), RP_CONSTANT(7)), 0, N, N, result);
    rpi_work_fini(&on->work);
    assert_int_equal(rpi_work_init(&on->work, sum3_all_task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    on->work.estimate = (rpi_estimate){1, 1e-12};
    rpi_batch_reset(on->batch, &on->work, 0, N);
    on->batch->schedule = (rpi_schedule){RP_SCHEDULE_AUTO, N, 1, 2, 1.0, 0};
    on->batch->results = (char *)result;
    rpi_worker_run_batch(on->worker, on->batch);
    for (int i = 0; i < N; i++) assert_true(result[i] == sum3(0.5, i, 9));
}

/* ---- failures ---- */

static void failures_name_item_and_place(void **state)
{
    bench *on = *state;
    for (uint64_t chunk = 1; chunk <= 10; chunk += 3) {
        int64_t result[10];
        on->work.on_error = RP_ON_ERROR_COLLECT;
        run(on, odd_fails_task, RP_COLUMNS(RP_RANGE(0, 1)), 100, 10, chunk, result);
        assert_int_equal(atomic_load(&on->work.n_failed), 5);
        assert_int_equal(atomic_load(&on->work.n_finished), 10);
        assert_int_equal(atomic_load(&on->batch->n_run), 10);
        uint64_t item = 101;
        for (rpi_failure *failure = sorted_failures(on); failure; failure = failure->next, item += 2) {
            char expected[40];
            snprintf(expected, sizeof expected, "%llu is odd", (unsigned long long)item);
            assert_int_equal(failure->facts.item, item);
            assert_int_equal(failure->facts.code, item);
            assert_true(failure->facts.rank == 3 && failure->facts.worker == 2 && failure->facts.attempt == 1);
            assert_true(failure->facts.seconds >= 0 && failure->facts.seconds < 60);
            assert_string_equal(failure->facts.host, "somewhere");
            assert_string_equal(failure->message, expected);
        }
        assert_int_equal(item, 111);
        for (int i = 0; i < 10; i += 2) assert_int_equal(result[i], 100 + i);
    }
}

static void stop_runs_what_comes_before_the_failure(void **state)
{
    bench *on = *state;
    int64_t result[10];
    on->work.on_error = RP_ON_ERROR_STOP;
    memset(result, 0x7f, sizeof result);
    run(on, odd_fails_task, RP_COLUMNS(RP_RANGE(-2, 1)), 0, 10, 10, result);
    assert_int_equal(atomic_load(&on->work.cutoff), 1);
    assert_int_equal(atomic_load(&on->work.n_failed), 1);
    assert_int_equal(atomic_load(&on->batch->n_run), 2);
    assert_int_equal(result[0], 0);
    assert_int_equal(result[2], INT64_C(0x7f7f7f7f7f7f7f7f));
    assert_true(rpi_claims_exhausted(on->batch));
}

static void a_failing_range_call_fails_all_its_items(void **state)
{
    bench *on = *state;
    int64_t x[12], result[12];
    for (int i = 0; i < 12; i++) x[i] = i;
    on->work.on_error = RP_ON_ERROR_COLLECT;
    run(on, seven_fails_all_task, RP_COLUMNS(RP_COLUMN(x)), 0, 12, 5, result);
    uint64_t item = 5;
    for (rpi_failure *failure = sorted_failures(on); failure; failure = failure->next, item++) {
        assert_int_equal(failure->facts.item, item);
        assert_int_equal(failure->facts.code, 77);
        assert_string_equal(failure->message, "seven");
    }
    assert_int_equal(item, 10);
    assert_int_equal(atomic_load(&on->work.n_finished), 12);
}

/* ---- interrupts ---- */

static void an_interrupt_stops_within_the_grain(void **state)
{
    bench *on = *state;
    int64_t result[20];
    lowered = &on->work;
    interrupted = on->worker;
    memset(result, 0, sizeof result);
    run(on, stopping_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 20, 20, result);
    lowered = NULL;
    for (int i = 0; i < 20; i++) assert_int_equal(result[i], i < 6 ? i + 1 : 0);
    assert_int_equal(atomic_load(&on->batch->n_run), 6);
    assert_int_equal(atomic_load(&on->work.n_finished), 6);
    assert_null(atomic_load(&on->worker->current));
    run(on, stopping_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 20, 20, result); /* and the worker is ready for more */
    assert_int_equal(atomic_load(&on->batch->n_run), 20);
}

static void interrupts_of_other_works_are_not_noticed(void **state)
{
    bench *on = *state;
    rpi_work other = {0};
    atomic_store(&on->worker->current, &on->work);
    rpi_worker_interrupt(on->worker, &other);
    assert_int_equal(on->worker->context.run.attention, 0);
    rpi_worker_interrupt(on->worker, &on->work);
    assert_int_equal(on->worker->context.run.attention, 1);
    atomic_store(&on->worker->current, NULL);
}

static void a_stopped_work_runs_nothing(void **state)
{
    bench *on = *state;
    int64_t result[4] = {-1, -1, -1, -1};
    assert_int_equal(rpi_work_init(&on->work, stopping_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_work_lower_cutoff(&on->work, 0);
    rpi_batch_reset(on->batch, &on->work, 0, 4);
    on->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, 4, 2, 1, 0, 0};
    on->batch->results = (char *)result;
    rpi_worker_run_batch(on->worker, on->batch);
    assert_int_equal(atomic_load(&on->batch->n_run), 0);
    assert_int_equal(result[0], -1);
}

/* ---- a runner ---- */

static void without_a_runner_isolation_and_time_outs_are_refused(void **state)
{
    bench *on = *state;
    int64_t result[3] = {-1, -1, -1};
    rp_error error;
    rpi_worker_config isolated = {.options.isolation = RP_ISOLATION_PROCESS};
    on->worker->config = &isolated;
    assert_int_equal(rpi_worker_open(on->worker, &error), RP_UNSUPPORTED);
    rpi_worker_config plain = {.options.isolation = RP_ISOLATION_NONE};
    on->worker->config = &plain;
    assert_int_equal(rpi_work_init(&on->work, stopping_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    on->work.timeout_ns = 1000000000;
    on->work.on_error = RP_ON_ERROR_COLLECT;
    rpi_batch_reset(on->batch, &on->work, 0, 3);
    on->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, 3, 1, 1, 0, 0};
    on->batch->results = (char *)result;
    rpi_worker_run_batch(on->worker, on->batch);
    assert_int_equal(atomic_load(&on->work.n_failed), 3);
    assert_int_equal(sorted_failures(on)->facts.cause, RP_CAUSE_SYSTEM);
    assert_string_equal(sorted_failures(on)->message, error.text);
    assert_int_equal(result[0], -1);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(WITH(constants_fill_grains_that_grow), WITH(failures_name_item_and_place), WITH(stop_runs_what_comes_before_the_failure),
          WITH(a_failing_range_call_fails_all_its_items), WITH(an_interrupt_stops_within_the_grain),
          WITH(interrupts_of_other_works_are_not_noticed), WITH(a_stopped_work_runs_nothing),
          WITH(without_a_runner_isolation_and_time_outs_are_refused))
