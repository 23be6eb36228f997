/*
 * test_lifecycle.c: a pool from open to free: close, terminate and join, in every order, and the initializer of its workers.
 */
#include "suite.h"

#include <stdbool.h>
#include <string.h>

static void check_refused(suite_fixture *fixture)
{
    int64_t results[3];
    rp_result *handle = NULL;
    rp_iter *iterator = NULL;
    rp_error error = {0};
    assert_status(RP_CLOSED, rp_map(fixture->pool, tasks.square, results, 3, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_CLOSED, rp_apply(fixture->pool, tasks.square, results, RP_COLUMNS(RP_CONSTANT((int64_t)1)), NULL, &error), &error);
    assert_status(RP_CLOSED, rp_map_async(fixture->pool, tasks.square, results, 3, RP_RANGE(0, 1), NULL, &handle, &error), &error);
    assert_status(RP_CLOSED, rp_imap(fixture->pool, tasks.square, RP_ITEMS(3, RP_RANGE(0, 1)), NULL, &iterator, &error), &error);
    assert_null(handle);
    assert_null(iterator);
}

static void a_closed_pool_takes_no_calls(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_pool_close(fixture->pool);
    check_refused(fixture);
    rp_pool_close(fixture->pool);
    check_refused(fixture);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    check_refused(fixture);
    rp_pool_close(fixture->pool);
    rp_pool_terminate(fixture->pool);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    rp_pool_close(NULL);
    rp_pool_terminate(NULL);
}

static void join_needs_close_or_terminate_first(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[10];
    rp_error error = {0};
    assert_status(RP_USAGE, rp_pool_join(fixture->pool, &error), &error);
    assert_text(&error, "close");
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 10, RP_RANGE(0, 1), NULL, &error), &error);
    suite_finish(fixture);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
}

static void close_lets_calls_finish(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 4 * (uint64_t)fixture->info.workers;
    int64_t *results = suite_room(fixture, n, sizeof(*results));
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(0.02))};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.nap, results, n, RP_RANGE(7, 1), &options, &handle, &error), &error);
    suite_finish(fixture);
    assert_int_equal(rp_result_ready(handle), 1);
    assert_status(RP_OK, rp_result_get(handle, 0, &error), &error);
    for (uint64_t i = 0; i < n; i++) assert_int_equal(results[i], 7 + (int64_t)i);
    rp_result_free(handle);
}

static void terminate_drops_what_is_queued(void **state)
{
    static const uint64_t chunks[] = {0, 1, 1000};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(chunks); k++) {
        rp_pool_options pool_options = suite_options();
        rp_pool *pool = NULL;
        rp_result *handle = NULL;
        rp_error error = {0};
        int64_t *results = suite_room(fixture, 10000, sizeof(*results));
        rp_call_options options = {.chunk = chunks[k], .bound = RP_COLUMNS(RP_CONSTANT(0.3))};
        assert_status(RP_OK, rp_pool_open(&pool_options, &pool, &error), &error);
        assert_status(RP_OK, rp_map_async(pool, tasks.nap, results, 10000, RP_RANGE(0, 1), &options, &handle, &error), &error);
        suite_sleep(0.02);
        double start = suite_now();
        rp_pool_terminate(pool);
        rp_status joined = rp_pool_join(pool, &error);
        double join_s = suite_now() - start;
        rp_pool_free(pool);
        assert_status(RP_OK, joined, &error);
        assert_true(join_s < SUITE_WAIT_S);
        assert_status(RP_CANCELLED, rp_result_get(handle, 0, &error), &error);
        rp_result_free(handle);
    }
}

static void free_alone_ends_a_busy_pool(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, 10000, sizeof(*results));
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(0.3))};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.nap, results, 10000, RP_RANGE(0, 1), &options, &handle, &error), &error);
    double start = suite_now();
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    assert_true(suite_now() - start < SUITE_WAIT_S);
    assert_status(RP_CANCELLED, rp_result_get(handle, 0, &error), &error);
    rp_result_free(handle);
    rp_pool_free(NULL);
}

/* ---- the initializer ---- */

