/*
 * team.c: see team.h.
 *
 * The queue and each worker inside a batch hold it; the last one that lets go calls done. Workers enter only with the team's mutex held,
 * and only while the batch is queued. A worker leaves when it can claim nothing more, or for an urgent batch. The queue lets go of a batch
 * only when all its grains are claimed. So when the count falls to 0, the batch has left the queue, all its grains are claimed, and all
 * claimed grains have run.
 */
#include "worker/team.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/nested.h"
#include "base/sleep_core.h"
#include "base/thread.h"
#include "base/unwind.h"
#include "task/claims.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rpi_team {
    unsigned n_workers;
    unsigned first_sharing, n_sharing; /* that have the cores of this process: the first one's number, and how many */
    rpi_worker **workers;
    rpi_recorder **recorders; /* of the workers, once they have started */
    char host[RP_ERROR_HOST_SIZE];
    rpi_worker_config worker_config; /* a copy */
    const rpi_threads_ops *threads_ops;
    void *threads;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t work_there, ready;
    rpi_queue queue;           /* of batches */
    _Atomic unsigned n_urgent; /* in the queue; read without the mutex */
    unsigned n_sleeping;
    unsigned n_ready; /* workers that started, or will never start */
    bool stopping;
    rp_error start_error; /* of the first worker that failed to start */
};

unsigned rpi_team_n_workers(const rpi_team *team) { return team->n_workers; }
rpi_recorder *const *rpi_team_recorders(const rpi_team *team) { return team->recorders; }

/* ---- the queue; all with the mutex held ---- */

/* Whether workers leave what they run for this batch. Not for a static batch: a worker whose share was taken would leave
 * again and again. */
static bool is_urgent(const rpi_batch *batch) { return batch->urgent && !batch->claims.taken; }

static bool has_grain_for(const rpi_batch *batch, unsigned worker)
{
    return batch->claims.taken ? !batch->claims.taken[worker] : !rpi_claims_exhausted(batch);
}

static rpi_batch *batch_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_batch, link); }

static void add_batch(rpi_team *team, rpi_batch *batch)
{
    rpi_queue_add(&team->queue, &batch->link, batch->urgent);
    if (is_urgent(batch)) atomic_fetch_add(&team->n_urgent, 1);
    batch->claims.queued = true;
}

/* True when the queue was the last to hold the batch: the caller must then call done. */
static bool remove_batch(rpi_team *team, rpi_batch *batch)
{
    rpi_queue_remove(&team->queue, &batch->link);
    if (is_urgent(batch)) atomic_fetch_sub(&team->n_urgent, 1);
    batch->claims.queued = false;
    if (team->stopping && rpi_list_is_empty(&team->queue.list))
        pthread_cond_broadcast(&team->work_there); /* they stayed only for this batch */
    return atomic_fetch_sub(&batch->claims.users, 1) == 1;
}

/* Enters the first batch that has a grain for this worker; removes exhausted ones before it. `*finished`: a batch to call
 * done on, or NULL. */
static rpi_batch *enter_batch(rpi_team *team, unsigned worker, rpi_batch **finished)
{
    *finished = NULL;
    for (rpi_list_link *at = rpi_list_first(&team->queue.list), *next; at; at = next) {
        rpi_batch *batch = batch_at(at);
        next = rpi_list_next(&team->queue.list, at);
        if (rpi_claims_exhausted(batch)) {
            if (!remove_batch(team, batch)) continue;
            *finished = batch;
            return NULL;
        }
        if (has_grain_for(batch, worker)) {
            atomic_fetch_add(&batch->claims.users, 1);
            return batch;
        }
    }
    return NULL;
}

/* ---- workers ---- */

/* Called with the mutex held; releases it while it sleeps. Returns when there may be something to do. */
static void sleep_on_core(rpi_team *team, int *core)
{
    if (!rpi_sleep_core_is_here(*core)) {
        pthread_mutex_unlock(&team->mutex);
        if (!rpi_sleep_core_go(*core)) *core = -1;
        pthread_mutex_lock(&team->mutex);
        return;
    }
    team->n_sleeping++;
    pthread_cond_wait(&team->work_there, &team->mutex);
    team->n_sleeping--;
}

static rpi_batch *wait_for_batch(rpi_team *team, unsigned worker, int *core)
{
    rpi_batch *batch, *finished;
    pthread_mutex_lock(&team->mutex);
    for (;;) {
        batch = enter_batch(team, worker, &finished);
        if (finished) {
            pthread_mutex_unlock(&team->mutex);
            finished->done(finished);
            pthread_mutex_lock(&team->mutex);
            continue;
        }
        if (batch || (team->stopping && rpi_list_is_empty(&team->queue.list))) break;
        sleep_on_core(team, core);
    }
    pthread_mutex_unlock(&team->mutex);
    return batch;
}

