/*
 * affinity.h: the cores that this process may use. Where OpenMP binds threads (OMP_PROC_BIND, OMP_PLACES, GOMP_CPU_AFFINITY), it has bound
 * the first one before main. Then the process's cores are those of all places, not those of that thread.
 */
#ifndef RPI_BASE_AFFINITY_H
#define RPI_BASE_AFFINITY_H

#include <rankpool/pool.h>

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* A mask with room for the cores of a large host, and without memory of its own: what a rank finds out doesn't depend on what is left. */
typedef struct rpi_core_mask {
    unsigned long words[8192 / 8 / sizeof(unsigned long)];
} rpi_core_mask;

/* For the functions of <sched.h> whose names end in _S, with a size of sizeof(rpi_core_mask). */
static inline cpu_set_t *rpi_core_mask_set(rpi_core_mask *mask) { return (cpu_set_t *)mask->words; }

/* Cores that this process may use, but no more than the cgroup's CPU quota allows; at least 1. */
int rpi_affinity_cores(void);

/* Returns how many cores it may use, whatever the quota, and writes their numbers as "0-3,8"; shortened with "…" when they don't
 * fit `size` bytes. */
int rpi_affinity_mask(char *text, size_t size);

/* The same cores as a mask. `*is_own`: it is that of the calling thread; otherwise OpenMP has bound this process's first thread, and
 * perhaps the calling one, to one core of them. False: they aren't known. */
bool rpi_affinity_get(rpi_core_mask *mask, bool *is_own);

/* How many of its cores a rank has to itself, at least 1: `local_ranks` processes of this host that have the same cores share them evenly.
 */
int rpi_affinity_cores_of_rank(int local_ranks);

/* Fills `*info` for this process, with that host name and number of workers. */
void rpi_affinity_rank_info(const char *host, int threads, rp_rank_info *info);

/* Whether this process may use all cores of the host, or of its container or batch job. If so, it shares them with the other ranks there; a
 * rank that the launcher bound has cores of its own. */
bool rpi_affinity_sees_all_cores(void);

/* How many ranks of this job the launcher started on this host; 1 when it doesn't say. */
int rpi_affinity_local_ranks(void);

/* Which of the ranks on this host this is, from 0; 0 when the launcher doesn't say. */
int rpi_affinity_local_rank(void);

#endif
