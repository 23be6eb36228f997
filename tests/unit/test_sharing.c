/* test_sharing.c: ranks that can have rank 0's memory are sent names in place of bytes, and told when it is gone. They are threads of this
 * process, over a fake link. */
#include "cluster.h"

#include "base/regions.h"

enum { N = 3000, RANKS = 4 };

static double half(double x) { return x / 2; }
RP_TASK(half, double, double)

static cluster *open_pool(const char *shares)
{
    cluster *world = cluster_start(RANKS, &(fake_weather){.most_delay_us = 500, .seed = 3});
    rp_pool_options options = {.executor = RP_EXECUTOR_MPI, .record = RP_RECORD_TOTALS, .schedule = RP_SCHEDULE_STATIC};
    rp_error error;
    if (shares) setenv("RANKPOOL_SHARED_MEMORY", shares, 1);
    if (cluster_open(world, &options, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    unsetenv("RANKPOOL_SHARED_MEMORY");
    return world;
}

/* Returns how many bytes went to and from the other ranks. */
static uint64_t map(cluster *world, double *x, double *results)
{
    uint64_t bytes = 0;
    rp_error error;
    for (int i = 0; i < N; i++) x[i] = i, results[i] = -1;
    if (rp_map(world->pool, half_task, results, N, RP_COLUMN(x), NULL, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    for (int i = 0; i < N; i++) assert_true(results[i] == i / 2.0);
    for (int rank = 1; rank < RANKS; rank++) {
        rp_rank_report *report;
        assert_int_equal(rp_pool_report(world->pool, rank, &report, NULL), RP_OK);
        bytes += report->bytes_sent + report->bytes_received;
        rp_rank_report_free(report);
    }
    return bytes;
}

static void check_info(const cluster *world, int shares)
{
    for (int rank = 0; rank < RANKS; rank++) {
        rp_rank_info info;
        assert_int_equal(rp_pool_get_rank_info(world->pool, rank, &info), RP_OK);
        assert_int_equal(info.shares_memory, rank == 0 || shares);
    }
}

static void what_is_in_shared_memory_is_named(void **state)
{
    (void)state;
    cluster *world = open_pool(NULL);
    double *x = rp_alloc(world->pool, N * sizeof *x, NULL), *results = rp_alloc(world->pool, N * sizeof *x, NULL);
    check_info(world, 1);
    assert_in_range(map(world, x, results), 1, N);
    rp_free(x);
    rp_free(results);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void other_memory_is_sent(void **state)
{
    (void)state;
    cluster *world = open_pool(NULL);
    static double x[N], results[N];
    assert_in_range(map(world, x, results), N * sizeof *x, SIZE_MAX);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void a_wish_not_to_share_is_heeded(void **state)
{
    (void)state;
    cluster *world = open_pool("0");
    double *x = rp_alloc(world->pool, N * sizeof *x, NULL), *results = rp_alloc(world->pool, N * sizeof *x, NULL);
    check_info(world, 0);
    assert_in_range(map(world, x, results), N * sizeof *x, SIZE_MAX);
    rp_free(x);
    rp_free(results);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void each_rank_is_told_once_that_memory_is_gone(void **state)
{
    (void)state;
    cluster *world = open_pool(NULL);
    static double plain[N];
    double *x = rp_alloc(world->pool, N * sizeof *x, NULL), *unused = rp_alloc(world->pool, 100, NULL);
    for (int k = 0; k < 3; k++) (void)map(world, x, plain);
    assert_int_equal(fake_network_sent(world->network, RPI_DETACH), 0);
    rp_free(unused);
    rp_free(x);
    double deadline = unit_now() + UNIT_WAIT_S;
    while (fake_network_sent(world->network, RPI_DETACH) < RANKS - 1 && unit_now() < deadline) unit_sleep(0.001);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void after_the_end_nothing_more_is_told(void **state)
{
    (void)state;
    cluster *world = open_pool(NULL);
    double *x = rp_alloc(world->pool, N * sizeof *x, NULL);
    double *results = rp_alloc(world->pool, N * sizeof *x, NULL);
    (void)map(world, x, results);
    assert_int_equal(cluster_stop(world), RP_OK);
    x[N - 1] = 5; /* it outlives its pool */
    rp_free(results);
    rp_free(x);
}

UNIT_MAIN(cmocka_unit_test(what_is_in_shared_memory_is_named), cmocka_unit_test(other_memory_is_sent),
          cmocka_unit_test(a_wish_not_to_share_is_heeded), cmocka_unit_test(each_rank_is_told_once_that_memory_is_gone),
          cmocka_unit_test(after_the_end_nothing_more_is_told))
