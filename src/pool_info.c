/* pool_info.c: what a pool turned out to be. */
#include "pool_internal.h"

#include <rankpool/main.h>

/* So that each worker of a window of chunks has one that runs, one that waits, and as many again that are being read. */
enum { WINDOW_CHUNKS = 4 };

void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info)
{
    bool joined = !pool->executor;
    *info = (rp_pool_info){.executor = pool->kind, .threads = (int)pool->n_threads, .threads_from = pool->threads_from};
    info->ranks = joined ? 0 : pool->executor->ops->n_ranks(pool->executor);
    info->workers = joined ? 0 : (int)pool->executor->n_workers;
    info->window = pool->options.window ? pool->options.window : (uint64_t)info->workers * WINDOW_CHUNKS;
}

rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info)
{
    if (!pool->executor || rank < 0 || rank >= pool->executor->ops->n_ranks(pool->executor)) return RP_USAGE;
    pool->executor->ops->rank_info(pool->executor, rank, info);
    return RP_OK;
}

const char *rp_pool_warning(const rp_pool *pool, int k) { return pool && k >= 0 && k < RPI_MOST_WARNINGS ? pool->warnings[k] : NULL; }
