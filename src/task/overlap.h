/*
 * overlap.h: the items that a task of the overlapping form has begun and not ended. Its function takes items one by one (rp_item_take), and
 * ends them in any order; so one thread has many at once. They may belong to several batches of one call: the worker takes a grain of the
 * next batch while items of the last one still run, and lets go of each batch as soon as its own items have ended.
 *
 * A context has one, and uses it in its own thread. Where nobody gives more (a sandbox runs items one by one), the function has the items
 * that it was called for, and no more.
 */
#ifndef RPI_TASK_OVERLAP_H
#define RPI_TASK_OVERLAP_H

#include "task/context.h"

/* A batch of which items were claimed. */
typedef struct rpi_held_batch {
    rpi_list_link link; /* of rpi_overlap.held */
    rpi_batch *batch;
    uint64_t begin, end;     /* claimed and not begun: offsets */
    uint64_t n_open;         /* begun and not ended */
    uint64_t n_run, busy_ns; /* that have ended, and their times */
} rpi_held_batch;

/* What the owner of a context does for it. Called in the context's thread, under no lock. */
typedef struct rpi_overlap_ops {
    /* Claims a grain: of the newest batch that is held, or of another one of its call, which is held then (rpi_overlap_hold) and is the
     * newest. False: there is none now. */
    bool (*more)(rpi_context *context);
    /* An item of a held batch has ended; its number is an offset. Batches without items may be let go of, but for the newest. */
    void (*ended)(rpi_context *context, rpi_held_batch *held, uint64_t offset, uint64_t began_ns);
} rpi_overlap_ops;

typedef struct rpi_overlap {
    const rpi_overlap_ops *ops; /* NULL: nobody gives more, and the cutoff isn't heeded */
    rpi_list held;              /* batches, the newest last */
    rpi_list open;              /* items that were begun */
    rpi_list spare_batches, spare_items;
    bool runs; /* the task's function is running */
    bool no_memory;
    uint64_t n_taken;  /* by the present call of the function */
    uint64_t ended_ns; /* when an item ended last; 0: none did */
} rpi_overlap;

/* Gives the context an overlap, if it has none. False: no memory. */
bool rpi_overlap_have(rpi_context *context, const rpi_overlap_ops *ops);

/* Holds a batch, with nothing claimed. It is the newest. NULL: no memory. */
rpi_held_batch *rpi_overlap_hold(rpi_overlap *overlap, rpi_batch *batch);
/* Forgets a batch that is held and has no open items. */
void rpi_overlap_let_go(rpi_overlap *overlap, rpi_held_batch *held);
static inline rpi_held_batch *rpi_overlap_newest(const rpi_overlap *overlap)
{
    return RPI_ENTRY(rpi_list_last(&overlap->held), rpi_held_batch, link);
}

/* Calls the function of the task of the newest batch, until it has taken all items that were claimed. What it has begun and not ended when
 * it returns has failed; and what is left when it takes nothing. */
void rpi_overlap_call(rpi_context *context);

/* Whether items of the newest batch were claimed and not begun. */
bool rpi_overlap_has_untaken(const rpi_overlap *overlap);

/* For a function that ended its thread: its open items have failed, and the context is ready for others. */
void rpi_overlap_take_exit(rpi_context *context);

#endif
