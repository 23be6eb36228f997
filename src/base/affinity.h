/* affinity.h: the cores that this process may use, and how many workers follow from them and the environment. */
#ifndef RPI_BASE_AFFINITY_H
#define RPI_BASE_AFFINITY_H

#include <rankpool/pool.h>

#include <stdbool.h>

/* Cores in this process's affinity mask, but no more than the cgroup's CPU quota allows; at least 1. */
int rpi_affinity_cores(void);

/* Returns how many cores are in the mask alone, and writes their numbers as "0-3,8"; shortened with "…" when they don't
 * fit `size` bytes. */
int rpi_affinity_mask(char *text, size_t size);

/*
 * How many workers a rank has: RANKPOOL_THREADS, else OMP_NUM_THREADS (its first number), else SLURM_CPUS_PER_TASK, else its cores.
 * `local_ranks` processes of this host that have the same cores share them evenly. Values that aren't positive numbers are ignored. `*from`
 * (static text) says where the number comes from.
 */
int rpi_affinity_threads(int local_ranks, const char **from);

/* Fills `*info` for this process, with that host name and number of workers. */
void rpi_affinity_rank_info(const char *host, int threads, rp_rank_info *info);

/* Whether this process may use all cores of the host. If so, it shares them with the other ranks there; a rank that the launcher bound has
 * cores of its own. */
bool rpi_affinity_sees_all_cores(void);

/* How many ranks of this job the launcher started on this host; 1 when it doesn't say. */
int rpi_affinity_local_ranks(void);

/* Which of the ranks on this host this is, from 0; 0 when the launcher doesn't say. */
int rpi_affinity_local_rank(void);

#endif
