/* executor.c: the MPI executor: a pool of a hub, which is rp_main's, one of its own without other ranks, or one on a communicator. */
#include "worker/executor.h"

#include "../../mpi/world.h"

#include <stdlib.h>

typedef struct mpi_executor {
    rpi_executor base;
    rpi_hub *hub, *own_hub; /* own: ends with this executor */
    rpi_hub_pool *pool;
} mpi_executor;

static mpi_executor *self_of(rpi_executor *executor) { return (mpi_executor *)executor; }

static rp_status open_pool(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    mpi_executor *self = calloc(1, sizeof *self);
    if (!self) {
        if (config->hub) (void)rpi_hub_destroy(config->hub, NULL);
        return rpi_error_no_memory(error);
    }
    rp_status status = RP_OK;
    self->base.ops = &rpi_executor_mpi;
    self->own_hub = config->hub;
    self->hub = config->hub ? config->hub : rpi_world_hub();
    if (!self->hub) {
        status = rpi_hub_create(NULL, &self->own_hub, error);
        self->hub = self->own_hub;
    }
    if (status == RP_OK) status = rpi_hub_pool_open(self->hub, config, &self->pool, error);
    if (status == RP_OK) {
        self->base.n_workers = rpi_hub_pool_n_workers(self->pool);
        *executor = &self->base;
        return RP_OK;
    }
    if (self->own_hub) (void)rpi_hub_destroy(self->own_hub, NULL);
    free(self);
    return status;
}

static rp_status close_pool(rpi_executor *executor, rp_error *error)
{
    mpi_executor *self = self_of(executor);
    rp_status status = rpi_hub_pool_close(self->pool, error);
    if (self->own_hub) {
        rp_status ended = rpi_hub_destroy(self->own_hub, status == RP_OK ? error : NULL);
        if (status == RP_OK) status = ended;
    }
    free(self);
    return status;
}

static void submit(rpi_executor *executor, rpi_batch *batch) { rpi_hub_pool_submit(self_of(executor)->pool, batch); }
static void stop(rpi_executor *executor, rpi_work *work) { rpi_hub_pool_stop(self_of(executor)->pool, work); }
static void drain(rpi_executor *executor, rpi_work *work) { rpi_hub_pool_drain(self_of(executor)->pool, work); }
static void forget(rpi_executor *executor, rpi_work *work) { rpi_hub_pool_forget(self_of(executor)->pool, work); }
static uint64_t n_done(rpi_executor *executor, const rpi_work *work) { return rpi_hub_pool_n_done(self_of(executor)->pool, work); }
static rp_status check(rpi_executor *executor, rp_error *error) { return rpi_hub_pool_check(self_of(executor)->pool, error); }
static int n_ranks(const rpi_executor *executor) { return rpi_hub_n_ranks(((const mpi_executor *)executor)->hub); }

static void rank_info(const rpi_executor *executor, int rank, rp_rank_info *info)
{
    rpi_hub_pool_rank_info(((const mpi_executor *)executor)->pool, rank, info);
}

static rp_status report_rank(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    return rpi_hub_pool_report(self_of(executor)->pool, rank, origin_ns, report, error);
}

const rpi_executor_ops rpi_executor_mpi = {
    .name = "mpi",
    .open = open_pool,
    .submit = submit,
    .stop = stop,
    .drain = drain,
    .forget = forget,
    .n_done = n_done,
    .close = close_pool,
    .check = check,
    .n_ranks = n_ranks,
    .rank_info = rank_info,
    .report = report_rank,
};
