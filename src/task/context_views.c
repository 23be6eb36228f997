/* context_views.c: see context_views.h. */
#include "task/context_views.h"

#include "task/computed.h"

#include <stdlib.h>
#include <string.h>

enum { SCRATCH_BYTES = 32 * 1024 };

static bool needs_scratch(const rpi_work *work, const rpi_batch *batch, int k)
{
    const rp_task *task = work->task;
    if (!batch->views[k].base) return true;
    return (task->flags & RP_TASK_CONTIGUOUS) && batch->views[k].stride_bytes != task->argument_sizes[k];
}

size_t rpi_context_most_items(const rpi_batch *batch)
{
    const rpi_work *work = batch->work;
    size_t limit = SIZE_MAX;
    for (int k = 0; k < work->task->n_arguments; k++) {
        if (!needs_scratch(work, batch, k)) continue;
        size_t fit = SCRATCH_BYTES / work->task->argument_sizes[k];
        if (fit < 1) fit = 1;
        if (fit < limit) limit = fit;
    }
    size_t most = batch->partials || rpi_batch_has_gaps(batch) ? rpi_folder_most_items(work->task, work->reduction) : limit;
    return most < limit ? most : limit;
}

bool rpi_context_grow_scratch(rpi_context *context, int k, size_t size)
{
    if (size <= context->scratch_size[k]) return true;
    char *grown = realloc(context->scratch[k], size);
    if (!grown) return false;
    context->scratch[k] = grown;
    context->scratch_size[k] = size;
    context->scratch_filled[k] = 0;
    return true;
}

/* Copies argument k of n items from offset `begin` of the batch into the scratch. */
static bool fill_scratch(rpi_context *context, const rpi_batch *batch, int k, uint64_t begin, size_t n)
{
    const rp_column *column = &batch->work->arguments[k];
    size_t size = batch->work->task->argument_sizes[k];
    if (!rpi_context_grow_scratch(context, k, n * size)) return false;
    if (!batch->views[k].base) {
        rpi_computed_fill(column, batch->first + begin, n, context->scratch[k]);
        return true;
    }
    size_t stride = batch->views[k].stride_bytes;
    const char *from = batch->views[k].base + begin * stride;
    for (size_t i = stride ? 0 : context->scratch_filled[k]; i < n; i++) memcpy(context->scratch[k] + i * size, from + i * stride, size);
    if (!stride && n > context->scratch_filled[k]) context->scratch_filled[k] = n;
    return true;
}

bool rpi_context_find_views(rpi_context *context, uint64_t begin, size_t n)
{
    const rpi_batch *batch = context->batch;
    const rp_task *task = batch->work->task;
    rp_view *views = context->own_views;
    for (int k = 0; k < task->n_arguments; k++) {
        if (!needs_scratch(batch->work, batch, k)) {
            views[k] = batch->views[k];
            views[k].base += begin * views[k].stride_bytes;
        } else if (fill_scratch(context, batch, k, begin, n)) {
            views[k] = (rp_view){context->scratch[k], task->argument_sizes[k]};
        } else {
            return false;
        }
    }
    return true;
}
