/* pool.c: see pool.h, and rankpool/pool.h for the states. */
#include "pool/pool.h"

#include "base/clock.h"
#include "base/seed.h"
#include "pool/time_keeper.h"
#include "task/context.h"

#include <rankpool/text.h>

#include <stdlib.h>
#include <string.h>

static rp_pool *pool_of(rpi_call_pool *seen) { return (rp_pool *)(void *)seen; }

/* ---- making and freeing ---- */

static void ended(rpi_call_pool *seen, rpi_call *call);
static bool in_callback(const rpi_call_pool *seen)
{
    const rpi_notifier *notifier = atomic_load(&((const rp_pool *)(const void *)seen)->notifier);
    return notifier && rpi_notifier_is_here(notifier);
}

static void stopped(rpi_call_pool *seen) { rpi_retrier_look(pool_of(seen)->retrier); }
static bool withdraw(rpi_call_pool *seen, rpi_call *call) { return rpi_waiting_withdraw(&pool_of(seen)->waiting, call); }
static void rests(rpi_call_pool *seen, rpi_call *call) { rpi_waiting_leave_and_go(&pool_of(seen)->waiting, call); }

rp_pool *rpi_pool_create(void)
{
    rp_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->for_calls.options = &pool->options;
    pool->for_calls.share = rpi_pool_share;
    pool->for_calls.ended = ended;
    pool->for_calls.stopped = stopped;
    pool->for_calls.withdraw = withdraw;
    pool->for_calls.rests = rests;
    pool->for_calls.in_callback = in_callback;
    rpi_list_init(&pool->calls);
    rpi_mutex_init(&pool->mutex);
    rpi_cond_init(&pool->changed);
    rpi_waiting_init(&pool->waiting, &pool->mutex, &pool->changed, &pool->calls);
    return pool;
}

