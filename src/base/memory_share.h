/* memory_share.h: how many workers a rank can have, when each item needs so much memory. */
#ifndef RPI_BASE_MEMORY_SHARE_H
#define RPI_BASE_MEMORY_SHARE_H

#include <rankpool/error.h>

#include <stdint.h>

/* What is left for a rank of the host's `local_ranks`: an even share of the least of what the machine and the control groups have left
 * (memory_left.h), and of what Slurm gave the job here. UINT64_MAX: not known. `*limited_by`: what the least is, a static text. `top` as in
 * memory_left.h; `variable` as getenv. */
uint64_t rpi_memory_share(const char *top, char *(*variable)(const char *name), int local_ranks, const char **limited_by);

/* Lowers `*n_workers` to as many as fit. `per_item`: bytes; 0: as many as there are. RP_OK; RP_USAGE: not even one fits. */
rp_status rpi_memory_share_limit(uint64_t per_item, int local_ranks, unsigned *n_workers, rp_error *error);

#endif
