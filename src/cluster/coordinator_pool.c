/* coordinator_pool.c: pools of the coordinator: opened and closed on all ranks, and the doors by which other threads hand work in. */
#include "cluster/coordinator_state.h"

#include "base/affinity.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double answer_timeout_s = 600; /* initializers may take their time */

/* ---- the talking thread's side ---- */

static void send_to_all(rpi_coordinator_pool *pool, rpi_message_kind kind, const rpi_message *like)
{
    for (int rank = 1; rank < pool->coordinator->n_ranks; rank++) {
        size_t size = like ? like->header.payload_size : 0;
        rpi_message *message = rpi_message_create(kind, size);
        if (message && like) {
            message->header = like->header;
            memcpy(message->payload, like->payload, size);
        }
        if (message) message->header.pool = pool->id;
        rpi_coordinator_send(pool->coordinator, rank, message);
    }
}

/* With the mutex held, in the talking thread: from here on it doesn't touch the pool, and the client may free it. */
static void let_go(rpi_coordinator_pool *pool)
{
    rpi_coordinator_pool **link = &pool->coordinator->pools;
    while (*link != pool) link = &(*link)->next;
    *link = pool->next;
    pool->let_go = true;
}

bool rpi_coordinator_pool_talk(rpi_coordinator_pool *pool)
{
    pthread_mutex_t *mutex = &pool->coordinator->progress_thread.mutex;
    pthread_mutex_lock(mutex);
    bool opening = pool->opening, closing = pool->closing;
    pool->opening = pool->closing = false;
    pthread_mutex_unlock(mutex);
    if (opening) send_to_all(pool, RPI_OPEN, pool->open_message);
    if (closing) send_to_all(pool, RPI_CLOSE, NULL);
    bool asked = opening || closing;
    if (asked && pool->coordinator->n_lost > 0) {
        rpi_coordinator_pool_lose(pool);
    } else if (closing && pool->coordinator->n_ranks == 1) { /* nobody will answer: the client waits for this */
        pthread_mutex_lock(mutex);
        let_go(pool);
        pool->n_awaited = 0;
        pthread_cond_signal(&pool->answered);
        pthread_mutex_unlock(mutex);
    }
    return asked;
}

void rpi_coordinator_pool_answer(rpi_coordinator_pool *pool, int rank, rpi_message *message)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    bool late = pool->n_awaited == 0 || (pool->ending && message->header.kind == RPI_OPENED); /* open gave up on it: CLOSED counts now */
    if (late) {
        pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
        return;
    }
    if (message->header.kind == RPI_OPENED && message->header.status == RP_OK && message->header.payload_size == sizeof(rp_rank_info)) {
        memcpy(&pool->ranks[rank], message->payload, sizeof pool->ranks[rank]);
        rpi_dispatch_set_workers(&pool->dispatch, rank, (unsigned)pool->ranks[rank].threads);
    } else if (message->header.kind == RPI_OPENED && pool->answer.status == RP_OK) {
        rp_status status = message->header.status == RP_OK ? RP_LOST : (rp_status)message->header.status;
        rp_error_set(&pool->answer, status, (int)message->header.number, "%s", rpi_message_text(message, 0));
    }
    pool->n_awaited--;
    if (message->header.kind == RPI_CLOSED && pool->n_awaited == 0) let_go(pool);
    pthread_cond_signal(&pool->answered);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

