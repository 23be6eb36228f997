/*
 * reduce.c: rp_reduce and its async form: a starmap whose batch has partials (task/partials.h), where results are folded as they are made.
 * When all tries of its items are over, what is there is merged, and given to the caller.
 */
#include "pool/start.h"
#include "task/accumulator.h"

#include <rankpool/reduce.h>

#include <string.h>

typedef struct reduce_call {
    rpi_call call; /* first */
    rpi_partials partials;
    rp_into result;
    uint64_t *reduced;
    rpi_partial *initial; /* NULL: none; later a part of the value */
    rpi_partial *value;   /* NULL: there is none */
} reduce_call;

static reduce_call *reduce_call_of(rpi_call *call) { return (reduce_call *)(void *)call; }
static rpi_partials *partials_of(rpi_call *call) { return &reduce_call_of(call)->partials; }

/* ---- the beginning ---- */

/* Makes an accumulator of an initial value: of what the fold gives, which for a fold with an end is a result. */
static rp_status take_initial(reduce_call *self, const rpi_reduction *reduction, const void *initial, rp_error *error)
{
    const rp_fold *fold = reduction->fold;
    bool of_bytes = fold->flags & RP_FOLD_OF_BYTES;
    rp_bytes bytes = of_bytes ? *(const rp_bytes *)initial : (rp_bytes){initial, fold->size};
    if (bytes.size > 0 && !bytes.data) return rp_error_set(error, RP_USAGE, 0, "the initial value is %zu bytes at NULL", bytes.size);
    rpi_partial *part = rpi_partial_create(reduction, 0, 0);
    if (!part) return rpi_error_no_memory(error);
    bool filled = true;
    if (fold->end) fold->fold(part->value, 1, initial, 1, 0);
    else filled = rpi_accumulator_fill(fold, part->value, bytes);
    if (filled) self->initial = part;
    else rpi_partial_destroy(reduction, part);
    return filled ? RP_OK : rpi_error_no_memory(error);
}

static rp_status prepare(const rpi_request *in, rpi_call *call, rp_error *error)
{
    reduce_call *self = reduce_call_of(call);
    const rp_call_options *options = in->options;
    if (options && (unsigned)options->reduce_order > RP_ORDER_ANY)
        return rp_error_set(error, RP_USAGE, 0, "reduce_order %d is neither fixed nor any", (int)options->reduce_order);
    bool in_any_order = options && options->reduce_order == RP_ORDER_ANY;
    if (!rpi_work_reduce(&call->work, in->fold, in->n, in_any_order)) return rpi_error_no_memory(error);
    rpi_partials_init(&self->partials, call->work.reduction);
    self->result = in->results;
    self->reduced = options ? options->reduced : NULL;
    return options && options->initial ? take_initial(self, call->work.reduction, options->initial, error) : RP_OK;
}

/* ---- the end ---- */

/* Whether all items have run, or failed where failures are left out. What is there is then the value. */
static bool is_complete(const rpi_batch *batch)
{
    if (rpi_work_begins_none(batch->work) && atomic_load(&batch->work->drained)) return false;
    return batch->status == RP_OK && atomic_load(&batch->work->cutoff) >= batch->count;
}

/* Merges all there is. */
static void find_value(reduce_call *self)
{
    const rpi_reduction *reduction = self->partials.reduction;
    self->value = rpi_partials_finish(&self->partials);
    if (!self->initial || atomic_load(&self->partials.failed)) return;
    if (self->value) rpi_partial_merge(reduction, self->initial, self->value);
    self->value = self->initial;
    self->initial = NULL;
    if (rpi_partial_has_failed(reduction, self->value)) atomic_store(&self->partials.failed, true);
}

/* Writes the value to its place. */
static void give(reduce_call *self, rpi_call *call, rpi_batch *batch)
{
    const rp_fold *fold = call->work.reduction->fold;
    rpi_partial *value = self->value;
    if (fold->end && (call->more->reason = fold->end(value->value, self->result.data))) batch->status = RP_FAILED;
    if (batch->status != RP_OK) return;
    if (fold->flags & RP_FOLD_OF_BYTES) {
        rp_accumulator *bytes = (rp_accumulator *)(void *)value->value;
        *(rp_bytes *)self->result.data = (rp_bytes){bytes->data, bytes->size};
        bytes->data = NULL; /* the caller's from now on */
    } else if (!fold->end) {
        memcpy(self->result.data, value->value, fold->size);
    }
    if (self->reduced) *self->reduced = value->n;
}

