/* test_reports.c: what ranks recorded, asked for by the client of a cluster of threads over a fake link. */
#include "cluster.h"

#include "record/report.h"
#include "worker/executor.h"

#include <math.h>

#define assert_near(a, b, most) assert_true(fabs((double)(a) - (double)(b)) <= (most))

enum { N = 300 };

static int64_t twice(int64_t x) { return 2 * x; }
RP_TASK(twice, int64_t, int64_t)

static int64_t fails_sometimes(int64_t x) { return x % 10 == 3 && rp_attempt() == 1 ? rp_fail(1, "not yet") : x; }
RP_TASK(fails_sometimes, int64_t, int64_t)

static rp_pool *open_pool(cluster *world, const rp_pool_options *options)
{
    assert_int_equal(cluster_open(world, options, NULL), RP_OK);
    return world->pool;
}

static void run(rp_pool *pool, const rp_task *task)
{
    int64_t results[N];
    rp_error error;
    rp_status status = rp_map(pool, task, results, N, RP_RANGE(0, 1), NULL, &error);
    if (status != RP_OK) print_error("%s\n", rp_error_text(&error));
    assert_int_equal(status, RP_OK);
}

static void mark(unsigned *seen, const rp_grain *grains, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t k = 0; k < grains[i].count; k++) seen[grains[i].first + k]++;
}

static void every_item_is_in_one_grain_and_one_chunk(void **state)
{
    (void)state;
    enum { RANKS = 3 };
    cluster *world = cluster_start(RANKS, &(fake_weather){.most_delay_us = 300, .seed = 11});
    rp_pool *pool = open_pool(world, &(rp_pool_options){.threads = 2, .record = RP_RECORD_GRAINS, .executor = RP_EXECUTOR_HYBRID});
    unsigned in_grains[N] = {0}, in_chunks[N] = {0};
    rp_rank_report *reports[RANKS];
    run(pool, twice_task);
    for (int rank = 0; rank < RANKS; rank++) {
        assert_int_equal(rp_pool_report(pool, rank, &reports[rank], NULL), RP_OK);
        assert_int_equal(reports[rank]->rank, rank);
        assert_int_equal(reports[rank]->n_workers, 2);
        assert_near(reports[rank]->clock_error_s, 0, 0);
        for (int w = 0; w < 2; w++) mark(in_grains, reports[rank]->workers[w].grains, reports[rank]->workers[w].n_recorded);
        mark(in_chunks, reports[rank]->chunks, reports[rank]->n_chunks_recorded);
        assert_int_equal(reports[rank]->n_chunks, reports[rank]->n_chunks_recorded);
        assert_true(rank > 0 ? reports[rank]->bytes_sent > 0 || reports[rank]->n_chunks == 0 : reports[rank]->bytes_sent == 0);
        /* A chunk that came back whole is answered, but has run nowhere. No message is answered twice. */
        assert_in_range(reports[rank]->messages_received, rank > 0 ? reports[rank]->n_chunks : 0, reports[rank]->messages_sent);
    }
    for (int i = 0; i < N; i++) assert_true(in_grains[i] == 1 && in_chunks[i] == 1);
    rp_summary summary;
    rp_reports_summarise((const rp_rank_report *const *)reports, RANKS, &summary);
    assert_int_equal(summary.items, N);
    assert_true(summary.begin_s > 0 && summary.busy_s <= summary.makespan_s * 2 * RANKS * (1 + 1e-9));
    assert_int_equal(cluster_stop(world), RP_OK); /* reports outlive their pool */
    for (int rank = 0; rank < RANKS; rank++) rp_rank_report_free(reports[rank]);
}

static void retries_and_failures_are_counted(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, NULL);
    rp_pool_options options = {.threads = 1, .record = RP_RECORD_TOTALS, .retries = 1, .retry_pause_s = 1e-3};
    rp_pool *pool = open_pool(world, &options);
    rp_rank_report *reports[2];
    run(pool, fails_sometimes_task);
    for (int rank = 0; rank < 2; rank++) assert_int_equal(rp_pool_report(pool, rank, &reports[rank], NULL), RP_OK);
    rp_summary summary;
    rp_reports_summarise((const rp_rank_report *const *)reports, 2, &summary);
    assert_int_equal(summary.items, N + N / 10);
    assert_int_equal(summary.repeated, N / 10);
    assert_int_equal(summary.failed, N / 10);
    assert_int_equal(summary.n_recorded, 0); /* sums alone */
    for (int rank = 0; rank < 2; rank++) rp_rank_report_free(reports[rank]);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void reports_are_refused_where_there_are_none(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, NULL);
    rp_rank_report *report = NULL;
    rp_error error;
    rp_pool *pool = open_pool(world, &(rp_pool_options){.threads = 1});
    assert_refused(rp_pool_report(pool, 0, &report, &error), error, "records nothing");
    assert_int_equal(cluster_stop(world), RP_OK);
    world = cluster_start(2, NULL);
    pool = open_pool(world, &(rp_pool_options){.threads = 1, .record = RP_RECORD_TOTALS});
    assert_refused(rp_pool_report(pool, 2, &report, &error), error, "none of 0 to 1");
    assert_refused(rp_pool_report(pool, -1, &report, &error), error, "none of 0 to 1");
    assert_refused(rp_pool_report(pool, 0, NULL, &error), error, "is NULL");
    rp_pool_close(pool);
    assert_int_equal(rp_pool_report(pool, 1, &report, &error), RP_OK); /* closed, not joined */
    rp_rank_report_free(report);
    assert_int_equal(rp_pool_join(pool, NULL), RP_OK);
    assert_int_equal(rp_pool_report(pool, 1, &report, &error), RP_CLOSED);
    assert_int_equal(cluster_stop(world), RP_OK);
}

