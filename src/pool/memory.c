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

const void *rp_share(rp_pool *pool, const void *data, size_t bytes, rp_error *error)
{
    char *memory = NULL;
    if (!pool) rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    else if (!data && bytes > 0) rp_error_set(error, RP_USAGE, 0, "the data to share is NULL");
    else if (rpi_regions_make(bytes, data ? data : "", pool->for_calls.spans_processes, &memory, error) != RP_OK) return NULL;
    return memory;
}

void rp_free(const void *memory) { rpi_regions_free(memory); }