/* Under the call's mutex, so that no cancel comes between. */
static bool give_value(rpi_batch *batch)
{
    rpi_call *call = batch->owner;
    reduce_call *self = reduce_call_of(call);
    if (rpi_call_is_cancelled(call) || !is_complete(batch)) return false;
    if (atomic_load(&self->partials.failed)) batch->status = RP_NO_MEMORY;
    else if (self->value) give(self, call, batch);
    else if (!atomic_load(&batch->failures)) batch->status = RP_END;
    if (!self->value && batch->status != RP_NO_MEMORY && self->reduced) *self->reduced = 0;
    return false; /* nobody reads before the end */
}

static void batch_ends(rpi_batch *batch)
{
    reduce_call *self = reduce_call_of(batch->owner);
    if (is_complete(batch)) find_value(self);
    rpi_call_batch_ends(batch->owner, batch, give_value);
}

static void fini(rpi_call *call)
{
    reduce_call *self = reduce_call_of(call);
    const rpi_reduction *reduction = self->partials.reduction;
    if (!reduction) return; /* it wasn't prepared */
    rpi_partial_destroy(reduction, self->initial);
    rpi_partial_destroy(reduction, self->value);
    rpi_partials_fini(&self->partials);
}

static const rpi_call_kind kind = {rpi_start_batch, batch_ends, partials_of, fini};

/* ---- the public forms ---- */

static rpi_request request(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                           const rp_call_options *options)
{
    return (rpi_request){pool, task, result, n, items, options, fold, &kind, sizeof(reduce_call), prepare};
}

/* Items of the overlapping form end in any order, and a fold takes them in theirs. */
static rp_status check(const rp_fold *fold, const rp_task *task, rp_error *error)
{
    if (!fold) return rp_error_set(error, RP_USAGE, 0, "the fold is NULL");
    if (task && task->flags & RP_TASK_OVERLAPS)
        return rp_error_set(error, RP_USAGE, 0, "task %s has many items at once (RP_TASK_OVERLAP), which can't be folded", task->name);
    return RP_OK;
}

rp_status rp_reduce_sized(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                          const rp_call_options *options, size_t options_size, rp_error *error)
{
    rp_call_options own;
    const rp_call_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (options && !known) return rpi_sized_refuse("the call's options", error);
    rpi_request in = request(pool, task, fold, result, n, items, known);
    rp_status status = check(fold, task, error);
    return status == RP_OK ? rpi_start_and_wait(&in, error) : status;
}

rp_status rp_reduce_async_sized(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                                const rp_call_options *options, size_t options_size, rp_result **handle, rp_error *error)
{
    rp_call_options own;
    const rp_call_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (options && !known) return rpi_sized_refuse("the call's options", error);
    rpi_request in = request(pool, task, fold, result, n, items, known);
    rp_status status = check(fold, task, error);
    return status == RP_OK ? rpi_start(&in, handle, error) : status;
}

/* ---- callers that don't say how large their options are ---- */

rp_status rp_reduce_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                         const rp_call_options *options, rp_error *error)
{
    return rp_reduce_sized(pool, task, fold, result, n, items, options, RPI_FIRST_CALL_OPTIONS, error);
}

rp_status rp_reduce_async_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                               const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_reduce_async_sized(pool, task, fold, result, n, items, options, RPI_FIRST_CALL_OPTIONS, handle, error);
}

rp_status(rp_reduce)(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                     const rp_call_options *options, rp_error *error)
{
    return rp_reduce_into(pool, task, fold, RP_INTO(result), n, items, options, error);
}

rp_status(rp_reduce_async)(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                           const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_reduce_async_into(pool, task, fold, RP_INTO(result), n, items, options, handle, error);
}
