/*
 * test_handles.c: the handles of async calls: time-outs that are kept, ready and successful, cancelling, and what a handle tells after
 * its pool was terminated.
 */
#include "gate.h"
#include "suite.h"

#include <string.h>

/* Starts a call of n items that take that long each. */
static rp_result *start_naps(suite_fixture *fixture, int64_t *results, uint64_t n, double seconds, rp_status *statuses)
{
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(seconds)), .statuses = statuses};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.nap, results, n, RP_RANGE(0, 1), &options, &handle, &error), &error);
    return handle;
}

/* A call over items that wait at the gate. Item i gives i. */
static rp_result *start_waits(suite_fixture *fixture, int64_t *results, uint64_t n, const gate *at)
{
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(*at))};
    assert_status(RP_OK, rp_map_async(fixture->pool, wait_at, results, n, RP_RANGE(0, 1), &options, &handle, &error), &error);
    return handle;
}

static void waits_keep_their_time_out(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *result = suite_room(fixture, 1, sizeof(*result));
    rp_error error = {0};
    double start = suite_now();
    gate closed = gate_make();
    rp_result *handle = start_waits(fixture, result, 1, &closed);
    assert_status(RP_TIMEOUT, rp_result_wait(handle, 0), NULL);
    assert_status(RP_TIMEOUT, rp_result_wait(handle, 0.05), NULL);
    assert_true(suite_now() - start >= 0.05);
    assert_status(RP_TIMEOUT, rp_result_get(handle, 0.05, &error), &error);
    assert_true(suite_now() - start >= 0.1);
    gate_open(&closed);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    assert_status(RP_OK, rp_result_get(handle, 0, &error), &error);
    rp_result_free(handle);
}

static void ready_turns_from_0_to_1(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *result = suite_room(fixture, 1, sizeof(*result));
    rp_error error = {0};
    int successful = 7;
    gate closed = gate_make();
    rp_result *handle = start_waits(fixture, result, 1, &closed);
    assert_int_equal(rp_result_ready(handle), 0);
    assert_status(RP_AGAIN, rp_result_successful(handle, &successful), NULL);
    assert_status(RP_AGAIN, rp_result_failure(handle, 0, &error), &error);
    assert_int_equal(successful, 7);
    gate_open(&closed);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(rp_result_ready(handle), 1);
    assert_status(RP_OK, rp_result_successful(handle, &successful), NULL);
    assert_int_equal(successful, 1);
    rp_result_free(handle);
}

static void a_failed_call_is_ready_and_not_successful(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *result = suite_room(fixture, 1, sizeof(*result));
    rp_result *handle = NULL;
    rp_error error = {0};
    int successful = 7;
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(0.0), RP_CONSTANT((int32_t)9), RP_CONSTANT((int64_t)1));
    assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.stumble, result, arguments, NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    assert_int_equal(rp_result_ready(handle), 1);
    assert_status(RP_OK, rp_result_successful(handle, &successful), NULL);
    assert_int_equal(successful, 0);
    for (int again = 0; again < 2; again++) {
        memset(&error, 0, sizeof(error));
        assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        assert_int_equal(error.code, 9);
    }
    rp_result_free(handle);
}

/* Half a second passes between the first item and the last: long enough to be looked at on a busy machine. */
static void completed_counts_up(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 6 * (uint64_t)fixture->info.workers;
    int64_t *results = suite_room(fixture, n, sizeof(*results));
    rp_result *handle = start_naps(fixture, results, n, 0.1, NULL);
    uint64_t before = 0, seen_between = 0;
    double deadline = suite_now() + SUITE_WAIT_S;
    while (!rp_result_ready(handle)) {
        uint64_t completed = rp_result_completed(handle);
        assert_true(completed >= before && completed <= n);
        if (completed > 0 && completed < n) seen_between++;
        before = completed;
        assert_true(suite_now() < deadline);
        suite_sleep(0.005);
    }
    assert_int_equal(rp_result_completed(handle), n);
    assert_true(seen_between > 0);
    rp_result_free(handle);
}

/* ---- cancelled calls ---- */

static void cancel_of_a_running_call_ends_it(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 2000 };
    int64_t *results = suite_room(fixture, N, sizeof(*results));
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    rp_result *handle = start_naps(fixture, results, N, 0.02, statuses);
    for (double deadline = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) < 1 && suite_now() < deadline;) suite_sleep(0.001);
    rp_result_cancel(handle);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    for (int i = 0; i < N; i++) assert_int_equal(statuses[i], RP_CANCELLED);
    assert_in_range(rp_result_completed(handle), 1, N / 2);
    rp_result_cancel(handle);
    rp_result_free(handle);
}

