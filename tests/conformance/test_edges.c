/*
 * test_edges.c: what users trip over: NULL constants, chunks larger than memory, callbacks on calls that block, iterators that end in the
 * middle, and failures under stop while other ranks are ahead.
 */
#include "gate.h"
#include "suite.h"

#include <stdbool.h>

#include <string.h>

static rp_status give_three(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    int64_t *given = state;
    (void)may_wait;
    (void)error;
    if (*given == 3) return RP_END;
    *(int64_t *)arguments[0] = (*given)++;
    return RP_OK;
}

/* Gives two numbers, and then RP_AGAIN each time. */
static rp_status give_two_and_dry_up(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    int64_t *given = state;
    (void)may_wait;
    (void)error;
    if (*given == 2) return RP_AGAIN;
    *(int64_t *)arguments[0] = (*given)++;
    return RP_OK;
}

static int count_calls(rp_result *result, const rp_error *error, void *argument)
{
    (void)result;
    (void)error;
    atomic_fetch_add((atomic_int *)argument, 1);
    return 0;
}

static void a_null_constant_is_refused(void **state)
{
    suite_fixture *fixture = *state;
    double *result = suite_room(fixture, 1, sizeof *result);
    const double *nothing = NULL;
    rp_error error = {0};
    rp_status status = rp_apply(fixture->pool, tasks.wave, result, RP_COLUMNS(RP_CONSTANT_AT(nothing)), NULL, &error);
    assert_status(RP_USAGE, status, &error);
    assert_text(&error, "NULL");
}

static void a_giant_chunk_takes_what_the_source_has(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *given = suite_room(fixture, 1, sizeof *given), result;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    rp_call_options options = {.chunk = UINT64_C(1) << 50};
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, RP_GENERATOR(give_three, given), &options, &iterator, &error), &error);
    for (int64_t i = 0; i < 3; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, i * i);
    }
    assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void a_giant_chunk_runs_each_item_once(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *numbers = suite_numbers(fixture, 10, 0), *results = suite_room(fixture, 10, sizeof *results);
    rp_call_options options = {.chunk = UINT64_C(1) << 63};
    for (int round = 0; round < 200; round++) {
        rp_error error = {0};
        assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 10, RP_COLUMN(numbers), &options, &error), &error);
        for (int64_t i = 0; i < 10; i++) assert_int_equal(results[i], i * i);
    }
}

static void a_blocking_call_runs_no_callback(void **state)
{
    suite_fixture *fixture = *state;
    atomic_int *calls = suite_room(fixture, 1, sizeof *calls);
    int64_t *result = suite_room(fixture, 1, sizeof *result), four = 4;
    rp_error error = {0};
    rp_call_options options = {.callback = count_calls, .callback_argument = calls};
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, result, RP_COLUMNS(RP_CONSTANT(four)), &options, &error), &error);
    suite_finish(fixture);
    assert_int_equal(atomic_load(calls), 0);
    assert_int_equal(*result, 16);
}

static void a_cancelled_iterator_says_so_even_when_all_is_done(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *given = suite_room(fixture, 1, sizeof *given), result;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, RP_GENERATOR(give_three, given), NULL, &iterator, &error), &error);
    suite_sleep(0.05);
    rp_iter_cancel(iterator);
    assert_status(RP_CANCELLED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_status(RP_CANCELLED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void a_join_ends_an_iterator_whose_source_is_late(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *given = suite_room(fixture, 1, sizeof *given), result;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    rp_source source = RP_GENERATOR(give_two_and_dry_up, given);
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, source, NULL, &iterator, &error), &error);
    for (int64_t i = 0; i < 2; i++) assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0.02, &error), &error);
    suite_finish(fixture);
    for (int k = 0; k < 2; k++) assert_status(RP_CANCELLED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_int_equal(*given, 2);
    rp_iter_free(iterator);
}

/* stumble(seconds, code, x) gives x + 1000 here, so that a result which nobody computed can't look right. */
static void stop_never_delivers_what_did_not_run(void **state)
{
    enum { N = 40 };
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000);
    int32_t *codes = suite_room(fixture, N, sizeof *codes);
    for (int round = 0; round < 30; round++) {
        rp_error error = {0};
        rp_iter *iterator = NULL;
        memset(codes, 0, N * sizeof *codes);
        codes[(round * 7) % N] = 9;
        codes[(round * 11 + 3) % N] = 9;
        rp_call_options options = {.chunk = (uint64_t)(round % 3) + 1, .window = 20};
        rp_source source = RP_ITEMS(N, RP_CONSTANT(0.0005), RP_COLUMN(codes), RP_COLUMN(values));
        assert_status(RP_OK, rp_istarmap_unordered(fixture->pool, tasks.stumble, source, &options, &iterator, &error), &error);
        int64_t result = -1;
        rp_status status;
        while ((status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error)) == RP_OK) {
            assert_int_equal(result, 1000 + rp_iter_index(iterator));
            assert_int_equal(codes[rp_iter_index(iterator)], 0);
        }
        assert_status(RP_FAILED, status, &error);
        assert_int_equal(codes[error.item], 9);
        rp_iter_free(iterator);
    }
}

