/* test_copies.c: constant data goes to each host once, down a tree, over a fake link whose messages overtake each other. The ranks are
 * threads of this process; they are on hosts of their own because the coordinator is told so. */
#include "cluster.h"

#include "cluster/copies.h"

enum { RANKS = CLUSTER_MOST };

static rpi_coordinator_pool *open_one(cluster *world, bool goes_on)
{
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool;
    config.on_loss.goes_on = goes_on;
    setenv("RANKPOOL_SHARED_MEMORY", "0", 1);
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    unsetenv("RANKPOOL_SHARED_MEMORY");
    for (int rank = 1; rank < world->n_ranks; rank++) assert_false(pool->members[rank].attaches);
    return pool;
}

static rpi_coordinator_pool *open_pool(cluster *world) { return open_one(world, false); }

/* Rank r on host r % n_hosts. */
static void put_on_hosts(rpi_coordinator_pool *pool, int n_ranks, int n_hosts)
{
    for (int rank = 1; rank < n_ranks; rank++)
        snprintf(pool->members[rank].info.host, sizeof pool->members[rank].info.host, "h%d", rank % n_hosts);
}

static char *share(size_t size, char with)
{
    char *contents = malloc(size), *base;
    memset(contents, with, size);
    assert_int_equal(rpi_regions_make(size, contents, true, &base, NULL), RP_OK);
    free(contents);
    return base;
}

static rpi_region_name name_of(const char *base)
{
    rpi_region_name name;
    uint64_t offset;
    assert_true(rpi_regions_name(base, 1, &name, &offset));
    return name;
}

/* What rank `rank` is told of the memory has the contents, and is no memory of rank 0's. */
static rpi_region_name assert_copy(rpi_coordinator_pool *pool, int rank, const char *base, size_t size)
{
    rpi_region_name own = name_of(base), copy;
    const rpi_region *region;
    assert_true(rpi_copies_name(&pool->members[rank], own.token, &copy));
    assert_memory_not_equal(copy.token, own.token, sizeof copy.token);
    assert_int_equal(rpi_regions_attach(&copy, false, &region, NULL), RP_OK);
    assert_true(region->is_sealed);
    assert_memory_equal(region->base, base, size);
    rpi_regions_release(region);
    return copy;
}

static void await_gone(const rpi_region_name *name)
{
    for (double deadline = unit_now() + UNIT_WAIT_S; rpi_regions_has(name->token) && unit_now() < deadline;) unit_sleep(0.001);
    assert_false(rpi_regions_has(name->token));
}

