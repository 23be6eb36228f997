/* call.c: see call.h. */
#include "pool/call.h"

#include "base/clock.h"
#include "base/lines.h"
#include "base/options.h"
#include "pool/large_constants.h"
#include "task/context.h"

#include <stdlib.h>
#include <string.h>

/* The number of items that max_failures_percent refers to: all, or, if that isn't known, the finished ones, but at least 100. */
static double share_of(const rpi_call *call)
{
    if (call->n_items != UINT64_MAX) return (double)call->n_items;
    double finished = (double)rpi_work_n_finished(&call->work);
    return finished > 100 ? finished : 100;
}

bool rpi_call_failed_too_often(const rpi_call *call)
{
    uint64_t n_failed = atomic_load(&call->work.n_failed);
    if (call->max_failures > 0 && n_failed > call->max_failures) return true;
    return call->max_failures_percent > 0 && (double)n_failed * 100 > call->max_failures_percent * share_of(call);
}

void rpi_call_count_failure(rpi_call *call, uint64_t item)
{
    rpi_work *work = &call->work;
    rpi_executor *executor = call->pool->executor;
    if (work->on_error == RP_ON_ERROR_STOP) {
        rpi_work_lower_cutoff(work, item);
        executor->ops->stop(executor, work);
    }
    atomic_fetch_add(&work->n_failed, 1);
    if (work->item_failed) work->item_failed(work);
}

static void item_failed(rpi_work *work)
{
    rpi_call *call = (rpi_call *)work;
    if (!atomic_load(&work->draining) && rpi_call_failed_too_often(call)) rpi_call_stop(call);
}

static void items_lost(rpi_work *work, uint64_t first, uint64_t count, int rank)
{
    const rpi_call *call = (const rpi_call *)work;
    if (call->journal) rpi_call_journal_loses(call->journal, first, count, rank);
    if (call->items_lost) call->items_lost(call->items_lost_argument, first, count, rank);
}

/* Sets what the options say about chunks, failures, tries and time-outs. */
static void set_policy(rpi_call *call, const rp_pool_options *options)
{
    bool limited = options->max_failures > 0 || options->max_failures_percent > 0;
    call->schedule = options->schedule;
    call->chunk = options->chunk;
    call->max_failures = options->max_failures;
    call->max_failures_percent = options->max_failures_percent;
    call->work.on_error = options->on_error;
    if (options->on_error == RP_ON_ERROR_COLLECT && limited) call->work.item_failed = item_failed;
    call->work.max_attempts = options->retries == RP_NO_RETRIES ? 1 : 1 + options->retries;
    call->work.timeout_ns = options->timeout_s > 0 ? rpi_nanoseconds(options->timeout_s) : 0;
}

/* Where there is no room for a copy, the constant is sent to each rank; and a loss is told by the call itself. */
static void share_with_hosts(rpi_call_pool *pool, const rpi_large_constants *constants)
{
    for (size_t k = 0; k < constants->n_made && pool->share; k++) (void)pool->share(pool, constants->made[k], NULL);
}

static rp_status init_work(rpi_call_pool *pool, rpi_work *work, rp_column *room, const rp_task *task, rp_columns bound, rp_columns items,
                           rp_error *error)
{
    rpi_large_constants of_bound, of_items;
    rpi_large_constants_init(&of_bound, bound, pool->spans_processes);
    rpi_large_constants_init(&of_items, items, pool->spans_processes);
    share_with_hosts(pool, &of_bound);
    share_with_hosts(pool, &of_items);
    rp_status status = rpi_work_init_at(work, room, task, of_bound.columns, of_items.columns, error);
    rpi_large_constants_fini(&of_bound);
    rpi_large_constants_fini(&of_items);
    return status;
}

/* Of a task that may not be sound, which is checked later. */
static size_t n_arguments(const rp_task *task)
{
    return task && task->n_arguments > 0 && task->n_arguments <= RP_MAX_ARGUMENTS ? (size_t)task->n_arguments : 0;
}

