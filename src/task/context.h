/*
 * context.h: what a running task sees: what it may call (running.h) uses the context of its thread. The context runs the kernel over items
 * of a batch, holds copies of columns that the kernel can't read directly, and records items that fail.
 *
 * Each worker has one, and so has each sandbox. One thread at a time uses it; other threads only set run.attention.
 */
#ifndef RPI_TASK_CONTEXT_H
#define RPI_TASK_CONTEXT_H

#include "task/context_views.h"

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

/* Calls the kernel once for items begin … end - 1 (offsets) of the entered batch, at most rpi_context_most_items. Their time counts from
 * the last mark. Ignores the cutoff before them. Returns how many it ran. */
uint64_t rpi_context_call_kernel(rpi_context *context, uint64_t begin, uint64_t end);

/* Runs items begin … end - 1 (offsets) of the entered batch, `most_items` at a time, until one may not begin. Where results are folded, the
 * calls of the kernel end at multiples of `most_items`, as these are borders of large parts of the tree. Their time counts from `now_ns`.
 * Returns how many it ran. Inline, as one more call shows where grains have one short item. */
static inline uint64_t rpi_context_run(rpi_context *context, uint64_t begin, uint64_t end, size_t most_items, uint64_t now_ns)
{
    const rpi_batch *batch = context->batch;
    uint64_t n_run = 0;
    context->mark_ns = now_ns;
    context->mark_item = batch->first + begin;
    context->stopped = false;
    while (begin < end && !context->stopped) {
        if (!rpi_work_may_begin(batch->work, batch->first + begin)) break;
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

/* Makes the context look before its next item whether that may begin. Any thread. */
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