void rpi_coordinator_pool_lose(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    if (pool->n_awaited > 0) {
        if (pool->answer.status == RP_OK) pool->answer = pool->coordinator->loss;
        if (pool->ending) let_go(pool);
        pool->n_awaited = 0;
        pthread_cond_signal(&pool->answered);
    }
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

/* ---- opening and closing, in the client's thread ---- */

static rp_status wait_for_answers(rpi_coordinator_pool *pool, rp_error *error)
{
    pthread_mutex_t *mutex = &pool->coordinator->progress_thread.mutex;
    uint64_t deadline = rpi_deadline_ns(answer_timeout_s);
    bool in_time = true;
    pthread_mutex_lock(mutex);
    while (pool->n_awaited > 0 && in_time) in_time = rpi_cond_wait_until(&pool->answered, mutex, deadline);
    int missing = pool->n_awaited;
    rp_error answer = pool->answer;
    pthread_mutex_unlock(mutex);
    if (missing)
        return rp_error_set(error, RP_LOST, 0, "%d rank%s didn't answer for %g s", missing, missing > 1 ? "s" : "", answer_timeout_s);
    if (answer.status != RP_OK && error) *error = answer;
    return answer.status;
}

static void ask(rpi_coordinator_pool *pool, bool *what)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    *what = true;
    if (what == &pool->closing) pool->ending = true;
    pool->n_awaited = pool->coordinator->n_ranks > 1 ? pool->coordinator->n_ranks - 1 : what == &pool->closing;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

static rpi_message *make_open_message(const rpi_executor_config *config)
{
    const rpi_worker_config *worker = &config->worker;
    const char *name = worker->initializer ? worker->initializer->name : "";
    size_t options_size = rpi_options_packed_size(), name_size = strlen(name) + 1, size = worker->initializer_argument.size;
    rpi_message *message = rpi_message_create(RPI_OPEN, options_size + name_size + size);
    if (!message) return NULL;
    rpi_options_pack(&worker->options, message->payload);
    memcpy(message->payload + options_size, name, name_size);
    if (size) memcpy(message->payload + options_size + name_size, worker->initializer_argument.data, size);
    message->header.number = config->threads_given ? config->n_threads : 0;
    return message;
}

static void free_pool(rpi_coordinator_pool *pool)
{
    rpi_team_destroy(pool->team);
    rpi_message_free(pool->open_message);
    rpi_reports_fini(pool);
    if (pool->out) rpi_chunks_free(pool);
    free(pool->out);
    free(pool->members);
    free(pool->ranks);
    pthread_cond_destroy(&pool->answered);
    free(pool);
}

static rpi_coordinator_pool *new_pool(rpi_coordinator *coordinator, const rpi_executor_config *config)
{
    rpi_coordinator_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    size_t n = (size_t)coordinator->n_ranks;
    pool->coordinator = coordinator;
    rpi_cond_init(&pool->answered);
    pool->submitted_tail = &pool->submitted;
    pool->ranks = calloc(n, sizeof *pool->ranks);
    pool->members = calloc(n, sizeof *pool->members);
    pool->out = calloc(n, sizeof *pool->out);
    pool->open_message = make_open_message(config);
    rpi_recording recording = rpi_worker_config_recording(&config->worker);
    bool has_reports = rpi_reports_init(pool, &recording);
    if (has_reports && pool->ranks && pool->members && pool->out && pool->open_message) return pool;
    free_pool(pool);
    return NULL;
}

static void enlist(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    pool->id = ++pool->coordinator->next_pool;
    pool->next = pool->coordinator->pools;
    pool->coordinator->pools = pool;
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

rp_status rpi_coordinator_pool_close(rpi_coordinator_pool *pool, rp_error *error)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    pool->answer.status = RP_OK;
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
    ask(pool, &pool->closing);
    rp_status status = wait_for_answers(pool, error);
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    bool free_now = pool->let_go; /* a pool that a lost rank holds up stays with the talking thread */
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
    if (free_now) free_pool(pool);
    return status;
}

rp_status rpi_coordinator_pool_check(rpi_coordinator_pool *pool, rp_error *error)
{
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    rp_status status = pool->loss.status;
    if (status != RP_OK && error) *error = pool->loss;
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
    return status;
}

static rp_status check_ranks(rpi_coordinator *coordinator, rp_error *error)
{
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    rp_status status = coordinator->loss.status;
    if (status != RP_OK && error) *error = coordinator->loss;
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    return status;
}

rp_status rpi_coordinator_pool_open(rpi_coordinator *coordinator, const rpi_executor_config *config, rpi_coordinator_pool **out,
                                    rp_error *error)
{
    rp_status status = check_ranks(coordinator, error);
    if (status != RP_OK) return status;
    rpi_coordinator_pool *pool = new_pool(coordinator, config);
    if (!pool) return rpi_error_no_memory(error);
    rpi_team_config team = {.n_workers = config->n_threads, .one_of_many = true, .host = config->host, .worker = config->worker};
    status = rpi_team_create(&team, rpi_threads_default(), &pool->team, error);
    if (status != RP_OK) {
        free_pool(pool);
        return status;
    }
    rpi_affinity_rank_info(config->host, (int)config->n_threads, &pool->ranks[0]);
    pool->members[0].n_workers = config->n_threads;
    rpi_dispatch_init(&pool->dispatch, pool->members, coordinator->n_ranks);
    enlist(pool);
    ask(pool, &pool->opening);
    status = wait_for_answers(pool, error);
    if (status != RP_OK) {
        (void)rpi_coordinator_pool_close(pool, NULL);
        return status;
    }
    *out = pool;
    return RP_OK;
}

void rpi_coordinator_pool_rank_info(const rpi_coordinator_pool *pool, int rank, rp_rank_info *info) { *info = pool->ranks[rank]; }
unsigned rpi_coordinator_pool_n_workers(const rpi_coordinator_pool *pool) { return pool->dispatch.n_workers; }

/* ---- the doors ---- */

void rpi_coordinator_pool_submit(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    rpi_progress_thread *progress_thread = &pool->coordinator->progress_thread;
    pthread_mutex_lock(&progress_thread->mutex);
    batch->next_batch = NULL;
    *pool->submitted_tail = batch;
    pool->submitted_tail = &batch->next_batch;
    rpi_progress_thread_wake(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

void rpi_coordinator_pool_stop(rpi_coordinator_pool *pool, rpi_work *work)
{
    rpi_team_interrupt(pool->team, work);
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    pool->cutoffs_lowered = true;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

/* The talking thread knows what was handed out; it looks at the works' flags. */
void rpi_coordinator_pool_drain(rpi_coordinator_pool *pool, rpi_work *work)
{
    (void)work;
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    pool->cutoffs_lowered = true;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

void rpi_coordinator_pool_forget(rpi_coordinator_pool *pool, rpi_work *work)
{
    coordinator_call *call = work->executor_data;
    if (!call) return;
    work->executor_data = NULL;
    pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
    call->work = NULL;
    call->next_forgotten = pool->forgotten;
    pool->forgotten = call;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
}

uint64_t rpi_coordinator_pool_n_done(rpi_coordinator_pool *pool, const rpi_work *work) { return rpi_team_n_done(pool->team, work); }
