/*
 * team.c: see team.h.
 *
 * A batch is held by the queue and by each worker inside it; whoever lets go last calls done. Workers enter only under the team's
 * mutex and only while the batch is queued. A worker leaves when there is nothing more for it to claim, or for an urgent batch; the queue
 * lets go of a batch only when all its grains are claimed. So when the count falls to nought, the batch has left the queue, all its grains
 * are claimed, and all claimed grains are run.
 */
#include "worker/team.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/sleep_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rpi_team {
    unsigned n_workers;
    unsigned first_sharing, n_sharing; /* workers that have this process's cores: the number of the first of these, and how many in all */
    rpi_worker **workers;
    char host[RP_ERROR_HOST_SIZE];
    rpi_worker_config worker_config; /* a copy */
    const rpi_threads_ops *threads_ops;
    void *threads;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t work_there, ready;
    rpi_batch *head, **tail;
    _Atomic unsigned n_urgent; /* in the queue; read without the mutex */
    rpi_batch **urgent_tail;   /* where the next urgent batch goes: behind those before it, before all others */
    unsigned n_sleeping;
    unsigned n_ready; /* workers that started, or never will */
    bool stopping;
    rp_error start_error; /* of the first worker that failed to start */
};

unsigned rpi_team_n_workers(const rpi_team *team) { return team->n_workers; }
rpi_worker *const *rpi_team_workers(const rpi_team *team) { return team->workers; }

/* ---- the queue; all with the mutex held ---- */

/* Workers leave what they run for it. For a static one they wouldn't find their own part in, they would do so again and again. */
static bool is_urgent(const rpi_batch *batch) { return batch->urgent && !batch->taken; }

static bool has_grain_for(const rpi_batch *batch, unsigned worker)
{
    return batch->taken ? !batch->taken[worker] : atomic_load(&batch->next) < batch->count;
}

static void link_batch(rpi_team *team, rpi_batch *batch)
{
    rpi_batch **link = batch->urgent ? team->urgent_tail : team->tail;
    batch->next_batch = *link;
    *link = batch;
    if (team->tail == link) team->tail = &batch->next_batch;
    if (batch->urgent) team->urgent_tail = &batch->next_batch;
    if (is_urgent(batch)) atomic_fetch_add(&team->n_urgent, 1);
    batch->queued = true;
}

/* True when the queue's hold was the last: the caller owes the batch its done. */
static bool unlink_batch(rpi_team *team, rpi_batch **link)
{
    rpi_batch *batch = *link;
    *link = batch->next_batch;
    if (team->tail == &batch->next_batch) team->tail = link;
    if (team->urgent_tail == &batch->next_batch) team->urgent_tail = link;
    if (is_urgent(batch)) atomic_fetch_sub(&team->n_urgent, 1);
    batch->queued = false;
    if (team->stopping && !team->head) pthread_cond_broadcast(&team->work_there); /* it was what the others stayed for */
    return atomic_fetch_sub(&batch->users, 1) == 1;
}

/* The first batch with something for this worker, entered; exhausted ones are taken out on the way. `*finished`: one to call done on, or
 * NULL. */
static rpi_batch *enter_batch(rpi_team *team, unsigned worker, rpi_batch **finished)
{
    *finished = NULL;
    for (rpi_batch **link = &team->head; *link;) {
        rpi_batch *batch = *link;
        if (rpi_batch_exhausted(batch)) {
            if (!unlink_batch(team, link)) continue;
            *finished = batch;
            return NULL;
        }
        if (has_grain_for(batch, worker)) {
            atomic_fetch_add(&batch->users, 1);
            return batch;
        }
        link = &batch->next_batch;
    }
    return NULL;
}

/* ---- workers ---- */

/* With the mutex held, which it lets go of meanwhile. Returns when there may be something to do. */
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
        if (batch || (team->stopping && !team->head)) break;
        sleep_on_core(team, core);
    }
    pthread_mutex_unlock(&team->mutex);
    return batch;
}

