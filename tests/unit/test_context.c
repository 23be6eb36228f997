/* test_context.c: what a running task may call, initializers, and how columns become views or scratch. One context, no threads. */
#include "unit.h"

#include "base/clock.h"
#include "task/context.h"
#include "task/context_start.h"

/* ---- tasks ---- */

static double sum3(double a, int64_t b, int32_t c) { return a + (double)b + c; }
RP_TASK(sum3, double, double, int64_t, int32_t)

static size_t longest_range;

static void sum3_all(size_t n, double *result, const double *a, const int64_t *b, const int32_t *c)
{
    if (n > longest_range) longest_range = n;
    for (size_t i = 0; i < n; i++) result[i] = a[i] + (double)b[i] + c[i];
}
RP_TASK_RANGE(sum3_all, double, double, int64_t, int32_t)

static int64_t next_of(int64_t x) { return x + 1; }
RP_TASK(next_of, int64_t, int64_t)

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

static int64_t where(int64_t x) { return x + 1000 * rp_rank() + 100 * rp_worker() + (rp_worker_state() == &longest_range ? 10 : 0); }
RP_TASK(where, int64_t, int64_t)

/* ---- a context and one batch ---- */

typedef struct bench {
    rpi_context context;
    rpi_batch *batch;
    rpi_work work;
} bench;

static int set_up(void **state)
{
    bench *on = calloc(1, sizeof *on);
    if (!on) return -1;
    on->batch = rpi_batch_create();
    rpi_context_init(&on->context, 3, 2, "somewhere");
    rpi_context_enter(&on->context);
    *state = on;
    return 0;
}

static int tear_down(void **state)
{
    bench *on = *state;
    rpi_context_enter(NULL);
    rpi_context_fini(&on->context);
    rpi_batch_destroy(on->batch);
    rpi_work_fini(&on->work);
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
    on->batch->results = results;
    rpi_context_enter_batch(&on->context, on->batch);
    size_t most = rpi_context_most_items(on->batch);
    for (uint64_t begin = 0; begin < n; begin += chunk) {
        uint64_t end = begin + chunk < n ? begin + chunk : n;
        assert_int_equal(rpi_context_run(&on->context, begin, end, most, rpi_now_ns()), end - begin);
    }
    rpi_context_enter_batch(&on->context, NULL);
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
    assert_int_equal(rp_local_rank(), -1);
    assert_int_equal(rp_fail_as(RP_CAUSE_EXIT, 3, "nobody listens"), 0);
    assert_null(rp_worker_state());
    assert_null(rpi_context_current());
}

