/*
 * test_waits.c: tasks, callbacks and sources that would wait for themselves are told so, and nothing hangs.
 */
#include "suite.h"

#include <math.h>
#include <stdio.h>

/* What a task on rank 0 is after. NULL on other ranks, and in child processes. */
static rp_pool *own_pool;
static rp_iter *own_iterator;
static _Atomic(rp_result *) own_result;

enum { NOT_HERE = -1 };

/* What the functions say that would wait for the pool of this task, as bits. All right: 0. */
static int64_t wait_for_oneself(void)
{
    int64_t result = 0, wrong = 0;
    if (own_pool == NULL) return NOT_HERE;
    rp_result *handle = atomic_load(&own_result);
    for (int k = 0; k < 2000 && handle == NULL; k++, handle = atomic_load(&own_result)) suite_sleep(0.001);
    if (rp_pool_join(own_pool, NULL) != RP_USAGE) wrong |= 1;
    if (rp_starmap(own_pool, tasks.where_am_i, NULL, 1, RP_NO_COLUMNS, NULL, NULL) != RP_USAGE) wrong |= 2;
    if (handle != NULL && rp_result_wait(handle, -1) != RP_USAGE) wrong |= 4;
    if (handle != NULL && rp_result_get(handle, -1, NULL) != RP_USAGE) wrong |= 8;
    if (handle != NULL && rp_result_wait(handle, 0) != RP_TIMEOUT) wrong |= 16;
    if (rp_iter_next(own_iterator, &result, -1, NULL) != RP_USAGE) wrong |= 32;
    return wrong;
}
RP_TASK(wait_for_oneself, int64_t)

/* The same from inside a serial pool that the task opens. */
static int64_t wait_from_within(void)
{
    int64_t wrong = NOT_HERE;
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL};
    rp_pool *inner;
    if (own_pool == NULL) return NOT_HERE;
    if (rp_pool_open(&options, &inner, NULL) != RP_OK) return 64;
    if (rp_apply(inner, wait_for_oneself_task, &wrong, RP_NO_COLUMNS, NULL, NULL) != RP_OK) wrong = 128;
    rp_pool_free(inner);
    return wrong;
}
RP_TASK(wait_from_within, int64_t)

static int64_t free_oneself(void)
{
    if (own_pool == NULL) return NOT_HERE;
    rp_result *handle = atomic_load(&own_result);
    for (int k = 0; k < 2000 && handle == NULL; k++, handle = atomic_load(&own_result)) suite_sleep(0.001);
    rp_iter_free(own_iterator);
    rp_result_free(handle);
    rp_pool_free(own_pool);
    return 0;
}
RP_TASK(free_oneself, int64_t)

/* The iterator's window is full of items, so that reading on would wait. */
static void open_iterator(suite_fixture *fixture)
{
    rp_error error = {0};
    rp_source source = RP_ITEMS(4, RP_CONSTANT(0.0), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.nap, source, NULL, &own_iterator, &error), &error);
    own_pool = fixture->pool;
    atomic_store(&own_result, NULL);
}

static void a_task_is_told_that_it_waits_for_itself(void **state)
{
    enum { N = 6 };
    const rp_task *ways[] = {wait_for_oneself_task, wait_from_within_task};
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, N, sizeof(*results));
    for (size_t k = 0; k < N_OF(ways); k++) {
        rp_error error = {0};
        rp_result *handle = NULL;
        rp_call_options options = {.chunk = 1};
        open_iterator(fixture);
        assert_status(RP_OK, rp_starmap_async(fixture->pool, ways[k], (void *)results, N, RP_NO_COLUMNS, &options, &handle, &error),
                      &error);
        atomic_store(&own_result, handle);
        assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        for (int i = 0; i < N; i++) assert_true(results[i] == NOT_HERE || results[i] == 0);
        own_pool = NULL;
        rp_result_free(handle);
        rp_iter_free(own_iterator);
    }
}