rp_status rpi_call_create(rpi_call_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, size_t size,
                          rpi_call **out, rp_error *error)
{
    rp_status status = options ? rpi_options_check_call(options, error) : RP_OK;
    if (status != RP_OK) return status;
    size_t whole = (size + 15) / 16 * 16, room = n_arguments(task) * sizeof(rp_column);
    rpi_call *call = rpi_lines_alloc(whole + room);
    if (!call) return rpi_error_no_memory(error);
    status = init_work(pool, &call->work, (rp_column *)(void *)((char *)call + whole), task,
                       options ? options->bound : (rp_columns){0, NULL}, items, error);
    if (status == RP_OK && (status = rpi_wishes_make(call, options, &call->wishes, error)) != RP_OK) rpi_work_fini(&call->work);
    if (status != RP_OK) {
        rpi_lines_free(call);
        return status;
    }
    call->work.running = options ? options->begun : NULL;
    call->work.n_running = call->work.running ? options->n_begun : 0;
    call->work.items_lost = items_lost;
    call->items_lost = options ? options->items_lost : NULL;
    call->items_lost_argument = options ? options->items_lost_argument : NULL;
    call->pool = pool;
    rp_pool_options both;
    rpi_options_resolve(pool->options, options, &both);
    set_policy(call, &both);
    call->work.seed = options ? options->seed : 0;
    call->references = 1;
    rpi_mutex_init(&call->mutex);
    rpi_cond_init(&call->changed);
    rpi_list_init(&call->watches);
    *out = call;
    return RP_OK;
}

void rpi_call_ref(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    call->references++;
    pthread_mutex_unlock(&call->mutex);
}

void rpi_call_unref(rpi_call *call)
{
    if (!call) return;
    pthread_mutex_lock(&call->mutex);
    bool last = --call->references == 0;
    pthread_mutex_unlock(&call->mutex);
    if (!last) return;
    if (call->fini) call->fini(call);
    rpi_call_journal_destroy(call->journal);
    free(call->why);
    rpi_work_fini(&call->work);
    rpi_failure_free_list(call->failures);
    free(call->wishes);
    rpi_failure_free_list(call->not_begun);
    pthread_cond_destroy(&call->changed);
    pthread_mutex_destroy(&call->mutex);
    rpi_lines_free(call);
}

rp_status rpi_call_check_wait(const rpi_call_pool *pool, rp_error *error)
{
    return rpi_context_is_in_pool(pool) ? rp_error_set(error, RP_USAGE, 0, "a task can't wait for its own pool") : RP_OK;
}

/* ---- the way to its end ---- */

static rpi_waiter *take_reader(rpi_call *call)
{
    rpi_waiter *reader = call->reader;
    call->reader = NULL;
    return reader;
}

/* With the mutex held. */
static void wake_all(rpi_call *call)
{
    rpi_waiter *reader = take_reader(call);
    pthread_cond_broadcast(&call->changed);
    if (reader) rpi_waiter_tell(reader);
}

/* Finishes the call if nothing more can come. With the mutex held. True: the caller calls `end` once it has released the mutex. */
static bool try_finish(rpi_call *call)
{
    bool is_due = (call->state == RPI_CALL_CLOSED || call->state == RPI_CALL_CANCELLED) && call->n_outstanding == 0;
    if (!is_due) return false;
    call->failures = rpi_failure_sort(call->failures);
    rpi_wishes_fill(call->wishes, &(rpi_wishes_outcome){call->failures, call->not_begun, call->n_items, atomic_load(&call->work.cutoff),
                                                        rpi_call_is_cancelled(call)});
    atomic_fetch_add(&call->pool->failures, atomic_load(&call->work.n_failed));
    call->state = call->state == RPI_CALL_CANCELLED ? RPI_CALL_FINISHED_CANCELLED : RPI_CALL_FINISHED;
    wake_all(call);
    for (rpi_watch *watch; (watch = RPI_ENTRY(rpi_list_take_first(&call->watches), rpi_watch, link));) watch->tell(watch);
    return true;
}

/* The pool has its own reference until `ended` drops it. */
static void end(rpi_call *call)
{
    const rpi_executor_ops *ops = call->pool->executor->ops;
    if (ops->forget) ops->forget(call->pool->executor, &call->work);
    call->pool->ended(call->pool, call);
}

