/*
 * test_options.c: what a call's options ask for beyond its results: results in the fields of structs, progress told by a callback, failures
 * in a list, completions that a call joins as it starts; and that callbacks have run when a wait is over.
 */
#include "suite.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Writes something to its place before it fails, in all its tries but the last. */
static int64_t second_try(int64_t x) { return rp_attempt() < 2 && x % 5 == 2 ? rp_fail(1, "once") - 1 : x * x; }
RP_TASK(second_try, int64_t, int64_t)

/* ---- results in fields ---- */

typedef struct row {
    int64_t before;
    int64_t value;
    double after;
} row;

static row *make_rows(suite_fixture *fixture, uint64_t n)
{
    row *rows = suite_room(fixture, n, sizeof(*rows));
    for (uint64_t i = 0; i < n; i++) rows[i] = (row){-7, -9, 0.5};
    return rows;
}

static void check_rows(const row *rows, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        assert_int_equal(rows[i].value, square((int64_t)i));
        assert_true(rows[i].before == -7 && rows[i].after == 0.5);
    }
}

static void results_go_to_fields_of_structs(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t chunks[] = {0, 1, 7, 100000};
    enum { N = 5000 };
    rp_error error = {0};
    for (size_t c = 0; c < N_OF(chunks); c++) {
        row *rows = make_rows(fixture, N);
        const rp_call_options options = {.chunk = chunks[c]};
        assert_status(RP_OK, rp_map(fixture->pool, tasks.square, RP_INTO_FIELD(rows, value), N, RP_RANGE(0, 1), &options, &error), &error);
        check_rows(rows, N);
    }
    row one = {-7, -9, 0.5};
    assert_status(RP_OK,
                  rp_apply(fixture->pool, tasks.square, RP_INTO_FIELD(&one, value), RP_COLUMNS(RP_CONSTANT(INT64_C(0))), NULL, &error),
                  &error);
    check_rows(&one, 1);
}

static void results_of_ranges_go_to_fields_of_structs(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 20000 };
    typedef struct pair {
        float weight;
        double value;
    } pair;
    pair *pairs = suite_room(fixture, N, sizeof(*pairs));
    double *x = suite_room(fixture, N, sizeof(*x));
    rp_error error = {0};
    for (int i = 0; i < N; i++) x[i] = i, pairs[i].weight = 3;
    const rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(2.0))};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.scale_all, RP_INTO_FIELD(pairs, value), N, RP_COLUMN(x), &options, &error), &error);
    double *expected = suite_room(fixture, N, sizeof(*expected));
    assert_status(RP_OK, rp_map(fixture->pool, tasks.scale_all, expected, N, RP_COLUMN(x), &options, &error), &error);
    for (int i = 0; i < N; i++) assert_true(pairs[i].value == expected[i] && pairs[i].weight == 3);
}

static void emitted_results_go_to_fields_of_structs(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 300 };
    typedef struct page {
        int number;
        rp_bytes text;
    } page;
    page *pages = suite_room(fixture, N, sizeof(*pages));
    rp_bytes *expected = suite_room(fixture, N, sizeof(*expected));
    rp_error error = {0};
    for (int i = 0; i < N; i++) pages[i] = (page){i, {"", 77}};
    const rp_call_options options = {.chunk = 7};
    const rp_columns items = RP_COLUMNS(RP_CONSTANT(((rp_bytes){"xy", 2})), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.repeat, RP_INTO_FIELD(pages, text), N, items, &options, &error), &error);
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.repeat, expected, N, items, &options, &error), &error);
    for (int i = 0; i < N; i++) {
        assert_int_equal(pages[i].number, i);
        assert_int_equal(pages[i].text.size, expected[i].size);
        if (expected[i].size) assert_memory_equal(pages[i].text.data, expected[i].data, expected[i].size);
        rp_bytes_free(&pages[i].text, 1);
    }
    rp_bytes_free(expected, N);
}

/* Of a failed item nothing is written over what its next try has written. */
static void fields_have_the_results_of_retried_items(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 200 };
    row *rows = make_rows(fixture, N);
    rp_error error = {0};
    rp_pool_options pool = suite_options();
    pool.retry_pause_s = 0.001;
    suite_reopen(fixture, &pool);
    const rp_call_options options = {.retries = 3, .chunk = 20};
    assert_status(RP_OK, rp_map(fixture->pool, second_try_task, RP_INTO_FIELD(rows, value), N, RP_RANGE(0, 1), &options, &error), &error);
    check_rows(rows, N);
}

