/*
 * worker.h: one worker: what it needs to run the grains of a batch, and what a running task reaches through rp_fail, rp_emit and their kin.
 * A worker is used by one thread at a time; only `current`, `n_done` and run.attention are touched by others.
 */
#ifndef RPI_WORKER_WORKER_H
#define RPI_WORKER_WORKER_H

#include "task/work.h"
#include "worker/worker_config.h"

struct rpi_runner;

typedef struct rpi_worker {
    rp_run run;                  /* first: kernels know only this */
    _Atomic(rpi_work *) current; /* whose items run now */
    _Atomic uint64_t n_done;     /* items of `current` not yet added to its n_finished */
    /* place */
    int rank;
    unsigned index;
    const char *host;                                         /* borrowed */
    void *team;                                               /* that it belongs to; NULL: it is alone */
    void (*interrupt_team)(void *team, const rpi_work *work); /* the other workers, when this one lowered the limit */
    const _Atomic unsigned *n_urgent;                         /* batches that go before the one that runs; NULL: nobody counts them */
    bool on_client;                                           /* in the client's process: works are parts of its calls */
    const rpi_worker_config *config;                          /* borrowed; never NULL */
    _Atomic(struct rpi_runner *) runner;                      /* where its items run apart from its thread; NULL: they don't */
    const rp_initializer *initializer;                        /* whose start succeeded, and whose finish is due; NULL: none */
    void *state;                                              /* the initializer's */
    rpi_recorder *recorder;                                   /* its own; NULL: nothing is recorded */
    /* what runs */
    rpi_batch *batch;
    const rp_view *views;        /* of the present kernel call */
    uint64_t first;              /* index in the call of the item at offset 0 of the present kernel call */
    size_t n;                    /* items of the present kernel call */
    uint64_t mark_ns, mark_item; /* since when, and from which offset, time is shared out to items */
    bool stopped;
    /* what the task said of the present item */
    bool failing;
    rp_cause fail_cause;
    int fail_code;
    char *fail_message;
    char *emitted;
    size_t emitted_size, emitted_capacity;
    /* room for columns that a kernel can't read in place */
    char *scratch[RP_MAX_ARGUMENTS];
    size_t scratch_size[RP_MAX_ARGUMENTS];
    size_t scratch_filled[RP_MAX_ARGUMENTS]; /* items of this batch's constant that are there already */
} rpi_worker;

void rpi_worker_init(rpi_worker *worker, void *team, int rank, unsigned index, const char *host);
void rpi_worker_fini(rpi_worker *worker);

/* Makes `worker` what rp_fail and so on refer to in this thread (NULL: none again). */
void rpi_worker_enter(rpi_worker *worker);
/* The worker of this thread, or NULL. */
rpi_worker *rpi_worker_current(void);

/* Records that an item of `batch` failed: `facts` has item, cause, code, seconds and item_text, the rest is filled in. On the item's last
 * attempt it counts, and the call's policy takes effect. Nothing is written to the item's result any more: it may run elsewhere from here
 * on. */
void rpi_worker_fail_item(rpi_worker *worker, rpi_batch *batch, const rpi_failure_facts *facts, const char *message);

/* Runs the initializer in this thread. Returns RP_OK, or RP_FAILED with what it said. */
rp_status rpi_worker_start(rpi_worker *worker, const rp_initializer *initializer, rp_bytes argument, rp_error *error);

/* The same for the initializer of its config, unless the worker has a state already: that of its beginning, if no thread whose item took too
 * long has kept it. */
rp_status rpi_worker_have_state(rpi_worker *worker, rp_error *error);

/* Makes the worker what its config says: begins its child, or runs the initializer in this thread. RP_OK, RP_FAILED, RP_UNSUPPORTED,
 * RP_NO_MEMORY, RP_SYSTEM, RP_LOST. */
rp_status rpi_worker_open(rpi_worker *worker, rp_error *error);
/* Undoes it, in the same thread. Also after a failed open. */
void rpi_worker_close(rpi_worker *worker);

/* For a sandbox (sandbox_server.h), which is told item by item: from which batch the items are that follow (NULL: none); item `offset` of it runs, begun
 * at `now_ns`. */
void rpi_worker_enter_batch(rpi_worker *worker, rpi_batch *batch);
void rpi_worker_run_item(rpi_worker *worker, uint64_t offset, uint64_t now_ns);

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
