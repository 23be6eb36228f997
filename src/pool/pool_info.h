/* pool_info.h: what a pool turned out to be: its ranks, workers and warnings. */
#ifndef RPI_POOL_POOL_INFO_H
#define RPI_POOL_POOL_INFO_H

#include "pool/pool.h"

/* Takes ranks and workers from the executor, and adds warnings. So readers need neither the executor nor a lock. RP_OK, RP_NO_MEMORY. */
rp_status rpi_pool_take_info(rp_pool *pool, rp_error *error);

/* Keeps a line about a rank that was lost as a warning, and hands it to the option `lost`. `argument`: the pool. The executor's tell. */
void rpi_pool_take_loss(void *argument, const char *line);

/* Adds a warning if this is one of several processes of a launcher, each with a pool of its own, and neither rp_main nor MPI joins them. */
void rpi_pool_warn_of_launch(rp_pool *pool);

#endif