static void leave_batch(rpi_batch *batch)
{
    if (atomic_fetch_sub(&batch->claims.users, 1) == 1) batch->done(batch);
}

static void report_ready(rpi_team *team, unsigned n, const rp_error *error)
{
    pthread_mutex_lock(&team->mutex);
    if (error && team->start_error.status == RP_OK) team->start_error = *error;
    team->n_ready += n;
    if (team->n_ready == team->n_workers) pthread_cond_broadcast(&team->ready);
    pthread_mutex_unlock(&team->mutex);
}

static bool start_worker(rpi_team *team, rpi_worker *worker)
{
    rp_error error;
    rp_status status = rpi_worker_open(worker, &error);
    report_ready(team, 1, status == RP_OK ? NULL : &error);
    return status == RP_OK;
}

/* What a worker's thread does, from the start of the worker to its end. */
typedef struct life {
    rpi_team *team;
    rpi_worker *worker;
    int core;
    bool has_started;
    rpi_batch *batch; /* that it is in */
} life;

static void live(void *argument)
{
    life *self = argument;
    if (!self->has_started && !start_worker(self->team, self->worker)) return;
    self->has_started = true;
    while (self->batch || (self->batch = wait_for_batch(self->team, self->worker->context.index, &self->core))) {
        rpi_worker_run_batch(self->worker, self->batch);
        leave_batch(self->batch);
        self->batch = NULL;
    }
}

void rpi_team_work(rpi_team *team, unsigned index)
{
    rpi_worker *worker = team->workers[index];
    life self = {.team = team, .worker = worker};
    rpi_context_enter(&worker->context);
    (void)rpi_nested_set(worker->config->options.nested_threads);
    self.core = rpi_sleep_core_find(team->first_sharing + index, team->n_sharing);
    while (!rpi_thread_guard(live, &self)) (void)rpi_worker_take_exit(worker);
    rpi_worker_close(worker);
    rpi_context_enter(NULL);
}

uint64_t rpi_team_stack_size(const rpi_team *team) { return team->worker_config.options.stack_size; }

rp_status rpi_team_refused(const rpi_team *team, int code, rp_error *error)
{
    uint64_t stack_size = rpi_thread_stack_size(rpi_team_stack_size(team));
    if (code == ENOMEM) return rpi_error_no_memory(error);
    return rp_error_set(error, RP_SYSTEM, code,
                        "%u worker threads of %llu MiB of stack can't be made on host %s: the system gives no more (%s)", team->n_workers,
                        (unsigned long long)(stack_size >> 20), team->host, strerror(code));
}

void rpi_team_miss(rpi_team *team, unsigned index, int code, const char *why)
{
    rp_error error;
    if (code) (void)rpi_team_refused(team, code, &error);
    else rp_error_set(&error, RP_UNSUPPORTED, 0, "only %u of %u worker threads: %s", index, team->n_workers, why);
    report_ready(team, team->n_workers - index, &error);
}

/* ---- life ---- */

static void free_team(rpi_team *team)
{
    for (unsigned i = 0; team->workers && i < team->n_workers; i++) {
        if (team->workers[i]) rpi_worker_fini(team->workers[i]);
        free(team->workers[i]);
    }
    free(team->workers);
    free(team->recorders);
    rpi_worker_config_fini(&team->worker_config);
    pthread_cond_destroy(&team->work_there);
    pthread_cond_destroy(&team->ready);
    pthread_mutex_destroy(&team->mutex);
    free(team);
}

static void interrupt(void *team, const rpi_work *work) { rpi_team_interrupt(team, work); }

static bool make_workers(rpi_team *team, const rpi_team_config *config)
{
    size_t size = (sizeof(rpi_worker) + 2 * RPI_CACHE_LINE - 1) / RPI_CACHE_LINE * RPI_CACHE_LINE;
    team->workers = calloc(team->n_workers, sizeof *team->workers);
    team->recorders = calloc(team->n_workers, sizeof *team->recorders);
    if (!team->workers || !team->recorders) return false;
    for (unsigned i = 0; i < team->n_workers; i++) {
        team->workers[i] = aligned_alloc(RPI_CACHE_LINE, size);
        if (!team->workers[i]) return false;
        rpi_worker_init(team->workers[i], team, config->rank, i, team->host);
        team->workers[i]->context.pool = config->remote ? NULL : config->worker.pool;
        team->workers[i]->interrupt_team = interrupt;
        team->workers[i]->config = &team->worker_config;
        team->workers[i]->n_urgent = &team->n_urgent;
    }
    return true;
}