static void a_task_knows_where_it_runs(void **state)
{
    bench *on = *state;
    int64_t result[5];
    on->context.state = &longest_range;
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

static void run_kept(bench *on, unsigned max_attempts, rp_bytes *results)
{
    rp_task kept = *repeat_task;
    kept.flags |= RP_TASK_KEEPS_EMITTED;
    rpi_work_fini(&on->work);
    assert_int_equal(rpi_work_init(&on->work, &kept, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    on->work.on_error = RP_ON_ERROR_COLLECT;
    on->work.max_attempts = max_attempts;
    rpi_batch_reset(on->batch, &on->work, 4, 1);
    on->batch->results = (char *)results;
    rpi_context_enter_batch(&on->context, on->batch);
    rpi_context_run_item(&on->context, 0, rpi_now_ns());
    rpi_context_enter_batch(&on->context, NULL);
}

static void a_failed_item_keeps_what_it_emitted_in_its_last_try_if_the_task_says_so(void **state)
{
    rp_bytes results[1] = {{NULL, 0}};
    run_kept(*state, 1, results);
    assert_int_equal(results[0].size, 12);
    rp_bytes_free(results, 1);
    run_kept(*state, 2, results);
    assert_null(results[0].data);
}

static int64_t fails_as(int64_t cause)
{
    return rp_fail_as((rp_cause)cause, 15, "item %d", (int)cause) + rp_cancelled() + (rp_local_rank() < 0);
}
RP_TASK(fails_as, int64_t, int64_t)

static void a_task_names_the_cause_of_its_failure(void **state)
{
    bench *on = *state;
    int64_t results[9];
    const rp_cause causes[] = {RP_CAUSE_TASK, RP_CAUSE_TASK,   RP_CAUSE_TIMEOUT, RP_CAUSE_SIGNAL, RP_CAUSE_EXIT,
                               RP_CAUSE_TASK, RP_CAUSE_SYSTEM, RP_CAUSE_TASK,    RP_CAUSE_TASK};
    on->work.on_error = RP_ON_ERROR_COLLECT;
    run(on, fails_as_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 9, 1, results);
    atomic_store(&on->batch->failures, rpi_failure_sort(atomic_load(&on->batch->failures)));
    const rpi_failure *failure = atomic_load(&on->batch->failures);
    for (int i = 0; i < 9; i++, failure = failure->next) {
        assert_int_equal(failure->facts.cause, causes[i]);
        assert_int_equal(failure->facts.code, 15);
    }
}

static int64_t cancels(int64_t x)
{
    int before = rp_cancelled();
    rpi_work_lower_cutoff(rpi_context_current()->batch->work, 0);
    return x + 10 * before + rp_cancelled();
}
RP_TASK(cancels, int64_t, int64_t)

static void a_task_sees_that_its_call_was_cancelled(void **state)
{
    int64_t result[1];
    assert_int_equal(rp_cancelled(), 0);
    run(*state, cancels_task, RP_COLUMNS(RP_RANGE(0, 1)), 0, 1, 1, result);
    assert_int_equal(result[0], 1);
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

/* Two columns of an array of structs, a range; then the same with constants. Ranges are far longer than the scratch. */
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
    longest_range = 0;
    for (size_t k = 0; k < N_OF(counts); k++)
        for (uint64_t chunk = 1; chunk <= counts[k]; chunk = chunk * 16 + 1) check_sums(on, sum3_all_task, counts[k], chunk);
    check_sums(on, sum3_all_task, 50000, 50000);
    assert_in_range(longest_range, 100, 49999); /* what a kernel can't read in place comes in pieces */
    assert_int_equal(longest_range, 512);       /* which stay in 16 KiB with all that they read and write: 28 bytes an item */
}

/* A call whose data doesn't stay in the fastest cache takes longer, and one that ends elsewhere leaves small parts of the tree. */
static void calls_that_reduce_end_at_powers_of_2(void **state)
{
    bench *on = *state;
    static const row rows[3];
    rpi_work_fini(&on->work);
    assert_int_equal(rpi_work_init(&on->work, sum3_all_task, (rp_columns){0, NULL},
                                   RP_COLUMNS(RP_FIELD(rows, a), RP_CONSTANT((int64_t)1), RP_FIELD(rows, c)), NULL),
                     RP_OK);
    rpi_reduction reduction = rpi_reduction_make(rp_sum_double, sum3_all_task, 10 * 1000 * 1000, false);
    on->work.reduction = &reduction;
    rpi_batch_reset(on->batch, &on->work, 0, 3);
    rpi_partials *partials = on->batch->partials = rpi_partials_create(&reduction);
    assert_int_equal(rpi_context_most_items(on->batch), 512);
    rpi_partials_fini(partials);
    free(partials);
    on->work.reduction = NULL;
}

static void range_kernels_read_arrays_in_place(void **state)
{
    bench *on = *state;
    enum { N = 20000 };
    static double a[N], result[N];
    static int64_t b[N];
    static int32_t c[N];
    for (int i = 0; i < N; i++) a[i] = c[i] = (int32_t)(b[i] = i);
    longest_range = 0;
    run(on, sum3_all_task, RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_COLUMN(c)), 0, N, N, result);
    assert_int_equal(longest_range, N);
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

static void ranges_count_over_the_whole_of_int64(void **state)
{
    bench *on = *state;
    int64_t result[2];
    run(on, next_of_task, RP_COLUMNS(RP_RANGE(INT64_MAX - 1, -1)), 0, 2, 1, result);
    assert_true(result[0] == INT64_MAX && result[1] == INT64_MAX - 1);
    run(on, next_of_task, RP_COLUMNS(RP_RANGE(INT64_MIN, INT64_MAX)), 1, 1, 1, result);
    assert_int_equal(result[0], 0);
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
    assert_int_equal(rpi_context_start(&on->context, &well, (rp_bytes){"kept", 4}, NULL), RP_OK);
    assert_string_equal(rp_worker_state(), "kept");
}

static void an_initializer_that_fails_says_why(void **state)
{
    bench *on = *state;
    rp_error error;
    rp_initializer status = {"status", start_with_status, NULL}, reason = {"reason", start_with_reason, NULL};
    assert_int_equal(rpi_context_start(&on->context, &status, (rp_bytes){NULL, 0}, &error), RP_FAILED);
    assert_int_equal(error.code, 5);
    assert_contains(rp_error_text(&error),
                    "initializer status failed on rank 3, host somewhere, worker 2: it returned a status other than 0");
    assert_int_equal(rpi_context_start(&on->context, &reason, (rp_bytes){NULL, 0}, &error), RP_FAILED);
    assert_int_equal(error.code, 42);
    assert_contains(rp_error_text(&error), "initializer reason failed on rank 3, host somewhere, worker 2: no licence here");
    assert_int_equal(on->context.run.attention, 0);
    assert_false(on->context.failing);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(UNIT(outside_a_task_nothing_happens), WITH(a_task_knows_where_it_runs), WITH(emitted_bytes_become_results),
          WITH(a_failed_item_keeps_what_it_emitted_in_its_last_try_if_the_task_says_so), WITH(a_task_names_the_cause_of_its_failure),
          WITH(a_task_sees_that_its_call_was_cancelled), WITH(emitting_does_nothing_in_other_tasks),
          WITH(strided_range_and_constant_columns_give_their_items), WITH(range_kernels_get_contiguous_arrays),
          WITH(calls_that_reduce_end_at_powers_of_2), WITH(range_kernels_read_arrays_in_place),
          WITH(another_calls_constant_replaces_the_first), WITH(ranges_count_over_the_whole_of_int64), WITH(an_initializer_gives_the_state),
          WITH(an_initializer_that_fails_says_why))
