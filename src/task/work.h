/*
 * work.h: the items of one call, described in the same way on each rank: the task, its columns, how failures are handled, and how many
 * items are finished.
 *
 * The cutoff: items with this index or a higher one are not started. Under the stop policy, a failed item lowers the cutoff to
 * its own index. So all items before it run, and the call reports the failure that a serial loop would meet first. Cancelling
 * lowers the cutoff to 0.
 *
 * A work that begins none: no item of it begins any more, wherever it is in the order. Those that run are finished. Items below the cutoff
 * that haven't begun are among the failures, with the cause RP_CAUSE_NOT_BEGUN (not_begun.h).
 */
#ifndef RPI_TASK_WORK_H
#define RPI_TASK_WORK_H

#include "schedule/estimate.h"
#include "task/failure.h"
#include "task/reduction.h"

#include <rankpool/call.h>
#include <rankpool/pool.h>

#include <stdatomic.h>
#include <stdbool.h>

#define RPI_NO_CUTOFF UINT64_MAX

typedef struct rpi_work rpi_work;

/* What the client wants of a call beside its results. In its process alone. */
typedef struct rpi_work_hooks {
    void (*item_failed)(rpi_work *work); /* called after n_failed grew, under no lock; NULL: not wanted */
    /* called before items from `first` on, that a lost rank had, go to others; NULL: not wanted */
    void (*items_lost)(rpi_work *work, uint64_t first, uint64_t count, int rank);
    rp_begun *running; /* what each of n_running workers runs; NULL: nobody wants it */
    unsigned n_running;
    uint64_t running_base; /* what is told there is so much higher than the item's number in its call */
} rpi_work_hooks;

/* There may be very many that are outstanding: see pool/waiting.h. */
struct rpi_work {
    const rp_task *task;
    rp_column *arguments; /* all arguments of the task, in memory of their own; the data of constants is owned, that of arrays borrowed */
    rpi_reduction *reduction;    /* how results are folded; owned. NULL: they are kept */
    const rpi_work_hooks *hooks; /* NULL: none */
    uint64_t timeout_ns;         /* of an item; 0: none */
    uint64_t id;                 /* number of the call in its pool */
    uint64_t seed;               /* of its items (base/seed.h) */
    void *executor_data;         /* the executor's, from the first batch until forget */
    /* what workers read before each item, and write when they leave a batch: the fewer lines, the better (batch.h) */
    _Atomic uint64_t cutoff;
    _Atomic uint64_t n_finished, n_failed; /* items; a worker adds its own when it leaves a batch */
    rpi_estimate estimate;                 /* of the time of its items */
    atomic_bool begun;                     /* a worker has come to run items of it, or a rank was sent some */
    atomic_bool draining;                  /* nothing more is handed out */
    atomic_bool drained;                   /* that lowered the cutoff, or items didn't begin: there were items left */
    atomic_bool begins_none;               /* see above */
    atomic_int ends_running;               /* 1: items that run end early, where their task can do that; 2: at once; 0: they are finished */
    rp_on_error on_error;
    unsigned max_attempts;         /* tries of an item before it counts as failed; at least 1 */
    _Atomic uint64_t longest_ns;   /* of its items so far, where workers measure that (not less, at most 0.1 s more) */
    _Atomic double round_trip_s;   /* to the farthest process that has run some of them; 0: near */
    _Atomic uint64_t n_repeated;   /* of n_finished: failed tries of items that have tries left. Counted before them, where they fail */
    _Atomic(rpi_failure *) losses; /* one line for each lost rank, with what it had of this call. Freed by fini */
    unsigned char n_bound;         /* how many of the arguments, the first ones, are bound */
    bool owns_arguments;           /* their memory, too */
};

/* Fills the arguments of the work from bound constants and columns: checks number and types against the task, copies constants. Returns
 * RP_OK, RP_USAGE, RP_NO_MEMORY. After success, rpi_work_fini frees the copies. */
rp_status rpi_work_init(rpi_work *work, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);
/* The same with the arguments in memory of the caller's, `room`, which has to stay, and has room for those of the task. */
rp_status rpi_work_init_at(rpi_work *work, rp_column *room, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);
void rpi_work_fini(rpi_work *work);
/* Makes it the work of another call with the same task, arguments and options, of which nothing has run yet. No worker has it. */
void rpi_work_renew(rpi_work *work, uint64_t id, uint64_t seed);

/* Makes it one whose results are folded, over n_items items in all. False: no memory. */
bool rpi_work_reduce(rpi_work *work, const rp_fold *fold, uint64_t n_items, bool in_any_order);

/* n_failed grew. */
static inline void rpi_work_tell_of_failure(rpi_work *work)
{
    if (work->hooks && work->hooks->item_failed) work->hooks->item_failed(work);
}

/* A rank was lost with items of it. */
static inline void rpi_work_tell_of_loss(rpi_work *work, uint64_t first, uint64_t count, int rank)
{
    if (work->hooks && work->hooks->items_lost) work->hooks->items_lost(work, first, count, rank);
}

/* Says that items of it are about to run. The cutoff is read after it. */
static inline void rpi_work_begin(rpi_work *work)
{
    if (!atomic_load_explicit(&work->begun, memory_order_relaxed)) atomic_store(&work->begun, true);
}

/* Lowers the cutoff to `item` if it is higher. */
void rpi_work_lower_cutoff(rpi_work *work, uint64_t item);

/* The same because the work is drained: `item` is the first one that wasn't handed out. */
void rpi_work_drain(rpi_work *work, uint64_t item);

/* Records the loss of a rank. In the process that has the executor, before the done of the batches that the loss concerns. */
void rpi_work_add_loss(rpi_work *work, const rp_error *loss);

static inline bool rpi_work_stopped(const rpi_work *work, uint64_t item) { return item >= atomic_load(&work->cutoff); }

/* Neither hands out nor begins any more of it. */
void rpi_work_begin_none(rpi_work *work);

/* The same, and ends what runs; `how`: of ends_running. A lower one than before changes nothing. */
void rpi_work_end_running(rpi_work *work, int how);
static inline bool rpi_work_begins_none(const rpi_work *work) { return atomic_load_explicit(&work->begins_none, memory_order_relaxed); }

static inline bool rpi_work_may_begin(const rpi_work *work, uint64_t item)
{
    return !rpi_work_stopped(work, item) && !rpi_work_begins_none(work);
}

/* An item took that long, or several of which none can have taken longer. */
void rpi_work_note_longest(rpi_work *work, uint64_t ns);

/* How many items are finished; items that are tried again don't count. */
uint64_t rpi_work_n_finished(const rpi_work *work);

/* Adds a measured time to the estimate. */
static inline void rpi_work_measure(rpi_work *work, uint64_t n_items, uint64_t ns)
{
    rpi_estimate_add(&work->estimate, n_items, (double)ns * 1e-9);
}
static inline double rpi_work_item_s(const rpi_work *work) { return rpi_estimate_item_s(&work->estimate); }

#endif