/* Ranks of one host that weren't bound to cores of their own share all cores with each other. */
static void count_sharing(rpi_team *team, const rpi_team_config *config)
{
    bool shared = config->one_of_many && rpi_affinity_sees_all_cores();
    team->first_sharing = shared ? (unsigned)rpi_affinity_local_rank() * config->n_workers : 0;
    team->n_sharing = shared ? (unsigned)rpi_affinity_local_ranks() * config->n_workers : config->n_workers;
}

static rpi_team *new_team(const rpi_team_config *config)
{
    rpi_team *team = calloc(1, sizeof *team);
    if (!team) return NULL;
    pthread_mutex_init(&team->mutex, NULL);
    rpi_cond_init(&team->work_there);
    rpi_cond_init(&team->ready);
    team->n_workers = config->n_workers;
    count_sharing(team, config);
    rpi_queue_init(&team->queue);
    snprintf(team->host, sizeof team->host, "%s", config->host);
    bool ok = rpi_worker_config_copy(&team->worker_config, &config->worker);
    rpi_worker_config_fit(&team->worker_config, config->n_workers, config->one_of_many ? rpi_affinity_local_ranks() : 1);
    if (ok && make_workers(team, config)) return team;
    free_team(team);
    return NULL;
}

rp_status rpi_team_create(const rpi_team_config *config, const rpi_threads_ops *threads, rpi_team **out, rp_error *error)
{
    rpi_team *team = new_team(config);
    if (!team) return rpi_error_no_memory(error);
    rpi_unwind_prepare();
    team->threads_ops = threads;
    rp_status status = threads->start(team, config->n_workers, &team->threads, error);
    if (status != RP_OK) {
        free_team(team);
        return status;
    }
    pthread_mutex_lock(&team->mutex);
    while (team->n_ready < team->n_workers) pthread_cond_wait(&team->ready, &team->mutex);
    rp_error start_error = team->start_error;
    pthread_mutex_unlock(&team->mutex);
    if (start_error.status != RP_OK) {
        if (error) *error = start_error;
        rpi_team_destroy(team);
        return start_error.status;
    }
    for (unsigned i = 0; i < team->n_workers; i++) team->recorders[i] = team->workers[i]->recorder;
    *out = team;
    return RP_OK;
}

void rpi_team_destroy(rpi_team *team)
{
    if (!team) return;
    pthread_mutex_lock(&team->mutex);
    team->stopping = true;
    pthread_cond_broadcast(&team->work_there);
    pthread_mutex_unlock(&team->mutex);
    team->threads_ops->join(team->threads);
    free_team(team);
}

/* ---- use ---- */

void rpi_team_submit(rpi_team *team, rpi_batch *batch)
{
    if (batch->count == 0) {
        batch->done(batch);
        return;
    }
    rpi_claims_prepare(batch, team->n_workers);
    pthread_mutex_lock(&team->mutex);
    add_batch(team, batch);
    unsigned n_sleeping = team->n_sleeping;
    if (n_sleeping && batch->count == 1 && !batch->claims.taken) pthread_cond_signal(&team->work_there);
    else if (n_sleeping) pthread_cond_broadcast(&team->work_there);
    pthread_mutex_unlock(&team->mutex);
}

/* A batch that isn't queued has no items left to claim. One that is stays held by the queue meanwhile. */
uint64_t rpi_team_take_back(rpi_team *team, rpi_batch *batch, uint64_t from)
{
    bool finished = false;
    pthread_mutex_lock(&team->mutex);
    if (batch->claims.queued && !batch->claims.taken) (void)rpi_claims_give_back(batch, from);
    if (batch->claims.queued && rpi_claims_exhausted(batch)) finished = remove_batch(team, batch);
    uint64_t end = rpi_claims_end(batch);
    pthread_mutex_unlock(&team->mutex);
    if (finished) batch->done(batch);
    return end;
}

void rpi_team_interrupt(rpi_team *team, const rpi_work *work)
{
    for (unsigned i = 0; i < team->n_workers; i++) rpi_worker_interrupt(team->workers[i], work);
}

void rpi_team_drain(rpi_team *team, rpi_work *work)
{
    pthread_mutex_lock(&team->mutex);
    for (rpi_list_link *at = rpi_list_first(&team->queue.list); at; at = rpi_list_next(&team->queue.list, at)) {
        rpi_batch *batch = batch_at(at);
        if (batch->work != work || batch->attempt > 1 || batch->claims.taken || rpi_claims_exhausted(batch)) continue;
        rpi_work_drain(work, batch->first + atomic_load(&batch->claims.next));
        break;
    }
    pthread_mutex_unlock(&team->mutex);
}

uint64_t rpi_team_n_done(rpi_team *team, const rpi_work *work)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < team->n_workers; i++)
        if (atomic_load(&team->workers[i]->current) == work) n += atomic_load_explicit(&team->workers[i]->n_done, memory_order_acquire);
    return n;
}