void rpi_pool_destroy(rp_pool *pool)
{
    rpi_errands_destroy(pool->errands);
    rpi_log_writer_destroy(pool->log);
    rpi_time_keeper_destroy(pool->time_keeper);
    (void)rpi_pool_journal_close(pool->for_calls.journal, RPI_POOL_JOURNAL_STOPPED, NULL);
    rpi_display_destroy(pool->display);
    rpi_notifier_destroy(pool->notifier);
    rpi_retrier_destroy(pool->retrier);
    rpi_head_start_destroy(atomic_load(&pool->head_start));
    for (int k = 0; k < RPI_MOST_WARNINGS; k++) free(pool->warnings[k]);
    for (int k = 0; k < RPI_MOST_LOSS_LINES; k++) free(pool->losses[k]);
    free(pool->ranks);
    free((void *)(uintptr_t)pool->options.progress_name);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

/* ---- its calls ---- */

rp_status rpi_pool_check_caller(const rp_pool *pool, rp_error *error) { return rpi_call_check_wait(&pool->for_calls, error); }

static rpi_call *first_call(const rp_pool *pool) { return RPI_ENTRY(rpi_list_first(&pool->calls), rpi_call, link); }
static rpi_call *next_call(const rp_pool *pool, const rpi_call *call)
{
    return RPI_ENTRY(rpi_list_next(&pool->calls, &call->link), rpi_call, link);
}

static void call_finished(rpi_call *call);

static rp_status need_notifier(rp_pool *pool, rp_error *error)
{
    if (atomic_load(&pool->notifier)) return RP_OK;
    rpi_notifier *made;
    rp_status status = rpi_notifier_create(call_finished, &made, error);
    if (status == RP_OK) atomic_store(&pool->notifier, made);
    return status;
}

rpi_executor *rpi_pool_begin_asking(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    rpi_executor *executor = pool->for_calls.executor;
    if (executor) pool->n_asking++;
    pthread_mutex_unlock(&pool->mutex);
    return executor;
}

void rpi_pool_end_asking(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->n_asking--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
}

rp_status rpi_pool_begin(rp_pool *pool, rpi_call *call, bool *is_out, rp_error *error)
{
    rp_status status = RP_OK;
    pthread_mutex_lock(&pool->mutex);
    if (pool->state != RPI_POOL_OPEN) status = rp_error_set(error, RP_CLOSED, 0, "the pool is closed and takes no more calls");
    if (status == RP_OK && rpi_wishes_need_notifier(call->wishes)) status = need_notifier(pool, error);
    if (status == RP_OK) {
        call->work.id = ++pool->next_id;
        if (call->work.seed == 0) call->work.seed = rpi_seed_at(pool->options.seed, call->work.id);
        if (call->more) call->more->started_ns = rpi_now_ns();
        rpi_list_add_first(&pool->calls, &call->link);
        pool->n_calls++;
        rpi_call_ref(call);
        call->callbacks_due = rpi_wishes_need_notifier(call->wishes);
        *is_out = call->kind && call->kind->begin && rpi_waiting_add(&pool->waiting, call);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (status == RP_OK && call->callbacks_due) rpi_notifier_watch(pool->notifier, call);
    return status;
}

static void end_callbacks(rpi_call *call)
{
    if (!call->wishes) return;
    rpi_call_lock(call);
    call->callbacks_due = false;
    rpi_small_cond_broadcast(&call->changed);
    rpi_call_unlock(call);
}

static void call_finished(rpi_call *call)
{
    rp_pool *pool = pool_of(call->pool);
    end_callbacks(call);
    pthread_mutex_lock(&pool->mutex);
    rpi_list_remove(&call->link);
    pool->n_calls--;
    bool goes = rpi_waiting_leave(&pool->waiting, call);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    rpi_call_unref(call);
    if (goes) rpi_waiting_go(&pool->waiting);
}

static void fill_sample(const rp_pool *pool, const rpi_call *call, rpi_display_sample *out)
{
    const char *name = pool->options.progress_name ? pool->options.progress_name : call->work.task->name;
    out->call = call->work.id;
    out->completed = rpi_call_n_completed(call);
    out->failed = atomic_load(&call->work.n_failed);
    out->n_lost = atomic_load(&pool->n_lost);
    out->total = call->n_items;
    out->elapsed_s = rpi_seconds(rpi_now_ns() - call->more->started_ns);
    (void)rp_printable(name, strlen(name), out->name, sizeof out->name);
}

static void keep_longest(_Atomic uint64_t *longest, uint64_t ns)
{
    uint64_t before = atomic_load(longest);
    while (ns > before && !atomic_compare_exchange_weak(longest, &before, ns)) continue;
}

uint64_t rpi_pool_longest_ns(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    for (rpi_call *call = first_call(pool); call; call = next_call(pool, call))
        keep_longest(&pool->longest_ns, atomic_load(&call->work.longest_ns));
    pthread_mutex_unlock(&pool->mutex);
    return atomic_load(&pool->longest_ns);
}

static void ended(rpi_call_pool *seen, rpi_call *call)
{
    rp_pool *pool = pool_of(seen);
    keep_longest(&pool->longest_ns, atomic_load(&call->work.longest_ns));
    if (pool->display && call->n_items > 1) {
        rpi_display_sample last;
        fill_sample(pool, call, &last);
        rpi_display_finish(pool->display, &last);
    }
    if (rpi_wishes_need_notifier(call->wishes)) {
        rests(seen, call); /* callbacks may take their time */
        rpi_notifier_post(pool->notifier, call);
    } else {
        call_finished(call);
    }
}

/* Samples the oldest call of more than one item. */
bool rpi_pool_sample(void *argument, rpi_display_sample *out)
{
    rp_pool *pool = argument;
    pthread_mutex_lock(&pool->mutex);
    rpi_call *oldest = NULL;
    for (rpi_call *call = first_call(pool); call; call = next_call(pool, call))
        if (call->n_items > 1) oldest = call;
    if (oldest) rpi_call_ref(oldest);
    pthread_mutex_unlock(&pool->mutex);
    if (!oldest) return false;
    bool running = !rp_result_ready(oldest);
    if (running) fill_sample(pool, oldest, out);
    rpi_call_unref(oldest);
    return running;
}

void rp_pool_progress_hide(rp_pool *pool)
{
    if (pool) rpi_display_hide(pool->display);
}

void rp_pool_progress_show(rp_pool *pool)
{
    if (pool) rpi_display_show(pool->display);
}

rpi_schedule rpi_pool_schedule(const rp_pool *pool, const rpi_call *call, uint64_t n_items)
{
    unsigned n_workers = pool->n_workers * pool->options.overlap; /* one that has many items at once counts as so many */
    rpi_schedule schedule = {.n_items = n_items, .n_workers = n_workers, .target_s = RPI_GRAIN_S, .short_s = RPI_SHORT_GRAIN_S};
    if (call->more) rpi_schedule_choose(call->more->schedule, call->more->chunk, &schedule.kind, &schedule.chunk);
    else rpi_schedule_choose(RP_SCHEDULE_FIXED, 1, &schedule.kind, &schedule.chunk);
    return schedule;
}

/* ---- ending ---- */

void rp_pool_close(rp_pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    if (pool->state == RPI_POOL_OPEN) pool->state = RPI_POOL_CLOSED;
    pthread_mutex_unlock(&pool->mutex);
}

/* What a pool tells all its calls, each once. */
enum { TERMINATED = 1, STOPPED = 2, ITERATORS_CLOSED = 4, BEGINS_NONE = 8, ENDS_RUNNING = 16, ENDS_AT_ONCE = 32 };

/* Marks a call that doesn't have the mark yet, and returns it with a reference. NULL: there is none. */
static rpi_call *next_to_mark(rp_pool *pool, unsigned mark)
{
    pthread_mutex_lock(&pool->mutex);
    rpi_call *call = first_call(pool);
    while (call && (call->marks & mark)) call = next_call(pool, call);
    if (call) {
        call->marks |= (unsigned char)mark;
        rpi_call_ref(call);
    }
    pthread_mutex_unlock(&pool->mutex);
    return call;
}

void rp_pool_terminate(rp_pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    if (pool->state != RPI_POOL_JOINED) pool->state = RPI_POOL_TERMINATED;
    if (pool->n_calls > 0) pool->is_cut_short = true;
    pthread_mutex_unlock(&pool->mutex);
    for (rpi_call *call; (call = next_to_mark(pool, TERMINATED)); rpi_call_unref(call)) rpi_call_cancel(call);
}

static void close_early(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    if (pool->n_calls > 0) pool->is_cut_short = true;
    pthread_mutex_unlock(&pool->mutex);
    rp_pool_close(pool);
}

void rp_pool_stop(rp_pool *pool)
{
    if (!pool) return;
    close_early(pool);
    for (rpi_call *call; (call = next_to_mark(pool, STOPPED)); rpi_call_unref(call)) rpi_call_stop(call);
}

void rp_pool_finish_running(rp_pool *pool)
{
    if (!pool) return;
    close_early(pool);
    for (rpi_call *call; (call = next_to_mark(pool, BEGINS_NONE)); rpi_call_unref(call)) rpi_call_begin_none(call, 0);
}

void rp_pool_end_running(rp_pool *pool, int at_once)
{
    if (!pool) return;
    close_early(pool);
    unsigned mark = at_once ? ENDS_AT_ONCE : ENDS_RUNNING;
    for (rpi_call *call; (call = next_to_mark(pool, mark)); rpi_call_unref(call)) rpi_call_begin_none(call, at_once ? 2 : 1);
}

/* Closes iterators, so that they take in no more items. Otherwise an iterator that nobody reads would never finish. */
static void close_iterators(rp_pool *pool)
{
    for (rpi_call *call; (call = next_to_mark(pool, ITERATORS_CLOSED)); rpi_call_unref(call)) rpi_call_close(call);
}

/* Waits until nothing uses the executor, and takes it from the pool. */
static rpi_executor *take_executor(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->n_calls > 0) pthread_cond_wait(&pool->changed, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    rpi_retrier_stop(pool->retrier); /* the retrier's thread may still be in the executor */
    pthread_mutex_lock(&pool->mutex);
    while (pool->n_asking > 0 || pool->waiting.is_beginning) pthread_cond_wait(&pool->changed, &pool->mutex);
    rpi_executor *executor = pool->for_calls.executor;
    pool->for_calls.executor = NULL;
    pthread_mutex_unlock(&pool->mutex);
    return executor;
}

rp_status rp_pool_check(const rp_pool *pool, rp_error *error)
{
    rp_pool *self = (rp_pool *)(uintptr_t)pool;
    rp_status status = RP_OK;
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    pthread_mutex_lock(&self->mutex);
    rpi_executor *executor = self->for_calls.executor;
    if (executor && executor->ops->check) status = executor->ops->check(executor, error);
    else if (self->join_status == RP_LOST) status = rp_error_set(error, RP_LOST, 0, "a rank was lost before the pool was joined");
    pthread_mutex_unlock(&self->mutex);
    return status;
}

/* Whether the calling thread may wait for the end of the pool. The notifier is made once, and stays. */
static rp_status check_join(rp_pool *pool, rp_error *error)
{
    rp_status status = rpi_pool_check_caller(pool, error);
    if (status == RP_OK && in_callback(&pool->for_calls)) status = rp_error_set(error, RP_USAGE, 0, "a callback can't join its own pool");
    return status;
}

rp_status rp_pool_sync_journal(rp_pool *pool, int on_disk, rp_error *error)
{
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    if (!rpi_pool_begin_asking(pool)) return RP_OK; /* joined, which has waited for all */
    rpi_pool_journal *journal = pool->for_calls.journal;
    rp_status status = journal ? rpi_pool_journal_commit(journal, UINT64_MAX, on_disk != 0, error) : RP_OK;
    rpi_pool_end_asking(pool);
    return status;
}

/* All calls have ended. */
static rp_status close_journal(rp_pool *pool, rp_status status, rp_error *error)
{
    rpi_pool_journal_end end = status != RP_OK      ? RPI_POOL_JOURNAL_BROKEN
                               : pool->is_cut_short ? RPI_POOL_JOURNAL_STOPPED
                                                    : RPI_POOL_JOURNAL_DONE;
    rpi_errands_destroy(pool->errands); /* it may be in the end of the last call */
    pool->errands = NULL;
    rp_status closed = rpi_pool_journal_close(pool->for_calls.journal, end, status == RP_OK ? error : NULL);
    pool->for_calls.journal = NULL;
    return status == RP_OK ? closed : status;
}

rp_status rp_pool_join(rp_pool *pool, rp_error *error)
{
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool is NULL");
    rp_status status = check_join(pool, error);
    if (status != RP_OK) return status;
    pthread_mutex_lock(&pool->mutex);
    while (pool->joining) pthread_cond_wait(&pool->changed, &pool->mutex);
    rpi_pool_state state = pool->state;
    if (state == RPI_POOL_CLOSED || state == RPI_POOL_TERMINATED) pool->joining = true;
    if (state == RPI_POOL_JOINED) status = pool->join_status;
    pthread_mutex_unlock(&pool->mutex);
    if (state == RPI_POOL_OPEN) return rp_error_set(error, RP_USAGE, 0, "join needs the pool to be closed or terminated first");
    if (state == RPI_POOL_JOINED)
        return status == RP_OK ? RP_OK
                               : rp_error_set(error, status, 0,
                                              status == RP_LOST ? "a rank was lost before the pool was joined"
                                                                : "the pool's journal couldn't be written to its end");
    close_iterators(pool);
    rpi_executor *executor = take_executor(pool);
    status = executor->ops->close(executor, error);
    status = close_journal(pool, status, error);
    rpi_log_writer_flush(pool->log);
    pthread_mutex_lock(&pool->mutex);
    pool->state = RPI_POOL_JOINED;
    pool->join_status = status;
    pool->joining = false;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

void rp_pool_free(rp_pool *pool)
{
    if (!pool) return;
    if (pool->state != RPI_POOL_JOINED) {
        rp_pool_terminate(pool);
        if (rp_pool_join(pool, NULL) == RP_USAGE) return; /* a task or callback of its own */
    }
    rpi_pool_destroy(pool);
}
