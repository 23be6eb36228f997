/* test_losses.c: a rank dies while it has items. What calls, iterators and pools give then, and that nothing waits for it. */
#include "cluster.h"

#include "pool/call.h"

static atomic_int n_begun, n_elsewhere; /* items, on rank 1 and on the others */
static atomic_int n_free;               /* so many of rank 1 are finished */
static atomic_int is_known;             /* the loss, to the pool */
static atomic_int most_elsewhere;       /* so many of the others, before they wait for the loss */
enum { UNHELD = 1 << 30, MOST_ELSEWHERE = 100 };

static void wait_until_the_loss_is_known(void)
{
    double end = unit_now() + UNIT_WAIT_S;
    while (!atomic_load(&is_known) && unit_now() < end) unit_sleep(0.002);
}

/* Rank 1 always has an item when it dies. The others don't run everything before that, nor take back what it has, however slow it is. */
static void hold(void)
{
    bool doomed = rp_rank() == 1;
    int n_before = atomic_fetch_add(doomed ? &n_begun : &n_elsewhere, 1), most = atomic_load(doomed ? &n_free : &most_elsewhere);
    if (n_before >= most && atomic_load(&n_free) != UNHELD) wait_until_the_loss_is_known();
}

static int64_t square(int64_t x)
{
    unit_sleep(0.002);
    hold();
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static int64_t quick(int64_t x)
{
    if (rp_rank() == 1 && x % 1000 == 0) hold();
    return x * x;
}
RP_TASK(quick, int64_t, int64_t)

/* Item 0 fails at each try; the others as above. */
static int64_t all_but_one(int64_t x) { return x == 0 ? rp_fail(1, "not item 0") : square(x); }
RP_TASK(all_but_one, int64_t, int64_t)

static atomic_int n_first_tries, n_second_tries;

/* The first try fails. A second one on rank 1 is lost with the rank. */
static int64_t second_time(int64_t x)
{
    if (rp_attempt() == 1) atomic_fetch_add(&n_first_tries, 1);
    if (rp_attempt() == 1) return rp_fail(1, "not yet");
    if (rp_rank() == 1) {
        atomic_fetch_add(&n_second_tries, 1);
        wait_until_the_loss_is_known();
    }
    return x * x;
}
RP_TASK(second_time, int64_t, int64_t)

static atomic_int n_heard;

/* Ends when it is told that rank 0 is lost. */
static int64_t until_told(int64_t x)
{
    atomic_fetch_add(&n_begun, rp_rank() > 0);
    double end = unit_now() + UNIT_WAIT_S;
    while (atomic_load(&cluster_n_told) == 0 && unit_now() < end) unit_sleep(0.002);
    atomic_fetch_add(&n_heard, atomic_load(&cluster_n_told));
    return x;
}
RP_TASK(until_told, int64_t, int64_t)

static atomic_int let_out;

static void wait_to_be_let_out(void) { unit_await(&let_out, 1); }

static void take_long(int64_t x)
{
    if (rp_rank() == 1) atomic_fetch_add(&n_begun, 1);
    wait_to_be_let_out();
    rp_emit(&x, sizeof x);
}
RP_TASK_EMIT(take_long, int64_t)

static atomic_int n_starting;
static double start_s; /* 0: until it is let out */

static int start(rp_bytes argument, void **state)
{
    (void)argument;
    (void)state;
    atomic_fetch_add(&n_starting, 1);
    if (rp_rank() == 1 && start_s > 0) unit_sleep(start_s);
    else if (rp_rank() == 1) wait_to_be_let_out();
    return 0;
}

static void finish(void *state)
{
    (void)state;
    if (rp_rank() < 0 || rp_rank() == 1) unit_sleep(start_s);
}
RP_INITIALIZER(slow_start, start, finish)

/* ---- three ranks with one worker each; rank 1 dies ---- */

/* No loss is noticed by silence: it would take too long. */
static cluster *start_world(const fake_weather *weather) { return cluster_start_watched(3, weather, 0, 10 * UNIT_WAIT_S); }

static cluster *open_world(const fake_weather *weather, double retry_pause_s)
{
    cluster *world = start_world(weather);
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .retry_pause_s = retry_pause_s};
    rp_error error;
    if (cluster_open(world, &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    atomic_store(&n_begun, 0);
    atomic_store(&n_elsewhere, 0);
    atomic_store(&let_out, 0);
    atomic_store(&n_free, UNHELD);
    atomic_store(&most_elsewhere, MOST_ELSEWHERE);
    atomic_store(&is_known, 0);
    return world;
}

static int set_up(void **state)
{
    *state = open_world(&(fake_weather){.most_delay_us = 200, .seed = 5}, 0.3);
    return 0;
}

/* Tries wait so long that a busy machine doesn't begin one too early. */
static int set_up_late(void **state)
{
    *state = open_world(NULL, 2);
    return 0;
}

static int tear_down(void **state)
{
    assert_int_equal(cluster_stop(*state), RP_LOST);
    return 0;
}

static void check_lost(rp_status status, const rp_error *error)
{
    if (status != RP_LOST) fail_msg("%s: %s", rp_status_text(status), rp_error_text(error));
    assert_int_equal(error->status, RP_LOST);
    assert_int_equal(error->rank, 1);
    assert_contains(rp_error_text(error), "rank 1 on host ");
    assert_contains(rp_error_text(error), " died");
}

/* Rank 0 learns of a loss when its progress thread looks. */
static rp_status await_loss(cluster *world, rp_error *error)
{
    double deadline = unit_now() + UNIT_WAIT_S;
    while (rp_pool_check(world->pool, error) == RP_OK && unit_now() < deadline) unit_sleep(0.001);
    return rp_pool_check(world->pool, error);
}

static void kill_one(cluster *world)
{
    rp_error error = {0};
    fake_network_kill(world->network, 1);
    check_lost(await_loss(world, &error), &error);
    atomic_store(&is_known, 1);
}

/* Called before the items are given out: rank 1 holds the one after so many. */
static void hold_after(int n) { atomic_store(&n_free, n); }

static void kill_when_held(cluster *world)
{
    unit_await(&n_begun, atomic_load(&n_free) + 1);
    kill_one(world);
}

/* ---- maps ---- */

enum { N = 400 };

/* Each item is right, lost with its record, or wasn't begun; returns how many are right. */
static int check_items(const rp_result *handle, const rp_status *statuses, const int64_t *results)
{
    int n_right = 0;
    uint64_t k = 0;
    for (int i = 0; i < N; i++) {
        rp_error failure;
        char text[24];
        n_right += statuses[i] == RP_OK;
        if (statuses[i] == RP_OK) assert_int_equal(results[i], (int64_t)i * i);
        if (statuses[i] != RP_LOST) continue;
        snprintf(text, sizeof text, "%d", i);
        assert_int_equal(rp_result_failure(handle, k++, &failure), RP_OK);
        check_lost(failure.status, &failure);
        assert_int_equal(failure.item, i);
        assert_int_equal(failure.cause, RP_CAUSE_LOST);
        assert_int_equal(failure.worker, -1);
        assert_int_equal(failure.attempt, 1);
        assert_string_equal(failure.item_text, text);
        assert_true(strlen(failure.host) > 0);
    }
    assert_int_equal(rp_result_failures(handle), k);
    return n_right;
}

static int n_of_first(const rp_status *statuses, int n_items, rp_status wanted)
{
    int n = 0;
    for (int i = 0; i < n_items; i++) n += statuses[i] == wanted;
    return n;
}

static int n_of(const rp_status *statuses, rp_status wanted) { return n_of_first(statuses, N, wanted); }

static void map_with(cluster *world, rp_on_error policy)
{
    int64_t results[N] = {0};
    rp_status statuses[N];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.chunk = 3, .statuses = statuses, .on_error = policy};
    hold_after(30); /* more than are out to it, so that some are back */
    assert_int_equal(rp_map_async(world->pool, square_task, results, N, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    kill_when_held(world);
    assert_int_equal(rp_result_wait(handle, UNIT_WAIT_S), RP_OK);
    rp_status status = rp_result_get(handle, 0, &error);
    check_lost(status, &error);
    assert_int_equal(error.item, -1);
    assert_contains(error.text, "while it had items ");
    assert_true(check_items(handle, statuses, results) >= 15);
    assert_in_range(n_of(statuses, RP_LOST), 1, 12);
    assert_true(n_of(statuses, RP_CANCELLED) > N / 4);
    rp_result_free(handle);
}

static void a_map_keeps_what_others_ran(void **state) { map_with(*state, RP_ON_ERROR_COLLECT); }
static void a_lost_item_is_no_failure_that_stops(void **state) { map_with(*state, RP_ON_ERROR_STOP); }

/* So many items are lost at once that not each gets a record: the call ends before the first without one. */
static void a_large_chunk_has_one_record(void **state)
{
    cluster *world = *state;
    enum { MANY = 300000 };
    int64_t *results = calloc(MANY, sizeof *results);
    rp_status *statuses = calloc(MANY, sizeof *statuses);
    rp_result *handle;
    rp_error error, failure;
    rp_call_options options = {.schedule = RP_SCHEDULE_STATIC, .statuses = statuses, .on_error = RP_ON_ERROR_COLLECT};
    hold_after(3);
    assert_int_equal(rp_map_async(world->pool, quick_task, results, MANY, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    kill_when_held(world);
    rp_status status = rp_result_get(handle, UNIT_WAIT_S, &error);
    check_lost(status, &error);
    assert_int_equal(rp_result_failures(handle), 1);
    assert_int_equal(rp_result_failure(handle, 0, &failure), RP_OK);
    for (int64_t i = 0; i < MANY; i++) {
        assert_int_equal(statuses[i], i < failure.item ? RP_OK : i == failure.item ? RP_LOST : RP_CANCELLED);
        if (i < failure.item) assert_int_equal(results[i], i * i);
    }
    rp_result_free(handle);
    free(statuses);
    free(results);
}

static void several_calls_end(void **state)
{
    cluster *world = *state;
    enum { CALLS = 200 };
    int64_t results[CALLS] = {0};
    rp_result *handles[CALLS];
    rp_error error;
    hold_after(2);
    for (int k = 0; k < CALLS; k++)
        assert_int_equal(
            rp_apply_async(world->pool, square_task, &results[k], RP_COLUMNS(RP_CONSTANT((int64_t)k)), NULL, &handles[k], &error), RP_OK);
    kill_when_held(world);
    int n_lost = 0;
    for (int k = 0; k < CALLS; k++) {
        rp_status status = rp_result_get(handles[k], UNIT_WAIT_S, &error);
        if (status == RP_OK) {
            assert_int_equal(results[k], (int64_t)k * k);
        } else {
            check_lost(status, &error);
            n_lost++;
        }
        rp_result_free(handles[k]);
    }
    assert_in_range(n_lost, 10, CALLS - 3);
}

static void what_waits_for_another_try_has_failed(void **state)
{
    cluster *world = *state;
    int64_t results[N];
    rp_status statuses[N];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.chunk = 3, .on_error = RP_ON_ERROR_COLLECT, .retries = 20, .statuses = statuses};
    hold_after(10);
    assert_int_equal(rp_map_async(world->pool, all_but_one_task, results, N, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    kill_when_held(world);
    assert_int_equal(rp_result_wait(handle, UNIT_WAIT_S), RP_OK); /* the tries alone would take hours */
    check_lost(rp_result_get(handle, 0, &error), &error);
    assert_int_equal(statuses[0], RP_FAILED);
    rp_result_free(handle);
}

static void tries_of_a_call_that_lost_nothing_go_to_the_others(void **state)
{
    cluster *world = *state;
    enum { FEW = 30 };
    int64_t results[FEW];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.chunk = 1, .retries = 2};
    atomic_store(&n_first_tries, 0);
    assert_int_equal(rp_map_async(world->pool, second_time_task, results, FEW, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    for (double end = unit_now() + UNIT_WAIT_S; atomic_load(&handle->work.n_repeated) < FEW && unit_now() < end;) unit_sleep(0.001);
    assert_int_equal(atomic_load(&handle->work.n_repeated), FEW); /* they are back */
    kill_one(world);
    if (rp_result_get(handle, UNIT_WAIT_S, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    for (int64_t i = 0; i < FEW; i++) assert_int_equal(results[i], i * i);
    rp_result_free(handle);
}

static void a_try_that_is_lost_is_the_last(void **state)
{
    cluster *world = *state;
    enum { FEW = 12 };
    int64_t results[FEW];
    rp_status statuses[FEW];
    rp_result *handle;
    rp_error error, failure;
    rp_call_options options = {.chunk = 1, .on_error = RP_ON_ERROR_COLLECT, .retries = 9, .statuses = statuses};
    atomic_store(&n_second_tries, 0);
    assert_int_equal(rp_map_async(world->pool, second_time_task, results, FEW, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    unit_await(&n_second_tries, 1);
    kill_one(world);
    check_lost(rp_result_get(handle, UNIT_WAIT_S, &error), &error);
    int n_lost = 0;
    for (int i = 0; i < FEW; i++) {
        n_lost += statuses[i] == RP_LOST;
        if (statuses[i] == RP_OK) assert_int_equal(results[i], (int64_t)i * i);
    }
    assert_in_range(n_lost, 1, 4);
    assert_int_equal(rp_result_failures(handle), n_lost + n_of_first(statuses, FEW, RP_FAILED));
    for (uint64_t k = 0; k < rp_result_failures(handle); k++) {
        assert_int_equal(rp_result_failure(handle, k, &failure), RP_OK);
        if (failure.status == RP_LOST) assert_int_equal(failure.attempt, 2);
    }
    assert_int_equal(rp_result_failure(handle, rp_result_failures(handle), &failure), RP_USAGE);
    rp_result_free(handle);
}

/* ---- apply ---- */

static void *kill_when_it_runs(void *argument)
{
    unit_await(&n_begun, 1);
    fake_network_kill(((cluster *)argument)->network, 1);
    return NULL;
}

/* Idle members get the next items in the order of their ranks. So the first call is on rank 0, and the one that is waited for on rank 1. */
static void apply_with(cluster *world, const rp_call_options *options)
{
    rp_bytes result = {world, 1}, other = {world, 1};
    rp_result *handle;
    rp_error error;
    pthread_t killer;
    rp_columns five = RP_COLUMNS(RP_CONSTANT((int64_t)5));
    assert_int_equal(rp_apply_async(world->pool, take_long_task, &other, five, options, &handle, &error), RP_OK);
    assert_int_equal(pthread_create(&killer, NULL, kill_when_it_runs, world), 0);
    check_lost(rp_apply(world->pool, take_long_task, &result, five, options, &error), &error); /* while its item is held */
    assert_contains(error.text, " died while it had item 0");
    assert_true(!result.data && result.size == 0);
    pthread_join(killer, NULL);
    check_lost(rp_apply(world->pool, take_long_task, &result, five, options, &error), &error); /* nothing is begun any more */
    atomic_store(&let_out, 1);
    assert_int_equal(rp_result_get(handle, UNIT_WAIT_S, &error), RP_OK); /* it was begun on another rank */
    assert_int_equal(other.size, sizeof(int64_t));
    rp_bytes_free(&other, 1);
    rp_result_free(handle);
}

static void a_blocking_apply_ends_with_its_rank(void **state) { apply_with(*state, NULL); }

static void also_one_that_would_be_tried_again(void **state)
{
    apply_with(*state, &(rp_call_options){.retries = 3, .on_error = RP_ON_ERROR_COLLECT});
}

static void also_one_with_a_time_out(void **state) { apply_with(*state, &(rp_call_options){.timeout_s = 2 * UNIT_WAIT_S}); }

/* ---- iterators ---- */

static void iterate(cluster *world, bool ordered, rp_on_error policy)
{
    rp_iter *iterator;
    rp_error error;
    rp_call_options options = {.chunk = 2, .on_error = policy};
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    hold_after(2);
    atomic_store(&most_elsewhere, 2); /* fewer than they have: they ask for none of rank 1's */
    rp_status status = ordered ? rp_imap(world->pool, square_task, source, &options, &iterator, &error)
                               : rp_imap_unordered(world->pool, square_task, source, &options, &iterator, &error);
    assert_int_equal(status, RP_OK);
    kill_when_held(world);
    unsigned char seen[N] = {0};
    int n_right = 0, n_lost = 0;
    for (;;) {
        int64_t result;
        status = rp_iter_next(iterator, &result, UNIT_WAIT_S, &error);
        if (status == RP_LOST && error.item < 0) break;
        int64_t index = rp_iter_index(iterator);
        assert_int_equal(seen[index]++, 0);
        if (status == RP_OK) {
            assert_int_equal(result, index * index);
            n_right++;
            continue;
        }
        check_lost(status, &error);
        assert_int_equal(error.item, index);
        n_lost++;
    }
    check_lost(status, &error);
    assert_contains(error.text, "while it had items ");
    assert_in_range(n_lost, 1, 12);
    assert_in_range(n_right, 2, N / 2);
    for (int k = 0; k < 2; k++) check_lost(rp_iter_next(iterator, NULL, 0, &error), &error);
    rp_iter_free(iterator);
}

static void an_ordered_iterator_delivers_around_the_loss(void **state) { iterate(*state, true, RP_ON_ERROR_COLLECT); }
static void so_does_an_unordered_one(void **state) { iterate(*state, false, RP_ON_ERROR_COLLECT); }
static void and_under_the_stop_policy(void **state) { iterate(*state, true, RP_ON_ERROR_STOP); }
static void also_unordered(void **state) { iterate(*state, false, RP_ON_ERROR_STOP); }

/* ---- pools ---- */

static void an_idle_pool_notices_and_refuses(void **state)
{
    cluster *world = *state;
    int64_t results[4], one;
    rp_error error;
    rp_iter *iterator;
    assert_int_equal(rp_pool_check(world->pool, NULL), RP_OK);
    assert_int_equal(rp_map(world->pool, square_task, results, 4, RP_RANGE(0, 1), NULL, &error), RP_OK);
    kill_one(world);
    check_lost(rp_map(world->pool, square_task, results, 4, RP_RANGE(0, 1), NULL, &error), &error);
    check_lost(rp_apply(world->pool, square_task, &one, RP_COLUMNS(RP_CONSTANT((int64_t)1)), NULL, &error), &error);
    assert_int_equal(rp_imap(world->pool, square_task, RP_ITEMS(10, RP_RANGE(0, 1)), NULL, &iterator, &error), RP_OK);
    check_lost(rp_iter_next(iterator, &one, UNIT_WAIT_S, &error), &error);
    assert_int_equal(error.item, -1);
    rp_iter_free(iterator);
    assert_int_equal(rp_map(world->pool, square_task, results, 0, RP_RANGE(0, 1), NULL, &error), RP_OK);
    rp_pool_close(world->pool);
    check_lost(rp_pool_join(world->pool, &error), &error);
    assert_int_equal(rp_pool_check(world->pool, NULL), RP_LOST);
}

/* It isn't the pool's own, but its launcher is about to end the job. */
static void a_rank_beside_the_pool_ends_it_too(void **state)
{
    (void)state;
    cluster *world = start_world(NULL);
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool;
    rp_error error;
    config.n_ranks = 1;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_OK);
    fake_network_kill(world->network, 1);
    for (double end = unit_now() + UNIT_WAIT_S; rpi_coordinator_pool_check(pool, NULL) == RP_OK && unit_now() < end;) unit_sleep(0.001);
    assert_int_equal(rpi_coordinator_pool_close(pool, &error), RP_LOST);
    assert_int_equal(error.rank, 1); /* whose host isn't known if it was killed before it said anything */
    assert_int_equal(cluster_stop(world), RP_LOST);
}

static void no_pool_is_opened_without_it(void **state)
{
    (void)state;
    cluster *world = start_world(NULL);
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool, *other;
    rp_error error;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_OK);
    fake_network_kill(world->network, 1);
    for (double end = unit_now() + UNIT_WAIT_S; rpi_coordinator_pool_check(pool, NULL) == RP_OK && unit_now() < end;) unit_sleep(0.001);
    check_lost(rpi_coordinator_pool_open(world->coordinator, &config, &other, &error), &error);
    check_lost(rpi_coordinator_pool_close(pool, &error), &error);
    assert_int_equal(cluster_stop(world), RP_LOST);
}

/* ---- opening and closing ---- */

static void *kill_when_it_starts(void *argument)
{
    unit_await(&n_starting, 3);
    fake_network_kill(argument, 1);
    return NULL;
}

static rpi_executor_config slow_config(double seconds)
{
    rpi_executor_config config = cluster_config(1);
    config.worker.initializer = slow_start_initializer;
    start_s = seconds;
    atomic_store(&n_starting, 0);
    atomic_store(&let_out, 0);
    return config;
}

static void a_death_while_it_opens_ends_the_opening(void **state)
{
    (void)state;
    cluster *world = start_world(NULL);
    rpi_executor_config config = slow_config(0);
    rpi_coordinator_pool *pool = NULL;
    rp_error error;
    pthread_t killer;
    assert_int_equal(pthread_create(&killer, NULL, kill_when_it_starts, world->network), 0);
    check_lost(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), &error); /* while rank 1 is held */
    assert_null(pool);
    atomic_store(&let_out, 1);
    pthread_join(killer, NULL);
    assert_int_equal(cluster_stop(world), RP_LOST);
}

/* Two seconds of silence are a loss here. Initializers and finalizers take longer. */
static void a_rank_that_opens_and_closes_long_is_alive(void **state)
{
    (void)state;
    cluster *world = cluster_start_watched(3, NULL, 0, 2);
    rpi_executor_config config = slow_config(2.5);
    rpi_coordinator_pool *pool = NULL;
    rp_error error;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_OK);
    assert_int_equal(rpi_coordinator_pool_close(pool, &error), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void ranks_end_when_the_coordinator_dies(void **state)
{
    cluster *world = *state;
    static int64_t results[6000];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.chunk = 2000};
    assert_int_equal(rp_map_async(world->pool, square_task, results, 6000, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    unit_await(&n_begun, 3);
    fake_network_kill(world->network, 0);
    for (int k = 1; k < 3; k++) {
        pthread_join(world->ranks[k].thread, NULL);
        assert_int_equal(world->ranks[k].status, RP_LOST);
        assert_int_equal(world->ranks[k].error.rank, 0);
        assert_contains(rp_error_text(&world->ranks[k].error), "rank 0 on host ");
        world->ranks[k].joined = true;
    }
    assert_true(atomic_load(&n_begun) < 1500); /* of 2000 */
    rp_result_cancel(handle);
    assert_int_equal(await_loss(world, &error), RP_LOST);
    assert_contains(rp_error_text(&error), "the connection to rank");
    rp_result_free(handle);
}

static void the_coordinators_death_is_told_once_and_at_once(void **state)
{
    cluster *world = *state;
    int64_t results[6];
    rp_result *handle;
    rp_error error;
    rp_call_options options = {.chunk = 1};
    atomic_store(&n_heard, 0);
    assert_int_equal(rp_map_async(world->pool, until_told_task, results, 6, RP_RANGE(0, 1), &options, &handle, &error), RP_OK);
    unit_await(&n_begun, 2);
    fake_network_kill(world->network, 0);
    for (int k = 1; k < 3; k++) {
        pthread_join(world->ranks[k].thread, NULL);
        world->ranks[k].joined = true;
    }
    assert_true(atomic_load(&n_heard) >= 2); /* what ran when it died */
    assert_int_equal(atomic_load(&cluster_n_told), 1);
    rp_result_cancel(handle);
    rp_result_free(handle);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(WITH(a_map_keeps_what_others_ran), WITH(a_lost_item_is_no_failure_that_stops), WITH(a_large_chunk_has_one_record),
          WITH(several_calls_end), WITH(what_waits_for_another_try_has_failed),
          cmocka_unit_test_setup_teardown(tries_of_a_call_that_lost_nothing_go_to_the_others, set_up_late, tear_down),
          WITH(a_try_that_is_lost_is_the_last), WITH(a_blocking_apply_ends_with_its_rank), WITH(also_one_that_would_be_tried_again),
          WITH(also_one_with_a_time_out), WITH(an_ordered_iterator_delivers_around_the_loss), WITH(so_does_an_unordered_one),
          WITH(and_under_the_stop_policy), WITH(also_unordered), WITH(an_idle_pool_notices_and_refuses), UNIT(no_pool_is_opened_without_it),
          UNIT(a_rank_beside_the_pool_ends_it_too), UNIT(a_death_while_it_opens_ends_the_opening),
          UNIT(a_rank_that_opens_and_closes_long_is_alive), WITH(ranks_end_when_the_coordinator_dies),
          WITH(the_coordinators_death_is_told_once_and_at_once))
