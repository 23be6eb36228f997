/*
 * test_cluster_faults.c: a coordinator and two ranks, while one message is lost, doubled or delayed, or a rank ends at it. Each handle
 * resolves soon, with the right results or a true error, and all threads end. The fault happens at the first message of a rank, then at its
 * second, and so on, until the scenario ends before the fault happens. Sanitizers look for what is left behind.
 */
#include "cluster.h"

enum { N = 40 };
static const double most_s = UNIT_WAIT_S;

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static int64_t slow(int64_t x)
{
    unit_sleep(0.0003);
    return x * x;
}
RP_TASK(slow, int64_t, int64_t)

static void spell(int64_t x)
{
    for (int64_t i = 0; i < x; i++) rp_emit("ab", 2);
}
RP_TASK_EMIT(spell, int64_t)

static int64_t some_fail(int64_t x) { return x % 10 == 7 ? rp_fail((int)x, "%lld ends in 7", (long long)x) : x * x; }
RP_TASK(some_fail, int64_t, int64_t)

/* ---- what is true of every call; `healed`: no call may be lost ---- */

static bool healed;

static void check_status(rp_status status, const rp_error *error, rp_status good)
{
    if (status == good) return;
    if (status != RP_LOST || healed) fail_msg("%s: %s", rp_status_text(status), rp_error_text(error));
    assert_int_equal(error->status, RP_LOST);
    assert_true(strlen(rp_error_text(error)) > 10);
}

static void check_squares(const rp_status *statuses, const int64_t *results)
{
    for (int64_t i = 0; i < N; i++)
        if (statuses[i] == RP_OK) assert_int_equal(results[i], i * i);
}

static void use_maps(rp_pool *pool)
{
    int64_t first[N], second[N];
    rp_bytes texts[N];
    rp_status first_statuses[N], second_statuses[N], text_statuses[N];
    rp_result *handle;
    rp_error error = {0};
    rp_call_options ones = {.chunk = 1, .statuses = first_statuses},
                    collect = {.on_error = RP_ON_ERROR_COLLECT, .statuses = second_statuses};
    assert_int_equal(rp_map_async(pool, slow_task, first, N, RP_RANGE(0, 1), &ones, &handle, &error), RP_OK);
    check_status(rp_map(pool, some_fail_task, second, N, RP_RANGE(0, 1), &collect, &error), &error, RP_FAILED);
    check_squares(second_statuses, second);
    for (int i = 0; i < N; i++) assert_true(second_statuses[i] != (i % 10 == 7 ? RP_OK : RP_FAILED));
    check_status(rp_map(pool, spell_task, texts, N, RP_RANGE(0, 1), &(rp_call_options){.statuses = text_statuses}, &error), &error, RP_OK);
    for (int i = 0; i < N; i++)
        if (text_statuses[i] == RP_OK) assert_int_equal(texts[i].size, 2 * i);
    rp_bytes_free(texts, N);
    rp_status status = rp_result_get(handle, most_s, &error);
    check_status(status, &error, RP_OK);
    check_squares(first_statuses, first);
    for (int i = 0; i < N && status == RP_OK; i++) assert_int_equal(first_statuses[i], RP_OK);
    rp_result_free(handle);
}

static void use_iterator(rp_pool *pool, bool ordered)
{
    rp_iter *iterator;
    rp_error error = {0};
    rp_call_options options = {.chunk = 3, .window = 20};
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    unsigned char seen[N] = {0};
    int64_t result, before = -1;
    rp_status status;
    if (ordered) assert_int_equal(rp_imap(pool, slow_task, source, &options, &iterator, &error), RP_OK);
    else assert_int_equal(rp_imap_unordered(pool, slow_task, source, &options, &iterator, &error), RP_OK);
    while ((status = rp_iter_next(iterator, &result, most_s, &error)) == RP_OK || (status == RP_LOST && error.item >= 0)) {
        int64_t index = rp_iter_index(iterator);
        if (ordered) assert_true(index > before);
        before = index;
        assert_int_equal(seen[index]++, 0);
        if (status == RP_OK) assert_int_equal(result, index * index);
        else check_status(status, &error, RP_OK);
    }
    check_status(status, &error, RP_END);
    for (int i = 0; i < N && status == RP_END; i++) assert_int_equal(seen[i], 1);
    rp_iter_free(iterator);
}

static void cancel_one(rp_pool *pool)
{
    int64_t results[N];
    rp_result *handle;
    rp_error error;
    assert_int_equal(rp_map_async(pool, slow_task, results, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 1}, &handle, &error), RP_OK);
    unit_sleep(0.002);
    rp_result_cancel(handle);
    rp_status status = rp_result_get(handle, 0, &error);
    if (status != RP_OK) check_status(status, &error, RP_CANCELLED);
    for (int64_t i = 0; i < N && status == RP_OK; i++) assert_int_equal(results[i], i * i); /* the cancel came after its end */
    assert_int_equal(rp_result_wait(handle, most_s), RP_OK);
    rp_result_free(handle);
}