/* All items that were given out are finished, and they are the first of the input. */
static void stop_finishes_what_was_started(void **state)
{
    enum { N = 10000 };
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000), *results = suite_room(fixture, N, sizeof *results);
    rp_status *statuses = suite_room(fixture, N, sizeof *statuses);
    rp_error error = {0};
    rp_result *handle = NULL;
    rp_call_options options = {.chunk = 1, .statuses = statuses};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(0.01), RP_COLUMN(values));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.nap, results, N, items, &options, &handle, &error), &error);
    for (double deadline = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) < 5 && suite_now() < deadline;) suite_sleep(0.001);
    rp_pool_stop(fixture->pool);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    int64_t n_ran = 0;
    while (n_ran < N && statuses[n_ran] == RP_OK) n_ran++;
    assert_true(n_ran > 0 && n_ran < N);
    for (int64_t i = 0; i < N; i++) {
        assert_int_equal(statuses[i], i < n_ran ? RP_OK : RP_CANCELLED);
        if (i < n_ran) assert_int_equal(results[i], 1000 + i);
    }
    assert_status(RP_CLOSED, rp_apply(fixture->pool, tasks.square, results, RP_COLUMNS(RP_COLUMN(values)), NULL, &error), &error);
    rp_result_free(handle);
}

/* Waits until an item of the call has failed. */
static void await_failure(const rp_result *handle)
{
    double begin = suite_now();
    while (rp_result_failures(handle) == 0) {
        assert_true(suite_now() - begin < SUITE_WAIT_S);
        suite_sleep(0.002);
    }
}

/* The first item fails. The pool is stopped after that, or, under the policy stop, while that item still runs. */
static void stop_cancels_a_call_with_failures(void **state)
{
    enum { N = 400 };
    static const rp_on_error policies[] = {RP_ON_ERROR_COLLECT, RP_ON_ERROR_STOP};
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000), *results = suite_room(fixture, N, sizeof *results);
    int32_t *codes = suite_room(fixture, N, sizeof *codes);
    rp_status *statuses = suite_room(fixture, N, sizeof *statuses);
    double *seconds = suite_room(fixture, N, sizeof *seconds);
    for (int i = 0; i < N; i++) seconds[i] = 0.01;
    codes[0] = 5;
    for (size_t k = 0; k < N_OF(policies); k++) {
        bool collects = policies[k] == RP_ON_ERROR_COLLECT;
        rp_pool_options pool_options = suite_options();
        suite_reopen(fixture, &pool_options);
        rp_error error = {0};
        rp_result *handle = NULL;
        rp_call_options options = {.chunk = 1, .statuses = statuses, .on_error = policies[k]};
        rp_columns items = RP_COLUMNS(RP_COLUMN(seconds), RP_COLUMN(codes), RP_COLUMN(values));
        seconds[0] = collects ? 0.001 : 1.0;
        assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.stumble, results, N, items, &options, &handle, &error), &error);
        if (collects) await_failure(handle);
        else suite_sleep(0.05);
        rp_pool_stop(fixture->pool);
        assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        assert_text(&error, "stopped");
        if (collects) assert_text(&error, STUMBLE_TEXT);
        if (collects) assert_int_equal(statuses[0], RP_FAILED);
        assert_int_equal(statuses[N - 1], RP_CANCELLED);
        rp_result_free(handle);
    }
}

/* What a failure cut short before the pool was stopped was cut short by the failure. */
static void stop_after_a_failure_under_stop_leaves_it_failed(void **state)
{
    enum { N = 400 };
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000), *results = suite_room(fixture, N, sizeof *results);
    int32_t *codes = suite_room(fixture, N, sizeof *codes);
    rp_error error = {0};
    rp_result *handle = NULL;
    rp_call_options options = {.chunk = 1, .on_error = RP_ON_ERROR_STOP};
    codes[0] = 5;
    rp_columns items = RP_COLUMNS(RP_CONSTANT(0.01), RP_COLUMN(codes), RP_COLUMN(values));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.stumble, results, N, items, &options, &handle, &error), &error);
    await_failure(handle);
    rp_pool_stop(fixture->pool);
    assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(error.item, 0);
    rp_result_free(handle);
}