static void fields_are_checked(void **state)
{
    suite_fixture *fixture = *state;
    row rows[4];
    rp_error error = {0};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, RP_INTO_FIELD(rows, after), 4, RP_RANGE(0, 1), NULL, &error), &error);
    assert_text(&error, "double");
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, RP_INTO_FIELD(rows, value), 5, RP_RANGE(0, 1), NULL, &error), &error);
    rp_into into = RP_INTO_FIELD(rows, value);
    into.stride_bytes = 4;
    assert_status(RP_USAGE, rp_map_into(fixture->pool, tasks.square, into, 4, RP_RANGE(0, 1), NULL, &error), &error);
}

/* ---- progress ---- */

typedef struct watched {
    rp_pool *pool;
    atomic_int n, n_over, n_wrong;
    uint64_t last, total, failed;
    int cancels;
    void (*stop)(rp_pool *pool);
} watched;

static int watch(const rp_progress_info *info, void *argument)
{
    watched *seen = argument;
    int wrong = info->completed < seen->last || info->failed > info->completed || info->elapsed_s < 0 || atomic_load(&seen->n_over) > 0;
    if (wrong) atomic_fetch_add(&seen->n_wrong, 1);
    seen->last = info->completed;
    seen->total = info->total;
    seen->failed = info->failed;
    if (info->is_over) atomic_fetch_add(&seen->n_over, 1);
    atomic_fetch_add(&seen->n, 1);
    if (seen->stop) seen->stop(seen->pool);
    return seen->cancels;
}

static void progress_is_told_to_the_end(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 40 };
    watched *seen = suite_room(fixture, 1, sizeof(*seen));
    int64_t *to = suite_room(fixture, N, sizeof(*to));
    rp_error error = {0};
    const rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(0.01)),
                                     .chunk = 1,
                                     .progress_callback = watch,
                                     .progress_argument = seen,
                                     .progress_callback_s = 0.001};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.nap, to, N, RP_RANGE(0, 1), &options, &error), &error);
    assert_int_equal(atomic_load(&seen->n_over), 1); /* a blocking call ends after the last one */
    assert_int_equal(atomic_load(&seen->n_wrong), 0);
    assert_true(seen->last == N && seen->total == N && seen->failed == 0 && atomic_load(&seen->n) >= 2);
    rp_iter *iterator;
    memset(seen, 0, sizeof *seen);
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.nap, RP_ITEMS(N, RP_RANGE(0, 1)), &options, &iterator, &error), &error);
    int64_t value, sum = 0;
    while (rp_iter_next(iterator, &value, SUITE_WAIT_S, &error) == RP_OK) sum += value;
    rp_iter_free(iterator);
    assert_int_equal(sum, N * (N - 1) / 2);
    assert_int_equal(atomic_load(&seen->n_over), 1);
    assert_int_equal(atomic_load(&seen->n_wrong), 0);
}

static void a_progress_callback_may_cancel_its_call(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 100000 };
    watched *seen = suite_room(fixture, 1, sizeof(*seen));
    int64_t *to = suite_room(fixture, N, sizeof(*to));
    rp_error error = {0};
    seen->cancels = 1;
    rp_call_options options = {
        .bound = RP_COLUMNS(RP_CONSTANT(0.01)), .progress_callback = watch, .progress_argument = seen, .progress_callback_s = 0.001};
    assert_status(RP_CANCELLED, rp_map(fixture->pool, tasks.nap, to, N, RP_RANGE(0, 1), &options, &error), &error);
    assert_int_equal(atomic_load(&seen->n_over), 1);
    memset(seen, 0, sizeof *seen);
    seen->pool = fixture->pool;
    seen->stop = rp_pool_terminate;
    assert_status(RP_CANCELLED, rp_map(fixture->pool, tasks.nap, to, N, RP_RANGE(0, 1), &options, &error), &error);
}

static int blocking_with_progress(rp_result *result, const rp_error *error, void *argument)
{
    watched *seen = argument;
    int64_t value;
    rp_error why;
    (void)result, (void)error;
    const rp_call_options options = {.progress_callback = watch, .progress_argument = seen};
    rp_status status = rp_map(seen->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &why);
    if (status != RP_USAGE) atomic_fetch_add(&seen->n_wrong, 1);
    return 0;
}

