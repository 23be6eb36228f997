/*
 * worker.h: one worker. It claims grains of a batch and runs them in its own context, or has them run outside its thread. One thread at a
 * time uses a worker; other threads only touch `current`, `n_done`, `core`, `runner` and run.attention of its context.
 */
#ifndef RPI_WORKER_WORKER_H
#define RPI_WORKER_WORKER_H

#include "worker/worker_state.h"

void rpi_worker_init(rpi_worker *worker, void *team, int rank, unsigned index, const char *host);
void rpi_worker_fini(rpi_worker *worker);

/* Runs the initializer of its configuration in this thread, unless the worker has a state already. It has the state from its start, if no
 * thread whose item took too long has kept it. RP_OK, or RP_FAILED with the initializer's message. */
rp_status rpi_worker_have_state(rpi_worker *worker, rp_error *error);

/* Starts the worker as its configuration says: starts its child, or runs the initializer in this thread. RP_OK, RP_FAILED, RP_UNSUPPORTED,
 * RP_NO_MEMORY, RP_SYSTEM, RP_LOST. */
rp_status rpi_worker_open(rpi_worker *worker, rp_error *error);
/* Undoes rpi_worker_open, in the same thread. Also after a failed open. */
void rpi_worker_close(rpi_worker *worker);

/* Claims and runs grains of the batch until none is left for this worker, or until, between two grains, an urgent batch has come. The
 * caller then comes back to this batch. Returns the batch that the caller has to leave. That is this one; or, where the task has many items
 * at once, another one of its call that the worker has entered meanwhile, after it has left this one. */
rpi_batch *rpi_worker_run_batch(rpi_worker *worker, rpi_batch *batch);

/* For a task that ended the thread within rpi_worker_run_batch (rpi_thread_guard): its item has failed. Returns the batch, which the caller
 * gives to rpi_worker_run_batch again. */
rpi_batch *rpi_worker_take_exit(rpi_worker *worker);

/* The thread that runs the worker is on that core; -1: it sleeps. */
static inline void rpi_worker_come(rpi_worker *worker, int core) { atomic_store_explicit(&worker->core, core, memory_order_relaxed); }

/* Makes the worker look before its next item whether that may begin, if it runs items of `work`. Any thread. */
void rpi_worker_interrupt(rpi_worker *worker, const rpi_work *work);

#endif
