/*
 * test_recalled.c: a coordinator and ranks in threads, over a fake link, some of which are slow. What they were sent ahead comes back and
 * runs elsewhere; each item runs once, whatever happens meanwhile. test_recalls.c has the decisions, and test_simulator.c many random
 * pools.
 */
#include "cluster.h"

enum { N = 300, RANKS = 3 };

static atomic_int runs[N], n_ended; /* of each item; of all */
static atomic_int slow_rank;

static void run_here(int64_t x)
{
    atomic_fetch_add(&runs[x], 1);
    if (rp_rank() == atomic_load(&slow_rank)) unit_sleep(0.002);
    else if (x % 3 == 0) unit_sleep(0.0001);
}

static int64_t square(int64_t x)
{
    run_here(x);
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static void spell(int64_t x)
{
    run_here(x);
    for (int64_t i = 0; i < x % 20; i++) rp_emit("ab", 2);
}
RP_TASK_EMIT(spell, int64_t)

/* Every tenth item fails at its first try. */
static int64_t fail_first(int64_t x)
{
    run_here(x);
    return x % 10 == 7 && rp_attempt() == 1 ? rp_fail(1, "try again") : x * x;
}
RP_TASK(fail_first, int64_t, int64_t)

static int64_t fail_at_250(int64_t x)
{
    run_here(x);
    return x == 250 ? rp_fail(1, "enough") : x * x;
}
RP_TASK(fail_at_250, int64_t, int64_t)

/* On rank 1, an item waits until all others have ended elsewhere. */
static int64_t wait_for_all(int64_t x)
{
    atomic_fetch_add(&runs[x], 1);
    if (rp_rank() == 1) unit_await(&n_ended, N - 1);
    atomic_fetch_add(&n_ended, 1);
    return x * x;
}
RP_TASK(wait_for_all, int64_t, int64_t)

static cluster *begin(unsigned delay_us, const rp_pool_options *options)
{
    rp_error error;
    cluster *self = cluster_start(RANKS, &(fake_weather){.most_delay_us = delay_us, .seed = unit_random(1000)});
    if (cluster_open(self, options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    return self;
}

static void reset(void)
{
    atomic_store(&slow_rank, (int)unit_random(RANKS));
    atomic_store(&n_ended, 0);
    for (int k = 0; k < N; k++) atomic_store(&runs[k], 0);
}

static void check_runs(int n, int failed_first)
{
    for (int k = 0; k < n; k++) assert_int_equal(atomic_load(&runs[k]), 1 + (failed_first && k % 10 == 7));
}

/* ---- a rank that stands still ---- */

static void a_rank_that_stands_still_gives_back_what_it_has_not_begun(void **state)
{
    (void)state;
    static const rp_call_options how[] = {{.chunk = 0}, {.chunk = 1}};
    for (size_t k = 0; k < N_OF(how); k++) {
        cluster *self = begin(0, &(rp_pool_options){.threads = 1});
        int64_t results[N];
        rp_error error;
        reset();
        if (rp_map(self->pool, wait_for_all_task, results, N, RP_RANGE(0, 1), &how[k], &error) != RP_OK)
            fail_msg("%s", rp_error_text(&error));
        for (int64_t i = 0; i < N; i++) assert_int_equal(results[i], i * i);
        check_runs(N, 0);
        assert_true(fake_network_sent(self->network, RPI_RECALLED) > 0);
        assert_int_equal(cluster_stop(self), RP_OK);
    }
}

/* ---- random calls ---- */

static rp_call_options any_options(void)
{
    return (rp_call_options){.chunk = unit_random(3) ? 0 : 1 + unit_random(20),
                             .schedule = unit_random(2) ? unit_random_schedule() : RP_SCHEDULE_AUTO,
                             .retries = 2,
                             .on_error = RP_ON_ERROR_COLLECT};
}

static void map_any(rp_pool *pool)
{
    int64_t results[N];
    rp_error error;
    rp_call_options options = any_options();
    int retried = unit_random(2) == 0;
    const rp_task *task = retried ? fail_first_task : square_task;
    if (rp_map(pool, task, results, N, RP_RANGE(0, 1), &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    for (int64_t i = 0; i < N; i++) assert_int_equal(results[i], i * i);
    check_runs(N, retried);
}

static void emit_any(rp_pool *pool)
{
    rp_bytes results[N];
    rp_error error;
    rp_call_options options = any_options();
    if (rp_map(pool, spell_task, results, N, RP_RANGE(0, 1), &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    for (int i = 0; i < N; i++) assert_int_equal(results[i].size, i % 20 * 2);
    rp_bytes_free(results, N);
    check_runs(N, 0);
}

static void iterate_any(rp_pool *pool)
{
    rp_iter *iterator;
    rp_error error;
    rp_status status;
    int64_t result, n = 0;
    rp_call_options options = any_options();
    assert_int_equal(rp_imap(pool, square_task, RP_ITEMS(N, RP_RANGE(0, 1)), &options, &iterator, &error), RP_OK);
    for (; (status = rp_iter_next(iterator, &result, UNIT_WAIT_S, &error)) == RP_OK; n++) assert_int_equal(result, n * n);
    assert_int_equal(status, RP_END);
    assert_int_equal(n, N);
    rp_iter_free(iterator);
    check_runs(N, 0);
}

/* All items before the failing one run, and none twice. */
static void stop_any(rp_pool *pool)
{
    int64_t results[N];
    rp_error error;
    rp_call_options options = any_options();
    options.on_error = RP_ON_ERROR_STOP;
    options.retries = RP_NO_RETRIES;
    assert_int_equal(rp_map(pool, fail_at_250_task, results, N, RP_RANGE(0, 1), &options, &error), RP_FAILED);
    assert_int_equal(error.item, 250);
    for (int64_t i = 0; i < 250; i++) assert_int_equal(results[i], i * i);
    check_runs(251, 0);
    for (int k = 251; k < N; k++) assert_in_range(atomic_load(&runs[k]), 0, 1);
}

static void cancel_any(rp_pool *pool)
{
    int64_t results[N];
    rp_result *handle;
    rp_error error;
    rp_call_options options = any_options();
    assert_int_equal(rp_map_async(pool, square_task, results, N, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    while (rp_result_completed(handle) < unit_random(N)) unit_sleep(0.0002);
    rp_result_cancel(handle);
    rp_status status = rp_result_get(handle, UNIT_WAIT_S, &error);
    assert_true(status == RP_OK || status == RP_CANCELLED);
    rp_result_free(handle);
    for (int k = 0; k < N; k++) assert_in_range(atomic_load(&runs[k]), 0, 1);
}

static void each_item_runs_once_while_chunks_come_back(void **state)
{
    (void)state;
    static void (*const calls[])(rp_pool * pool) = {map_any, emit_any, iterate_any, stop_any, cancel_any};
    unsigned n_back = 0;
    unit_seed();
    for (int round = 0; round < 4; round++) {
        cluster *self =
            begin(200 * (unsigned)unit_random(3), &(rp_pool_options){.threads = 1 + (int)unit_random(2), .retry_pause_s = 1e-4});
        for (int k = 0; k < 10; k++) {
            reset();
            calls[unit_random(N_OF(calls))](self->pool);
        }
        n_back += fake_network_sent(self->network, RPI_RECALLED);
        assert_int_equal(cluster_stop(self), RP_OK);
    }
    print_message("%u chunks were asked for\n", n_back);
    assert_true(n_back > 0);
}

UNIT_MAIN(UNIT(a_rank_that_stands_still_gives_back_what_it_has_not_begun), UNIT(each_item_runs_once_while_chunks_come_back))