static void progress_options_are_checked(void **state)
{
    suite_fixture *fixture = *state;
    watched *seen = suite_room(fixture, 1, sizeof(*seen));
    int64_t value;
    rp_error error = {0};
    rp_call_options options = {.progress_callback = watch, .progress_argument = seen, .progress_callback_s = -1};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &error), &error);
    seen->pool = fixture->pool;
    options = (rp_call_options){.callback = blocking_with_progress, .callback_argument = seen};
    rp_result *handle;
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &handle, &error), &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(atomic_load(&seen->n_wrong), 0);
    rp_result_free(handle);
}

/* ---- failures ---- */

static void failures_of_a_blocking_call_are_listed(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 60, ROOM = 5 };
    int64_t *to = suite_room(fixture, N, sizeof(*to));
    int32_t *codes = suite_room(fixture, N, sizeof(*codes));
    rp_error error = {0}, *failures = suite_room(fixture, N, sizeof(*failures));
    uint64_t n = 99;
    for (int i = 0; i < N; i++) codes[i] = i % 4 == 3 ? i : 0;
    failures[ROOM].code = 4711;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 2, .failures = failures, .failures_room = ROOM, .n_failures = &n};
    const rp_columns items = RP_COLUMNS(RP_CONSTANT(0.0), RP_COLUMN(codes), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble, to, N, items, &options, &error), &error);
    assert_int_equal(n, N / 4);
    for (int k = 0; k < ROOM; k++) {
        assert_true(failures[k].status == RP_FAILED && failures[k].item == 4 * k + 3 && failures[k].code == 4 * k + 3);
        assert_text(&failures[k], STUMBLE_TEXT);
    }
    assert_int_equal(failures[ROOM].code, 4711);
    options.failures_room = N;
    assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble, to, N, items, &options, &error), &error);
    assert_true(n == N / 4 && failures[N / 4 - 1].item == N - 1);
    options = (rp_call_options){.n_failures = &n};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, to, N, RP_RANGE(0, 1), &options, &error), &error);
    assert_int_equal(n, 0);
    options = (rp_call_options){.failures_room = 1};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, to, N, RP_RANGE(0, 1), &options, &error), &error);
}

/* ---- waits and callbacks ---- */

typedef struct slow {
    atomic_int n;
    rp_status inside;
} slow;

static int take_time(rp_result *result, const rp_error *error, void *argument)
{
    slow *seen = argument;
    (void)error;
    suite_sleep(0.05);
    seen->inside = rp_result_wait(result, -1); /* returns at once */
    atomic_fetch_add(&seen->n, 1);
    return 0;
}

static void callbacks_have_run_when_a_wait_is_over(void **state)
{
    suite_fixture *fixture = *state;
    slow *seen = suite_room(fixture, 1, sizeof(*seen));
    int64_t value;
    rp_result *handle;
    rp_error error = {0};
    seen->inside = RP_TIMEOUT;
    rp_call_options options = {.callback = take_time, .error_callback = take_time, .callback_argument = seen};
    for (int k = 0; k < 2; k++) {
        assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &handle, &error), &error);
        if (k == 0) assert_int_equal(rp_result_wait(handle, -1), RP_OK);
        else assert_status(RP_OK, rp_result_get(handle, -1, &error), &error);
        assert_int_equal(atomic_load(&seen->n), k + 1);
        assert_int_equal(seen->inside, RP_OK);
        rp_result_free(handle);
    }
}

static int wait_for_gate(rp_result *result, const rp_error *error, void *argument)
{
    (void)result, (void)error;
    suite_await(argument, 1);
    return 0;
}

static void a_wait_may_be_told_not_to_wait_for_callbacks(void **state)
{
    suite_fixture *fixture = *state;
    atomic_int *gate = suite_room(fixture, 1, sizeof(*gate));
    int64_t value;
    rp_result *handle;
    rp_error error = {0};
    rp_call_options options = {.callback = wait_for_gate, .callback_argument = gate, .callbacks_apart = 1};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &handle, &error), &error);
    assert_int_equal(rp_result_wait(handle, -1), RP_OK); /* else this would hang */
    atomic_store(gate, 1);
    rp_result_free(handle);
    atomic_store(gate, 0);
    options.callbacks_apart = 0;
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, &value, 1, RP_RANGE(0, 1), &options, &handle, &error), &error);
    while (!rp_result_ready(handle)) suite_sleep(0.001);
    assert_int_equal(rp_result_wait(handle, 0.01), RP_TIMEOUT);
    atomic_store(gate, 1);
    assert_int_equal(rp_result_wait(handle, -1), RP_OK);
    rp_result_free(handle);
}

/* ---- completions ---- */

