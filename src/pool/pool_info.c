/* pool_info.c: see pool_info.h. */
#include "pool/pool_info.h"

#include "base/sized.h"
#include "base/thread.h"
#include "cluster/transport.h"
#include "cluster/world.h"
#include "pool/warnings.h"
#include "record/report.h"

#include <rankpool/main.h>
#include <rankpool/report.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void warn(rp_pool *pool, const char *format, ...)
{
    int n = 0;
    while (n < RPI_MOST_WARNINGS && pool->warnings[n]) n++;
    if (n == RPI_MOST_WARNINGS) return;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&pool->warnings[n], format, arguments) < 0) pool->warnings[n] = NULL;
    va_end(arguments);
}

void rpi_pool_warn_of_launch(rp_pool *pool)
{
    rpi_launch launch;
    if (rpi_world_ranks() > 1 || rpi_world_coordinator() || rpi_transport_mpi.is_used()) return;
    rpi_launcher_here(rpi_transport_mpi.kind, &launch);
    if (launch.way == RPI_LAUNCH_ALONE || launch.n_ranks < 2) return;
    warn(pool,
         "%s started several processes, and each has a pool of its own; use rp_main to make them ranks of one pool, or set RANKPOOL_MPI=0 "
         "if "
         "this is meant",
         launch.by ? launch.by->name : "a launcher");
}

static void warn_of_environment(rp_pool *pool)
{
    char text[256];
    for (size_t k = 0; rpi_thread_count_doubt(k, text, sizeof text); k++) warn(pool, "%s", text);
    if (rpi_thread_stack_doubt(text, sizeof text)) warn(pool, "%s", text);
}

/* mpirun binds a rank to one core, or to some. Where the number of workers followed from that, the others lie idle. Any other binding is
 * somebody's wish. */
static void warn_of_idle_cores(rp_pool *pool)
{
    char *text =
        pool->thread_count.from_cores && rpi_warnings_mpirun_binds() ? rpi_warnings_of_idle_cores(pool->ranks, pool->n_ranks) : NULL;
    if (text) warn(pool, "%s", text);
    free(text);
}

rp_status rpi_pool_take_info(rp_pool *pool, rp_error *error)
{
    const rpi_executor_ops *ops = pool->for_calls.executor->ops;
    pool->n_ranks = ops->n_ranks(pool->for_calls.executor);
    pool->for_calls.spans_processes = pool->n_ranks > 1 || pool->options.isolation != RP_ISOLATION_NONE;
    pool->n_workers = pool->for_calls.executor->n_workers;
    rpi_waiting_set_workers(&pool->waiting, pool->n_workers * pool->options.overlap);
    pool->ranks = calloc((size_t)pool->n_ranks, sizeof *pool->ranks);
    if (!pool->ranks) return rpi_error_no_memory(error);
    for (int rank = 0; rank < pool->n_ranks; rank++) ops->rank_info(pool->for_calls.executor, rank, &pool->ranks[rank]);
    bool waits = pool->options.overlap > 1; /* then workers may well be more than the cores */
    if (!waits) rpi_warnings_make(pool->ranks, pool->n_ranks, pool->warnings, RPI_MOST_WARNINGS);
    warn_of_environment(pool);
    warn_of_idle_cores(pool);
    return RP_OK;
}

static rp_pool_info make_info(const rp_pool *pool)
{
    rp_pool_info info = {.executor = pool->kind,
                         .ranks = pool->n_ranks,
                         .threads = (int)pool->thread_count.n,
                         .workers = (int)pool->n_workers,
                         .threads_from = pool->thread_count.from};
    info.window = pool->options.window ? pool->options.window : (uint64_t)info.workers * RPI_WINDOW_CHUNKS;
    return info;
}

void rp_pool_get_info_sized(const rp_pool *pool, rp_pool_info *info, size_t info_size)
{
    rp_pool_info own = pool ? make_info(pool) : (rp_pool_info){0};
    if (info) rpi_sized_write(&own, sizeof own, info, info_size);
}

void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info)
{
    rp_pool_get_info_sized(pool, info, RPI_SIZE_UP_TO(rp_pool_info, threads_from));
}

rp_status rp_pool_get_rank_info_sized(const rp_pool *pool, int rank, rp_rank_info *info, size_t info_size)
{
    if (!pool || !info || rank < 0 || rank >= pool->n_ranks) return RP_USAGE;
    rpi_sized_write(&pool->ranks[rank], sizeof *pool->ranks, info, info_size);
    return RP_OK;
}

rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info)
{
    return rp_pool_get_rank_info_sized(pool, rank, info, RPI_SIZE_UP_TO(rp_rank_info, shares_memory));
}

static rp_status get_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error)
{
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    if (!report) return rp_error_set(error, RP_USAGE, 0, "the report's place is NULL");
    if (pool->options.record == RP_RECORD_NONE)
        return rp_error_set(error, RP_USAGE, 0, "the pool records nothing, as its option record is none");
    if (rank < 0 || rank >= pool->n_ranks) return rp_error_set(error, RP_USAGE, 0, "rank %d is none of 0 to %d", rank, pool->n_ranks - 1);
    rpi_executor *executor = rpi_pool_begin_asking(pool);
    if (!executor) return rp_error_set(error, RP_CLOSED, 0, "the pool was joined, and its records went with its workers");
    rp_status status = executor->ops->report(executor, rank, pool->opened_ns, report, error);
    if (status == RP_OK) (*report)->rank = rank;
    rpi_pool_end_asking(pool);
    return status;
}

rp_status rp_pool_report_sized(rp_pool *pool, int rank, rp_rank_report **report, size_t worker_size, rp_error *error)
{
    rp_rank_report *made;
    rp_status status = get_report(pool, rank, report ? &made : NULL, error);
    if (status != RP_OK) return status;
    *report = rpi_report_with_workers_of(made, worker_size);
    return *report ? RP_OK : rpi_error_no_memory(error);
}

rp_status rp_pool_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error)
{
    return rp_pool_report_sized(pool, rank, report, RPI_FIRST_WORKER_REPORT, error);
}

/* One thread at a time; those that read warnings may do so meanwhile. What doesn't fit is told all the same. */
void rpi_pool_take_loss(void *argument, const char *line)
{
    rp_pool *pool = argument;
    unsigned n = atomic_load(&pool->n_losses);
    if (n < RPI_MOST_LOSS_LINES) pool->losses[n] = strdup(line);
    if (n < RPI_MOST_LOSS_LINES && pool->losses[n]) atomic_store(&pool->n_losses, n + 1);
    atomic_fetch_add(&pool->n_lost, 1);
    if (pool->options.lost) pool->options.lost(pool->options.lost_argument, line);
}

const char *rp_pool_warning(const rp_pool *pool, int k)
{
    int n = 0;
    if (!pool || k < 0) return NULL;
    while (n < RPI_MOST_WARNINGS && pool->warnings[n]) n++;
    if (k < n) return pool->warnings[k];
    return (unsigned)(k - n) < atomic_load(&pool->n_losses) ? pool->losses[k - n] : NULL;
}

uint64_t rp_pool_failures(const rp_pool *pool) { return pool ? atomic_load(&pool->for_calls.failures) : 0; }
uint64_t rp_pool_callback_failures(const rp_pool *pool) { return pool ? atomic_load(&pool->for_calls.callback_failures) : 0; }
