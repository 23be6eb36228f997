/* test_worker.c: what a running task may call, and how grains are run: views, scratch, failures, interrupts. One worker, no threads. */
#include "unit.h"

#include "worker/worker.h"

/* ---- tasks ---- */

static double sum3(double a, int64_t b, int32_t c) { return a + (double)b + c; }
RP_TASK(sum3, double, double, int64_t, int32_t)

static size_t longest_span;

static void sum3_all(size_t n, double *result, const double *a, const int64_t *b, const int32_t *c)
{
    if (n > longest_span) longest_span = n;
    for (size_t i = 0; i < n; i++) result[i] = a[i] + (double)b[i] + c[i];
}
RP_TASK_RANGE(sum3_all, double, double, int64_t, int32_t)

static rpi_work *lowered; /* the work whose limit item 5 of `stopping` lowers to 0, as cancelling does */
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

static void repeat(int64_t n)
{
    for (int64_t i = 0; i < n; i++) rp_emit("abc", 3);
    if (n == 4) rp_fail(4, "four");
}
RP_TASK_EMIT(repeat, int64_t)

static int64_t emits_wrongly(int64_t x)
{
    rp_emit("lost", 4);
    return x;
}
RP_TASK(emits_wrongly, int64_t, int64_t)

static int64_t where(int64_t x) { return x + 1000 * rp_rank() + 100 * rp_worker() + (rp_worker_state() == &longest_span ? 10 : 0); }
RP_TASK(where, int64_t, int64_t)

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
    rpi_worker_enter(on->worker);
    *state = on;
    return 0;
}

static int tear_down(void **state)
{
    bench *on = *state;
    rpi_worker_enter(NULL);
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

/* ---- what tasks call ---- */

static void outside_a_task_nothing_happens(void **state)
{
    (void)state;
    assert_int_equal(rp_fail(3, "nobody %s", "listens"), 0);
    rp_emit("x", 1);
    assert_int_equal(rp_item_index(), -1);
    assert_int_equal(rp_rank(), -1);
    assert_int_equal(rp_worker(), -1);
    assert_null(rp_worker_state());
    assert_null(rpi_worker_current());
}

static void a_task_knows_where_it_runs(void **state)
{
    bench *on = *state;
    int64_t result[5];
    on->worker->state = &longest_span;
    run(on, where_task, RP_COLUMNS(RP_RANGE(0, 1)), 2, 5, 1, result);
    for (int i = 0; i < 5; i++) assert_int_equal(result[i], 3210 + 2 + i);
    assert_int_equal(rp_item_index(), -1);
    assert_int_equal(rp_rank(), 3);
}

static void emitted_bytes_become_results(void **state)
{
    bench *on = *state;
    rp_bytes results[8];
    on->work.on_error = RP_ON_ERROR_COLLECT;
    run(on, repeat_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 8, 3, results);
    assert_true(results[0].data == NULL && results[0].size == 0);
    assert_true(results[4].data == NULL && results[4].size == 0); /* it failed */
    assert_int_equal(results[7].size, 21);
    assert_memory_equal(results[7].data, "abcabcabcabcabcabcabc", 21);
    assert_int_equal(results[3].size, 9);
    rp_bytes_free(results, 8);
}

static void emitting_does_nothing_in_other_tasks(void **state)
{
    bench *on = *state;
    int64_t numbers[3];
    rp_bytes results[2];
    run(on, emits_wrongly_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 3, 1, numbers);
    run(on, repeat_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 2, 1, results);
    assert_int_equal(results[0].size, 0);
    assert_int_equal(results[1].size, 3);
    rp_bytes_free(results, 2);
}

/* ---- views and scratch ---- */

typedef struct row {
    char before;
    double a;
    int32_t c;
    char after[5];
} row;

/* Two columns of an array of structs, a range; then the same with constants: over spans far bigger than the scratch. */
static void check_sums(bench *on, const rp_task *task, uint64_t n, uint64_t chunk)
{
    enum { FIRST = 3 };
    row *rows = calloc(n + FIRST, sizeof *rows);
    double *result = calloc(n, sizeof *result);
    for (uint64_t i = 0; i < n + FIRST; i++) rows[i] = (row){'b', (double)i / 4, (int32_t)(i * 5 % 1000), "aaaa"};
    run(on, task, RP_COLUMNS(RP_FIELD(rows, a), RP_RANGE(-7, 3), RP_FIELD(rows, c)), FIRST, n, chunk, result);
    for (uint64_t i = 0; i < n; i++) {
        int64_t k = (int64_t)(i + FIRST);
        assert_true(result[i] == sum3((double)k / 4, 3 * k - 7, (int32_t)(k * 5 % 1000)));
    }
    run(on, task, RP_COLUMNS(RP_CONSTANT(0.5), RP_RANGE(0, -1), RP_CONSTANT(9)), FIRST, n, chunk, result);
    for (uint64_t i = 0; i < n; i++) assert_true(result[i] == sum3(0.5, -(int64_t)(i + FIRST), 9));
    run(on, task, RP_COLUMNS(RP_CONSTANT(1.5), RP_CONSTANT((int64_t)4), RP_CONSTANT(2)), FIRST, n, chunk, result);
    for (uint64_t i = 0; i < n; i++) assert_true(result[i] == 7.5);
    free(rows);
    free(result);
}

static void strided_range_and_constant_columns_give_their_items(void **state)
{
    bench *on = *state;
    static const uint64_t counts[] = {1, 2, 100, 4095, 4096, 4097, 50000};
    for (size_t k = 0; k < N_OF(counts); k++)
        for (uint64_t chunk = 1; chunk <= counts[k]; chunk = chunk * 16 + 1) check_sums(on, sum3_task, counts[k], chunk);
    check_sums(on, sum3_task, 50000, 50000);
}

static void range_kernels_get_contiguous_arrays(void **state)
{
    bench *on = *state;
    static const uint64_t counts[] = {1, 2, 100, 4095, 4096, 4097, 50000};
    longest_span = 0;
    for (size_t k = 0; k < N_OF(counts); k++)
        for (uint64_t chunk = 1; chunk <= counts[k]; chunk = chunk * 16 + 1) check_sums(on, sum3_all_task, counts[k], chunk);
    check_sums(on, sum3_all_task, 50000, 50000);
    assert_in_range(longest_span, 100, 49999); /* what a kernel can't read in place comes in pieces */
}

static void range_kernels_read_arrays_in_place(void **state)
{
    bench *on = *state;
    enum { N = 20000 };
    static double a[N], result[N];
    static int64_t b[N];
    static int32_t c[N];
    for (int i = 0; i < N; i++) a[i] = c[i] = (int32_t)(b[i] = i);
    longest_span = 0;
    run(on, sum3_all_task, RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_COLUMN(c)), 0, N, N, result);
    assert_int_equal(longest_span, N);
    for (int i = 0; i < N; i++) assert_true(result[i] == 3.0 * i);
}

