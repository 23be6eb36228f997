/* pool.c: a pool's life, and the list of its calls. See rankpool/pool.h for the states. */
#include "base/affinity.h"
#include "base/clock.h"
#include "base/options.h"
#include "isolate/zygote.h"
#include "pool/executors.h"
#include "pool/launch.h"
#include "pool/pool_internal.h"
#include "task/registry.h"
#include "worker/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- opening ---- */

static void choose_threads(rp_pool *pool)
{
    const rpi_executor_kind *kind = rpi_executor_find(pool->kind);
    if (kind->one_worker) {
        pool->n_threads = 1;
        pool->threads_from = "the executor has one a rank";
    } else if (pool->options.threads > 0) {
        pool->n_threads = (unsigned)pool->options.threads;
        pool->threads_from = "option threads";
    } else {
        int local_ranks = kind->spans_ranks ? rpi_affinity_local_ranks() : 1;
        pool->n_threads = (unsigned)rpi_affinity_threads(local_ranks, &pool->threads_from);
    }
}

static void free_pool(rp_pool *pool)
{
    rpi_display_destroy(pool->display);
    rpi_notifier_destroy(pool->notifier);
    rpi_retrier_destroy(pool->retrier);
    for (int k = 0; k < RPI_MOST_WARNINGS; k++) free(pool->warnings[k]);
    free(pool->ranks);
    free((void *)(uintptr_t)pool->options.progress_name);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

static rp_pool *new_pool(const rp_pool_options *options, bool on_communicator)
{
    rp_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    if (options) pool->options = *options;
    rpi_options_fill(&pool->options);
    if (!pool->options.progress_stream) pool->options.progress_stream = stderr;
    pool->options.progress_name = options && options->progress_name ? strdup(options->progress_name) : NULL;
    pool->kind = pool->options.executor;
    if (pool->kind == RP_EXECUTOR_AUTO) pool->kind = rpi_executor_choose(on_communicator || rp_main_ranks() > 1);
    choose_threads(pool);
    gethostname(pool->host, sizeof pool->host - 1);
    pthread_mutex_init(&pool->mutex, NULL);
    rpi_cond_init(&pool->changed);
    pool->retrier = rpi_retrier_create(pool->options.retry_pause_s);
    if (pool->retrier) return pool;
    free_pool(pool);
    return NULL;
}

static bool sample_progress(void *argument, rpi_display_sample *out);

static rp_status start_progress(rp_pool *pool, rp_error *error)
{
    const rp_pool_options *options = &pool->options;
    bool wanted =
        options->progress == RP_PROGRESS_ALWAYS || (options->progress == RP_PROGRESS_AUTO && isatty(fileno(options->progress_stream)));
    if (!wanted) return RP_OK;
    return rpi_display_create(options->progress_stream, options->progress_interval_s, sample_progress, pool, &pool->display, error);
}

static rp_status check_options(const rp_pool_options *options, const struct rpi_coordinator *coordinator, rp_error *error)
{
    rp_status status = options ? rpi_options_check(options, error) : RP_OK;
    if (status != RP_OK) return status;
    if (rpi_registry_clash()) return rp_error_set(error, RP_USAGE, 0, "two tasks or initializers are named %s", rpi_registry_clash());
    rp_executor wanted = options ? options->executor : RP_EXECUTOR_AUTO;
    if (coordinator && wanted != RP_EXECUTOR_AUTO && !rpi_executor_find(wanted)->spans_ranks)
        return rp_error_set(error, RP_USAGE, 0, "a pool on a communicator is mpi or hybrid, not %s", rp_executor_name(wanted));
    return RP_OK;
}

/* While this process has one thread, if it comes to that. */
static rp_status prepare_isolation(const rp_pool *pool, rp_error *error)
{
    return pool->options.isolation ? rpi_zygote_start(error) : RP_OK;
}

static rp_status open_executor(rp_pool *pool, struct rpi_coordinator *coordinator, rp_error *error)
{
    const rpi_executor_ops *ops = rpi_executor_find(pool->kind)->ops;
    if (!ops) return rp_error_set(error, RP_UNSUPPORTED, 0, "this build has no %s executor", rp_executor_name(pool->kind));
    const rp_pool_options *options = &pool->options;
    rpi_executor_config config = {.n_threads = pool->n_threads,
                                  .threads_given = rpi_executor_find(pool->kind)->one_worker || options->threads > 0,
                                  .host = pool->host,
                                  .worker = {.initializer = options->initializer, .initializer_argument = options->initializer_argument},
                                  .coordinator = coordinator};
    rpi_options_for_workers(options, &config.worker.options);
    pool->opened_ns = rpi_now_ns();
    return ops->open(&config, &pool->executor, error);
}

/* The executor takes the coordinator over; when it doesn't come to that, the coordinator ends here. */
static rp_status give_up_coordinator(struct rpi_coordinator *coordinator, rp_status status)
{
#ifdef RPI_WITH_MPI
    if (coordinator) rpi_world_end_coordinator(coordinator);
#else
    (void)coordinator;
#endif
    return status;
}

rp_status rpi_pool_open_on(struct rpi_coordinator *coordinator, const rp_pool_options *options, rp_pool **out, rp_error *error)
{
    rp_status status = check_options(options, coordinator, error);
    if (status != RP_OK) return give_up_coordinator(coordinator, status);
    rp_pool *pool = new_pool(options, coordinator != NULL);
    if (!pool) return give_up_coordinator(coordinator, rpi_error_no_memory(error));
    status = prepare_isolation(pool, error);
    if (status == RP_OK) status = open_executor(pool, coordinator, error);
    else (void)give_up_coordinator(coordinator, status);
    if (status == RP_OK) {
        status = rpi_pool_take_info(pool, error);
        if (status == RP_OK) status = start_progress(pool, error);
        if (status != RP_OK) (void)pool->executor->ops->close(pool->executor, NULL);
    }
    if (status == RP_OK) *out = pool;
    else free_pool(pool);
    return status;
}

rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    if (!pool) return rp_error_set(error, RP_USAGE, 0, "the pool's place is NULL");
    return rpi_pool_open_on(NULL, options, pool, error);
}

