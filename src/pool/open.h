/* open.h: opens a pool: chooses and starts its executor, and fills in all defaults of its options. */
#ifndef RPI_POOL_OPEN_H
#define RPI_POOL_OPEN_H

#include "pool/pool.h"

struct rpi_coordinator;

/* As rp_pool_open, on a coordinator of the pool's own, which ends with the pool, also when opening fails. NULL: as rp_pool_open. */
rp_status rpi_pool_open_on(struct rpi_coordinator *coordinator, const rp_pool_options *options, rp_pool **pool, rp_error *error);

#endif
