/* cluster_executor.c: the MPI executor: a pool of a coordinator. The coordinator is rp_main's, the executor's own without other ranks, or
 * one on a communicator. */
#include "cluster/cluster_executor.h"

#include "cluster/coordinator_pool.h"
#include "cluster/transport.h"
#include "cluster/world.h"

#include <stdlib.h>

typedef struct mpi_executor {
    rpi_executor base;
    rpi_coordinator *coordinator, *own_coordinator; /* own: ends with the executor; NULL: none */
    rpi_coordinator_pool *pool;
} mpi_executor;

static mpi_executor *self_of(rpi_executor *executor) { return (mpi_executor *)executor; }

static rp_status open_pool(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    mpi_executor *self = calloc(1, sizeof *self);
    if (!self) {
        if (config->coordinator) (void)rpi_coordinator_destroy(config->coordinator, NULL);
        return rpi_error_no_memory(error);
    }
    rp_status status = RP_OK;
    self->base.ops = &rpi_executor_mpi;
    self->own_coordinator = config->coordinator;
    self->coordinator = config->coordinator ? config->coordinator : rpi_world_coordinator();
    if (!self->coordinator) {
        status = rpi_coordinator_create(NULL, &self->own_coordinator, error);
        self->coordinator = self->own_coordinator;
    }
    if (status == RP_OK) status = rpi_coordinator_pool_open(self->coordinator, config, &self->pool, error);
    if (status == RP_OK) {
        self->base.n_workers = rpi_coordinator_pool_n_workers(self->pool);
        *executor = &self->base;
        return RP_OK;
    }
    if (self->own_coordinator) (void)rpi_coordinator_destroy(self->own_coordinator, NULL);
    free(self);
    return status;
}

static rp_status close_pool(rpi_executor *executor, rp_error *error)
{
    mpi_executor *self = self_of(executor);
    rp_status status = rpi_coordinator_pool_close(self->pool, error);
    if (self->own_coordinator) {
        rp_status ended = rpi_coordinator_destroy(self->own_coordinator, status == RP_OK ? error : NULL);
        if (status == RP_OK) status = ended == RP_END ? RP_LOST : ended; /* the program's other uses of MPI have to know it */
    }
    free(self);
    return status;
}

static void submit(rpi_executor *executor, rpi_batch *batch) { rpi_coordinator_pool_submit(self_of(executor)->pool, batch); }
static void put(rpi_executor *executor, rpi_batch *batch) { rpi_coordinator_pool_put(self_of(executor)->pool, batch); }
static void carry_out(rpi_executor *executor) { rpi_coordinator_pool_carry_out(self_of(executor)->pool); }
static void run(rpi_executor *executor, rpi_batch *batch) { rpi_coordinator_pool_run(self_of(executor)->pool, batch); }
static bool run_first(rpi_executor *executor, rpi_batch *batch, uint64_t most_ns)
{
    return rpi_coordinator_pool_run_first(self_of(executor)->pool, batch, most_ns);
}

static void stop(rpi_executor *executor, rpi_work *work) { rpi_coordinator_pool_stop(self_of(executor)->pool, work); }
static void drain(rpi_executor *executor, rpi_work *work) { rpi_coordinator_pool_drain(self_of(executor)->pool, work); }
static void forget(rpi_executor *executor, rpi_work *work) { rpi_coordinator_pool_forget(self_of(executor)->pool, work); }
static uint64_t n_done(rpi_executor *executor, const rpi_work *work) { return rpi_coordinator_pool_n_done(self_of(executor)->pool, work); }
static rp_status check(rpi_executor *executor, rp_error *error) { return rpi_coordinator_pool_check(self_of(executor)->pool, error); }
static int n_ranks(const rpi_executor *executor) { return rpi_coordinator_pool_n_ranks(((const mpi_executor *)executor)->pool); }

static void rank_info(const rpi_executor *executor, int rank, rp_rank_info *info)
{
    rpi_coordinator_pool_rank_info(((const mpi_executor *)executor)->pool, rank, info);
}

static rp_status report_rank(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    return rpi_coordinator_pool_report(self_of(executor)->pool, rank, origin_ns, report, error);
}

static rp_status share(rpi_executor *executor, const char *base, rp_error *error)
{
    return rpi_coordinator_pool_share(self_of(executor)->pool, base, error);
}

static bool is_built(void) { return rpi_transport_mpi.kind != RPI_MPI_NONE; }

const rpi_executor_ops rpi_executor_mpi = {
    .name = "mpi",
    .is_built = is_built,
    .open = open_pool,
    .submit = submit,
    .put = put,
    .carry_out = carry_out,
    .run = run,
    .run_first = run_first,
    .stop = stop,
    .drain = drain,
    .forget = forget,
    .n_done = n_done,
    .close = close_pool,
    .check = check,
    .n_ranks = n_ranks,
    .rank_info = rank_info,
    .report = report_rank,
    .share = share,
};
