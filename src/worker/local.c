/* local.c: the pthread and OpenMP executors: a team in this process, with one threads or the other. */
#include "base/affinity.h"
#include "record/report.h"
#include "worker/executor.h"
#include "worker/team.h"

#include <stdlib.h>
#include <string.h>

typedef struct local {
    rpi_executor base;
    rpi_team *team;
    char host[RP_ERROR_HOST_SIZE];
} local;

static local *local_of(rpi_executor *executor) { return (local *)executor; }

static rp_status open_local(const rpi_executor_ops *ops, const rpi_threads_ops *threads, const rpi_executor_config *config,
                            rpi_executor **executor, rp_error *error)
{
    local *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->base.ops = ops;
    self->base.n_workers = config->n_threads;
    strncpy(self->host, config->host, sizeof self->host - 1);
    rpi_team_config team = {.n_workers = config->n_threads, .host = config->host, .worker = config->worker};
    rp_status status = rpi_team_create(&team, threads, &self->team, error);
    if (status == RP_OK) *executor = &self->base;
    else free(self);
    return status;
}

static void submit(rpi_executor *executor, rpi_batch *batch) { rpi_team_submit(local_of(executor)->team, batch); }
static void stop(rpi_executor *executor, rpi_work *work) { rpi_team_interrupt(local_of(executor)->team, work); }
static void drain(rpi_executor *executor, rpi_work *work) { rpi_team_drain(local_of(executor)->team, work); }
static uint64_t n_done(rpi_executor *executor, const rpi_work *work) { return rpi_team_n_done(local_of(executor)->team, work); }

static rp_status close_local(rpi_executor *executor, rp_error *error)
{
    (void)error;
    rpi_team_destroy(local_of(executor)->team);
    free(executor);
    return RP_OK;
}

static int n_ranks(const rpi_executor *executor)
{
    (void)executor;
    return 1;
}

static void rank_info(const rpi_executor *executor, int rank, rp_rank_info *info)
{
    (void)rank;
    rpi_affinity_rank_info(((const local *)executor)->host, (int)executor->n_workers, info);
}

static rp_status report_rank(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    (void)rank;
    return rpi_report_local(rpi_team_workers(local_of(executor)->team), executor->n_workers, origin_ns, report, error);
}

/* They differ in who makes the threads. */
#define LOCAL_OPS(its_name, its_open)                                                                                                      \
    {                                                                                                                                      \
        .name = (its_name), .open = (its_open), .submit = submit, .stop = stop, .drain = drain, .n_done = n_done, .close = close_local,    \
        .n_ranks = n_ranks, .rank_info = rank_info, .report = report_rank                                                                  \
    }

static rp_status open_pthread(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    return open_local(&rpi_executor_pthread, &rpi_threads_pthread, config, executor, error);
}

const rpi_executor_ops rpi_executor_pthread = LOCAL_OPS("pthread", open_pthread);

#ifdef RPI_WITH_OPENMP
static rp_status open_openmp(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    return open_local(&rpi_executor_openmp, &rpi_threads_openmp, config, executor, error);
}

const rpi_executor_ops rpi_executor_openmp = LOCAL_OPS("openmp", open_openmp);
#endif

const rpi_threads_ops *rpi_threads_default(void)
{
#ifdef RPI_WITH_OPENMP
    return &rpi_threads_openmp;
#else
    return &rpi_threads_pthread;
#endif
}
