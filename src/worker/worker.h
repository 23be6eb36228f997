/*
 * worker.h: one worker: it claims grains of a batch and runs them in its own context, or has them run apart from its thread.
 * A worker is used by one thread at a time; only `current`, `n_done`, `runner` and run.attention of its context are touched by others.
 */
#ifndef RPI_WORKER_WORKER_H
#define RPI_WORKER_WORKER_H

#include "task/context.h"
#include "worker/worker_config.h"

typedef struct rpi_worker {
    rpi_context context;                                      /* first: what its tasks see */
    _Atomic(rpi_work *) current;                              /* whose items run now */
    _Atomic uint64_t n_done;                                  /* items of `current` not yet added to its n_finished */
    void *team;                                               /* that it belongs to; NULL: it is alone */
    void (*interrupt_team)(void *team, const rpi_work *work); /* the other workers, when this one lowered the cutoff */
    const _Atomic unsigned *n_urgent;                         /* batches that go before the one that runs; NULL: nobody counts them */
    const rpi_worker_config *config;                          /* borrowed; never NULL */
    _Atomic(rpi_runner *) runner;                             /* where its items run apart from its thread; NULL: they don't */
    rpi_recorder *recorder;                                   /* its own; NULL: nothing is recorded */
} rpi_worker;

void rpi_worker_init(rpi_worker *worker, void *team, int rank, unsigned index, const char *host);
void rpi_worker_fini(rpi_worker *worker);

/* Runs the initializer of its config in this thread, unless the worker has a state already: that of its beginning, if no thread whose item
 * took too long has kept it. RP_OK, or RP_FAILED with what it said. */
rp_status rpi_worker_have_state(rpi_worker *worker, rp_error *error);

/* Makes the worker what its config says: begins its child, or runs the initializer in this thread. RP_OK, RP_FAILED, RP_UNSUPPORTED,
 * RP_NO_MEMORY, RP_SYSTEM, RP_LOST. */
rp_status rpi_worker_open(rpi_worker *worker, rp_error *error);
/* Undoes it, in the same thread. Also after a failed open. */
void rpi_worker_close(rpi_worker *worker);

/* Whether the worker shall claim no more of the batch, as an urgent one has come: it is taken up again after that. */
static inline bool rpi_worker_gives_way(const rpi_worker *worker, const rpi_batch *batch)
{
    return worker->n_urgent && !batch->urgent && atomic_load_explicit(worker->n_urgent, memory_order_relaxed) > 0;
}

/* Claims and runs grains of the batch until there is none left for this worker, or, between two grains, an urgent batch has come: the
 * caller then comes back to this one. */
void rpi_worker_run_batch(rpi_worker *worker, rpi_batch *batch);

/* Makes the worker look at its work's limit before its next item, if it runs items of `work`. Any thread. */
void rpi_worker_interrupt(rpi_worker *worker, const rpi_work *work);

#endif