/* ---- its calls ---- */

rp_status rpi_pool_check_caller(const rp_pool *pool, rp_error *error)
{
    const rpi_worker *worker = rpi_worker_current();
    if (!worker || !worker->batch) return RP_OK;
    const rpi_call *call = (const rpi_call *)worker->batch->work;
    bool inside = worker->on_client && call->pool == pool;
    return inside ? rp_error_set(error, RP_USAGE, 0, "a task can't wait for its own pool") : RP_OK;
}

static void call_finished(rpi_call *call);

static rp_status need_notifier(rp_pool *pool, rp_error *error)
{
    if (pool->notifier) return RP_OK;
    return rpi_notifier_create(call_finished, &pool->notifier, error);
}

rp_status rpi_pool_begin(rp_pool *pool, rpi_call *call, rp_error *error)
{
    rp_status status = RP_OK;
    pthread_mutex_lock(&pool->mutex);
    if (pool->state != RPI_POOL_OPEN) status = rp_error_set(error, RP_CLOSED, 0, "the pool is closed and takes no more calls");
    if (status == RP_OK && (call->callback || call->error_callback)) status = need_notifier(pool, error);
    if (status == RP_OK) {
        call->work.id = ++pool->next_id;
        call->started_ns = rpi_now_ns();
        call->previous = NULL;
        call->next = pool->calls;
        if (pool->calls) pool->calls->previous = call;
        pool->calls = call;
        pool->n_calls++;
        rpi_call_ref(call);
    }
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

static void call_finished(rpi_call *call)
{
    rp_pool *pool = call->pool;
    pthread_mutex_lock(&pool->mutex);
    if (call->previous) call->previous->next = call->next;
    else pool->calls = call->next;
    if (call->next) call->next->previous = call->previous;
    pool->n_calls--;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->mutex);
    rpi_call_unref(call);
}

static void fill_sample(const rp_pool *pool, const rpi_call *call, rpi_display_sample *out)
{
    out->completed = rpi_call_n_completed(call);
    out->failed = atomic_load(&call->work.n_failed);
    out->total = call->n_items;
    out->elapsed_s = rpi_seconds(rpi_now_ns() - call->started_ns);
    snprintf(out->name, sizeof out->name, "%s", pool->options.progress_name ? pool->options.progress_name : call->work.task->name);
}

void rpi_pool_end(rp_pool *pool, rpi_call *call)
{
    if (pool->display && call->n_items > 1) {
        rpi_display_sample last;
        fill_sample(pool, call, &last);
        rpi_display_finish(pool->display, &last);
    }
    if (call->callback || call->error_callback) rpi_notifier_post(pool->notifier, call);
    else call_finished(call);
}