/* Numbers of pools with an initializer, one each. */
static int pools_started;

/* Each child counts for itself. */
static bool in_children(void) { return suite_options().isolation == RP_ISOLATION_PROCESS; }

static rp_status open_with_initializer(start_order *order, rp_pool **pool, rp_error *error)
{
    rp_pool_options options = suite_options();
    order->pool_number = pools_started++;
    options.initializer = tasks.initializer;
    options.initializer_argument = (rp_bytes){order, sizeof(*order)};
    return rp_pool_open(&options, pool, error);
}

static void the_initializer_runs_once_in_each_worker(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n = 20 * (uint64_t)fixture->info.workers;
    whereabouts *places = suite_room(fixture, n, sizeof(*places));
    int64_t *numbers = suite_room(fixture, (uint64_t)fixture->info.ranks * 64, sizeof(*numbers));
    start_order order = {.failing_rank = -1};
    rp_pool *pool = NULL;
    rp_error error = {0};
    assert_status(RP_OK, open_with_initializer(&order, &pool, &error), &error);
    rp_call_options options = {.chunk = 1};
    for (int round = 0; round < 2; round++) {
        assert_status(RP_OK, rp_map(pool, tasks.where_am_i, places, n, RP_CONSTANT(0.001), &options, &error), &error);
        for (uint64_t i = 0; i < n; i++) {
            rp_rank_info rank = {.threads = 0};
            assert_status(RP_OK, rp_pool_get_rank_info(pool, places[i].rank, &rank), NULL);
            int starts = in_children() ? 1 : rank.threads;
            assert_int_equal(places[i].process_starts, starts);
            assert_in_range(places[i].start_number, 1, starts);
            int64_t *number = &numbers[64 * places[i].rank + places[i].worker];
            if (*number != 0) assert_int_equal(places[i].start_number, *number);
            *number = places[i].start_number;
        }
    }
    int here = in_children() ? 0 : fixture->info.threads;
    assert_int_equal(tasks_starts(order.pool_number), here);
    rp_pool_free(pool);
    assert_int_equal(tasks_starts(order.pool_number), here);
    assert_int_equal(tasks_finishes(order.pool_number), here);
}

/* Opening fails with the initializer's words, the workers that had started are finished, and other pools go on. */
static void check_open_fails(suite_fixture *fixture, start_order order)
{
    rp_pool *pool = NULL;
    rp_error error = {0};
    int64_t squared = 0;
    assert_status(RP_FAILED, open_with_initializer(&order, &pool, &error), &error);
    assert_null(pool);
    assert_int_equal(error.code, 42);
    assert_text(&error, "the workshop is locked");
    int starts = tasks_starts(order.pool_number), failed = 0;
    assert_in_range(starts, 0, fixture->info.threads);
    if (order.failing_rank == 0 && !in_children()) failed = starts;
    if (order.failing_start != 0) failed = 1;
    assert_int_equal(tasks_finishes(order.pool_number), starts - failed);
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, &squared, RP_COLUMNS(RP_CONSTANT((int64_t)6)), NULL, &error), &error);
    assert_int_equal(squared, 36);
}

static void an_initializer_that_fails_makes_open_fail(void **state)
{
    suite_fixture *fixture = *state;
    check_open_fails(fixture, (start_order){.failing_rank = 0});
    check_open_fails(fixture, (start_order){.failing_rank = fixture->info.ranks - 1});
    if (!in_children()) check_open_fails(fixture, (start_order){.failing_rank = -1, .failing_start = fixture->info.threads});
}

int suite_run_lifecycle(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_closed_pool_takes_no_calls),
        SUITE_CASE(join_needs_close_or_terminate_first),
        SUITE_CASE(close_lets_calls_finish),
        SUITE_CASE(terminate_drops_what_is_queued),
        SUITE_CASE(free_alone_ends_a_busy_pool),
        SUITE_CASE(the_initializer_runs_once_in_each_worker),
        SUITE_CASE(an_initializer_that_fails_makes_open_fail),
    };
    return cmocka_run_group_tests_name("lifecycle", cases, NULL, NULL);
}