bool rpi_call_batch_begins(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    bool open = call->state == RPI_CALL_OPEN;
    if (open) call->n_outstanding++;
    pthread_mutex_unlock(&call->mutex);
    return open;
}

void rpi_call_batch_joins(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    call->n_outstanding++;
    pthread_mutex_unlock(&call->mutex);
}

static void keep_failure(rpi_call *call, rpi_failure *failure)
{
    bool has_begun = failure->facts.cause != RP_CAUSE_NOT_BEGUN;
    rpi_failure **list = has_begun ? &call->failures : &call->not_begun;
    failure->next = *list;
    *list = failure;
    call->n_failures += has_begun;
}

void rpi_call_batch_ends(rpi_call *call, rpi_batch *batch, bool (*also)(rpi_batch *batch))
{
    pthread_mutex_lock(&call->mutex);
    bool wakes = also && also(batch);
    rpi_failure *failure = atomic_exchange(&batch->failures, NULL);
    while (failure) {
        rpi_failure *next = failure->next;
        keep_failure(call, failure);
        failure = next;
    }
    if (batch->status != RP_OK && call->status == RP_OK) call->status = batch->status;
    call->n_outstanding--;
    bool finished = try_finish(call);
    rpi_waiter *reader = wakes ? take_reader(call) : NULL;
    pthread_mutex_unlock(&call->mutex);
    if (reader) rpi_waiter_tell(reader); /* not before: it would wait for the mutex at once */
    if (finished) end(call);
}

void rpi_call_release(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    call->n_outstanding--;
    bool finished = try_finish(call);
    pthread_mutex_unlock(&call->mutex);
    if (finished) end(call);
}

void rpi_call_close(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    if (call->state == RPI_CALL_OPEN) call->state = RPI_CALL_CLOSED;
    bool finished = try_finish(call);
    pthread_mutex_unlock(&call->mutex);
    if (finished) end(call);
}

