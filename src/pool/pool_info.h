/* pool_info.h: what a pool turned out to be: its ranks and workers, and what is to be warned of. */
#ifndef RPI_POOL_POOL_INFO_H
#define RPI_POOL_POOL_INFO_H

#include "pool/pool.h"

/* Keeps what the executor turned out to be, and what is to be warned of; readers then need neither it nor a lock. RP_OK, RP_NO_MEMORY. */
rp_status rpi_pool_take_info(rp_pool *pool, rp_error *error);

#endif