/* The call that has waited longest, if it has more than one item. */
static bool sample_progress(void *argument, rpi_display_sample *out)
{
    rp_pool *pool = argument;
    pthread_mutex_lock(&pool->mutex);
    rpi_call *oldest = NULL;
    for (rpi_call *call = pool->calls; call; call = call->next)
        if (call->n_items > 1) oldest = call;
    if (oldest) rpi_call_ref(oldest);
    pthread_mutex_unlock(&pool->mutex);
    if (!oldest) return false;
    bool running = !rp_result_ready(oldest);
    if (running) fill_sample(pool, oldest, out);
    rpi_call_unref(oldest);
    return running;
}

rpi_schedule rpi_pool_schedule(const rp_pool *pool, const rp_pool_options *options, uint64_t n_items)
{
    rpi_schedule schedule = {.n_items = n_items, .n_workers = pool->n_workers, .target_s = RPI_GRAIN_S, .short_s = RPI_SHORT_GRAIN_S};
    rpi_schedule_choose(options->schedule, options->chunk, &schedule.kind, &schedule.chunk);
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

/* What all calls of a pool are told, each once. */
enum { TERMINATED = 1, STOPPED = 2, ITERATORS_CLOSED = 4 };

/* A call that hasn't got that mark yet, held; NULL when there is none. */
static rpi_call *next_to_mark(rp_pool *pool, unsigned mark)
{
    pthread_mutex_lock(&pool->mutex);
    rpi_call *call = pool->calls;
    while (call && (call->marks & mark)) call = call->next;
    if (call) {
        call->marks |= mark;
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
    pthread_mutex_unlock(&pool->mutex);
    for (rpi_call *call; (call = next_to_mark(pool, TERMINATED)); rpi_call_unref(call)) rpi_call_cancel(call);
}

void rp_pool_stop(rp_pool *pool)
{
    rp_pool_close(pool);
    for (rpi_call *call; pool && (call = next_to_mark(pool, STOPPED)); rpi_call_unref(call)) rpi_call_stop(call);
}

/* Iterators that nobody reads would never be finished: they take no more items in. */
static void close_iterators(rp_pool *pool)
{
    for (rpi_call *call; (call = next_to_mark(pool, ITERATORS_CLOSED)); rpi_call_unref(call)) rpi_call_close(call);
}

/* When no call is left that would use it. */
static rpi_executor *take_executor(rp_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->n_calls > 0) pthread_cond_wait(&pool->changed, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    rpi_retrier_stop(pool->retrier); /* it may still be on its way back from the executor */
    pthread_mutex_lock(&pool->mutex);
    while (pool->n_reports > 0) pthread_cond_wait(&pool->changed, &pool->mutex);
    rpi_executor *executor = pool->executor;
    pool->executor = NULL;
    pthread_mutex_unlock(&pool->mutex);
    return executor;
}

rp_status rp_pool_check(const rp_pool *pool, rp_error *error)
{
    rp_pool *self = (rp_pool *)(uintptr_t)pool;
    rp_status status = RP_OK;
    pthread_mutex_lock(&self->mutex);
    rpi_executor *executor = self->executor;
    if (executor && executor->ops->check) status = executor->ops->check(executor, error);
    else if (self->join_status == RP_LOST) status = rp_error_set(error, RP_LOST, 0, "a rank was lost before the pool was joined");
    pthread_mutex_unlock(&self->mutex);
    return status;
}

rp_status rp_pool_join(rp_pool *pool, rp_error *error)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->joining) pthread_cond_wait(&pool->changed, &pool->mutex);
    rpi_pool_state state = pool->state;
    if (state == RPI_POOL_CLOSED || state == RPI_POOL_TERMINATED) pool->joining = true;
    rp_status status = state == RPI_POOL_JOINED ? pool->join_status : RP_OK;
    pthread_mutex_unlock(&pool->mutex);
    if (state == RPI_POOL_OPEN) return rp_error_set(error, RP_USAGE, 0, "join needs the pool to be closed or terminated first");
    if (state == RPI_POOL_JOINED)
        return status == RP_OK ? RP_OK : rp_error_set(error, status, 0, "a rank was lost before the pool was joined");
    close_iterators(pool);
    rpi_executor *executor = take_executor(pool);
    status = executor->ops->close(executor, error);
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
        rp_pool_join(pool, NULL);
    }
    free_pool(pool);
}
