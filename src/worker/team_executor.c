/* team_executor.c: see team_executor.h. */
#include "worker/team_executor.h"

#include "base/affinity.h"
#include "record/report.h"
#include "worker/openmp.h"
#include "worker/serial.h"
#include "worker/team_lent.h"
#include "worker/team_queue.h"
#include "worker/threads_pthread.h"

#include <stdlib.h>
#include <string.h>

typedef struct team_executor {
    rpi_executor base;
    rpi_team *team;
    char host[RP_ERROR_HOST_SIZE];
} team_executor;

static team_executor *self_of(rpi_executor *executor) { return (team_executor *)executor; }

static rp_status open_team(const rpi_executor_ops *ops, const rpi_threads_ops *threads, const rpi_executor_config *config,
                           rpi_executor **executor, rp_error *error)
{
    team_executor *self = calloc(1, sizeof *self);
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

static void submit(rpi_executor *executor, rpi_batch *batch) { rpi_team_submit(self_of(executor)->team, batch); }
static void run(rpi_executor *executor, rpi_batch *batch) { rpi_team_run(self_of(executor)->team, batch); }
static bool run_first(rpi_executor *executor, rpi_batch *batch, uint64_t most_ns)
{
    return rpi_team_run_first(self_of(executor)->team, batch, most_ns);
}

static void stop(rpi_executor *executor, rpi_work *work) { rpi_team_interrupt(self_of(executor)->team, work); }
static void drain(rpi_executor *executor, rpi_work *work) { rpi_team_drain(self_of(executor)->team, work); }
static uint64_t n_done(rpi_executor *executor, const rpi_work *work) { return rpi_team_n_done(self_of(executor)->team, work); }

static rp_status close_team(rpi_executor *executor, rp_error *error)
{
    (void)error;
    rpi_team_destroy(self_of(executor)->team);
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
    rpi_affinity_rank_info(((const team_executor *)executor)->host, (int)executor->n_workers, info);
}

static rp_status report_rank(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    (void)rank;
    return rpi_report_local(rpi_team_recorders(self_of(executor)->team), executor->n_workers, origin_ns, report, error);
}

/* The executors differ in what makes the threads. */
#define TEAM_EXECUTOR(its_name, its_open, its_is_built)                                                                                    \
    {                                                                                                                                      \
        .name = (its_name), .is_built = (its_is_built), .open = (its_open), .submit = submit, .run = run, .run_first = run_first,          \
        .stop = stop, .drain = drain, .n_done = n_done, .close = close_team, .n_ranks = n_ranks, .rank_info = rank_info,                   \
        .report = report_rank                                                                                                              \
    }

static rp_status open_pthread(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    return open_team(&rpi_executor_pthread, &rpi_threads_pthread, config, executor, error);
}

const rpi_executor_ops rpi_executor_pthread = TEAM_EXECUTOR("pthread", open_pthread, NULL);

static bool has_openmp(void) { return rpi_threads_openmp.start != NULL; }

static rp_status open_openmp(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    return open_team(&rpi_executor_openmp, &rpi_threads_openmp, config, executor, error);
}

const rpi_executor_ops rpi_executor_openmp = TEAM_EXECUTOR("openmp", open_openmp, has_openmp);

const rpi_threads_ops *rpi_threads_default(void) { return has_openmp() ? &rpi_threads_openmp : &rpi_threads_pthread; }