/* To ranks on another host the question is put again, for their clock. */
static void clocks_of_other_hosts_are_asked_for(void **state)
{
    (void)state;
    cluster *world = cluster_start(2, &(fake_weather){.most_delay_us = 500, .seed = 4});
    rpi_executor_config config = cluster_config(1);
    rpi_coordinator_pool *pool;
    rp_rank_report *report;
    config.worker.options.record = RP_RECORD_TOTALS;
    assert_int_equal(rpi_coordinator_pool_open(world->coordinator, &config, &pool, NULL),
                     RP_OK); /* on host "here", which the others aren't */
    assert_int_equal(rpi_coordinator_pool_report(pool, 1, 0, &report, NULL), RP_OK);
    assert_true(fake_network_sent(world->network, RPI_REPORT) > 4);
    assert_true(report->clock_error_s > 0 && report->clock_error_s < 1);
    rp_rank_report_free(report);
    assert_int_equal(rpi_coordinator_pool_close(pool, NULL), RP_OK);
    assert_int_equal(cluster_stop(world), RP_OK);
}

static void a_lost_rank_gives_no_report_and_the_others_do(void **state)
{
    (void)state;
    cluster *world = cluster_start_watched(3, NULL, 0.5, 5);
    rp_pool *pool = open_pool(world, &(rp_pool_options){.threads = 1, .record = RP_RECORD_TOTALS});
    rp_rank_report *report = NULL;
    rp_error error;
    fake_network_kill(world->network, 1);
    assert_int_equal(rp_pool_report(pool, 1, &report, &error), RP_LOST); /* asked before it is known, or after */
    assert_null(report);
    assert_int_equal(rp_pool_report(pool, 1, &report, &error), RP_LOST);
    assert_int_equal(error.rank, 1);
    assert_int_equal(rp_pool_report(pool, 2, &report, &error), RP_OK);
    rp_rank_report_free(report);
    assert_int_equal(cluster_stop(world), RP_LOST);
}

static void a_link_that_fails_is_no_hang(void **state)
{
    (void)state;
    for (int receives = 0; receives < 2; receives++) {
        bool failed = true;
        for (unsigned n = 1; failed; n++) {
            fake_weather weather = {.failing_send = receives ? 0 : n, .failing_receive = receives ? n : 0, .for_good = true};
            cluster *world = cluster_start(2, &weather);
            rp_rank_report *report = NULL;
            rp_error error;
            if (cluster_open(world, &(rp_pool_options){.threads = 1, .record = RP_RECORD_TOTALS}, &error) == RP_OK) {
                rp_status status = rp_pool_report(world->pool, 1, &report, &error);
                assert_true(status == RP_OK || (status == RP_LOST && error.status == RP_LOST && !report));
                rp_rank_report_free(report);
            } else {
                world->pool = NULL;
            }
            failed = fake_network_failed(world->network);
            (void)cluster_stop(world);
            assert_true(n < 30);
        }
    }
}

/* Static shares don't come back, so there is one answer for each. */
static void each_chunk_is_answered_once(void **state)
{
    (void)state;
    enum { RANKS = 3 };
    cluster *world = cluster_start(RANKS, &(fake_weather){.most_delay_us = 300, .seed = 12});
    rp_pool *pool = open_pool(
        world,
        &(rp_pool_options){.threads = 2, .record = RP_RECORD_GRAINS, .executor = RP_EXECUTOR_HYBRID, .schedule = RP_SCHEDULE_STATIC});
    run(pool, twice_task);
    for (int rank = 0; rank < RANKS; rank++) {
        rp_rank_report *report;
        assert_int_equal(rp_pool_report(pool, rank, &report, NULL), RP_OK);
        assert_true(report->n_chunks > 0);
        assert_true((report->bytes_sent > 0) == (rank > 0));
        assert_int_equal(report->messages_received, rank > 0 ? report->n_chunks : 0);
        rp_rank_report_free(report);
    }
    assert_int_equal(cluster_stop(world), RP_OK);
}

UNIT_MAIN(UNIT(every_item_is_in_one_grain_and_one_chunk), UNIT(each_chunk_is_answered_once), UNIT(retries_and_failures_are_counted),
          UNIT(reports_are_refused_where_there_are_none), UNIT(clocks_of_other_hosts_are_asked_for),
          UNIT(a_lost_rank_gives_no_report_and_the_others_do), UNIT(a_link_that_fails_is_no_hang))
