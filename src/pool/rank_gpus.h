/* rank_gpus.h: rp_gpus_prepare, and whether it was called. */
#ifndef RPI_POOL_RANK_GPUS_H
#define RPI_POOL_RANK_GPUS_H

#include <rankpool/pool.h>

/* Whether a pool with that option can be opened. RP_OK; RP_UNSUPPORTED: this process was prepared for another number, or not at all. */
rp_status rpi_rank_gpus_check(uint64_t per_rank, rp_error *error);

#endif
