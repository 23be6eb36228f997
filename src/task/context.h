/*
 * context.h: what a running task sees: rp_fail, rp_emit, rp_item_index and the others answer from the context of their thread. It runs the
 * kernel over items of a batch, gives it room for columns that it can't read in place, and records items that fail.
 *
 * A worker has one, and so has a sandbox. Used by one thread at a time; only run.attention is touched by others.
 */
#ifndef RPI_TASK_CONTEXT_H
#define RPI_TASK_CONTEXT_H

#include "task/batch.h"

typedef struct rpi_context rpi_context;

/* What the owner of a context is told; a sandbox has none of it. In the context's thread, under no lock. */
typedef struct rpi_context_ops {
    /* An item failed, on its last try or before. */
    void (*item_failed)(rpi_context *context);
    /* The cutoff of `work` was lowered by this context: what runs of it elsewhere looks at it. Doesn't block. */
    void (*cutoff_lowered)(rpi_context *context, const rpi_work *work);
} rpi_context_ops;

struct rpi_context {
    rp_run run;                 /* first: kernels know only this */
    const rpi_context_ops *ops; /* NULL: nobody is told */
    /* place */
    int rank;
    unsigned index;
    const char *host; /* borrowed */
    bool on_client;   /* in the client's process: works are parts of its calls */
    /* the initializer */
    const rp_initializer *initializer; /* whose start succeeded, and whose finish is due; NULL: none */
    void *state;                       /* the initializer's */
    /* what runs */
    rpi_batch *batch;
    const rp_view *views;        /* of the present kernel call */
    uint64_t first;              /* index in the call of the item at offset 0 of the present kernel call */
    size_t n;                    /* items of the present kernel call */
    uint64_t mark_ns, mark_item; /* since when, and from which item on, time is shared out to items */
    bool stopped;                /* the present grain, by the cutoff */
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
};

void rpi_context_init(rpi_context *context, int rank, unsigned index, const char *host);
void rpi_context_fini(rpi_context *context);

/* Makes `context` the one of this thread (NULL: none again). */
void rpi_context_enter(rpi_context *context);
/* The context of this thread, or NULL. */
rpi_context *rpi_context_current(void);

/* Runs an initializer in this thread, entered; its state is the context's from then on. RP_OK, or RP_FAILED with what it said. */
rp_status rpi_context_start(rpi_context *context, const rp_initializer *initializer, rp_bytes argument, rp_error *error);
/* Undoes it, if it is due. In the same thread. */
void rpi_context_finish(rpi_context *context);

/* The items that follow are of this batch; NULL: there are none. */
void rpi_context_enter_batch(rpi_context *context, rpi_batch *batch);

/* How many items of the batch a kernel can be given at once: as many as the scratch holds. SIZE_MAX: no argument needs it. */
size_t rpi_context_most_items(const rpi_batch *batch);

/* Runs items begin … end - 1 (offsets) of the batch entered, `most_items` at a time, until the cutoff. Returns how many it ran. `now_ns`:
 * since when their time counts. */
uint64_t rpi_context_run(rpi_context *context, uint64_t begin, uint64_t end, size_t most_items, uint64_t now_ns);

/* Runs one item, whatever the cutoff. */
void rpi_context_run_item(rpi_context *context, uint64_t offset, uint64_t now_ns);

/* Makes the context look at its work's cutoff before its next item. Any thread. */
static inline void rpi_context_call_attention(rpi_context *context) { __atomic_store_n(&context->run.attention, 1, __ATOMIC_SEQ_CST); }

/* Records that an item of `batch` failed: `facts` has item, cause, code, seconds and item_text, the rest is filled in. On the item's last
 * try it counts, and the call's policy takes effect. Nothing is written to the item's result any more: it may run elsewhere from here
 * on. */
void rpi_context_fail_item(rpi_context *context, rpi_batch *batch, const rpi_failure_facts *facts, const char *message);

#endif
