/*
 * context_views.h: where the arguments of items are: in the batch's columns, or, where a kernel can't read those, in copies that the
 * context has in its scratch. For context.c. Called in the context's thread.
 */
#ifndef RPI_TASK_CONTEXT_VIEWS_H
#define RPI_TASK_CONTEXT_VIEWS_H

#include "task/computed.h"
#include "task/context_state.h"
#include "task/numbers.h"

/* How many items of the batch a kernel is given at once. SIZE_MAX: it finds all arguments and leaves all results where they are. Otherwise
 * a power of 2, so that calls can end at borders of large parts of the tree of a call that reduces. */
size_t rpi_context_most_items(const rpi_batch *batch);

/* Fills own_views for n items from offset `begin` of the context's batch. False: no memory. */
bool rpi_context_find_views(rpi_context *context, uint64_t begin, size_t n);

/* Makes room for `size` bytes of argument k. False: no memory. */
bool rpi_context_grow_scratch(rpi_context *context, int k, size_t size);

/* The same as find_views for one item of a task that isn't contiguous, in fewer steps: grains of one short item come one by one. */
static inline bool rpi_context_find_views_of_one(rpi_context *context, uint64_t offset)
{
    const rpi_batch *batch = context->batch;
    const rpi_work *work = batch->work;
    for (int k = 0; k < work->task->n_arguments; k++) {
        rp_view view = batch->views[k];
        if (!view.base) {
            if (context->scratch_size[k] < RPI_LARGEST_NUMBER && !rpi_context_grow_scratch(context, k, RPI_LARGEST_NUMBER)) return false;
            view.base = rpi_computed_value(&work->arguments[k], batch->first + offset, context->scratch[k]);
        }
        context->own_views[k] = (rp_view){view.base + offset * view.stride_bytes, view.stride_bytes};
    }
    return true;
}

#endif
