/*
 * test_isolated_ends.c: with isolation on, a call that nobody wants any more ends at once, whatever its items do: here each of them loops
 * for ever.
 */
#include "misdeeds.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file to which each item that has begun adds a byte. All ranks are on one host. */
typedef struct marks {
    char path[64];
    int fd;
} marks;

static void begin_marks(marks *made)
{
    snprintf(made->path, sizeof made->path, "/tmp/rankpool-marks-XXXXXX");
    made->fd = mkstemp(made->path);
    assert_true(made->fd >= 0);
}

static void end_marks(const marks *made)
{
    close(made->fd);
    unlink(made->path);
}

static void await_marks(const marks *made, uint64_t n)
{
    double deadline = suite_now() + SUITE_WAIT_S;
    struct stat file = {0};
    for (; fstat(made->fd, &file) == 0 && (uint64_t)file.st_size < n; suite_sleep(0.002)) assert_true(suite_now() < deadline);
}

static void reopen_isolated(suite_fixture *fixture)
{
    rp_pool_options options = suite_options();
    options.isolation = RP_ISOLATION_PROCESS;
    suite_reopen(fixture, &options);
}

/* Begins a call of endless items, and waits until each worker is in one. */
static rp_result *begin_endless(suite_fixture *fixture, const marks *into, int64_t *results)
{
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    rp_bytes path = {into->path, sizeof into->path};
    uint64_t n = 2 * (uint64_t)fixture->info.workers;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(path), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, misdeeds.loop_for_ever, results, n, columns, &options, &handle, &error), &error);
    await_marks(into, (uint64_t)fixture->info.workers);
    return handle;
}

/* The pool works as before. */
static void check_pool(suite_fixture *fixture)
{
    enum { N = 40 };
    int64_t squares[N];
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, squares, N, RP_RANGE(0, 1), NULL, &error), &error);
    for (int64_t i = 0; i < N; i++) assert_int_equal(squares[i], i * i);
}

static void check_cancelled(rp_result *handle)
{
    rp_error error = {0};
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    assert_status(RP_CANCELLED, rp_result_get(handle, 0, &error), &error);
    assert_int_equal(rp_result_failures(handle), 0);
}

static void terminate_ends_endless_items(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    marks begun;
    begin_marks(&begun);
    rp_result *handle = begin_endless(fixture, &begun, suite_room(fixture, 2 * (uint64_t)fixture->info.workers, sizeof(int64_t)));
    rp_error error = {0};
    rp_pool_terminate(fixture->pool);
    check_cancelled(handle);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    rp_result_free(handle);
    end_marks(&begun);
}

static void freeing_a_handle_ends_its_endless_items(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    for (int round = 0; round < 3; round++) {
        marks begun;
        begin_marks(&begun);
        rp_result_free(begin_endless(fixture, &begun, suite_room(fixture, 2 * (uint64_t)fixture->info.workers, sizeof(int64_t))));
        end_marks(&begun);
        check_pool(fixture);
    }
}

static void cancel_ends_endless_items(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    marks begun;
    begin_marks(&begun);
    rp_result *handle = begin_endless(fixture, &begun, suite_room(fixture, 2 * (uint64_t)fixture->info.workers, sizeof(int64_t)));
    rp_result_cancel(handle);
    check_cancelled(handle);
    rp_result_free(handle);
    check_pool(fixture);
    end_marks(&begun);
}

static void freeing_an_iterator_ends_its_endless_items(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    for (int ordered = 0; ordered < 2; ordered++) {
        marks begun;
        begin_marks(&begun);
        rp_bytes path = {begun.path, sizeof begun.path};
        rp_iter *iterator = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = 1};
        rp_source source = RP_ITEMS(1000, RP_CONSTANT(path), RP_RANGE(0, 1));
        rp_status status = ordered ? rp_istarmap(fixture->pool, misdeeds.loop_for_ever, source, &options, &iterator, &error)
                                   : rp_istarmap_unordered(fixture->pool, misdeeds.loop_for_ever, source, &options, &iterator, &error);
        assert_status(RP_OK, status, &error);
        int64_t result;
        assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0, &error), &error);
        await_marks(&begun, 1);
        rp_iter_free(iterator);
        end_marks(&begun);
        check_pool(fixture);
    }
}

/* As when the client returns in the middle of a call. */
static void freeing_the_pool_ends_endless_items(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    marks begun;
    begin_marks(&begun);
    rp_result *handle = begin_endless(fixture, &begun, suite_room(fixture, 2 * (uint64_t)fixture->info.workers, sizeof(int64_t)));
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    check_cancelled(handle);
    rp_result_free(handle);
    end_marks(&begun);
}

/* Stop is the gentle way: what runs is finished. */
static void stop_finishes_isolated_items_that_run(void **state)
{
    suite_fixture *fixture = *state;
    reopen_isolated(fixture);
    uint64_t n = 1000 * (uint64_t)fixture->info.workers;
    int64_t *processes = suite_room(fixture, n, sizeof(*processes));
    rp_status *statuses = suite_room(fixture, n, sizeof(*statuses));
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .statuses = statuses};
    assert_status(RP_OK, rp_map_async(fixture->pool, misdeeds.which_process, processes, n, RP_CONSTANT(0.02), &options, &handle, &error),
                  &error);
    for (double end = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) == 0; suite_sleep(0.002)) assert_true(suite_now() < end);
    rp_pool_stop(fixture->pool);
    check_cancelled(handle);
    for (uint64_t i = 0; i < n; i++)
        if (statuses[i] == RP_OK) assert_true(processes[i] > 0);
    assert_int_equal(statuses[0], RP_OK);
    rp_result_free(handle);
}

int suite_run_isolated_ends(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(terminate_ends_endless_items),        SUITE_CASE(freeing_a_handle_ends_its_endless_items),
        SUITE_CASE(cancel_ends_endless_items),           SUITE_CASE(freeing_an_iterator_ends_its_endless_items),
        SUITE_CASE(freeing_the_pool_ends_endless_items), SUITE_CASE(stop_finishes_isolated_items_that_run),
    };
    return cmocka_run_group_tests_name("isolated_ends", cases, NULL, NULL);
}
