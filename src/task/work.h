/*
 * work.h: the items of one call, described alike on each rank: its task, its columns, how failures are dealt with, and how many items are
 * finished.
 *
 * The limit: items of that index and above are not started. A failed item under the stop policy lowers it to its own index, so that all
 * items before it run, and the failure that a call reports is the one a serial loop would meet first. Cancelling lowers it to 0.
 */
#ifndef RPI_TASK_WORK_H
#define RPI_TASK_WORK_H

#include "schedule/estimate.h"
#include "task/failure.h"

#include <rankpool/pool.h>
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

#endif
