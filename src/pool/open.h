/* open.h: opening a pool: its executor is chosen and started, its options are kept with all defaults filled in. */
#ifndef RPI_POOL_OPEN_H
#define RPI_POOL_OPEN_H

#include "pool/pool.h"

struct rpi_coordinator;

/* rp_pool_open on a coordinator of its own (NULL: as rp_main's ranks have it), which ends with the pool, also when opening fails. */
rp_status rpi_pool_open_on(struct rpi_coordinator *coordinator, const rp_pool_options *options, rp_pool **pool, rp_error *error);

#endif