static void what_a_task_frees_is_only_ended(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, 6, sizeof(*results));
    rp_error error = {0};
    rp_result *handle = NULL;
    rp_call_options options = {.chunk = 1};
    open_iterator(fixture);
    assert_status(RP_OK, rp_starmap_async(fixture->pool, free_oneself_task, (void *)results, 6, RP_NO_COLUMNS, &options, &handle, &error),
                  &error);
    atomic_store(&own_result, handle);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    own_pool = NULL;
    rp_result_free(handle);
    rp_iter_free(own_iterator);
}

/* What the callback saw of a join, and of a map on its pool. */
static atomic_int joined, mapped;

static int join_own_pool(rp_result *result, const rp_error *error, void *argument)
{
    (void)result, (void)error;
    int64_t square;
    rp_pool_close(argument);
    atomic_store(&mapped, (int)rp_apply(argument, tasks.square, &square, RP_COLUMNS(RP_CONSTANT((int64_t)3)), NULL, NULL));
    rp_pool_free(argument); /* only terminates */
    atomic_store(&joined, (int)rp_pool_join(argument, NULL));
    return 0;
}

static void a_callback_is_told_that_it_joins_itself(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result;
    rp_error error = {0};
    rp_result *handle = NULL;
    rp_call_options options = {.callback = join_own_pool, .error_callback = join_own_pool, .callback_argument = fixture->pool};
    atomic_store(&joined, -1);
    assert_status(RP_OK,
                  rp_apply_async(fixture->pool, tasks.square, &result, RP_COLUMNS(RP_CONSTANT((int64_t)3)), &options, &handle, &error),
                  &error);
    suite_await(&joined, RP_USAGE);
    assert_int_equal(atomic_load(&mapped), RP_CLOSED);
    rp_result_free(handle);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
}

/* A source that reads, and frees, the iterator that it is for. */
static rp_status next_from_oneself(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait, (void)error;
    int *given = state;
    if (*given == 3) return RP_END;
    *(int64_t *)arguments[0] = ++*given;
    if (*given < 3 || own_iterator == NULL) return RP_OK;
    rp_status status = rp_iter_next(own_iterator, NULL, -1, NULL);
    rp_iter_free(own_iterator);
    return status == RP_USAGE ? RP_END : RP_SYSTEM;
}

static void a_source_is_told_that_it_reads_itself(void **state)
{
    suite_fixture *fixture = *state;
    int given = 0;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .window = 1};
    own_iterator = NULL;
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, RP_GENERATOR(next_from_oneself, &given), &options, &own_iterator, &error),
                  &error);
    rp_status status = RP_OK;
    while (status == RP_OK) status = rp_iter_next(own_iterator, NULL, -1, &error);
    assert_status(RP_CANCELLED, status, &error);
    assert_int_equal(given, 3);
    rp_iter_free(own_iterator);
}

static void a_time_out_is_a_number(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result;
    rp_error error = {0};
    rp_result *handle = NULL;
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(0.2), RP_CONSTANT((int64_t)3));
    rp_iter *iterator;
    assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.nap, &result, arguments, NULL, &handle, &error), &error);
    assert_status(RP_USAGE, rp_result_wait(handle, NAN), NULL);
    assert_status(RP_USAGE, rp_result_get(handle, NAN, &error), &error);
    rp_result_free(handle);
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, RP_ITEMS(1, RP_RANGE(0, 1)), NULL, &iterator, &error), &error);
    assert_status(RP_USAGE, rp_iter_next(iterator, NULL, NAN, &error), &error);
    rp_iter_free(iterator);
}

int suite_run_waits(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_task_is_told_that_it_waits_for_itself),
        SUITE_CASE(what_a_task_frees_is_only_ended),
        SUITE_CASE(a_callback_is_told_that_it_joins_itself),
        SUITE_CASE(a_source_is_told_that_it_reads_itself),
        SUITE_CASE(a_time_out_is_a_number),
    };
    return cmocka_run_group_tests_name("waits", cases, NULL, NULL);
}
