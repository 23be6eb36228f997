/*
 * work.h: what workers run. A work describes the items of one call, alike on each rank; a batch is a run of them that one process has,
 * out of which its workers claim grains.
 *
 * The limit: items of that index and above are not started. A failed item under the stop policy lowers it to its own index, so that all
 * items before it run, and the failure that a call reports is the one a serial loop would meet first. Cancelling lowers it to 0.
 */
#ifndef RPI_TASK_WORK_H
#define RPI_TASK_WORK_H

#include "base/list.h"
#include "schedule/estimate.h"
#include "schedule/rates.h"
#include "task/failure.h"

#include <rankpool/source.h>

#include <stdatomic.h>
#include <stdbool.h>

#define RPI_NO_CUTOFF UINT64_MAX

typedef struct rpi_work rpi_work;
struct rpi_work {
    const rp_task *task;
    rp_column arguments[RP_MAX_ARGUMENTS]; /* all of the task's; the data of constants is owned, that of arrays borrowed */
    int n_bound;                           /* of them, the first that were bound */
    rp_on_error on_error;
    unsigned max_attempts;                      /* tries of an item before it counts as failed; at least 1 */
    uint64_t timeout_ns;                        /* of an item; 0: none */
    uint64_t id;                                /* number of the call in its pool */
    void (*item_failed)(struct rpi_work *work); /* in the client's process, after n_failed grew, under no lock; NULL: nobody asks */
    void *executor_data;                        /* the executor's, from the first batch until forget */
    _Atomic uint64_t cutoff;
    atomic_bool draining;                  /* nothing that isn't handed out yet shall be */
    rpi_estimate estimate;                 /* of how long its items take */
    _Atomic uint64_t n_finished, n_failed; /* items; workers add theirs when they leave a batch */
    _Atomic uint64_t n_repeated;           /* of n_finished: tries that weren't the last of their item */
    _Atomic(rpi_failure *) losses;         /* ranks that were lost: each a line of what that one had of this call. Freed by fini */
};

typedef struct rpi_batch rpi_batch;
struct rpi_batch {
    /* set by who submits it, and constant while workers are in it */
    rpi_work *work;
    uint64_t first, count;           /* items first … first + count - 1 of the call */
    rp_view views[RP_MAX_ARGUMENTS]; /* at item `first`; base NULL: made up from the range column */
    char *results;                   /* of item `first` */
    rpi_schedule schedule;           /* of the grains */
    void (*done)(rpi_batch *batch);  /* called once, by the last worker that leaves it, under no lock */
    /* Called after items failed, while others may run: nothing is written to those items' results any more. Under no lock. NULL: nobody
     * asks. */
    void (*items_failed)(rpi_batch *batch);
    void *owner;
    bool whole;       /* goes to one rank as it is, an iterator's chunk */
    bool urgent;      /* goes before batches that wait */
    int avoid_rank;   /* isn't run there while another rank has workers; -1: may run anywhere */
    unsigned attempt; /* which try of its items this is, from 1; a further one is not started once its call is being drained */
    /* the retry layer's: what follows the last try, how many go on (this batch's own, and single items'), what became of those.
     * Final failures are apart until the end: `failures` are those that something is to be made of. */
    void (*ends)(rpi_batch *batch);
    uint64_t n_tries;
    rp_status tries_status;
    rpi_failure *final_failures;
    /* owned by the team while it is submitted */
    rpi_list_link link;   /* of the queue that it is in */
    unsigned char *taken; /* static schedule: which workers had their part; NULL otherwise */
    rpi_rates *rates;     /* of the workers; kept for the next use */
    bool rated;           /* grains go by them */
    bool queued;
    _Alignas(RPI_CACHE_LINE) _Atomic uint64_t next; /* offset of the first item that no grain has */
    _Atomic unsigned users;                         /* workers inside, and one for the queue */
    /* outcome */
    /* RP_OK, or why the executor couldn't run all of it: RP_LOST, RP_NO_MEMORY, RP_USAGE. Readers take items below the work's limit to have
     * run or to be among the failures, so whoever sets it sees to that first: lowers the limit, or, for RP_LOST, adds failures. */
    rp_status status;
    _Alignas(RPI_CACHE_LINE) _Atomic(rpi_failure *) failures;
    _Atomic uint64_t n_run, busy_ns;
};

/* Fills the work's arguments from bound constants and columns: checks number and types against the task, copies constants.
 * Returns RP_OK, RP_USAGE, RP_NO_MEMORY. After success, rpi_work_fini frees the copies. */
rp_status rpi_work_init(rpi_work *work, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);
void rpi_work_fini(rpi_work *work);

/* Lowers the limit to `item` when it is higher. */
void rpi_work_lower_cutoff(rpi_work *work, uint64_t item);

/* Keeps what is said of a rank that was lost, in the executor's process, before the batches that it is about are done. */
void rpi_work_add_loss(rpi_work *work, const rp_error *loss);

static inline bool rpi_work_stopped(const rpi_work *work, uint64_t item) { return item >= atomic_load(&work->cutoff); }

/* Items that are finished, those that are tried again left out. */
uint64_t rpi_work_n_finished(const rpi_work *work);

/* Takes a measured time into the estimate. */
static inline void rpi_work_measure(rpi_work *work, uint64_t n_items, uint64_t ns)
{
    rpi_estimate_add(&work->estimate, n_items, (double)ns * 1e-9);
}
static inline double rpi_work_item_s(const rpi_work *work) { return rpi_estimate_item_s(&work->estimate); }

/* Prepares a batch over items first … first + count - 1 with views into the work's own columns; the caller then sets results, schedule,
 * done, owner. Batches are aligned: allocate them with rpi_batch_create. */
rpi_batch *rpi_batch_create(void);
void rpi_batch_destroy(rpi_batch *batch); /* and its failures; NULL does nothing */
void rpi_batch_reset(rpi_batch *batch, rpi_work *work, uint64_t first, uint64_t count);
/* Prepares a batch over items offset … offset + count - 1 of another one: its views, its results, its try. */
void rpi_batch_reset_part(rpi_batch *part, const rpi_batch *whole, uint64_t offset, uint64_t count);
void rpi_batch_add_failure(rpi_batch *batch, rpi_failure *failure);

/* Claims a grain for a worker: offsets *begin … *end - 1. False when there is none (left) for it. */
bool rpi_batch_claim(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end);

/* The same for a worker that wants items for about `least_s` seconds at a time: where they are short, several chunks of a fixed size, or a
 * larger one of the automatic schedule; but no more than a fair part of what is left. */
bool rpi_batch_claim_for(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end);

/* That worker took so long for n items that it claimed: for schedules that want to know. A claim takes some 0.1 us, and isn't timed by
 * itself: it counts as part of its items. */
static inline void rpi_batch_learn(const rpi_batch *batch, unsigned worker, uint64_t n_items, uint64_t ns)
{
    double seconds = (double)ns * 1e-9;
    if (batch->rated) rpi_rates_learn(batch->rates, worker, batch->schedule.kind, 1, (rpi_chunk_times){n_items, seconds, seconds});
}

/* Whether no worker will find a grain. */
bool rpi_batch_exhausted(rpi_batch *batch);

#endif
