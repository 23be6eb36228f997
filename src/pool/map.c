/* map.c: apply, map, starmap and their async forms. All are a starmap of one batch over all items. */
#include "pool/pool.h"

#include <rankpool/map.h>

#include <string.h>

typedef struct request {
    rp_pool *pool;
    const rp_task *task;
    void *results;
    uint64_t n;
    rp_columns items;
    const rp_call_options *options;
} request;

static rp_status check(const request *in, rp_error *error)
{
    if (!in->pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    if (!in->task) return rp_error_set(error, RP_USAGE, 0, "the task is NULL");
    if (in->n > 0 && !in->results) return rp_error_set(error, RP_USAGE, 0, "the results of task %s have no array", in->task->name);
    if (in->n > SIZE_MAX / (in->task->result_size ? in->task->result_size : 1))
        return rp_error_set(error, RP_USAGE, 0, "%llu items are more than memory can hold", (unsigned long long)in->n);
    for (size_t k = 0; in->n > 0 && k < in->items.n; k++)
        if (in->items.columns[k].kind == RP_COLUMN_ARRAY && !in->items.columns[k].data)
            return rp_error_set(error, RP_USAGE, 0, "the column of argument %zu of task %s is NULL", k + 1, in->task->name);
    return RP_OK;
}

/* The call may be gone afterwards. */
static void batch_ends(rpi_batch *batch)
{
    rpi_call_batch_ends(batch->owner, batch, NULL);
    rpi_tries_destroy((rpi_tries *)(void *)batch);
}

/* Starts the call. On success `*out` is a reference for the caller. `waits`: the caller waits for the call, and may run items itself. */
static rp_status start(const request *in, bool waits, rpi_call **out, rp_error *error)
{
    rp_status status = check(in, error);
    if (status == RP_OK && waits) status = rpi_pool_check_caller(in->pool, error);
    if (status != RP_OK) return status;
    rpi_call *call;
    status = rpi_call_create(&in->pool->for_calls, in->task, in->items, in->options, &call, error);
    if (status != RP_OK) return status;
    call->n_items = in->n;
    call->results = in->results;
    rpi_tries *tries = rpi_tries_create(); /* freed by batch_ends */
    if (waits) call->callback = call->error_callback = NULL;
    call->n_outstanding = 1; /* set before the pool sees the call, as a terminate may then cancel it */
    call->state = RPI_CALL_CLOSED;
    if (!tries) status = rpi_error_no_memory(error);
    if (status == RP_OK) status = rpi_pool_begin(in->pool, call, error);
    if (status != RP_OK) {
        rpi_tries_destroy(tries);
        rpi_call_unref(call);
        return status;
    }
    if (in->n > 0 && in->task->result_type == RP_TYPE_BYTES) memset(in->results, 0, (size_t)in->n * sizeof(rp_bytes));
    rpi_batch *batch = &tries->batch;
    rpi_batch_reset(batch, &call->work, 0, in->n);
    batch->results = call->results;
    batch->schedule = rpi_pool_schedule(in->pool, &call->options, in->n);
    batch->owner = call;
    rpi_tries_prepare(tries, in->pool->retrier, batch_ends);
    *out = call;
    rpi_executor *executor = in->pool->for_calls.executor;
    if (waits && executor->ops->run) executor->ops->run(executor, batch);
    else executor->ops->submit(executor, batch);
    return RP_OK;
}

static rp_status start_and_wait(const request *in, rp_error *error)
{
    rpi_call *call;
    rp_status status = start(in, true, &call, error);
    if (status != RP_OK) return status;
    rp_result_wait(call, -1);
    status = rp_result_get(call, -1, error);
    rp_result_free(call);
    return status;
}

rp_status rp_starmap(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                     rp_error *error)
{
    return start_and_wait(&(request){pool, task, results, n, items, options}, error);
}

rp_status rp_starmap_async(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                           rp_result **handle, rp_error *error)
{
    if (!handle) return rp_error_set(error, RP_USAGE, 0, "the handle is NULL");
    return start(&(request){pool, task, results, n, items, options}, false, handle, error);
}

rp_status rp_map(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                 rp_error *error)
{
    return rp_starmap(pool, task, results, n, (rp_columns){1, &items}, options, error);
}

rp_status rp_map_async(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                       rp_result **handle, rp_error *error)
{
    return rp_starmap_async(pool, task, results, n, (rp_columns){1, &items}, options, handle, error);
}

rp_status rp_apply(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options, rp_error *error)
{
    return rp_starmap(pool, task, result, 1, arguments, options, error);
}

rp_status rp_apply_async(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                         rp_result **handle, rp_error *error)
{
    return rp_starmap_async(pool, task, result, 1, arguments, options, handle, error);
}