/* A call that runs when the pool is terminated. */
static rp_result *start_last(rp_pool *pool, int64_t *results)
{
    rp_result *handle;
    assert_int_equal(rp_map_async(pool, slow_task, results, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 1}, &handle, NULL), RP_OK);
    return handle;
}

static void use_pool(rp_pool *pool, bool terminates)
{
    int64_t results[N];
    rp_error error = {0};
    use_maps(pool);
    use_iterator(pool, true);
    cancel_one(pool);
    use_iterator(pool, false);
    rp_result *last = start_last(pool, results);
    if (terminates) rp_pool_terminate(pool);
    else rp_pool_close(pool);
    check_status(rp_pool_join(pool, &error), &error, RP_OK);
    rp_status status = rp_result_get(last, 0, &error);
    if (status != RP_OK) check_status(status, &error, terminates ? RP_CANCELLED : RP_OK);
    for (int64_t i = 0; i < N && status == RP_OK; i++) assert_int_equal(results[i], i * i);
    rp_result_free(last);
}

/* ---- a world, and the fault in it ---- */

/* True when the fault happened. */
static bool use_world(const fake_weather *weather, bool terminates)
{
    double before = unit_now();
    cluster *world = cluster_start_watched(3, weather, healed ? 0 : 0.05, 10 * most_s);
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1};
    rp_error error = {0};
    rp_status status = cluster_open(world, &options, &error);
    check_status(status, &error, RP_OK);
    if (status == RP_OK) use_pool(world->pool, terminates);
    bool failed = fake_network_failed(world->network);
    rp_status stopped = cluster_stop(world);
    check_status(stopped, &(rp_error){.status = RP_LOST, .text = "lost at the end"}, RP_OK);
    if (!failed) assert_int_equal(stopped, RP_OK);
    if (unit_now() - before > most_s) fail_msg("the world took %g s", unit_now() - before);
    return failed;
}

/* Which message is the n-th differs from run to run. */
static void try_each(fake_weather weather, int most_rank)
{
    for (weather.failing_rank = 0; weather.failing_rank <= most_rank; weather.failing_rank++) {
        unsigned n = 1;
        for (unsigned step = 1;; n += step) {
            weather.faulty_send = n;
            weather.seed = n;
            weather.most_delay_us = n % 3 * 50;
            if (!use_world(&weather, n % 2)) break;
            if (n > 12) step = n / 4;
        }
        print_message("rank %d: up to message %u\n", weather.failing_rank, n);
    }
}

static void the_world_is_sound_without_a_fault(void **state)
{
    (void)state;
    healed = true;
    assert_false(use_world(&(fake_weather){.seed = 1}, false));
    assert_false(use_world(&(fake_weather){.seed = 2, .most_delay_us = 500}, true));
}

static void a_message_that_comes_twice_does_no_harm(void **state)
{
    (void)state;
    healed = true;
    try_each((fake_weather){.fault = FAKE_DUPLICATE, .fault_us = 2000}, 2);
}

static void a_message_that_others_overtake_does_no_harm(void **state)
{
    (void)state;
    healed = true;
    try_each((fake_weather){.fault = FAKE_DELAY, .fault_us = 20000}, 2);
}

static void a_message_that_is_dropped_is_a_loss_at_most(void **state)
{
    (void)state;
    healed = false;
    try_each((fake_weather){.fault = FAKE_DROP}, 1);
}

static void a_rank_may_die_at_any_message(void **state)
{
    (void)state;
    healed = false;
    try_each((fake_weather){.fault = FAKE_KILL}, 2);
}

static void foul_weather_is_healed(void **state)
{
    (void)state;
    healed = true;
    unit_seed();
    for (int round = 0; round < 4; round++) {
        fake_weather weather = {.seed = unit_random(UINT64_MAX), .faults_per_mille = 150, .fault_us = 5000, .most_delay_us = 200};
        weather.fault = FAKE_DUPLICATE;
        (void)use_world(&weather, round % 2);
        weather.fault = FAKE_DELAY;
        (void)use_world(&weather, round % 2);
    }
}

static void drops_at_random_are_losses_at_most(void **state)
{
    (void)state;
    healed = false;
    unit_seed();
    for (int round = 0; round < 15; round++)
        (void)use_world(&(fake_weather){.seed = unit_random(UINT64_MAX), .fault = FAKE_DROP, .faults_per_mille = 15}, round % 2);
}

static void deaths_at_random_are_losses(void **state)
{
    (void)state;
    healed = false;
    unit_seed();
    for (int round = 0; round < 15; round++)
        (void)use_world(&(fake_weather){.seed = unit_random(UINT64_MAX), .fault = FAKE_KILL, .faults_per_mille = 10}, round % 2);
}

UNIT_MAIN(UNIT(the_world_is_sound_without_a_fault), UNIT(a_message_that_comes_twice_does_no_harm),
          UNIT(a_message_that_others_overtake_does_no_harm), UNIT(a_message_that_is_dropped_is_a_loss_at_most),
          UNIT(a_rank_may_die_at_any_message), UNIT(foul_weather_is_healed), UNIT(drops_at_random_are_losses_at_most),
          UNIT(deaths_at_random_are_losses))