static void cancel_of_a_waiting_call_leaves_the_others(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 3 * (uint64_t)fixture->info.workers;
    int64_t *first = suite_room(fixture, n, sizeof(*first)), *second = suite_room(fixture, n, sizeof(*second)),
            *third = suite_room(fixture, n, sizeof(*third));
    rp_error error = {0};
    rp_result *running = start_naps(fixture, first, n, 0.05, NULL);
    rp_result *waiting = start_naps(fixture, second, n, 0.05, NULL);
    rp_result *last = start_naps(fixture, third, n, 0.01, NULL);
    rp_result_cancel(waiting);
    assert_status(RP_CANCELLED, rp_result_get(waiting, SUITE_WAIT_S, &error), &error);
    assert_status(RP_OK, rp_result_get(running, SUITE_WAIT_S, &error), &error);
    assert_status(RP_OK, rp_result_get(last, SUITE_WAIT_S, &error), &error);
    for (uint64_t i = 0; i < n; i++) assert_true(first[i] == (int64_t)i && third[i] == (int64_t)i);
    rp_result_free(running);
    rp_result_free(waiting);
    rp_result_free(last);
}

static void cancel_after_the_end_does_nothing(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *result = suite_room(fixture, 1, sizeof(*result));
    rp_error error = {0};
    rp_result *handle = start_naps(fixture, result, 1, 0.0, NULL);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    rp_result_cancel(handle);
    assert_status(RP_OK, rp_result_get(handle, 0, &error), &error);
    rp_result_free(handle);
}

static void get_after_cancel_does_not_wait_for_running_items(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 4 * (uint64_t)fixture->info.workers;
    int64_t *results = suite_room(fixture, n, sizeof(*results));
    rp_error error = {0};
    gate closed = gate_make();
    rp_result *handle = start_waits(fixture, results, n, &closed);
    gate_await(&closed, 1);
    rp_result_cancel(handle);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S / 2, &error), &error);
    gate_open(&closed);
    rp_result_free(handle);
}

static void get_after_terminate_is_cancelled_at_once(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 4 * (uint64_t)fixture->info.workers;
    int64_t *results = suite_room(fixture, n, sizeof(*results)), *others = suite_room(fixture, n, sizeof(*others));
    rp_error error = {0};
    gate closed = gate_make();
    rp_result *running = start_waits(fixture, results, n, &closed);
    rp_result *waiting = start_waits(fixture, others, n, &closed);
    gate_await(&closed, 1);
    rp_pool_terminate(fixture->pool);
    assert_status(RP_CANCELLED, rp_result_get(running, SUITE_WAIT_S / 2, &error), &error);
    assert_status(RP_CANCELLED, rp_result_get(waiting, SUITE_WAIT_S / 2, &error), &error);
    gate_open(&closed);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    assert_status(RP_CANCELLED, rp_result_get(running, 0, &error), &error);
    rp_result_free(running);
    rp_result_free(waiting);
}

static void handles_outlive_their_pool(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, 10, sizeof(*results));
    rp_error error = {0};
    rp_result *handle = start_naps(fixture, results, 10, 0.001, NULL);
    suite_finish(fixture);
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    assert_status(RP_OK, rp_result_get(handle, 0, &error), &error);
    for (int i = 0; i < 10; i++) assert_int_equal(results[i], i);
    rp_result_free(handle);
    rp_result_free(NULL);
}

static void freeing_a_handle_cancels_its_call(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, 100000, sizeof(*results));
    rp_error error = {0};
    rp_result_free(start_naps(fixture, results, 100000, 0.02, NULL)); /* all would take too long */
    int64_t *others = suite_room(fixture, 20, sizeof(*others));
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, others, 20, RP_RANGE(0, 1), NULL, &error), &error);
    for (int i = 0; i < 20; i++) assert_int_equal(others[i], square(i));
}

int suite_run_handles(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(waits_keep_their_time_out),
        SUITE_CASE(ready_turns_from_0_to_1),
        SUITE_CASE(a_failed_call_is_ready_and_not_successful),
        SUITE_CASE(completed_counts_up),
        SUITE_CASE(cancel_of_a_running_call_ends_it),
        SUITE_CASE(cancel_of_a_waiting_call_leaves_the_others),
        SUITE_CASE(cancel_after_the_end_does_nothing),
        SUITE_CASE(get_after_cancel_does_not_wait_for_running_items),
        SUITE_CASE(get_after_terminate_is_cancelled_at_once),
        SUITE_CASE(handles_outlive_their_pool),
        SUITE_CASE(freeing_a_handle_cancels_its_call),
    };
    return cmocka_run_group_tests_name("handles", cases, NULL, NULL);
}
