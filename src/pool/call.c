/* call.c: see call.h. */
#include "pool/call.h"

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
    const rpi_call_more *more = call->more;
    uint64_t n_failed = atomic_load(&call->work.n_failed);
    if (!more) return false;
    if (more->max_failures > 0 && n_failed > more->max_failures) return true;
    return more->max_failures_percent > 0 && (double)n_failed * 100 > more->max_failures_percent * share_of(call);
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
    rpi_work_tell_of_failure(work);
}

void rpi_call_ref(rpi_call *call)
{
    rpi_call_lock(call);
    call->references++;
    rpi_call_unlock(call);
}

void rpi_call_unref(rpi_call *call)
{
    if (!call) return;
    rpi_call_lock(call);
    bool last = --call->references == 0;
    rpi_call_unlock(call);
    if (!last) return;
    if (call->kind && call->kind->fini) call->kind->fini(call);
    if (call->more) {
        rpi_call_journal_destroy(call->more->journal);
        free(call->more->why);
    }
    rpi_work_fini(&call->work);
    rpi_failure_free_list(call->failures);
    free(call->wishes);
    rpi_failure_free_list(call->not_begun);
    free(call);
}

rp_status rpi_call_check_wait(const rpi_call_pool *pool, rp_error *error)
{
    return rpi_context_is_in_pool(pool) ? rp_error_set(error, RP_USAGE, 0, "a task can't wait for its own pool") : RP_OK;
}

/* ---- the way to its end ---- */

static rpi_waiter *take_reader(rpi_call *call)
{
    rpi_waiter *reader = call->more ? call->more->reader : NULL;
    if (reader) call->more->reader = NULL;
    return reader;
}

/* With the mutex held. */
static void wake_all(rpi_call *call)
{
    rpi_waiter *reader = take_reader(call);
    rpi_small_cond_broadcast(&call->changed);
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
    if (call->set) call->set->finished(call->set, call);
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
    rpi_call_lock(call);
    bool open = call->state == RPI_CALL_OPEN;
    if (open) call->n_outstanding++;
    rpi_call_unlock(call);
    return open;
}

void rpi_call_batch_joins(rpi_call *call)
{
    rpi_call_lock(call);
    call->n_outstanding++;
    rpi_call_unlock(call);
}

static void keep_failure(rpi_call *call, rpi_failure *failure)
{
    rpi_failure **list = failure->facts.cause == RP_CAUSE_NOT_BEGUN ? &call->not_begun : &call->failures;
    failure->next = *list;
    *list = failure;
}

void rpi_call_batch_ends(rpi_call *call, rpi_batch *batch, bool (*also)(rpi_batch *batch))
{
    rpi_call_lock(call);
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
    rpi_call_unlock(call);
    if (reader) rpi_waiter_tell(reader); /* not before: it would wait for the mutex at once */
    if (finished) end(call);
}

void rpi_call_release(rpi_call *call)
{
    rpi_call_lock(call);
    call->n_outstanding--;
    bool finished = try_finish(call);
    rpi_call_unlock(call);
    if (finished) end(call);
}

void rpi_call_close(rpi_call *call)
{
    rpi_call_lock(call);
    if (call->state == RPI_CALL_OPEN) call->state = RPI_CALL_CLOSED;
    bool finished = try_finish(call);
    rpi_call_unlock(call);
    if (finished) end(call);
}

/* The call is cut short. If it waits for room, none of its items will run. The caller has counted one more as outstanding, so that the call
 * keeps its pool. */
static void withdraw(rpi_call *call)
{
    if (call->pool->withdraw(call->pool, call)) {
        rpi_work_drain(&call->work, 0);
        call->kind->begin(call, RPI_BEGIN_ALONE);
    }
    rpi_call_release(call);
}

