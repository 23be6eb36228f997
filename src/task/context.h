/*
 * context.h: what a running task sees: what it may call (running.h) uses the context of its thread. The context runs the kernel over items
 * of a batch, holds copies of columns that the kernel can't read directly, and records items that fail.
 *
 * Each worker has one, and so has each sandbox. One thread at a time uses it; other threads only set run.attention.
 */
#ifndef RPI_TASK_CONTEXT_H
#define RPI_TASK_CONTEXT_H

#include "task/batch.h"
#include "task/folder.h"
#include "task/log_sink.h"

typedef struct rpi_context rpi_context;
struct rpi_overlap;

/* Notices for the owner of a context; a sandbox wants none. Called in the context's thread, under no lock. */
typedef struct rpi_context_ops {
    /* An item failed, on its last try or an earlier one. */
    void (*item_failed)(rpi_context *context);
    /* This context lowered the cutoff of `work`: workers that run items of it have to look at it. Doesn't block. */
    void (*cutoff_lowered)(rpi_context *context, const rpi_work *work);
} rpi_context_ops;

struct rpi_context {
    rp_run run;                 /* first: kernels know only this field */
    const rpi_context_ops *ops; /* NULL: no notices */
    /* where it is */
    int rank;
    unsigned index;
    const char *host;               /* borrowed */
    const _Atomic uint64_t *cutoff; /* in a sandbox: of the request that runs, as its worker lowers it; NULL: that of the work counts */
    const rpi_log_sink *log;        /* borrowed; NULL: what tasks log is dropped */
    const void *pool;               /* what stands for its pool in the client's process; NULL elsewhere. Never followed */
    rpi_context *outer;             /* of the task in which a serial pool runs its items in this thread; NULL: none */
    /* the initializer */
    const rp_initializer *initializer; /* the one whose start succeeded and whose finish hasn't run; NULL: none */
    void *state;                       /* the initializer's */
    /* what runs */
    rpi_batch *batch;
    const rp_view *views; /* of the present kernel call: in own_views; NULL: there is none */
    rp_view own_views[RP_MAX_ARGUMENTS];
    uint64_t first;              /* index in the call of the item at offset 0 of the present kernel call */
    size_t n;                    /* items of the present kernel call */
    uint64_t mark_ns, mark_item; /* the time, and the first item, since the last mark */
    bool stopped;                /* the present grain was, by the cutoff */
    bool scatters;               /* the results of the present kernel call are in the folder's room, as their places have gaps */
    /* how the task failed the present item */
    bool failing;
    rp_cause fail_cause;
    int fail_code;
    char *fail_message;
    /* the items of a task that has many at once (overlap.h); NULL: none has run. Owned */
    struct rpi_overlap *overlap;
    void (*destroy_overlap)(struct rpi_overlap *overlap);
    char *emitted;
    size_t emitted_size, emitted_capacity;
    rpi_folder folder; /* of calls that reduce */
    /* room for columns that a kernel can't read directly */
    char *scratch[RP_MAX_ARGUMENTS];
    size_t scratch_size[RP_MAX_ARGUMENTS];
    size_t scratch_filled[RP_MAX_ARGUMENTS]; /* how many items have the constant of this batch already */
};

void rpi_context_init(rpi_context *context, int rank, unsigned index, const char *host);
void rpi_context_fini(rpi_context *context);

/* Makes `context` the context of this thread; NULL: the thread has none any more. */
void rpi_context_enter(rpi_context *context);
/* The same inside a task, until rpi_context_leave. */
void rpi_context_nest(rpi_context *context);
void rpi_context_leave(rpi_context *context);
/* The context of this thread, or NULL. */
rpi_context *rpi_context_current(void);
/* Whether this thread runs a task, or an initializer, of that pool: it must not wait for the pool then. */
bool rpi_context_is_in_pool(const void *pool);

/* Sets the batch of the items that follow; NULL: none. */
void rpi_context_enter_batch(rpi_context *context, rpi_batch *batch);

/* How many items of the batch a kernel can be given at once, as the scratch has room for. SIZE_MAX: no argument needs scratch. */
size_t rpi_context_most_items(const rpi_batch *batch);

/* Calls the kernel once for items begin … end - 1 (offsets) of the entered batch, at most rpi_context_most_items. Their time counts from
 * the last mark. Ignores the cutoff before them. Returns how many it ran. */
uint64_t rpi_context_call_kernel(rpi_context *context, uint64_t begin, uint64_t end);

/* Runs items begin … end - 1 (offsets) of the entered batch, `most_items` at a time, until the cutoff. Where results are folded, the calls
 * of the kernel end at multiples of `most_items`, as these are borders of large parts of the tree. Their time counts from `now_ns`.
 * Returns how many it ran. Inline, as one more call shows where grains have one short item. */
static inline uint64_t rpi_context_run(rpi_context *context, uint64_t begin, uint64_t end, size_t most_items, uint64_t now_ns)
{
    const rpi_batch *batch = context->batch;
    uint64_t n_run = 0;
    context->mark_ns = now_ns;
    context->mark_item = batch->first + begin;
    context->stopped = false;
    while (begin < end && !context->stopped) {
        if (rpi_work_stopped(batch->work, batch->first + begin)) break;
        uint64_t size = most_items - (batch->partials ? (batch->first + begin) % most_items : 0),
                 stop = end - begin > size ? begin + size : end;
        n_run += rpi_context_call_kernel(context, begin, stop);
        begin = stop;
    }
    return n_run;
}

/* For a kernel call that user code left by ending its thread (rpi_thread_guard): its present item, or all items of a range call, have
 * failed, and the context is ready for others. Returns the offset in the batch of the item that is next. */
uint64_t rpi_context_take_exit(rpi_context *context);

/* Runs one item, ignoring the cutoff. */
void rpi_context_run_item(rpi_context *context, uint64_t offset, uint64_t now_ns);

/* Makes the context look at the cutoff of its work before its next item. Any thread. */
static inline void rpi_context_call_attention(rpi_context *context) { __atomic_store_n(&context->run.attention, 1, __ATOMIC_SEQ_CST); }

/* Records that an item of `batch` failed. `facts` has item, cause, code, seconds and item_text; the rest is filled in. If it was the last
 * try, the item counts as failed and the policy of the call applies. Nothing writes to the result of the item any more: from here on it
 * may run elsewhere. */
void rpi_context_fail_item(rpi_context *context, rpi_batch *batch, const rpi_failure_facts *facts, const char *message);

/* For a batch with partials: folds the results of the n items from offset `begin` on, which are in the folder's room, but for those that
 * failed. */
void rpi_context_fold(rpi_context *context, rpi_batch *batch, uint64_t begin, uint64_t n);
/* The worker leaves such a batch: what it has folded goes to the batch's partials. */
void rpi_context_end_folding(rpi_context *context, rpi_batch *batch);

#endif