static void stop_lets_an_iterator_deliver_what_ran(void **state)
{
    enum { N = 400 };
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000), result = 0, n_read = 0;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    rp_source source = RP_ITEMS(N, RP_CONSTANT(0.01), RP_COLUMN(values));
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.nap, source, NULL, &iterator, &error), &error);
    rp_status status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error);
    for (; status == RP_OK; status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error)) {
        assert_int_equal(result, 1000 + n_read++);
        if (n_read == 5) rp_pool_stop(fixture->pool);
    }
    assert_status(RP_CANCELLED, status, &error);
    assert_true(n_read >= 5 && n_read < N);
    for (int k = 0; k < 3; k++) {
        rp_error again = {0};
        assert_status(RP_CANCELLED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &again), &again);
        assert_string_equal(rp_error_text(&again), rp_error_text(&error));
    }
    rp_iter_free(iterator);
}

static void stop_after_the_last_item_was_given_out_cuts_nothing(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *result = suite_room(fixture, 1, sizeof *result);
    rp_error error = {0};
    rp_result *handle = NULL;
    gate closed = gate_make();
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(closed), RP_CONSTANT((int64_t)7));
    assert_status(RP_OK, rp_apply_async(fixture->pool, wait_at, result, arguments, NULL, &handle, &error), &error);
    gate_await(&closed, 1);
    rp_pool_stop(fixture->pool);
    gate_open(&closed);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(*result, 7);
    rp_result_free(handle);
}

/* Every other item fails. When the limit is passed, workers and ranks have begun some items more, but not many. */
static void a_limit_of_failures_ends_the_call(void **state)
{
    enum { N = 2000, CUTOFF = 5 };
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, N, 1000), *results = suite_room(fixture, N, sizeof *results);
    int32_t *codes = suite_room(fixture, N, sizeof *codes);
    rp_status *statuses = suite_room(fixture, N, sizeof *statuses);
    for (int i = 1; i < N; i += 2) codes[i] = 3;
    const rp_call_options cases[] = {{.chunk = 1, .statuses = statuses, .max_failures = CUTOFF},
                                     {.chunk = 1, .statuses = statuses, .max_failures_percent = 100.0 * CUTOFF / N}};
    for (size_t k = 0; k < N_OF(cases); k++) {
        rp_error error = {0};
        rp_columns items = RP_COLUMNS(RP_CONSTANT(0.002), RP_COLUMN(codes), RP_COLUMN(values));
        assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble, results, N, items, &cases[k], &error), &error);
        assert_int_equal(error.item, 1);
        int n_failed = 0, n_ran = 0;
        for (; n_ran < N && statuses[n_ran] != RP_CANCELLED; n_ran++) n_failed += statuses[n_ran] == RP_FAILED;
        for (int i = n_ran; i < N; i++) assert_int_equal(statuses[i], RP_CANCELLED);
        for (int i = 0; i < n_ran; i += 2) assert_int_equal(results[i], 1000 + i);
        assert_true(n_failed > CUTOFF);
        assert_true(n_ran < N / 2);
    }
}

static void an_error_can_be_told_with_its_own_text(void **state)
{
    (void)state;
    rp_error error;
    rp_error_set(&error, RP_SYSTEM, 5, "disk full");
    rp_error_set(&error, RP_SYSTEM, 5, "writing x: %s", rp_error_text(&error));
    assert_string_equal(rp_error_text(&error), "writing x: disk full");
}

int suite_run_edges(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_null_constant_is_refused),
        SUITE_CASE(a_giant_chunk_takes_what_the_source_has),
        SUITE_CASE(a_giant_chunk_runs_each_item_once),
        SUITE_CASE(a_blocking_call_runs_no_callback),
        SUITE_CASE(a_cancelled_iterator_says_so_even_when_all_is_done),
        SUITE_CASE(a_join_ends_an_iterator_whose_source_is_late),
        SUITE_CASE(stop_never_delivers_what_did_not_run),
        SUITE_CASE(stop_finishes_what_was_started),
        SUITE_CASE(stop_cancels_a_call_with_failures),
        SUITE_CASE(stop_after_a_failure_under_stop_leaves_it_failed),
        SUITE_CASE(stop_lets_an_iterator_deliver_what_ran),
        SUITE_CASE(stop_after_the_last_item_was_given_out_cuts_nothing),
        SUITE_CASE(a_limit_of_failures_ends_the_call),
        SUITE_CASE(an_error_can_be_told_with_its_own_text),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
