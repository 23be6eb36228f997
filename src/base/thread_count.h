/*
 * thread_count.h: how many workers a rank has, and how many threads the OpenMP teams of its tasks, as the environment and the cores say.
 */
#ifndef RPI_BASE_THREAD_COUNT_H
#define RPI_BASE_THREAD_COUNT_H

#include <rankpool/error.h>

#include <stdbool.h>
#include <stddef.h>

#define RPI_MOST_THREADS 65536

typedef struct rpi_thread_count {
    unsigned n;       /* at least 1 */
    const char *from; /* where the number comes from: the name of a variable, or "cores of this rank". Static text */
    bool from_cores;  /* no variable said it */
} rpi_thread_count;

/*
 * The number of workers: RANKPOOL_THREADS, else OMP_NUM_THREADS (its first number), else SLURM_CPUS_PER_TASK, else the rank's cores
 * (rpi_affinity_cores_of_rank). Variables of others that hold no such number are passed over. RP_OK; RP_USAGE: RANKPOOL_THREADS is no
 * number from 1 to RPI_MOST_THREADS; `*count` is then unchanged.
 */
rp_status rpi_thread_count_find(int local_ranks, rpi_thread_count *count, rp_error *error);

/* RP_OK, or RP_USAGE as above. */
rp_status rpi_thread_count_check(rp_error *error);

/* How many threads a parallel region of a task gets with `n_workers` workers: the second number of OMP_NUM_THREADS, else as many as leave
 * each thread of the rank a core, at least 1. 1 where OMP_MAX_ACTIVE_LEVELS or OMP_NESTED forbids nested regions. */
unsigned rpi_thread_count_nested(unsigned n_workers, int local_ranks);

/* Writes what is wrong with the k-th variable that is passed over, for a warning. False: there are no more. */
bool rpi_thread_count_doubt(size_t k, char *text, size_t size);

#endif
