/* master_worker.h: the master/worker program of the MPI textbooks, with blocking calls: what someone would write without a pool. */
#ifndef BENCH_MASTER_WORKER_H
#define BENCH_MASTER_WORKER_H

#include <stddef.h>
#include <stdint.h>

/* results[i] = function(items[i]), by all ranks but 0, which hands out the items one by one. On all ranks of MPI_COMM_WORLD, 2 or more; the
 * arrays matter on rank 0 alone. */
void bench_master_worker(int64_t (*function)(int64_t item), const int64_t *items, int64_t *results, size_t n);

#endif
