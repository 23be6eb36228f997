/* pool_time.h: a pool whose time has an end: rp_pool_set_time_left and rp_pool_get_time, and how it begins. */
#ifndef RPI_POOL_POOL_TIME_H
#define RPI_POOL_POOL_TIME_H

#include "pool/pool.h"

/* Starts the pool's time keeper, if the options give it a limit. As the last step of opening. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_pool_start_time(rp_pool *pool, rp_error *error);

#endif
