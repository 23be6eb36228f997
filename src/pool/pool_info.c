/* pool_info.c: see pool_info.h. */
#include "pool/pool_info.h"

#include "base/thread.h"

#include <rankpool/main.h>
#include <rankpool/report.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many workers share the cores of `rank`, in all ranks. 0: an earlier rank has the same cores, and was counted with them. */
static int workers_on_cores_of(const rp_pool *pool, int rank)
{
    const rp_rank_info *info = &pool->ranks[rank];
    int workers = 0;
    for (int other = 0; other < pool->n_ranks; other++) {
        const rp_rank_info *its = &pool->ranks[other];
        if (strcmp(its->host, info->host) != 0 || strcmp(its->affinity, info->affinity) != 0) continue;
        if (other < rank) return 0;
        workers += its->threads;
    }
    return workers;
}

/* How many cores the ranks of the host of `rank` may use together. Ranks that have the same cores count once. 0: an earlier rank is on it.
 */
static int cores_used_on_host_of(const rp_pool *pool, int rank)
{
    int cores = 0;
    for (int other = 0; other < pool->n_ranks; other++) {
        const rp_rank_info *its = &pool->ranks[other];
        if (strcmp(its->host, pool->ranks[rank].host) != 0) continue;
        if (other < rank) return 0;
        if (workers_on_cores_of(pool, other) > 0) cores += its->cores;
    }
    return cores;
}

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

static bool mpirun_binds(void) { return getenv("OMPI_COMM_WORLD_LOCAL_SIZE") != NULL; }

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static void warn_of_crowded_cores(rp_pool *pool, int rank)
{
    const rp_rank_info *info = &pool->ranks[rank];
    int workers = workers_on_cores_of(pool, rank);
    if (workers <= info->cores) return;
    bool bound = (pool->n_ranks > 1 || mpirun_binds()) && info->cores < info->host_cores;
    const char *remedy = bound ? "give them more with mpirun --map-by slot:PE=N or --bind-to none, or srun --cpus-per-task=N"
                               : "fewer --threads, or fewer ranks, would fit";
    warn(pool, "%d workers share %d core%s (%s) of host %s; %s", workers, info->cores, plural(info->cores), info->affinity, info->host,
         remedy);
}

/* mpirun binds a rank to one core, or to some. Where the number of workers followed from that, the others lie idle. Any other binding is
 * somebody's wish. */
static void warn_of_idle_cores(rp_pool *pool, int rank)
{
    const rp_rank_info *info = &pool->ranks[rank];
    int cores = cores_used_on_host_of(pool, rank);
    if (!pool->thread_count.from_cores || !mpirun_binds() || cores == 0 || cores >= info->host_cores) return;
    warn(pool, "%s may use %d of %d cores of host %s, as mpirun binds ranks; all of them: mpirun --bind-to none, or --map-by slot:PE=N",
         pool->n_ranks > 1 ? "the ranks" : "this rank", cores, info->host_cores, info->host);
}

static void warn_of_environment(rp_pool *pool)
{
    char text[256];
    for (size_t k = 0; rpi_thread_count_doubt(k, text, sizeof text); k++) warn(pool, "%s", text);
    if (rpi_thread_stack_doubt(text, sizeof text)) warn(pool, "%s", text);
}

static void add_warnings(rp_pool *pool)
{
    warn_of_environment(pool);
    for (int rank = 0; rank < pool->n_ranks; rank++) warn_of_crowded_cores(pool, rank);
    for (int rank = 0; rank < pool->n_ranks; rank++) warn_of_idle_cores(pool, rank);
}

rp_status rpi_pool_take_info(rp_pool *pool, rp_error *error)
{
    const rpi_executor_ops *ops = pool->for_calls.executor->ops;
    pool->n_ranks = ops->n_ranks(pool->for_calls.executor);
    pool->n_workers = pool->for_calls.executor->n_workers;
    pool->ranks = calloc((size_t)pool->n_ranks, sizeof *pool->ranks);
    if (!pool->ranks) return rpi_error_no_memory(error);
    for (int rank = 0; rank < pool->n_ranks; rank++) ops->rank_info(pool->for_calls.executor, rank, &pool->ranks[rank]);
    add_warnings(pool);
    return RP_OK;
}

void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info)
{
    *info = (rp_pool_info){.executor = pool->kind,
                           .ranks = pool->n_ranks,
                           .threads = (int)pool->thread_count.n,
                           .workers = (int)pool->n_workers,
                           .threads_from = pool->thread_count.from};
    info->window = pool->options.window ? pool->options.window : (uint64_t)info->workers * RPI_WINDOW_CHUNKS;
}

rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info)
{
    if (rank < 0 || rank >= pool->n_ranks) return RP_USAGE;
    *info = pool->ranks[rank];
    return RP_OK;
}

rp_status rp_pool_report(rp_pool *pool, int rank, rp_rank_report **report, rp_error *error)
{
    if (!report) return rp_error_set(error, RP_USAGE, 0, "the report's place is NULL");
    if (pool->options.record == RP_RECORD_NONE)
        return rp_error_set(error, RP_USAGE, 0, "the pool records nothing, as its option record is none");
    if (rank < 0 || rank >= pool->n_ranks) return rp_error_set(error, RP_USAGE, 0, "rank %d is none of 0 to %d", rank, pool->n_ranks - 1);
    pthread_mutex_lock(&pool->mutex);
    rpi_executor *executor = pool->for_calls.executor;
    if (executor) pool->n_reports++;
    pthread_mutex_unlock(&pool->mutex);
    if (!executor) return rp_error_set(error, RP_CLOSED, 0, "the pool was joined, and its records went with its workers");
    rp_status status = executor->ops->report(executor, rank, pool->opened_ns, report, error);
    if (status == RP_OK) (*report)->rank = rank;
    pthread_mutex_lock(&pool->mutex);
    pool->n_reports--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

const char *rp_pool_warning(const rp_pool *pool, int k) { return pool && k >= 0 && k < RPI_MOST_WARNINGS ? pool->warnings[k] : NULL; }
