/*
 * test_memory.c: what calls allocate is freed, on each rank. The library's allocations are counted (../fault/faults.h), before and after
 * many rounds of each kind of call.
 */
#include "suite.h"

#include "../fault/faults.h"

#include <string.h>

enum { N = 40, WARM_UP_ROUNDS = 5, ROUNDS = 30, MOST_RANKS = 64 };

typedef struct census {
    int64_t blocks;
    int32_t rank, unused;
} census;

static void count_blocks(census *result, const double *seconds)
{
    suite_sleep(*seconds);
    *result = (census){faults_live_blocks(), rp_rank(), 0};
}
RP_TASK_POINTER(count_blocks, census, double)

/* For each rank, the fewest blocks that one of its items saw: items have some blocks of their own. */
static void count_on_ranks(suite_fixture *fixture, int64_t *blocks)
{
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    uint64_t n = 10 * (uint64_t)fixture->info.workers;
    census *counts = suite_room(fixture, n, sizeof(*counts));
    assert_status(RP_OK, rp_map(fixture->pool, count_blocks_task, counts, n, RP_CONSTANT(0.005), &options, &error), &error);
    for (int rank = 0; rank < fixture->info.ranks; rank++) blocks[rank] = INT64_MAX;
    for (uint64_t i = 0; i < n; i++)
        if (counts[i].blocks < blocks[counts[i].rank]) blocks[counts[i].rank] = counts[i].blocks;
}

/* ---- each kind of call ---- */

static void call_and_wait(rp_pool *pool)
{
    int64_t squares[N];
    double energies[N], speeds[N] = {0};
    rp_error error = {0};
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(2.0)), .schedule = RP_SCHEDULE_STATIC};
    assert_status(RP_OK, rp_apply(pool, tasks.square, squares, RP_COLUMNS(RP_CONSTANT((int64_t)3)), NULL, &error), &error);
    assert_status(RP_OK, rp_map(pool, tasks.square, squares, N, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_OK, rp_map(pool, tasks.energy, energies, N, RP_COLUMN(speeds), &options, &error), &error);
    assert_status(RP_USAGE, rp_map(pool, tasks.energy, energies, N, RP_COLUMN(speeds), NULL, &error), &error);
}

static const rp_bytes words[N] = {{"many", 4}, {"a", 1}, {NULL, 0}, {"mickle", 6}};

static void call_with_bytes(rp_pool *pool)
{
    rp_bytes results[N];
    rp_error error = {0};
    assert_status(RP_OK, rp_starmap(pool, tasks.repeat, results, N, RP_COLUMNS(RP_COLUMN(words), RP_RANGE(0, 10)), NULL, &error), &error);
    rp_bytes_free(results, N);
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(words[3]))};
    assert_status(RP_OK, rp_map(pool, tasks.repeat, results, N, RP_RANGE(0, 1), &options, &error), &error);
    rp_bytes_free(results, N);
}

static void call_that_fails(rp_pool *pool)
{
    static const rp_on_error policies[] = {RP_ON_ERROR_STOP, RP_ON_ERROR_COLLECT};
    int32_t codes[N] = {[5] = 1, [17] = 2, [39] = 3};
    int64_t numbers[N];
    rp_bytes bytes[N];
    rp_status statuses[N];
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(policies); k++) {
        rp_call_options options = {.on_error = policies[k], .statuses = statuses};
        rp_columns items = RP_COLUMNS(RP_COLUMN(codes), RP_RANGE(0, 1));
        assert_status(RP_FAILED, rp_starmap(pool, tasks.stumble_emit, bytes, N, items, &options, &error), &error);
        rp_bytes_free(bytes, N);
        assert_status(RP_FAILED, rp_starmap(pool, tasks.stumble_all, numbers, N, items, &options, &error), &error);
        assert_status(RP_FAILED, rp_map(pool, tasks.long_complaint, numbers, 3, RP_CONSTANT((int64_t)2000), &options, &error), &error);
    }
}

static int free_handle(rp_result *result, const rp_error *error, void *argument)
{
    (void)error;
    atomic_fetch_add((atomic_int *)argument, 1);
    rp_result_free(result);
    return 0;
}

static void call_and_go_on(rp_pool *pool)
{
    static atomic_int n_callbacks;
    int64_t squares[3][N];
    rp_result *handles[3];
    rp_error error = {0};
    rp_call_options options = {.callback = free_handle, .error_callback = free_handle, .callback_argument = &n_callbacks};
    rp_call_options slow = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(0.001))};
    atomic_store(&n_callbacks, 0);
    assert_status(RP_OK, rp_map_async(pool, tasks.square, squares[0], N, RP_RANGE(0, 1), &options, &handles[0], &error), &error);
    assert_status(RP_OK, rp_map_async(pool, tasks.nap, squares[1], N, RP_RANGE(0, 1), &slow, &handles[1], &error), &error);
    assert_status(RP_OK, rp_map_async(pool, tasks.square, squares[2], N, RP_RANGE(0, 1), NULL, &handles[2], &error), &error);
    rp_result_cancel(handles[1]);
    assert_status(RP_OK, rp_result_get(handles[2], SUITE_WAIT_S, &error), &error);
    rp_result_free(handles[1]);
    rp_result_free(handles[2]);
    suite_await(&n_callbacks, 1);
}

