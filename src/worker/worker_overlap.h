/*
 * worker_overlap.h: a worker that runs items of a task of the overlapping form (task/overlap.h). It claims grains while the task's function
 * runs, of the next batches of the same call too, and leaves each batch once its own items have ended.
 */
#ifndef RPI_WORKER_WORKER_OVERLAP_H
#define RPI_WORKER_WORKER_OVERLAP_H

#include "worker/worker_state.h"

/* Runs grains of the batch, and of those that follow it, until there is nothing more to claim. Returns the batch that the caller has to
 * leave: the last one. NULL: no memory, and nothing ran. */
rpi_batch *rpi_worker_run_overlapping(rpi_worker *worker, rpi_batch *batch);

/* For a function that ended its thread. Returns the batch that the worker is still in. */
rpi_batch *rpi_worker_overlap_take_exit(rpi_worker *worker);

/* Whether the worker is in batches of such a task. */
bool rpi_worker_overlaps(const rpi_worker *worker);

#endif