static void calls_join_a_set_as_they_start(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 300 };
    int64_t *values = suite_room(fixture, N, sizeof(*values));
    rp_completions *set;
    rp_result *result;
    rp_error error = {0};
    void *tag;
    assert_int_equal(rp_completions_open(&set, NULL), RP_OK);
    for (int64_t k = 0; k < N; k++) {
        const rp_call_options options = {.completions = set, .tag = &values[k]};
        assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.square, &values[k], RP_COLUMNS(RP_CONSTANT(k)), &options, &result, &error),
                      &error);
    }
    for (int64_t k = 0; k < N; k++) {
        assert_int_equal(rp_completions_next(set, SUITE_WAIT_S, &result, &tag), RP_OK);
        assert_int_equal(*(int64_t *)tag, square((int64_t *)tag - values));
        rp_result_free(result);
    }
    assert_int_equal(rp_completions_next(set, -1, &result, &tag), RP_END);
    rp_pool_close(fixture->pool);
    const rp_call_options options = {.completions = set};
    assert_status(RP_CLOSED,
                  rp_apply_async(fixture->pool, tasks.square, values, RP_COLUMNS(RP_CONSTANT(INT64_C(1))), &options, &result, &error),
                  &error);
    assert_int_equal(rp_completions_next(set, -1, &result, &tag), RP_END); /* a call that never was isn't in it */
    rp_completions_free(set);
}

/* With its arguments and its place in a set, over ranks too. A part of it is of the calls that the executor has, which are few. */
enum { MOST_BYTES_OF_A_CALL = 400 };

static void an_outstanding_apply_takes_little_memory(void **state)
{
    suite_fixture *fixture = *state;
    enum { MADE = 10000, BUSY = 64 };
    int64_t *values = suite_room(fixture, MADE, sizeof(*values)), busy[BUSY];
    rp_completions *set;
    rp_result *result, *busy_calls[BUSY];
    rp_error error = {0};
    int n_busy = fixture->info.workers < BUSY ? fixture->info.workers : BUSY;
    if (suite_options().timeout_s > 0 || suite_options().isolation || suite_options().record) return; /* workers take memory meanwhile */
    assert_int_equal(rp_completions_open(&set, NULL), RP_OK);
    for (int k = 0; k < n_busy; k++)
        assert_status(RP_OK,
                      rp_apply_async(fixture->pool, tasks.nap, &busy[k], RP_COLUMNS(RP_CONSTANT(0.3), RP_CONSTANT(INT64_C(1))), NULL,
                                     &busy_calls[k], &error),
                      &error);
    size_t before = mallinfo2().uordblks;
    for (int64_t k = 0; k < MADE; k++) {
        const rp_call_options options = {.completions = set};
        assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.square, &values[k], RP_COLUMNS(RP_CONSTANT(k)), &options, &result, &error),
                      &error);
    }
    size_t after = mallinfo2().uordblks, each = after > before ? (after - before) / MADE : 0;
    if (each > MOST_BYTES_OF_A_CALL) fail_msg("a call takes %zu bytes", each);
    if (getenv("SUITE_SAYS_SIZES")) print_message("a call takes %zu bytes\n", each);
    for (int k = 0; k < MADE; k++) {
        assert_int_equal(rp_completions_next(set, SUITE_WAIT_S, &result, NULL), RP_OK);
        rp_result_free(result);
    }
    for (int k = 0; k < n_busy; k++) rp_result_free(busy_calls[k]);
    rp_completions_free(set);
}

int suite_run_options(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(results_go_to_fields_of_structs),
        SUITE_CASE(results_of_ranges_go_to_fields_of_structs),
        SUITE_CASE(emitted_results_go_to_fields_of_structs),
        SUITE_CASE(fields_have_the_results_of_retried_items),
        SUITE_CASE(fields_are_checked),
        SUITE_CASE(progress_is_told_to_the_end),
        SUITE_CASE(a_progress_callback_may_cancel_its_call),
        SUITE_CASE(progress_options_are_checked),
        SUITE_CASE(failures_of_a_blocking_call_are_listed),
        SUITE_CASE(callbacks_have_run_when_a_wait_is_over),
        SUITE_CASE(a_wait_may_be_told_not_to_wait_for_callbacks),
        SUITE_CASE(calls_join_a_set_as_they_start),
        SUITE_CASE(an_outstanding_apply_takes_little_memory),
    };
    return cmocka_run_group_tests_name("options", cases, NULL, NULL);
}
