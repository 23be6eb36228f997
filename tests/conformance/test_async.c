/*
 * test_async.c: calls that don't wait: the same results as those that do, several in flight at once, from several threads.
 */
#include "suite.h"

#include <pthread.h>
#include <string.h>

static void apply_async_gives_what_apply_gives(void **state)
{
    suite_fixture *fixture = *state;
    double *result = suite_room(fixture, 1, sizeof(*result));
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT(9.0));
    assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.energy, result, arguments, NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_true(*result == energy(2.0, 9.0));
    rp_result_free(handle);
}

static void map_async_gives_what_map_gives(void **state)
{
    enum { N = 100 };
    static const uint64_t chunks[] = {0, 1, 7, 20, 200};
    suite_fixture *fixture = *state;
    const int64_t *items = suite_numbers(fixture, N, 5);
    int64_t *results = suite_room(fixture, N, sizeof(*results));
    for (size_t k = 0; k < N_OF(chunks); k++) {
        rp_result *handle = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = chunks[k]};
        memset(results, 0, N * sizeof(*results));
        assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, results, N, RP_COLUMN(items), &options, &handle, &error), &error);
        assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        assert_int_equal(rp_result_completed(handle), N);
        assert_int_equal(rp_result_failures(handle), 0);
        rp_result_free(handle);
        for (int i = 0; i < N; i++) assert_int_equal(results[i], square(items[i]));
    }
}

static void starmap_async_gives_what_starmap_gives(void **state)
{
    enum { N = 80 };
    suite_fixture *fixture = *state;
    double *results = suite_room(fixture, N, sizeof(*results)), *speeds = suite_room(fixture, N, sizeof(*speeds));
    rp_result *handle = NULL;
    rp_error error = {0};
    for (int i = 0; i < N; i++) speeds[i] = i;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(3.0), RP_COLUMN(speeds));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.energy, results, N, columns, NULL, &handle, &error), &error);
    assert_status(RP_OK, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    for (int i = 0; i < N; i++) assert_true(results[i] == energy(3.0, speeds[i]));
    rp_result_free(handle);
}

static void async_calls_over_no_items_are_ready_at_once(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *room = suite_room(fixture, 1, sizeof(*room));
    rp_result *map = NULL, *starmap = NULL;
    rp_error error = {0};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.square, room, 0, RP_COLUMN(room), NULL, &map, &error), &error);
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(1.0), RP_COLUMN(room));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.nap, room, 0, columns, NULL, &starmap, &error), &error);
    assert_status(RP_OK, rp_result_get(map, SUITE_WAIT_S, &error), &error);
    assert_status(RP_OK, rp_result_get(starmap, SUITE_WAIT_S, &error), &error);
    rp_result_free(map);
    rp_result_free(starmap);
}

static void several_calls_are_in_flight_at_once(void **state)
{
    enum { CALLS = 20, N = 50 };
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, CALLS * N, sizeof(*results));
    rp_result *handles[CALLS] = {NULL};
    rp_error error = {0};
    for (int call = 0; call < CALLS; call++) {
        assert_status(RP_OK,
                      rp_map_async(fixture->pool, tasks.square, results + call * N, N, RP_RANGE(call * N, 1), NULL, &handles[call], &error),
                      &error);
    }
    for (int call = CALLS - 1; call >= 0; call--) assert_status(RP_OK, rp_result_get(handles[call], SUITE_WAIT_S, &error), &error);
    for (int i = 0; i < CALLS * N; i++) assert_int_equal(results[i], square(i));
    for (int call = 0; call < CALLS; call++) rp_result_free(handles[call]);
}

/* ---- several threads use one pool ---- */

enum { SUBMITTERS = 4, ROUNDS = 10, ROUND_ITEMS = 40 };

typedef struct submitter {
    pthread_t thread;
    rp_pool *pool;
    int number;
    int wrong; /* results and statuses that weren't right */
    int64_t results[ROUND_ITEMS];
} submitter;

static void submit_round(submitter *self, int round)
{
    rp_result *handle = NULL;
    int64_t start = 1000 * self->number + 100 * round;
    memset(self->results, 0, sizeof(self->results));
    if (round % 2 == 0) {
        self->wrong += rp_map(self->pool, tasks.square, self->results, ROUND_ITEMS, RP_RANGE(start, 1), NULL, NULL) != RP_OK;
    } else {
        self->wrong += rp_map_async(self->pool, tasks.square, self->results, ROUND_ITEMS, RP_RANGE(start, 1), NULL, &handle, NULL) != RP_OK;
        self->wrong += handle == NULL || rp_result_get(handle, SUITE_WAIT_S, NULL) != RP_OK;
        rp_result_free(handle);
    }
    for (int i = 0; i < ROUND_ITEMS; i++) self->wrong += self->results[i] != square(start + i);
}

static void *submit(void *argument)
{
    submitter *self = argument;
    for (int round = 0; round < ROUNDS; round++) submit_round(self, round);
    return NULL;
}

static void several_threads_submit_to_one_pool(void **state)
{
    suite_fixture *fixture = *state;
    submitter *submitters = suite_room(fixture, SUBMITTERS, sizeof(*submitters));
    for (int i = 0; i < SUBMITTERS; i++) {
        submitters[i].pool = fixture->pool;
        submitters[i].number = i;
        assert_int_equal(pthread_create(&submitters[i].thread, NULL, submit, &submitters[i]), 0);
    }
    for (int i = 0; i < SUBMITTERS; i++) assert_int_equal(pthread_join(submitters[i].thread, NULL), 0);
    for (int i = 0; i < SUBMITTERS; i++) assert_int_equal(submitters[i].wrong, 0);
}

int suite_run_async(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(apply_async_gives_what_apply_gives),     SUITE_CASE(map_async_gives_what_map_gives),
        SUITE_CASE(starmap_async_gives_what_starmap_gives), SUITE_CASE(async_calls_over_no_items_are_ready_at_once),
        SUITE_CASE(several_calls_are_in_flight_at_once),    SUITE_CASE(several_threads_submit_to_one_pool),
    };
    return cmocka_run_group_tests_name("async", cases, NULL, NULL);
}