void rpi_call_stop(rpi_call *call)
{
    rpi_call_lock(call);
    bool goes_on = call->state == RPI_CALL_OPEN || call->state == RPI_CALL_CLOSED;
    if (goes_on) {
        call->n_outstanding++;
        atomic_store(&call->work.draining, true);
        call->pool->executor->ops->drain(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        wake_all(call);
    }
    rpi_call_unlock(call);
    if (goes_on) withdraw(call);
}

void rpi_call_begin_none(rpi_call *call, int ends_running)
{
    const rpi_executor_ops *ops = call->pool->executor->ops;
    rpi_call_lock(call);
    bool goes_on = call->state == RPI_CALL_OPEN || call->state == RPI_CALL_CLOSED;
    if (goes_on) {
        call->n_outstanding++;
        rpi_work_end_running(&call->work, ends_running);
        ops->drain(call->pool->executor, &call->work);
        ops->stop(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        rpi_small_cond_broadcast(&call->changed);
    }
    rpi_call_unlock(call);
    if (goes_on) withdraw(call);
}

rp_status rpi_call_open_journal(rpi_call *call, const rp_call_options *options, uint64_t n_items, rp_error *error)
{
    if (!options || !options->key || !call->pool->journal) return RP_OK;
    rpi_call_more *more = call->more;
    rp_status status = rpi_call_journal_open(call->pool->journal, options->key, &call->work, n_items, &more->journal, error);
    if (status == RP_OK) rpi_call_journal_watch(more->journal, &more->hooks);
    return status;
}

/* Without memory for the text the status has to do; so it has for a single item. */
static void keep_reason(rpi_call_more *more, const rp_error *why)
{
    more->why = malloc(sizeof *why);
    if (more->why) *more->why = *why;
    more->reason = more->why ? more->why->message : rp_status_text(why->status);
}

void rpi_call_fail(rpi_call *call, uint64_t item, const rp_error *why)
{
    rpi_work_lower_cutoff(&call->work, item);
    rpi_call_lock(call);
    if (call->status == RP_OK) {
        call->status = why->status;
        if (call->more) keep_reason(call->more, why);
    }
    rpi_call_unlock(call);
}

/* A worker says that it begins before it looks at the cutoff. So when it hasn't said so by now, it will see that the cutoff is 0. */
bool rpi_call_cancel(rpi_call *call)
{
    rpi_call_lock(call);
    bool is_cut = !rpi_call_is_finished(call), in_time = false;
    if (is_cut) {
        call->n_outstanding++;
        call->state = RPI_CALL_CANCELLED;
        rpi_work_lower_cutoff(&call->work, 0);
        in_time = !atomic_load(&call->work.begun);
        call->pool->executor->ops->stop(call->pool->executor, &call->work);
        call->pool->stopped(call->pool);
        wake_all(call);
    }
    rpi_call_unlock(call);
    if (is_cut) withdraw(call);
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
    const char *reason = call->more ? call->more->reason : NULL;
    if (reason && call->more->why) return rp_error_set(error, call->status, call->more->why->code, "%s", reason);
    if (call->status == RP_LOST && !reason) return say_lost(call, error);
    if (call->status == RP_USAGE && !reason) return rp_error_set(error, RP_USAGE, 0, "a rank doesn't know task %s", call->work.task->name);
    if (call->status != RP_OK) return rp_error_set(error, call->status, 0, "%s", reason ? reason : rp_status_text(call->status));
    const rpi_failure *failure = first_failure(call);
    if (is_stopped_short(call)) return say_stopped(call, failure, error);
    if (failure) return rpi_failure_to_error(failure, error);
    if (atomic_load(&call->work.draining) && atomic_load(&call->work.cutoff) < call->n_items)
        return rp_error_set(error, RP_CANCELLED, 0, "the pool was stopped before all items were started");
    if (atomic_load(&call->work.n_failed) > 0) return rp_error_set(error, RP_NO_MEMORY, 0, "items failed, and out of memory to say which");
    return RP_OK;
}

/* When a worker leaves a batch, its items are counted nowhere for a moment. So the number is never less than before. A single item counts
 * only then. */
uint64_t rpi_call_n_completed(const rpi_call *call)
{
    rpi_call_more *more = call->more;
    if (!more) return rpi_work_n_finished(&call->work);
    uint64_t n = atomic_load(&call->work.n_finished);
    rpi_call_lock(call);
    if (!rpi_call_is_finished(call)) n += call->pool->executor->ops->n_done(call->pool->executor, &call->work);
    uint64_t n_repeated = atomic_load(&call->work.n_repeated);
    n = n > n_repeated ? n - n_repeated : 0;
    if (more->n_told < n) more->n_told = n;
    n = more->n_told;
    rpi_call_unlock(call);
    return n;
}