void rpi_call_stop(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    if (call->state == RPI_CALL_OPEN || call->state == RPI_CALL_CLOSED) {
        atomic_store(&call->work.draining, true);
        call->pool->executor->ops->drain(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        wake_all(call);
    }
    pthread_mutex_unlock(&call->mutex);
}

void rpi_call_begin_none(rpi_call *call)
{
    const rpi_executor_ops *ops = call->pool->executor->ops;
    pthread_mutex_lock(&call->mutex);
    if (call->state == RPI_CALL_OPEN || call->state == RPI_CALL_CLOSED) {
        rpi_work_begin_none(&call->work);
        ops->drain(call->pool->executor, &call->work);
        ops->stop(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        pthread_cond_broadcast(&call->changed);
    }
    pthread_mutex_unlock(&call->mutex);
}

rp_status rpi_call_open_journal(rpi_call *call, const rp_call_options *options, uint64_t n_items, rp_error *error)
{
    if (!options || !options->key || !call->pool->journal) return RP_OK;
    return rpi_call_journal_open(call->pool->journal, options->key, &call->work, n_items, &call->journal, error);
}

/* Without memory for the text the status has to do. */
void rpi_call_fail(rpi_call *call, uint64_t item, const rp_error *why)
{
    rpi_work_lower_cutoff(&call->work, item);
    pthread_mutex_lock(&call->mutex);
    if (call->status == RP_OK) {
        call->status = why->status;
        call->why = malloc(sizeof *why);
        if (call->why) *call->why = *why;
        call->reason = call->why ? call->why->message : rp_status_text(why->status);
    }
    pthread_mutex_unlock(&call->mutex);
}

/* A worker says that it begins before it looks at the cutoff. So when it hasn't said so by now, it will see that the cutoff is 0. */
bool rpi_call_cancel(rpi_call *call)
{
    pthread_mutex_lock(&call->mutex);
    bool finished = false, in_time = false;
    if (!rpi_call_is_finished(call)) {
        call->state = RPI_CALL_CANCELLED;
        rpi_work_lower_cutoff(&call->work, 0);
        in_time = !atomic_load(&call->work.begun);
        call->pool->executor->ops->stop(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        wake_all(call);
        finished = try_finish(call);
    }
    pthread_mutex_unlock(&call->mutex);
    if (finished) end(call);
    return in_time;
}

/* The failure of the lowest index. The list is sorted only once the call is finished. */
static const rpi_failure *first_failure(const rpi_call *call)
{
    const rpi_failure *first = call->failures;
    for (const rpi_failure *failure = first; failure && !rpi_call_is_finished(call); failure = failure->next)
        if (failure->facts.item < first->facts.item) first = failure;
    return first;
}

/* Joins the lines of all lost ranks into one. */
static rp_status say_lost(const rpi_call *call, rp_error *error)
{
    const rpi_failure *loss = atomic_load(&call->work.losses);
    if (!loss) return rp_error_set(error, RP_LOST, 0, "a rank was lost while it ran items of this call");
    rp_error_set(error, RP_LOST, 0, "%s", loss->message);
    for (const rpi_failure *more = loss->next; more && error; more = more->next)
        rp_error_set(error, RP_LOST, 0, "%s; %s", error->message, more->message);
    if (!error) return RP_LOST;
    error->rank = loss->facts.rank;
    memcpy(error->host, loss->facts.host, sizeof error->host);
    return RP_LOST;
}

/* The pool was stopped while there were items left to start; a limit of failures didn't do it. */
static bool is_stopped_short(const rpi_call *call) { return atomic_load(&call->work.drained) && !rpi_call_failed_too_often(call); }

static rp_status say_stopped(const rpi_call *call, const rpi_failure *failure, rp_error *error)
{
    static const char text[] = "the pool was stopped before all items were started";
    unsigned long long n_failed = atomic_load(&call->work.n_failed);
    if (!failure) return rp_error_set(error, RP_CANCELLED, 0, "%s", text);
    rp_error first;
    (void)rpi_failure_to_error(failure, &first);
    return rp_error_set(error, RP_CANCELLED, 0, "%s; of those that ran, %llu failed, the first: %s", text, n_failed, rp_error_text(&first));
}

rp_status rpi_call_outcome(const rpi_call *call, rp_error *error)
{
    if (rpi_call_is_cancelled(call))
        return rp_error_set(error, RP_CANCELLED, 0, "the call was cancelled, or its pool terminated, before it was finished");
    if (call->why) return rp_error_set(error, call->status, call->why->code, "%s", call->reason);
    if (call->status == RP_LOST && !call->reason) return say_lost(call, error);
    if (call->status == RP_USAGE && !call->reason)
        return rp_error_set(error, RP_USAGE, 0, "a rank doesn't know task %s", call->work.task->name);
    if (call->status != RP_OK)
        return rp_error_set(error, call->status, 0, "%s", call->reason ? call->reason : rp_status_text(call->status));
    const rpi_failure *failure = first_failure(call);
    if (is_stopped_short(call)) return say_stopped(call, failure, error);
    if (failure) return rpi_failure_to_error(failure, error);
    if (atomic_load(&call->work.draining) && atomic_load(&call->work.cutoff) < call->n_items)
        return rp_error_set(error, RP_CANCELLED, 0, "the pool was stopped before all items were started");
    if (atomic_load(&call->work.n_failed) > 0) return rp_error_set(error, RP_NO_MEMORY, 0, "items failed, and out of memory to say which");
    return RP_OK;
}

/* When a worker leaves a batch, its items are counted nowhere for a moment. So the number is never less than before. */
uint64_t rpi_call_n_completed(const rpi_call *call)
{
    rpi_call *self = (rpi_call *)(uintptr_t)call;
    uint64_t n = atomic_load(&call->work.n_finished);
    pthread_mutex_lock(&self->mutex);
    if (!rpi_call_is_finished(call)) n += call->pool->executor->ops->n_done(call->pool->executor, &call->work);
    uint64_t n_repeated = atomic_load(&call->work.n_repeated);
    n = n > n_repeated ? n - n_repeated : 0;
    if (self->n_told < n) self->n_told = n;
    n = self->n_told;
    pthread_mutex_unlock(&self->mutex);
    return n;
}
