/* affinity.h: the cores that this process may use, and how many workers follow from them and the environment. */
#ifndef RPI_BASE_AFFINITY_H
#define RPI_BASE_AFFINITY_H

#include <rankpool/pool.h>

#include <stdbool.h>

/* Cores in this process's affinity mask, but no more than the cgroup's CPU quota allows; at least 1. */
int rpi_affinity_cores(void);

/* Cores in the mask alone, and their numbers as "0-3,8"; shortened with "…" when `size` bytes don't hold them. */
int rpi_affinity_mask(char *text, size_t size);

/*
 * Workers of a rank: RANKPOOL_THREADS, else OMP_NUM_THREADS (its first number), else SLURM_CPUS_PER_TASK, else the cores; shared out when
 * `local_ranks` processes of this host have the same cores. `*from` (static text) says which. Values that aren't positive numbers are
 * passed over.
 */
int rpi_affinity_threads(int local_ranks, const char **from);

void rpi_affinity_rank_info(const char *host, int threads, rp_rank_info *info);

/* Ranks that the launcher bound have cores of their own; ranks that see all of the host's share them. */
bool rpi_affinity_sees_all_cores(void);

/* How many ranks of this job the launcher started on this host; 1 when it doesn't say. */
int rpi_affinity_local_ranks(void);

/* Which of them this is, from 0; 0 when the launcher doesn't say. */
int rpi_affinity_local_rank(void);

#endif
