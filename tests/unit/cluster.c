/* cluster.c: see cluster.h. */
#include "cluster.h"

#include "cluster/failure_detector.h"
#include "cluster/member.h"
#include "pool/open.h"

atomic_int cluster_n_told;

static void tell(const rp_error *loss)
{
    assert_int_equal(loss->rank, 0);
    atomic_fetch_add(&cluster_n_told, 1);
}

static void *serve(void *argument)
{
    cluster_rank *rank = argument;
    rank->status = rpi_member_serve(rank->link, tell, &rank->error);
    return NULL;
}

static rpi_link *make_link(const cluster *self, int rank, const rpi_failure_detector_options *detector)
{
    rpi_link *link = fake_network_link(self->network, rank);
    fake_link_keep(link);
    if (detector) assert_int_equal(rpi_failure_detector_create(link, detector, &link, NULL), RP_OK);
    return link;
}

static cluster *start(int n_ranks, const fake_weather *weather, rpi_failure_detector_options *detector)
{
    cluster *self = calloc(1, sizeof *self);
    if (!self) abort();
    atomic_store(&cluster_n_told, 0);
    self->n_ranks = n_ranks;
    self->network = fake_network_create(n_ranks, weather);
    if (detector) detector->argument = self->network;
    for (int k = 1; k < n_ranks; k++) {
        self->ranks[k].link = make_link(self, k, detector);
        assert_int_equal(pthread_create(&self->ranks[k].thread, NULL, serve, &self->ranks[k]), 0);
    }
    assert_int_equal(rpi_coordinator_create(make_link(self, 0, detector), &self->coordinator, NULL), RP_OK);
    assert_int_equal(rpi_coordinator_n_ranks(self->coordinator), n_ranks);
    return self;
}

cluster *cluster_start(int n_ranks, const fake_weather *weather) { return start(n_ranks, weather, NULL); }

cluster *cluster_start_watched(int n_ranks, const fake_weather *weather, double gap_s, double silence_s)
{
    return start(
        n_ranks, weather,
        &(rpi_failure_detector_options){.heartbeat_s = 0.005, .gap_s = gap_s, .silence_s = silence_s, .is_gone = fake_network_is_gone});
}

rp_status cluster_open(cluster *self, const rp_pool_options *options, rp_error *error)
{
    rpi_coordinator *coordinator = self->coordinator;
    self->coordinator = NULL;
    return rpi_pool_open_on(coordinator, options, &self->pool, error);
}

rpi_executor_config cluster_config(unsigned n_threads)
{
    return (rpi_executor_config){.n_threads = n_threads, .threads_given = true, .host = "here"};
}

rp_status cluster_stop(cluster *self)
{
    rp_status status = RP_OK;
    if (self->pool) {
        rp_pool_terminate(self->pool);
        status = rp_pool_join(self->pool, NULL);
        rp_pool_free(self->pool);
    }
    if (self->coordinator) status = rpi_coordinator_destroy(self->coordinator, NULL);
    if (status != RP_OK) fake_network_break(self->network); /* as when the coordinator's process ends */
    for (int k = 1; k < self->n_ranks; k++)
        if (!self->ranks[k].joined) pthread_join(self->ranks[k].thread, NULL);
    bool well = status == RP_OK && !fake_network_failed(self->network);
    fake_network_destroy(self->network);
    for (int k = 1; k < self->n_ranks && well; k++) assert_int_equal(self->ranks[k].status, RP_OK);
    free(self);
    return status;
}
