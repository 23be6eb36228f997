/* map.c: apply, map, starmap and their async forms. All are a starmap of one batch over all items. */
#include "pool/pool.h"
#include "task/columns.h"
#include "task/into.h"
#include "task/registry.h"

#include <rankpool/map.h>

#include <string.h>

typedef struct request {
    rp_pool *pool;
    const rp_task *task;
    rp_into results;
    uint64_t n;
    rp_columns items;
    const rp_call_options *options;
} request;

/* A call of one batch. */
typedef struct map_call {
    rpi_call call; /* first */
    rpi_tries tries;
} map_call;

/* Where results of no size are. */
static char nothing[1];

static rp_status check(const request *in, rp_error *error)
{
    if (!in->pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    rp_status status = rpi_task_check(in->task, error);
    return status == RP_OK ? rpi_into_check(&in->results, in->task, in->n, error) : status;
}

/* Checks what the columns have in them, once they are known to fit the task. */
static rp_status check_items(const request *in, const rpi_call *call, rp_error *error)
{
    const rp_column *arguments = call->work.arguments;
    rp_status status = rpi_columns_check_length(arguments, in->task, in->n, error);
    if (status != RP_OK) return status;
    return rpi_columns_n_sound(arguments, in->task, 0, in->n, error) == in->n ? RP_OK : RP_USAGE;
}

/* The call may be gone afterwards, and the batch with it. Its failures are then the call's. */
static void batch_ends(rpi_batch *batch)
{
    rpi_batch_free_claims(batch);
    rpi_call_batch_ends(batch->owner, batch, NULL);
}

/* Starts the call. On success `*out` is a reference for the caller. `waits`: the caller waits for the call, and may run items itself. */
static rp_status start(const request *in, bool waits, rpi_call **out, rp_error *error)
{
    rp_status status = check(in, error);
    if (status == RP_OK && waits) status = rpi_pool_check_caller(in->pool, error);
    if (status != RP_OK) return status;
    rpi_call *call;
    status = rpi_call_create(&in->pool->for_calls, in->task, in->items, in->options, sizeof(map_call), &call, error);
    if (status != RP_OK) return status;
    call->n_items = in->n;
    call->results = in->results.data && in->task->result_size ? in->results.data : nothing;
    rpi_tries *tries = &((map_call *)(void *)call)->tries;
    if (waits) call->callback = call->error_callback = NULL;
    call->n_outstanding = 1; /* set before the pool sees the call, as a terminate may then cancel it */
    call->state = RPI_CALL_CLOSED;
    status = check_items(in, call, error);
    if (status == RP_OK) status = rpi_pool_begin(in->pool, call, error);
    if (status != RP_OK) {
        rpi_call_unref(call);
        return status;
    }
    if (in->n > 0 && in->task->result_type == RP_TYPE_BYTES) memset(in->results.data, 0, (size_t)in->n * sizeof(rp_bytes));
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

/* ---- the public forms ---- */

rp_status rp_starmap_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items, const rp_call_options *options,
                          rp_error *error)
{
    return start_and_wait(&(request){pool, task, results, n, items, options}, error);
}

rp_status rp_starmap_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                const rp_call_options *options, rp_result **handle, rp_error *error)
{
    if (!handle) return rp_error_set(error, RP_USAGE, 0, "the handle's place is NULL");
    return start(&(request){pool, task, results, n, items, options}, false, handle, error);
}

rp_status rp_map_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items, const rp_call_options *options,
                      rp_error *error)
{
    return rp_starmap_into(pool, task, results, n, (rp_columns){1, &items}, options, error);
}

rp_status rp_map_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                            const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, results, n, (rp_columns){1, &items}, options, handle, error);
}

rp_status rp_apply_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                        rp_error *error)
{
    return rp_starmap_into(pool, task, result, 1, arguments, options, error);
}

rp_status rp_apply_async_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                              rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, result, 1, arguments, options, handle, error);
}

/* Without the macros of their names: results of a type that isn't known. */
rp_status(rp_starmap)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                      rp_error *error)
{
    return rp_starmap_into(pool, task, RP_INTO(results), n, items, options, error);
}

rp_status(rp_starmap_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                            rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, RP_INTO(results), n, items, options, handle, error);
}

rp_status(rp_map)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                  rp_error *error)
{
    return rp_map_into(pool, task, RP_INTO(results), n, items, options, error);
}

rp_status(rp_map_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                        rp_result **handle, rp_error *error)
{
    return rp_map_async_into(pool, task, RP_INTO(results), n, items, options, handle, error);
}

rp_status(rp_apply)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options, rp_error *error)
{
    return rp_apply_into(pool, task, RP_INTO(result), arguments, options, error);
}

rp_status(rp_apply_async)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                          rp_result **handle, rp_error *error)
{
    return rp_apply_async_into(pool, task, RP_INTO(result), arguments, options, handle, error);
}
