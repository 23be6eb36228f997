/*
 * test_callbacks.c: the callbacks of async calls: exactly once, the right one of the two, with the whole result; and callbacks that fail,
 * use the pool or free their handle.
 */
#include "suite.h"

#include <string.h>

enum { NOTED_ITEMS = 60 };

/* What the callbacks of one call saw. */
typedef struct notes {
    atomic_int done, failed;
    rp_pool *pool;
    rp_result *result;
    rp_error error;
    int wrong; /* results that weren't there yet */
    int64_t results[NOTED_ITEMS];
} notes;

static int note_done(rp_result *result, const rp_error *error, void *argument)
{
    notes *mine = argument;
    mine->result = result;
    if (error != NULL) mine->wrong++;
    for (int i = 0; i < NOTED_ITEMS; i++) mine->wrong += mine->results[i] != square(i);
    atomic_fetch_add(&mine->done, 1);
    return 0;
}

static int note_failed(rp_result *result, const rp_error *error, void *argument)
{
    notes *mine = argument;
    mine->result = result;
    if (error != NULL) mine->error = *error;
    atomic_fetch_add(&mine->failed, 1);
    return 0;
}

static void callback_sees_the_whole_result_once(void **state)
{
    suite_fixture *fixture = *state;
    notes *seen = suite_room(fixture, 1, sizeof(*seen));
    rp_call_options options = {.chunk = 3, .callback = note_done, .error_callback = note_failed, .callback_argument = seen};
    rp_result *handle = NULL;
    rp_error error = {0};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, seen->results, NOTED_ITEMS, RP_RANGE(0, 1), &options, &handle, &error),
                  &error);
    suite_await(&seen->done, 1);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    suite_finish(fixture);
    assert_int_equal(atomic_load(&seen->done), 1);
    assert_int_equal(atomic_load(&seen->failed), 0);
    assert_int_equal(seen->wrong, 0);
    assert_ptr_equal(seen->result, handle);
    rp_result_free(handle);
}

static void error_callback_alone_sees_a_failure_once(void **state)
{
    suite_fixture *fixture = *state;
    notes *seen = suite_room(fixture, 1, sizeof(*seen));
    int32_t *codes = suite_room(fixture, NOTED_ITEMS, sizeof(*codes));
    codes[21] = 5;
    codes[40] = 6;
    rp_call_options options = {
        .bound = RP_COLUMNS(RP_CONSTANT(0.0)), .callback = note_done, .error_callback = note_failed, .callback_argument = seen};
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(codes), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.stumble, seen->results, NOTED_ITEMS, columns, &options, &handle, &error),
                  &error);
    suite_await(&seen->failed, 1);
    suite_finish(fixture);
    assert_int_equal(atomic_load(&seen->failed), 1);
    assert_int_equal(atomic_load(&seen->done), 0);
    assert_int_equal(seen->error.status, RP_FAILED);
    assert_int_equal(seen->error.item, 21);
    assert_int_equal(seen->error.code, 5);
    rp_result_free(handle);
}

static void error_callback_sees_a_cancelled_call(void **state)
{
    suite_fixture *fixture = *state;
    notes *seen = suite_room(fixture, 1, sizeof(*seen));
    rp_call_options options = {
        .bound = RP_COLUMNS(RP_CONSTANT(0.3)), .callback = note_done, .error_callback = note_failed, .callback_argument = seen};
    rp_result *handle = NULL;
    rp_error error = {0};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.nap, seen->results, NOTED_ITEMS, RP_RANGE(0, 1), &options, &handle, &error),
                  &error);
    rp_result_cancel(handle);
    suite_await(&seen->failed, 1);
    suite_finish(fixture);
    assert_int_equal(atomic_load(&seen->failed), 1);
    assert_int_equal(atomic_load(&seen->done), 0);
    assert_int_equal(seen->error.status, RP_CANCELLED);
    rp_result_free(handle);
}

static int note_and_complain(rp_result *result, const rp_error *error, void *argument) { return note_done(result, error, argument) + 1; }

/* Maps again in the pool that called it. */
static int note_and_map(rp_result *result, const rp_error *error, void *argument)
{
    notes *mine = argument;
    memset(mine->results, 0, sizeof(mine->results));
    rp_status status = rp_map(mine->pool, tasks.square, mine->results, NOTED_ITEMS, RP_RANGE(0, 1), NULL, NULL);
    note_done(result, error, argument);
    return status == RP_OK ? 0 : 1;
}

static int note_and_free(rp_result *result, const rp_error *error, void *argument)
{
    int status = note_done(result, error, argument);
    rp_result_free(result);
    return status;
}

static void check_callback(suite_fixture *fixture, rp_callback *callback, int freed)
{
    notes *seen = suite_room(fixture, 1, sizeof(*seen));
    seen->pool = fixture->pool;
    rp_call_options options = {.callback = callback, .error_callback = note_failed, .callback_argument = seen};
    rp_result *handle = NULL;
    rp_error error = {0};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, seen->results, NOTED_ITEMS, RP_RANGE(0, 1), &options, &handle, &error),
                  &error);
    suite_await(&seen->done, 1);
    if (!freed) assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    if (!freed) rp_result_free(handle);
    assert_int_equal(atomic_load(&seen->done), 1);
    assert_int_equal(seen->wrong, 0);
}

static void callbacks_that_fail_are_counted(void **state)
{
    suite_fixture *fixture = *state;
    check_callback(fixture, note_and_complain, 0);
    check_callback(fixture, note_and_complain, 0);
    check_callback(fixture, note_done, 0);
    suite_finish(fixture);
    assert_int_equal(rp_pool_callback_failures(fixture->pool), 2);
}

static void callbacks_may_use_the_pool(void **state)
{
    suite_fixture *fixture = *state;
    check_callback(fixture, note_and_map, 0);
    suite_finish(fixture);
    assert_int_equal(rp_pool_callback_failures(fixture->pool), 0);
}

static void callbacks_may_free_their_handle(void **state)
{
    check_callback(*state, note_and_free, 1);
    suite_finish(*state);
}

int suite_run_callbacks(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(callback_sees_the_whole_result_once),  SUITE_CASE(error_callback_alone_sees_a_failure_once),
        SUITE_CASE(error_callback_sees_a_cancelled_call), SUITE_CASE(callbacks_that_fail_are_counted),
        SUITE_CASE(callbacks_may_use_the_pool),           SUITE_CASE(callbacks_may_free_their_handle),
    };
    return cmocka_run_group_tests_name("callbacks", cases, NULL, NULL);
}
