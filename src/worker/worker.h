/*
 * worker.h: one worker. It claims grains of a batch and runs them in its own context, or has them run outside its thread. One thread at a
 * time uses a worker; other threads only touch `current`, `n_done`, `core`, `runner` and run.attention of its context.
 */
#ifndef RPI_WORKER_WORKER_H
#define RPI_WORKER_WORKER_H

#include "task/context.h"
#include "worker/worker_config.h"

/* Where a worker is in a batch. Kept beside its thread's stack, so that it can go on when a task has ended its thread. */
typedef struct rpi_worker_place {
    rpi_batch *batch;    /* NULL: in none */
    uint64_t begin, end; /* the present grain, or what is left of it: offsets */
    uint64_t n_run;      /* items, up to the last time that a task ended the thread */
    uint64_t started_ns, before_ns;
} rpi_worker_place;

/* The queue of batches that a worker's team has. Called in the worker's thread, under no lock. */
typedef struct rpi_worker_queue {
    /* Enters the first batch, if it is of that call and has a grain for the worker; else NULL. */
    rpi_batch *(*enter)(void *team, unsigned worker, const rpi_work *work);
    void (*leave)(void *team, rpi_batch *batch);
} rpi_worker_queue;

typedef struct rpi_worker {
    rpi_context context;                                      /* first: what its tasks see */
    _Atomic(rpi_work *) current;                              /* the work whose items run now */
    _Atomic uint64_t n_done;                                  /* items of `current` not yet added to its n_finished */
    void *team;                                               /* the team that it belongs to; NULL: none */
    const rpi_worker_queue *queue;                            /* its team's; NULL: it is given batches only */
    void (*interrupt_team)(void *team, const rpi_work *work); /* tells the other workers that this one lowered the cutoff */
    const _Atomic unsigned *n_urgent;                         /* how many batches go before the running one; NULL: not counted */
    const rpi_worker_config *config;                          /* borrowed; never NULL */
    _Atomic(rpi_runner *) runner;                             /* runs its items outside its thread; NULL: they run in it */
    rpi_recorder *recorder;                                   /* NULL: nothing is recorded */
    rpi_worker_place at;                                      /* of the worker's thread alone */
    _Atomic int core;                                         /* where its thread was seen last; -1: it sleeps */
} rpi_worker;

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

/* Whether the worker must stop claiming from the batch because an urgent one has come. It comes back to the batch afterwards. */
static inline bool rpi_worker_gives_way(const rpi_worker *worker, const rpi_batch *batch)
{
    return worker->n_urgent && !batch->urgent && atomic_load_explicit(worker->n_urgent, memory_order_relaxed) > 0;
}

/* Claims and runs grains of the batch until none is left for this worker, or until, between two grains, an urgent batch has come. The
 * caller then comes back to this batch. Returns the batch that the caller has to leave. That is this one; or, where the task has many items
 * at once, another one of its call that the worker has entered meanwhile, after it has left this one. */
rpi_batch *rpi_worker_run_batch(rpi_worker *worker, rpi_batch *batch);

/* For a task that ended the thread within rpi_worker_run_batch (rpi_thread_guard): its item has failed. Returns the batch, which the caller
 * gives to rpi_worker_run_batch again. */
rpi_batch *rpi_worker_take_exit(rpi_worker *worker);

/* The thread that runs the worker is on that core; -1: it sleeps. */
static inline void rpi_worker_come(rpi_worker *worker, int core) { atomic_store_explicit(&worker->core, core, memory_order_relaxed); }

/* Makes the worker look at the cutoff before its next item, if it runs items of `work`. Any thread. */
void rpi_worker_interrupt(rpi_worker *worker, const rpi_work *work);

#endif
