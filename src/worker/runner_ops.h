/*
 * runner_ops.h: how a worker has its grains run apart from its thread: the operations that isolation and time-outs need, and whose
 * implementation (isolate/runner.h) a pool puts into its workers' configuration.
 */
#ifndef RPI_WORKER_RUNNER_OPS_H
#define RPI_WORKER_RUNNER_OPS_H

#include "task/batch.h"

struct rpi_worker;
typedef struct rpi_runner rpi_runner; /* the implementation's */

/* All but `interrupt` are called in the worker's thread, with no lock held. */
typedef struct rpi_runner_ops {
    /* Makes the runner of a worker, which outlives it; with isolation, blocks until its child is ready. RP_OK; RP_FAILED (the initializer),
     * RP_UNSUPPORTED, RP_NO_MEMORY, RP_SYSTEM, RP_LOST: `*runner` is as it was. */
    rp_status (*create)(struct rpi_worker *worker, rpi_runner **runner, rp_error *error);
    /* Ends what runs apart, and frees the runner. May block until an item has ended. */
    void (*destroy)(rpi_runner *runner);
    /* Claims grains of the batch and has them run, as rpi_worker_run_batch. Blocks. Returns how many items were run, and adds the time that
     * they took. Can't fail: an item that can't be run is a failed item. */
    uint64_t (*run_batch)(rpi_runner *runner, rpi_batch *batch, uint64_t *busy_ns);
    /* The cutoff of `work` was lowered: what runs of it looks at it. Any thread, with any lock held; blocks for a moment at most. */
    void (*interrupt)(rpi_runner *runner, const rpi_work *work);
} rpi_runner_ops;

#endif
