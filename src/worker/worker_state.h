/* worker_state.h: the state of a worker (worker.h), for the files that run it. */
#ifndef RPI_WORKER_WORKER_STATE_H
#define RPI_WORKER_WORKER_STATE_H

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
    uint64_t most_ns;                                         /* it claims no more once it is in a batch for so long; of its thread alone */
} rpi_worker;

/* Whether the worker must stop claiming from the batch because an urgent one has come. It comes back to the batch afterwards. */
static inline bool rpi_worker_gives_way(const rpi_worker *worker, const rpi_batch *batch)
{
    return worker->n_urgent && !batch->urgent && atomic_load_explicit(worker->n_urgent, memory_order_relaxed) > 0;
}

#endif
