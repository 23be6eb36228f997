/* memory.c: rp_alloc, rp_share, rp_free. The memory is a region (base/regions.h); where calls go by its name is not decided here. */
#include "base/regions.h"
#include "pool/pool.h"

#include <rankpool/memory.h>

void *rp_alloc(rp_pool *pool, size_t bytes, rp_error *error)
{
    char *memory = NULL;
    if (!pool) rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    else if (rpi_regions_make(bytes, NULL, pool->for_calls.spans_processes, &memory, error) != RP_OK) return NULL;
    return memory;
}

rp_status rpi_pool_share(rpi_call_pool *calls, const char *base, rp_error *error)
{
    rp_pool *pool = (rp_pool *)calls;
    rpi_executor *executor = calls->spans_processes ? rpi_pool_begin_asking(pool) : NULL;
    if (!executor) return RP_OK;
    rp_status status = executor->ops->share ? executor->ops->share(executor, base, error) : RP_OK;
    rpi_pool_end_asking(pool);
    return status;
}

const void *rp_share(rp_pool *pool, const void *data, size_t bytes, rp_error *error)
{
    char *memory = NULL;
    if (!pool) rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    else if (!data && bytes > 0) rp_error_set(error, RP_USAGE, 0, "the data to share is NULL");
    else if (rpi_regions_make(bytes, data ? data : "", pool->for_calls.spans_processes, &memory, error) != RP_OK) return NULL;
    if (!memory || rpi_pool_share(&pool->for_calls, memory, error) == RP_OK) return memory;
    rpi_regions_free(memory);
    return NULL;
}

void rp_free(const void *memory) { rpi_regions_free(memory); }
