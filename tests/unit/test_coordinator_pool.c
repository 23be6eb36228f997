/* test_coordinator_pool.c: pools opened and closed on all ranks of a coordinator, and what is known of the ranks. */
#include "cluster.h"

#include "task/batch.h"
#include "worker/executor.h"

static atomic_int n_starts, n_finishes;
static int failing_rank; /* the initializer fails there; 0: nowhere */

static int start(rp_bytes argument, void **state)
{
    (void)state;
    if (argument.size != 4 || memcmp(argument.data, "note", 4) != 0) return rp_fail(7, "another argument");
    atomic_fetch_add(&n_starts, 1);
    return failing_rank && rp_rank() == failing_rank ? rp_fail(42, "not on rank %d", rp_rank()) : 0;
}

static void finish(void *state)
{
    (void)state;
    atomic_fetch_add(&n_finishes, 1);
}
RP_INITIALIZER(note, start, finish)

static void reset(int failing)
{
    failing_rank = failing;
    atomic_store(&n_starts, 0);
    atomic_store(&n_finishes, 0);
}

static rpi_executor_config noting(unsigned n_threads)
{
    rpi_executor_config config = cluster_config(n_threads);
    config.worker.initializer = note_initializer;
    config.worker.initializer_argument = (rp_bytes){"note", 4};
    return config;
}