static void another_calls_constant_replaces_the_first(void **state)
{
    bench *on = *state;
    double result[10];
    for (int value = 0; value < 5; value++) {
        run(on, sum3_all_task, RP_COLUMNS(RP_CONSTANT((double)value), RP_RANGE(0, 1), RP_CONSTANT(value)), 0, 10, 4, result);
        for (int i = 0; i < 10; i++) assert_true(result[i] == 2.0 * value + i);
    }
}

/* Grains that grow, as the automatic schedule makes them, over the scratch of another call: what a smaller one filled isn't enough. */
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

static void ranges_count_over_the_whole_of_int64(void **state)
{
    bench *on = *state;
    int64_t result[2];
    run(on, stopping_task, RP_COLUMNS(RP_RANGE(INT64_MAX - 1, -1)), 0, 2, 1, result);
    assert_true(result[0] == INT64_MAX && result[1] == INT64_MAX - 1);
    run(on, stopping_task, RP_COLUMNS(RP_RANGE(INT64_MIN, INT64_MAX)), 1, 1, 1, result);
    assert_int_equal(result[0], 0);
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
            assert_true(failure->facts.seconds >= 0 && failure->facts.seconds < 1);
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
    assert_true(rpi_batch_exhausted(on->batch));
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
    assert_int_equal(on->worker->run.attention, 0);
    rpi_worker_interrupt(on->worker, &on->work);
    assert_int_equal(on->worker->run.attention, 1);
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

/* ---- initializers ---- */

static int start_well(rp_bytes argument, void **state)
{
    *state = (void *)(uintptr_t)argument.data;
    return 0;
}
static int start_with_status(rp_bytes argument, void **state)
{
    (void)argument;
    (void)state;
    return 5;
}
static int start_with_reason(rp_bytes argument, void **state)
{
    (void)argument;
    (void)state;
    return rp_fail(42, "no %s here", "licence");
}

static void an_initializer_gives_the_state(void **state)
{
    bench *on = *state;
    rp_initializer well = {"well", start_well, NULL};
    assert_int_equal(rpi_worker_start(on->worker, &well, (rp_bytes){"kept", 4}, NULL), RP_OK);
    assert_string_equal(rp_worker_state(), "kept");
}

static void an_initializer_that_fails_says_why(void **state)
{
    bench *on = *state;
    rp_error error;
    rp_initializer status = {"status", start_with_status, NULL}, reason = {"reason", start_with_reason, NULL};
    assert_int_equal(rpi_worker_start(on->worker, &status, (rp_bytes){NULL, 0}, &error), RP_FAILED);
    assert_int_equal(error.code, 5);
    assert_contains(rp_error_text(&error),
                    "initializer status failed on rank 3, host somewhere, worker 2: it returned a status other than 0");
    assert_int_equal(rpi_worker_start(on->worker, &reason, (rp_bytes){NULL, 0}, &error), RP_FAILED);
    assert_int_equal(error.code, 42);
    assert_contains(rp_error_text(&error), "initializer reason failed on rank 3, host somewhere, worker 2: no licence here");
    assert_int_equal(on->worker->run.attention, 0);
    assert_false(on->worker->failing);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(UNIT(outside_a_task_nothing_happens), WITH(a_task_knows_where_it_runs), WITH(emitted_bytes_become_results),
          WITH(emitting_does_nothing_in_other_tasks), WITH(strided_range_and_constant_columns_give_their_items),
          WITH(range_kernels_get_contiguous_arrays), WITH(range_kernels_read_arrays_in_place),
          WITH(another_calls_constant_replaces_the_first), WITH(constants_fill_grains_that_grow),
          WITH(ranges_count_over_the_whole_of_int64), WITH(failures_name_item_and_place), WITH(stop_runs_what_comes_before_the_failure),
          WITH(a_failing_range_call_fails_all_its_items), WITH(an_interrupt_stops_within_the_grain),
          WITH(interrupts_of_other_works_are_not_noticed), WITH(a_stopped_work_runs_nothing), WITH(an_initializer_gives_the_state),
          WITH(an_initializer_that_fails_says_why))
