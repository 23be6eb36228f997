/*
 * map_parts.h: runs a call over items in memory in parts, where it has a journal: apply, map, starmap and their async forms. Parts are what
 * chunks are to an iterator. Known items are filled in, the others are sent out as long as there is room, and each part is recorded when it
 * has ended.
 */
#ifndef RPI_POOL_MAP_PARTS_H
#define RPI_POOL_MAP_PARTS_H

#include "pool/pool.h"

/* A call in parts. */
typedef struct rpi_parts_call rpi_parts_call;
size_t rpi_parts_call_size(void);

/* Whether all items are those of the journal, where a difference is refused. RP_OK, RP_USAGE. */
rp_status rpi_parts_check(rpi_call *call, rp_error *error);

/* Begins it. The call is in its pool, is closed, and has one outstanding, which ends with the last part. `runs_here`: parts are run by the
 * calling thread, one after another, where the executor can. The call may be gone when it returns, unless the caller has a reference. */
void rpi_parts_begin(rp_pool *pool, rpi_call *call, bool runs_here);

#endif
