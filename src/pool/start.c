/* start.c: see start.h. */
#include "pool/start.h"

#include "base/error.h"
#include "pool/call_create.h"
#include "pool/completions.h"
#include "pool/map_parts.h"
#include "task/claims.h"
#include "task/columns.h"
#include "task/into.h"
#include "task/registry.h"

#include <string.h>

/* Where results of no size are, and those that are folded. */
static char nothing[1];

static rp_status check(const rpi_request *in, rp_error *error)
{
    if (!in->pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    rp_status status = rpi_task_check(in->task, error);
    if (status != RP_OK) return status;
    if (in->fold) return rpi_reduction_check(in->fold, in->task, &in->results, error);
    return rpi_into_check(&in->results, in->task, in->n, error);
}

/* Checks what the columns have in them, once they are known to fit the task. */
static rp_status check_items(const rpi_request *in, const rpi_call *call, rp_error *error)
{
    const rp_column *arguments = call->work.arguments;
    rp_status status = rpi_columns_check_length(arguments, in->task, in->n, error);
    if (status != RP_OK) return status;
    return rpi_columns_n_sound(arguments, in->task, 0, in->n, error) == in->n ? RP_OK : RP_USAGE;
}

/* A fixed array may go to an array of its elements, which has the size and the stride of one of those. */
static size_t stride_of(const rpi_request *in)
{
    size_t size = in->task->result_size;
    bool has_gaps = !in->fold && in->results.size > 0 && size > 0 && in->results.stride_bytes > size;
    return has_gaps ? in->results.stride_bytes : size;
}

static void clear_results(const rpi_request *in)
{
    if (!in->fold && in->n > 0 && in->task->result_type == RP_TYPE_BYTES) memset(in->results.data, 0, (size_t)in->n * sizeof(rp_bytes));
}

/* ---- its batch ---- */

/* The call may be gone afterwards. Its failures are then the call's. */
static void batch_ends(rpi_batch *batch) { rpi_call_batch_ends(batch->owner, batch, NULL); }

static const rpi_call_kind keeps_results = {.begin = rpi_start_batch, .ends = batch_ends};

static void tries_end(rpi_batch *batch)
{
    ((const rpi_call *)batch->owner)->kind->ends(batch);
    rpi_tries_destroy((rpi_tries *)(void *)batch);
}

static size_t stride_in(const rpi_call *call) { return call->more ? call->more->result_stride : call->work.task->result_size; }

/* What no item has emitted yet. */
static void clear_emitted(const rpi_call *call)
{
    if (call->kind->partials || call->work.task->result_type != RP_TYPE_BYTES) return;
    for (uint64_t i = 0; i < call->n_items; i++) *(rp_bytes *)(void *)(call->results + i * stride_in(call)) = (rp_bytes){NULL, 0};
}

static void prepare_batch(rpi_call *call, rpi_tries *tries, uint64_t first, uint64_t count)
{
    rp_pool *pool = (rp_pool *)(void *)call->pool;
    rpi_batch *batch = &tries->batch;
    rpi_batch_reset(batch, &call->work, first, count);
    batch->result_stride = stride_in(call);
    batch->results = call->results + first * batch->result_stride;
    batch->schedule = rpi_pool_schedule(pool, call, count);
    batch->owner = call;
    batch->partials = call->kind->partials ? call->kind->partials(call) : NULL;
    rpi_tries_prepare(tries, pool->retrier, tries_end);
}

static void end_without_memory(rpi_call *call)
{
    rp_error why;
    (void)rpi_error_no_memory(&why);
    rpi_call_fail(call, 0, &why);
    rpi_call_release(call);
}

/* ---- a head start: see head_start.h ---- */

/* The items that the client hasn't begun become a batch of their own. */
static void give_rest(rpi_batch *batch)
{
    rpi_call *call = batch->owner;
    rpi_tries *tries = rpi_tries_create();
    if (!tries) return;
    uint64_t kept = rpi_claims_give_back(batch, 0);
    if (kept >= batch->count) {
        rpi_tries_destroy(tries);
        return;
    }
    rpi_call_lock(call);
    call->n_outstanding++;
    rpi_call_unlock(call);
    prepare_batch(call, tries, kept, batch->count - kept);
    tries->batch.avoid_rank = 0; /* its first worker is the client; where there are other ranks */
    call->pool->executor->ops->submit(call->pool->executor, &tries->batch);
}

/* Made when it is needed first. NULL: it can't be. */
static rpi_head_start *have_head_start(rp_pool *pool)
{
    rpi_head_start *self = atomic_load_explicit(&pool->head_start, memory_order_acquire);
    if (self) return self;
    pthread_mutex_lock(&pool->mutex);
    self = atomic_load(&pool->head_start);
    if (!self) atomic_store(&pool->head_start, self = rpi_head_start_create(give_rest));
    pthread_mutex_unlock(&pool->mutex);
    return self;
}

/* Not where the schedule says who runs what, nor where results are folded by where they ran. A single item needs nobody else. */
static bool may_begin_alone(const rpi_batch *batch)
{
    return batch->count == 1 || (batch->schedule.kind == RP_SCHEDULE_AUTO && !batch->partials);
}

static bool begin_alone(rp_pool *pool, rpi_batch *batch)
{
    rpi_executor *executor = pool->for_calls.executor;
    uint64_t most_ns = (uint64_t)(2e9 * pool->brief.most_s);
    if (batch->count == 1) return executor->ops->run_first(executor, batch, most_ns);
    rpi_head_start *head_start = have_head_start(pool);
    if (!head_start || !rpi_head_start_begin(head_start, batch)) return false;
    (void)executor->ops->run_first(executor, batch, most_ns);
    if (rpi_head_start_end(head_start)) rpi_brief_stood_still(&pool->brief, batch->work->task);
    return rpi_claims_exhausted(batch); /* now, as the rest may have been given away after the client's last item */
}

/* True: the batch has ended. */
static bool run_alone(const rpi_call *call, rpi_batch *batch)
{
    rp_pool *pool = (rp_pool *)(void *)call->pool;
    if (!may_begin_alone(batch) || !pool->for_calls.executor->ops->run_first) return false;
    if (!rpi_brief_expects(&pool->brief, call->work.task, batch->count) || !begin_alone(pool, batch)) return false;
    batch->done(batch);
    return true;
}

static void submit(rpi_call *call, rpi_tries *tries, rpi_begin_how how)
{
    rpi_executor *executor = call->pool->executor;
    const rpi_executor_ops *ops = executor->ops;
    prepare_batch(call, tries, 0, call->n_items);
    if (how == RPI_BEGIN_LENDING && run_alone(call, &tries->batch)) return;
    if (how == RPI_BEGIN_LENDING && ops->run) ops->run(executor, &tries->batch);
    else if (how == RPI_BEGIN_WITH_OTHERS && ops->put) ops->put(executor, &tries->batch);
    else ops->submit(executor, &tries->batch);
}

void rpi_start_batch(rpi_call *call, rpi_begin_how how)
{
    clear_emitted(call);
    bool is_cut_short = call->n_items > 0 && rpi_work_stopped(&call->work, 0);
    rpi_tries *tries = is_cut_short ? NULL : rpi_tries_create();
    if (tries) submit(call, tries, how);
    else if (is_cut_short) rpi_call_release(call);
    else end_without_memory(call);
}

/* ---- the call ---- */

/* A blocking call in a callback keeps the thread that would tell its progress. */
static rp_status check_caller(const rpi_request *in, rp_error *error)
{
    const rpi_call_pool *pool = &in->pool->for_calls;
    rp_status status = rpi_pool_check_caller(in->pool, error);
    if (status != RP_OK || !in->options || !in->options->progress_callback || !pool->in_callback(pool)) return status;
    return rp_error_set(error, RP_USAGE, 0,
                        "a blocking call in a callback can't have a progress_callback, which the same thread would call");
}

/* The set gives the call once it is finished, which it can't be yet. */
static void join_set(const rpi_request *in, rpi_call *call)
{
    rp_completions *set = in->options ? in->options->completions : NULL;
    if (set) (void)rp_completions_add(set, call, in->options->tag);
}

static bool has_journal(const rpi_request *in) { return in->options && in->options->key && in->pool->for_calls.journal; }

/* Finds the call in the journal, and whether its items are those of it. */
static rp_status look_up(const rpi_request *in, rpi_call *call, rp_error *error)
{
    if (!has_journal(in)) return RP_OK;
    if (in->fold)
        return rp_error_set(error, RP_USAGE, 0, "a reduction has no results of items that a journal could keep; it can't have a key");
    if (in->results.stride_bytes > in->task->result_size)
        return rp_error_set(error, RP_USAGE, 0, "results with gaps between them can't have a key");
    rp_status status = rpi_call_open_journal(call, in->options, in->n, error);
    return status == RP_OK ? rpi_parts_check(call, error) : status;
}

static rpi_call_shape shape_of(const rpi_request *in, bool in_parts)
{
    if (in_parts) return (rpi_call_shape){rpi_parts_call_size(), false};
    if (in->fold) return (rpi_call_shape){in->size, false};
    return (rpi_call_shape){sizeof(rpi_call), in->n == 1};
}

/* Makes the call, known to no other thread but that of its set. */
static rp_status make(const rpi_request *in, bool waits, rpi_call **out, rp_error *error)
{
    rpi_call *call;
    bool in_parts = has_journal(in) && !in->fold;
    rp_status status = rpi_call_create(&in->pool->for_calls, in->task, in->items, in->options, shape_of(in, in_parts), &call, error);
    if (status != RP_OK) return status;
    call->n_items = in->n;
    if (!in_parts) call->kind = in->fold ? in->kind : &keeps_results;
    call->results = in->results.data && in->task->result_size && !in->fold ? in->results.data : nothing;
    if (call->more) call->more->result_stride = stride_of(in);
    if (waits) rpi_wishes_drop_callbacks(call->wishes);
    call->n_outstanding = 1; /* set before the pool sees the call, as a terminate may then cancel it */
    call->state = RPI_CALL_CLOSED;
    status = check_items(in, call, error);
    if (status == RP_OK) status = look_up(in, call, error);
    if (status == RP_OK && in->prepare) status = in->prepare(in, call, error);
    if (status == RP_OK && !waits) join_set(in, call);
    if (status == RP_OK) *out = call;
    else rpi_call_unref(call);
    return status;
}

/* A call in parts begins after those that wait. */
static rp_status enlist(const rpi_request *in, rpi_call *call, bool *is_out, rp_error *error)
{
    if (rpi_call_journal_of(call)) rpi_waiting_go_all(&in->pool->waiting);
    rp_status status = rpi_pool_begin(in->pool, call, is_out, error);
    if (status == RP_OK) return RP_OK;
    rpi_completion_leave(call);
    rpi_call_unref(call);
    return status;
}

static rp_status start(const rpi_request *in, bool waits, rpi_call **out, rp_error *error)
{
    rpi_call *call;
    bool is_out;
    rp_status status = check(in, error);
    if (status == RP_OK && waits) status = check_caller(in, error);
    if (status == RP_OK) status = make(in, waits, &call, error);
    if (status == RP_OK) status = enlist(in, call, &is_out, error);
    if (status != RP_OK) return status;
    *out = call;
    if (rpi_call_journal_of(call)) {
        clear_results(in);
        rpi_parts_begin(in->pool, call, waits && in->pool->kind == RP_EXECUTOR_SERIAL);
    } else if (is_out) {
        rpi_start_batch(call, waits ? RPI_BEGIN_LENDING : RPI_BEGIN_ALONE);
    }
    return RP_OK;
}

rp_status rpi_start(const rpi_request *in, rp_result **handle, rp_error *error)
{
    if (!handle) return rp_error_set(error, RP_USAGE, 0, "the handle's place is NULL");
    return start(in, false, handle, error);
}

rp_status rpi_start_and_wait(const rpi_request *in, rp_error *error)
{
    rpi_call *call;
    rp_status status = start(in, true, &call, error);
    if (status != RP_OK) return status;
    rp_result_wait(call, -1);
    rpi_log_writer_flush(in->pool->log);
    status = rp_result_get(call, -1, error);
    rpi_brief_learn(&in->pool->brief, in->task, in->n, rpi_work_item_s(&call->work));
    rp_result_free(call);
    return status;
}