static void share_over(int n_hosts, size_t size)
{
    cluster *world = cluster_start(RANKS, &(fake_weather){.most_delay_us = 2000, .seed = (uint64_t)n_hosts});
    rpi_coordinator_pool *pool = open_pool(world);
    put_on_hosts(pool, RANKS, n_hosts);
    int n_holders = n_hosts < RANKS ? n_hosts : RANKS - 1;
    char *base = share(size, 'a');
    rpi_region_name copies[RANKS], own = name_of(base);
    assert_int_equal(rpi_copies_spread(pool, base, NULL), RP_OK);
    for (int rank = 1; rank < RANKS; rank++) copies[rank] = assert_copy(pool, rank, base, size);
    for (int rank = 1; rank < RANKS; rank++) /* one for each host */
        for (int other = 1; other < rank; other++)
            assert_int_equal(!memcmp(&copies[rank], &copies[other], sizeof copies[rank]), rank % n_hosts == other % n_hosts);
    assert_int_equal(fake_network_sent(world->network, RPI_CONTENTS), n_holders);
    assert_int_equal(fake_network_sent(world->network, RPI_ATTACH), RANKS - 1 - n_holders);
    rpi_regions_free(base);
    assert_false(rpi_regions_has(own.token));
    for (int rank = 1; rank < RANKS; rank++) await_gone(&copies[rank]);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void each_host_gets_it_once(void **state)
{
    (void)state;
    for (int n_hosts = 1; n_hosts <= RANKS; n_hosts++) share_over(n_hosts, 1000);
}

static void large_data_is_received_where_it_belongs(void **state)
{
    (void)state;
    share_over(RANKS, 3 * RPI_LARGE_DATA + 17);
    share_over(3, 3 * RPI_LARGE_DATA + 17);
}

static void several_are_there_at_once(void **state)
{
    (void)state;
    cluster *world = cluster_start(5, &(fake_weather){.most_delay_us = 1000, .seed = 7});
    rpi_coordinator_pool *pool = open_pool(world);
    put_on_hosts(pool, 5, 2);
    char *one = share(5000, '1'), *two = share(70000, '2');
    assert_int_equal(rpi_copies_spread(pool, one, NULL), RP_OK);
    assert_int_equal(rpi_copies_spread(pool, two, NULL), RP_OK);
    rpi_region_name copy = assert_copy(pool, 3, one, 5000);
    (void)assert_copy(pool, 4, two, 70000);
    rpi_regions_free(one);
    await_gone(&copy);
    (void)assert_copy(pool, 3, two, 70000);
    rpi_regions_free(two);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

/* The ranks that the first pool doesn't have have no copy, and the other pool sends them bytes. */
static void a_pool_of_some_ranks_copies_to_them_alone(void **state)
{
    (void)state;
    cluster *world = cluster_start(5, NULL);
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool, *all = open_pool(world);
    rpi_region_name none;
    config.n_ranks = 3;
    setenv("RANKPOOL_SHARED_MEMORY", "0", 1);
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    unsetenv("RANKPOOL_SHARED_MEMORY");
    put_on_hosts(pool, 3, 3);
    char *base = share(5000, 'x');
    assert_int_equal(rpi_copies_spread(pool, base, NULL), RP_OK);
    rpi_region_name own = name_of(base), copy = assert_copy(pool, 2, base, 5000);
    (void)assert_copy(all, 1, base, 5000);
    for (int rank = 3; rank < 5; rank++) assert_false(rpi_copies_name(&all->members[rank], own.token, &none));
    rpi_regions_free(base);
    await_gone(&copy);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_pool_close(all, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

/* Ranks that have rank 0's memory need none. */
static void ranks_of_this_host_get_no_copy(void **state)
{
    (void)state;
    cluster *world = cluster_start(4, NULL);
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL), RP_OK);
    char *base = share(5000, 'x');
    for (int rank = 1; rank < 4; rank++) assert_true(pool->members[rank].attaches);
    assert_int_equal(rpi_copies_spread(pool, base, NULL), RP_OK);
    assert_int_equal(fake_network_sent(world->network, RPI_SHARE), 0);
    rpi_regions_free(base);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

/* A rank that is lost before it has answered, as the holder or as one below it. */
static void a_lost_rank_ends_the_wait(void **state)
{
    (void)state;
    for (int lost = 1; lost < 6; lost++) {
        cluster *world = cluster_start_watched(6, NULL, UNIT_WAIT_S, UNIT_WAIT_S);
        rpi_coordinator_pool *pool = open_pool(world);
        rp_error error;
        put_on_hosts(pool, 6, 5);
        char *base = share(5000, 'x');
        fake_network_kill(world->network, lost);
        assert_int_equal(rpi_copies_spread(pool, base, &error), RP_LOST);
        assert_int_equal(error.rank, lost);
        assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_LOST);
        assert_int_equal(cluster_stop(world), RP_LOST);
        rpi_regions_free(base);
    }
}

/* Then it isn't shared: the others are sent bytes. A rank that is known to be lost gets no copy. */
static void a_pool_that_goes_on_sends_bytes_after_a_loss(void **state)
{
    (void)state;
    for (int lost = 1; lost < 6; lost++) {
        cluster *world = cluster_start_watched(6, NULL, UNIT_WAIT_S, UNIT_WAIT_S);
        rpi_coordinator_pool *pool = open_one(world, true);
        rp_error error;
        rpi_region_name none;
        put_on_hosts(pool, 6, 5);
        char *base = share(5000, 'x'), *later;
        fake_network_kill(world->network, lost);
        rp_status status = rpi_copies_spread(pool, base, &error);
        if (status != RP_OK) fail_msg("%s", rp_error_text(&error));
        rpi_region_name own = name_of(base);
        for (int rank = 1; rank < 6; rank++) assert_false(rpi_copies_name(&pool->members[rank], own.token, &none));
        later = share(5000, 'y');
        assert_int_equal(rpi_copies_spread(pool, later, NULL), RP_OK);
        for (int rank = 1; rank < 6; rank++)
            if (rank != lost) (void)assert_copy(pool, rank, later, 5000);
        assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
        assert_int_equal(cluster_stop(world), RP_END);
        rpi_regions_free(base);
        rpi_regions_free(later);
    }
}

static bool leave(void) { return true; }

/* As members that have left their launcher don't know each other. */
static void rank_0_sends_all_copies_where_members_are_strangers(void **state)
{
    (void)state;
    cluster *world = cluster_start(RANKS, NULL);
    world->coordinator->link->leave_launcher = leave;
    rpi_coordinator_pool *pool = open_one(world, true);
    put_on_hosts(pool, RANKS, RANKS);
    char *base = share(5000, 'x');
    assert_int_equal(rpi_copies_spread(pool, base, NULL), RP_OK);
    for (int rank = 1; rank < RANKS; rank++) (void)assert_copy(pool, rank, base, 5000);
    assert_int_equal(fake_network_sent(world->network, RPI_CONTENTS), RANKS - 1);
    assert_int_equal(fake_network_sent_by_members(world->network, RPI_CONTENTS), 0);
    rpi_regions_free(base);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

UNIT_MAIN(cmocka_unit_test(a_pool_that_goes_on_sends_bytes_after_a_loss),
          cmocka_unit_test(rank_0_sends_all_copies_where_members_are_strangers), cmocka_unit_test(each_host_gets_it_once),
          cmocka_unit_test(large_data_is_received_where_it_belongs), cmocka_unit_test(several_are_there_at_once),
          cmocka_unit_test(a_pool_of_some_ranks_copies_to_them_alone), cmocka_unit_test(ranks_of_this_host_get_no_copy),
          cmocka_unit_test(a_lost_rank_ends_the_wait))
