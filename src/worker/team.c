/* team.c: see team.h: a team's life, and what others ask of it. */
#include "worker/team.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/lines.h"
#include "base/spin.h"
#include "base/thread.h"
#include "base/unwind.h"
#include "task/claims.h"
#include "worker/team_queue.h"
#include "worker/team_work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned rpi_team_n_workers(const rpi_team *team) { return team->n_workers; }

unsigned rpi_team_n_at_once(const rpi_team *team)
{
    unsigned overlap = team->worker_config.options.overlap;
    return team->n_workers * (overlap ? overlap : 1);
}

rpi_recorder *const *rpi_team_recorders(const rpi_team *team) { return team->recorders; }

uint64_t rpi_team_stack_size(const rpi_team *team) { return team->worker_config.options.stack_size; }

rp_status rpi_team_refused(const rpi_team *team, int code, rp_error *error)
{
    if (code == ENOMEM) return rpi_error_no_memory(error);
    return rp_error_set(error, RP_SYSTEM, code,
                        "%u worker threads of %llu MiB of stack can't be made on host %s: the system gives no more (%s)", team->n_workers,
                        (unsigned long long)(team->stack_size >> 20), team->host, strerror(code));
}

void rpi_team_miss(rpi_team *team, unsigned index, int code, const char *why)
{
    rp_error error;
    if (code) (void)rpi_team_refused(team, code, &error);
    else rp_error_set(&error, RP_UNSUPPORTED, 0, "only %u of %u worker threads: %s", index, team->n_workers, why);
    rpi_team_report_ready(team, team->n_workers - index, &error);
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
    pthread_cond_destroy(&team->first_needed);
    pthread_cond_destroy(&team->ready);
    pthread_mutex_destroy(&team->mutex);
    rpi_lines_free(team);
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
        team->workers[i]->queue = &rpi_team_worker_queue;
        team->workers[i]->config = &team->worker_config;
        team->workers[i]->context.log = &team->worker_config.log;
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

/* OpenMP has bound the process's first thread to one of its cores. */
static bool binds_first_thread(void)
{
    rpi_core_mask mask;
    bool is_own;
    return rpi_affinity_get(&mask, &is_own) && !is_own;
}

/* A client's thread runs items only where they run in threads of this process, and may use all its cores. */
static void set_waiting(rpi_team *team, const rpi_team_config *config)
{
    const rp_pool_options *options = &config->worker.options;
    team->drains = !config->one_of_many;
    team->lends = !config->remote && !options->isolation && !binds_first_thread();
    team->stack_size = rpi_thread_stack_size(options->stack_size);
    team->spin_ns = rpi_spin_most_ns(options->wait_policy, config->n_workers, config->one_of_many ? rpi_affinity_local_ranks() : 1);
    team->idle = config->idle;
}

static rpi_team *new_team(const rpi_team_config *config)
{
    rpi_team *team = rpi_lines_alloc(sizeof *team);
    if (!team) return NULL;
    rpi_mutex_init(&team->mutex);
    rpi_cond_init(&team->work_there);
    rpi_cond_init(&team->first_needed);
    rpi_cond_init(&team->ready);
    team->n_workers = config->n_workers;
    count_sharing(team, config);
    set_waiting(team, config);
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
    rpi_team_ring_all(team);
    team->threads_ops->join(team->threads);
    free_team(team);
}

/* ---- use ---- */

void rpi_team_interrupt(rpi_team *team, const rpi_work *work)
{
    for (unsigned i = 0; i < team->n_workers; i++) rpi_worker_interrupt(team->workers[i], work);
}

void rpi_team_drain(rpi_team *team, rpi_work *work)
{
    pthread_mutex_lock(&team->mutex);
    for (rpi_list_link *at = rpi_list_first(&team->queue.list); at; at = rpi_list_next(&team->queue.list, at)) {
        rpi_batch *batch = RPI_ENTRY(at, rpi_batch, link);
        if (batch->work == work && rpi_claims_drain(batch)) break;
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