/* 3 N bytes, which the source owns. */
static rp_status next_word(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    int *k = state;
    (void)may_wait;
    (void)error;
    if (*k == 3 * N) return RP_END;
    *(rp_bytes *)arguments[0] = words[*k % N];
    *(int64_t *)arguments[1] = *k % 5;
    ++*k;
    return RP_OK;
}

static void read_results(rp_pool *pool,
                         rp_status (*imap)(rp_pool *, const rp_task *, rp_source, const rp_call_options *, rp_iter **, rp_error *))
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_bytes bytes;
    int k = 0, n = 0;
    rp_call_options options = {.chunk = 7, .window = 28};
    assert_status(RP_OK, imap(pool, tasks.repeat, RP_GENERATOR(next_word, &k), &options, &iterator, &error), &error);
    while (rp_iter_next(iterator, &bytes, SUITE_WAIT_S, &error) == RP_OK) n++;
    assert_int_equal(n, 3 * N);
    rp_iter_free(iterator);
    k = 0;
    assert_status(RP_OK, imap(pool, tasks.repeat, RP_GENERATOR(next_word, &k), NULL, &iterator, &error), &error);
    assert_status(RP_OK, rp_iter_next(iterator, &bytes, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void read_failures(rp_pool *pool)
{
    int32_t codes[N] = {[5] = 1, [17] = 2, [39] = 3};
    int64_t number;
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_status status;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 3, .bound = RP_COLUMNS(RP_CONSTANT(0.0))};
    rp_source source = RP_ITEMS(N, RP_COLUMN(codes), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_istarmap(pool, tasks.stumble, source, &options, &iterator, &error), &error);
    do status = rp_iter_next(iterator, &number, SUITE_WAIT_S, &error);
    while (status == RP_OK || status == RP_FAILED);
    assert_status(RP_END, status, &error);
    rp_iter_free(iterator);
    options.on_error = RP_ON_ERROR_STOP;
    assert_status(RP_OK, rp_istarmap_unordered(pool, tasks.stumble, source, &options, &iterator, &error), &error);
    while ((status = rp_iter_next(iterator, &number, SUITE_WAIT_S, &error)) == RP_OK) continue;
    assert_status(RP_FAILED, status, &error);
    rp_iter_free(iterator);
}

/* A pool from open to free; every other one is terminated while it works. */
static void play_round(int k)
{
    rp_pool_options options = suite_options();
    rp_pool *pool = NULL;
    rp_result *handle = NULL;
    rp_error error = {0};
    int64_t results[N];
    start_order order = {.pool_number = MAX_START_POOLS - 1, .failing_rank = -1};
    options.initializer = tasks.initializer;
    options.initializer_argument = (rp_bytes){&order, sizeof(order)};
    options.progress_name = "a round";
    assert_status(RP_OK, rp_pool_open(&options, &pool, &error), &error);
    call_and_wait(pool);
    call_with_bytes(pool);
    call_that_fails(pool);
    call_and_go_on(pool);
    read_results(pool, rp_istarmap);
    read_results(pool, rp_istarmap_unordered);
    read_failures(pool);
    rp_call_options slow = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(0.001))};
    assert_status(RP_OK, rp_map_async(pool, tasks.nap, results, N, RP_RANGE(0, 1), &slow, &handle, &error), &error);
    if (k % 2) rp_pool_terminate(pool);
    else rp_pool_close(pool);
    assert_status(RP_OK, rp_pool_join(pool, &error), &error);
    rp_pool_free(pool);
    rp_result_free(handle);
}

/* Messages are freed once they are sent, which may take a moment longer. */
static void await_blocks(int64_t most)
{
    double deadline = suite_now() + SUITE_WAIT_S;
    while (faults_live_blocks() > most && suite_now() < deadline) suite_sleep(0.001);
    if (faults_live_blocks() > most) fail_msg("%lld blocks more than before", (long long)(faults_live_blocks() - most));
}

static void calls_free_what_they_allocate(void **state)
{
    suite_fixture *fixture = *state;
    int64_t before[MOST_RANKS], after[MOST_RANKS];
    assert_in_range(fixture->info.ranks, 1, MOST_RANKS);
    for (int k = 0; k < WARM_UP_ROUNDS; k++) play_round(k);
    for (int k = 0; k < 2; k++) count_on_ranks(fixture, before); /* counting itself allocates, and keeps it for the next time */
    suite_sleep(0.01);
    int64_t here = faults_live_blocks();
    for (int k = 0; k < ROUNDS; k++) play_round(k);
    await_blocks(here);
    count_on_ranks(fixture, after);
    /* Ranks keep a varying number of blocks for the next use. One block that each round leaves behind would show. */
    for (int rank = 0; rank < fixture->info.ranks; rank++) {
        if (after[rank] < before[rank] + ROUNDS * 2 / 3) continue;
        fail_msg("rank %d has %lld blocks after %d rounds, and had %lld", rank, (long long)after[rank], ROUNDS, (long long)before[rank]);
    }
}

int suite_run_memory(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(calls_free_what_they_allocate),
    };
    return cmocka_run_group_tests_name("memory", cases, NULL, NULL);
}
