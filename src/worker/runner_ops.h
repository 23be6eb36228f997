/*
 * runner_ops.h: how a worker has its grains run outside its own thread, for isolation and time-outs. The pool puts the implementation
 * (isolate/runner.h) into the configuration of its workers.
 */
#ifndef RPI_WORKER_RUNNER_OPS_H
#define RPI_WORKER_RUNNER_OPS_H

#include "task/batch.h"

struct rpi_worker;
typedef struct rpi_runner rpi_runner; /* defined by the implementation */

/* All except `interrupt` are called in the worker's thread, with no lock held. */
typedef struct rpi_runner_ops {
    /* Makes the runner of a worker; the worker outlives it. With isolation, blocks until its child is ready. RP_OK; RP_FAILED (the
     * initializer), RP_UNSUPPORTED, RP_NO_MEMORY, RP_SYSTEM, RP_LOST: `*runner` is unchanged. */
    rp_status (*create)(struct rpi_worker *worker, rpi_runner **runner, rp_error *error);
    /* Ends the sandbox or the thread, and frees the runner. May block until an item has ended. */
    void (*destroy)(rpi_runner *runner);
    /* Claims grains of the batch and has them run, as rpi_worker_run_batch. Blocks. Adds the time that they took to `*busy_ns`, and returns
     * how many items ran. Can't fail: an item that can't be run is a failed item. */
    uint64_t (*run_batch)(rpi_runner *runner, rpi_batch *batch, uint64_t *busy_ns);
    /* The cutoff of `work` was lowered: makes what runs of it look at the cutoff. A cutoff of 0 means that nothing of it counts any more: a
     * child that runs an item of it is killed, and the item counts as not run. Any thread, with any lock held; blocks only for a moment. */
    void (*interrupt)(rpi_runner *runner, const rpi_work *work);
} rpi_runner_ops;

#endif