static void a_pool_has_workers_on_each_rank(void **state)
{
    (void)state;
    reset(0);
    cluster *world = cluster_start(4, &(fake_weather){.most_delay_us = 1000, .seed = 3});
    rpi_executor_config config = noting(2);
    rpi_coordinator_pool *pool;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_pool_n_workers(pool), 8);
    assert_int_equal(atomic_load(&n_starts), 8);
    for (int rank = 0; rank < 4; rank++) {
        rp_rank_info info;
        rpi_coordinator_pool_rank_info(pool, rank, &info);
        assert_int_equal(info.threads, 2);
        assert_true(info.cores >= 1 && strlen(info.host) > 0);
    }
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(atomic_load(&n_finishes), 8);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void ranks_choose_their_threads_themselves(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, NULL);
    rpi_executor_config config = cluster_config(1);
    config.threads_given = false;
    setenv("RANKPOOL_THREADS", "3", 1);
    rpi_coordinator_pool *pool;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    unsetenv("RANKPOOL_THREADS");
    assert_int_equal(rpi_coordinator_pool_n_workers(pool), 1 + 3);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void a_refused_open_closes_everywhere(void **state)
{
    (void)state;
    cluster *world = cluster_start(4, &(fake_weather){.most_delay_us = 1000, .seed = 5});
    rpi_executor_config config = noting(2);
    for (int failing = 1; failing < 4; failing++) {
        rpi_coordinator_pool *pool = NULL;
        rp_error error;
        reset(failing);
        assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_FAILED);
        assert_null(pool);
        assert_int_equal(error.status, RP_FAILED);
        assert_int_equal(error.code, 42);
        assert_contains(rp_error_text(&error), "initializer note failed on rank");
        assert_contains(rp_error_text(&error), "not on rank");
        assert_int_equal(atomic_load(&n_starts), 8);
        assert_int_equal(atomic_load(&n_finishes), 6);
        reset(0);
        assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_OK);
        assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    }
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void an_own_initializer_that_fails_asks_nobody_else(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, NULL);
    rpi_executor_config config = noting(2);
    config.worker.initializer_argument = (rp_bytes){"fail", 4};
    rpi_coordinator_pool *pool = NULL;
    rp_error error;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), RP_FAILED);
    assert_int_equal(error.code, 7);
    assert_null(pool);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void several_pools_live_side_by_side(void **state)
{
    (void)state;
    enum { POOLS = 5 };
    rpi_coordinator_pool *pools[POOLS];
    cluster *world = cluster_start(3, &(fake_weather){.most_delay_us = 500, .seed = 7});
    for (unsigned k = 0; k < POOLS; k++) {
        rpi_executor_config config = cluster_config(1 + k % 2);
        assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pools[k], NULL), RP_OK);
    }
    static const int order[POOLS] = {2, 0, 4, 1, 3};
    for (int k = 0; k < POOLS; k++) assert_int_equal(rpi_coordinator_pool_n_workers(pools[order[k]]), 3 * (1 + order[k] % 2));
    for (int k = 0; k < POOLS; k++) assert_int_equal(rpi_coordinator_pool_close(pools[order[k]], NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void a_pool_may_have_the_first_ranks_alone(void **state)
{
    (void)state;
    reset(0);
    cluster *world = cluster_start(4, &(fake_weather){.most_delay_us = 500, .seed = 11});
    rpi_executor_config config = noting(2);
    rpi_coordinator_pool *pool, *other;
    rp_error error;
    config.n_ranks = 3;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_pool_n_ranks(pool), 3);
    assert_int_equal(rpi_coordinator_pool_n_workers(pool), 6);
    assert_int_equal(atomic_load(&n_starts), 6);
    config.n_ranks = 1;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &other, NULL), RP_OK);
    assert_int_equal(atomic_load(&n_starts), 8);
    assert_int_equal(rpi_coordinator_pool_close(other, NULL), RP_OK);
    config.n_ranks = 5;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &other, &error), RP_USAGE);
    assert_contains(rp_error_text(&error), "ranks is 5; there are 4");
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(atomic_load(&n_finishes), 8);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void alone_a_pool_is_its_own_team(void **state)
{
    (void)state;
    reset(0);
    rpi_coordinator *coordinator;
    rpi_coordinator_pool *pool;
    rpi_executor_config config = noting(2);
    assert_int_equal(rpi_coordinator_create(NULL, &coordinator, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_pool_open(coordinator, &config, &pool, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_pool_n_workers(pool), 2);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(atomic_load(&n_finishes), 2);
    assert_int_equal(rpi_coordinator_destroy(coordinator, NULL), RP_OK);
}

/* The coordinator's link fails at each of its operations in turn. Whatever was opened is closed, and no rank hangs. */
static bool open_and_close(const fake_weather *weather)
{
    reset(0);
    cluster *world = cluster_start(3, weather);
    rpi_executor_config config = noting(1);
    rpi_coordinator_pool *pool = NULL;
    rp_error error;
    rp_status opened = rpi_coordinator_pool_open(world->coordinator, &config, &pool, &error), closed = RP_OK;
    assert_true(opened == RP_OK || (opened == RP_LOST && error.status == RP_LOST && pool == NULL));
    if (opened == RP_OK) closed = rpi_coordinator_pool_close(pool, &error);
    assert_true(closed == RP_OK || (closed == RP_LOST && error.status == RP_LOST));
    bool failed = fake_network_failed(world->network);
    if (!failed) assert_true(opened == RP_OK && closed == RP_OK);
    rp_status stopped = cluster_stop(world);
    if (opened != RP_OK || closed != RP_OK) assert_int_equal(stopped, RP_LOST);
    assert_int_equal(atomic_load(&n_finishes), atomic_load(&n_starts));
    return failed;
}

static void each_send_and_receive_may_fail(void **state)
{
    (void)state;
    for (int good = 0; good < 2; good++) {
        unsigned n = 1;
        while (open_and_close(&(fake_weather){.failing_send = n, .for_good = good})) n++;
        assert_in_range(n, 5, 12); /* OPEN and CLOSE to two ranks; STOP comes after */
        n = 1;
        while (open_and_close(&(fake_weather){.failing_receive = n, .for_good = good})) n++;
        assert_in_range(n, 5, 12);
    }
}

static void ranks_that_fail_are_noticed(void **state)
{
    (void)state;
    for (int rank = 1; rank < 3; rank++) {
        for (unsigned n = 1; open_and_close(&(fake_weather){.failing_rank = rank, .failing_send = n, .for_good = true}); n++) continue;
        for (unsigned n = 1; open_and_close(&(fake_weather){.failing_rank = rank, .failing_receive = n, .for_good = true}); n++) continue;
    }
}

UNIT_MAIN(UNIT(a_pool_has_workers_on_each_rank), UNIT(ranks_choose_their_threads_themselves), UNIT(a_refused_open_closes_everywhere),
          UNIT(an_own_initializer_that_fails_asks_nobody_else), UNIT(several_pools_live_side_by_side),
          UNIT(a_pool_may_have_the_first_ranks_alone), UNIT(alone_a_pool_is_its_own_team), UNIT(each_send_and_receive_may_fail),
          UNIT(ranks_that_fail_are_noticed))