static void leave_batch(rpi_batch *batch)
{
    if (atomic_fetch_sub(&batch->users, 1) == 1) batch->done(batch);
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

void rpi_team_work(rpi_team *team, unsigned index)
{
    rpi_worker *worker = team->workers[index];
    rpi_batch *batch;
    rpi_worker_enter(worker);
    int core = rpi_sleep_core_find(team->first_sharing + index, team->n_sharing);
    if (start_worker(team, worker)) {
        while ((batch = wait_for_batch(team, index, &core))) {
            rpi_worker_run_batch(worker, batch);
            leave_batch(batch);
        }
    }
    rpi_worker_close(worker);
    rpi_worker_enter(NULL);
}

void rpi_team_miss(rpi_team *team, unsigned index, const char *why)
{
    rp_error error;
    rp_error_set(&error, RP_UNSUPPORTED, 0, "only %u of %u worker threads: %s", index, team->n_workers, why);
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
    if (!team->workers) return false;
    for (unsigned i = 0; i < team->n_workers; i++) {
        team->workers[i] = aligned_alloc(RPI_CACHE_LINE, size);
        if (!team->workers[i]) return false;
        rpi_worker_init(team->workers[i], team, config->rank, i, team->host);
        team->workers[i]->on_client = !config->remote;
        team->workers[i]->interrupt_team = interrupt;
        team->workers[i]->config = &team->worker_config;
        team->workers[i]->n_urgent = &team->n_urgent;
    }
    return true;
}

/* Ranks of one host that weren't bound to cores of their own share them with each other. */
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
    team->tail = team->urgent_tail = &team->head;
    snprintf(team->host, sizeof team->host, "%s", config->host);
    if (rpi_worker_config_copy(&team->worker_config, &config->worker) && make_workers(team, config)) return team;
    free_team(team);
    return NULL;
}

rp_status rpi_team_create(const rpi_team_config *config, const rpi_threads_ops *threads, rpi_team **out, rp_error *error)
{
    rpi_team *team = new_team(config);
    if (!team) return rpi_error_no_memory(error);
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

static bool prepare_static(const rpi_team *team, rpi_batch *batch)
{
    batch->schedule.n_workers = team->n_workers;
    free(batch->taken);
    batch->taken = calloc(team->n_workers, 1);
    return batch->taken;
}

/* Without memory for what workers tell of themselves, they count as equal. */
static void prepare_rates(const rpi_team *team, rpi_batch *batch)
{
    if (batch->rates && batch->rates->n == team->n_workers) {
        rpi_rates_forget(batch->rates);
    } else {
        rpi_rates_destroy(batch->rates);
        batch->rates = rpi_rates_create(team->n_workers);
    }
    batch->rated = batch->rates;
}

void rpi_team_submit(rpi_team *team, rpi_batch *batch)
{
    if (batch->count == 0) {
        batch->done(batch);
        return;
    }
    /* Without memory for the static parts, they are handed out as they are asked for: same sizes, same results. */
    if (rpi_schedule_goes_by(batch->schedule.kind, RPI_EVEN_SHARES)) (void)prepare_static(team, batch);
    if (rpi_rates_matter(batch->schedule.kind)) prepare_rates(team, batch);
    atomic_store(&batch->users, 1);
    pthread_mutex_lock(&team->mutex);
    link_batch(team, batch);
    unsigned n_sleeping = team->n_sleeping;
    if (n_sleeping && batch->count == 1 && !batch->taken) pthread_cond_signal(&team->work_there);
    else if (n_sleeping) pthread_cond_broadcast(&team->work_there);
    pthread_mutex_unlock(&team->mutex);
}

void rpi_team_interrupt(rpi_team *team, const rpi_work *work)
{
    for (unsigned i = 0; i < team->n_workers; i++) rpi_worker_interrupt(team->workers[i], work);
}

void rpi_team_drain(rpi_team *team, rpi_work *work)
{
    pthread_mutex_lock(&team->mutex);
    rpi_batch *batch = team->head;
    while (batch && (batch->work != work || batch->attempt > 1 || batch->taken || rpi_batch_exhausted(batch))) batch = batch->next_batch;
    if (batch) rpi_work_lower_cutoff(work, batch->first + atomic_load(&batch->next));
    pthread_mutex_unlock(&team->mutex);
}

uint64_t rpi_team_n_done(rpi_team *team, const rpi_work *work)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < team->n_workers; i++)
        if (atomic_load(&team->workers[i]->current) == work) n += atomic_load_explicit(&team->workers[i]->n_done, memory_order_relaxed);
    return n;
}
