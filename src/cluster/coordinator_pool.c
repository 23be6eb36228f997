/* coordinator_pool.c: see coordinator_pool.h. All functions run in clients' threads. */
#include "cluster/coordinator_pool.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/spin.h"
#include "cluster/coordinator.h"
#include "cluster/coordinator_turn.h"
#include "cluster/copies.h"
#include "cluster/local_member.h"
#include "cluster/pool_life.h"
#include "cluster/remote_member.h"
#include "cluster/reports.h"
#include "cluster/sharing.h"
#include "worker/team_lent.h"

#include <stdlib.h>

static const double answer_timeout_s = 600; /* initializers may take their time */

/* ---- opening and closing ---- */

static bool is_opening(const rpi_coordinator_pool *pool) { return pool->state == POOL_OPEN_ASKED || pool->state == POOL_OPENING; }
static bool is_waited_for(const rpi_coordinator_pool *pool)
{
    return is_opening(pool) || pool->state == POOL_CLOSE_ASKED || pool->state == POOL_CLOSING;
}

static rp_status ask_and_wait(rpi_coordinator_pool *pool, coordinator_pool_state asked, rp_error *error)
{
    pthread_mutex_t *mutex = rpi_coordinator_mutex(pool);
    uint64_t deadline = rpi_deadline_ns(answer_timeout_s);
    bool in_time = true;
    pthread_mutex_lock(mutex);
    rpi_pool_life_move(pool, asked);
    pool->answer.status = RP_OK;
    rpi_progress_thread_wake(&pool->coordinator->progress_thread);
    while (is_waited_for(pool) && in_time) in_time = rpi_cond_wait_until(&pool->answered, mutex, deadline);
    bool is_late = is_waited_for(pool);
    int missing = pool->n_awaited > 0 ? pool->n_awaited : pool->n_ranks; /* 0: nobody was asked yet */
    rp_error answer = pool->answer;
    pthread_mutex_unlock(mutex);
    if (is_late)
        return rp_error_set(error, RP_LOST, 0, "%d rank%s didn't answer for %g s", missing, missing > 1 ? "s" : "", answer_timeout_s);
    if (answer.status != RP_OK && error) *error = answer;
    return answer.status;
}

static void free_pool(rpi_coordinator_pool *pool)
{
    rpi_team_destroy(pool->team);
    rpi_sharing_end_offer(pool);
    rpi_copies_fini(pool);
    rpi_message_free(pool->open);
    rpi_reports_fini(pool);
    rpi_distribution_fini(&pool->distribution);
    free(pool->spare);
    for (int rank = 0; pool->members && rank < pool->n_ranks; rank++) rpi_told_call_fini(&pool->members[rank].told);
    free(pool->members);
    pthread_cond_destroy(&pool->answered);
    free(pool);
}

static bool make_members(rpi_coordinator_pool *pool)
{
    int n = pool->n_ranks;
    pool->members = calloc((size_t)n, sizeof *pool->members);
    for (int rank = 0; pool->members && rank < n; rank++)
        pool->members[rank] = (rpi_member_port){.ops = rank == 0 ? &rpi_local_member : &rpi_remote_member, .pool = pool, .rank = rank};
    for (int rank = 1; pool->members && rank < n; rank++) rpi_remote_member_init(&pool->members[rank]);
    return pool->members;
}

static rpi_coordinator_pool *new_pool(rpi_coordinator *coordinator, const rpi_executor_config *config)
{
    rpi_coordinator_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->coordinator = coordinator;
    pool->on_loss = config->on_loss;
    pool->overlap = config->worker.options.overlap ? config->worker.options.overlap : 1;
    pool->log = config->worker.log;
    pool->n_ranks = config->n_ranks > 0 ? config->n_ranks : coordinator->n_ranks;
    rpi_cond_init(&pool->answered);
    rpi_copies_init(pool);
    rpi_list_init(&pool->submitted);
    rpi_list_init(&pool->back);
    rpi_list_init(&pool->forgotten);
    bool ok = make_members(pool) && rpi_coordinator_init_distribution(pool);
    rpi_recording recording = rpi_worker_config_recording(&config->worker);
    ok = rpi_reports_init(pool, &recording) && ok;
    pool->open = rpi_remote_member_open(config);
    if (pool->open) rpi_sharing_offer(pool);
    if (ok && pool->open) return pool;
    free_pool(pool);
    return NULL;
}

/* Workers without work take turns. */
static void hand_on(void *argument)
{
    bool any;
    rpi_coordinator_drive(argument, false, &any);
}

static void take_turn(void *argument)
{
    bool any;
    rpi_coordinator_drive(argument, true, &any);
}

static void begin_turns(void *argument) { rpi_progress_thread_join_in(&((rpi_coordinator *)argument)->progress_thread); }
static void end_turns(void *argument) { rpi_progress_thread_leave(&((rpi_coordinator *)argument)->progress_thread); }

static void come(void *argument, int core) { rpi_bells_come(((rpi_coordinator *)argument)->bells, core); }

static rp_status make_team(rpi_coordinator_pool *pool, const rpi_executor_config *config, rp_error *error)
{
    rpi_team_config team = {.n_workers = config->n_threads,
                            .one_of_many = true,
                            .host = config->host,
                            .worker = config->worker,
                            .idle = {hand_on, take_turn, begin_turns, end_turns, .argument = pool->coordinator}};
    if (config->n_threads == 1) team.idle.come = come;
    rpi_affinity_rank_info(config->host, (int)config->n_threads, &pool->members[0].info);
    return rpi_team_create(&team, rpi_threads_default(), &pool->team, error);
}

static void enlist(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    pool->id = ++pool->coordinator->next_pool;
    rpi_list_add_first(&pool->coordinator->pools, &pool->link);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

/* A pool whose members don't answer isn't freed, as the progress thread still has it. */
rp_status rpi_coordinator_pool_close(rpi_coordinator_pool *pool, rp_error *error)
{
    rp_status status = ask_and_wait(pool, POOL_CLOSE_ASKED, error);
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    bool is_closed = pool->state == POOL_CLOSED;
    pool->log = (rpi_log_sink){NULL, NULL};
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    if (is_closed) free_pool(pool);
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
    rp_status status = config->on_loss.goes_on ? RP_OK : check_ranks(coordinator, error);
    if (status == RP_OK && config->n_ranks > coordinator->n_ranks)
        status = rp_error_set(error, RP_USAGE, 0, "ranks is %d; there %s %d", config->n_ranks, coordinator->n_ranks > 1 ? "are" : "is only",
                              coordinator->n_ranks);
    if (status != RP_OK) return status;
    rpi_coordinator_pool *pool = new_pool(coordinator, config);
    if (!pool) return rpi_error_no_memory(error);
    status = make_team(pool, config, error);
    if (status != RP_OK) {
        free_pool(pool);
        return status;
    }
    enlist(pool);
    status = ask_and_wait(pool, POOL_OPEN_ASKED, error);
    rpi_sharing_end_offer(pool);
    if (status == RP_OK) *out = pool;
    else (void)rpi_coordinator_pool_close(pool, NULL);
    return status;
}

/* ---- what clients ask of an open pool ---- */

rp_status rpi_coordinator_pool_check(rpi_coordinator_pool *pool, rp_error *error) { return rpi_pool_life_check(pool, error); }

rp_status rpi_coordinator_pool_report(rpi_coordinator_pool *pool, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    return rpi_reports_get(pool, rank, origin_ns, report, error);
}

rp_status rpi_coordinator_pool_share(rpi_coordinator_pool *pool, const char *base, rp_error *error)
{
    return rpi_copies_spread(pool, base, error);
}

void rpi_coordinator_pool_rank_info(const rpi_coordinator_pool *pool, int rank, rp_rank_info *info) { *info = pool->members[rank].info; }
int rpi_coordinator_pool_n_ranks(const rpi_coordinator_pool *pool) { return pool->n_ranks; }
unsigned rpi_coordinator_pool_n_workers(const rpi_coordinator_pool *pool) { return pool->distribution.dispatch.n_workers / pool->overlap; }

/* With the mutex held. */
static void wake(rpi_coordinator_pool *pool) { rpi_progress_thread_wake(&pool->coordinator->progress_thread); }

void rpi_coordinator_pool_submit(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_list_add_last(&pool->submitted, &batch->link);
    wake(pool);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_coordinator_pool_put(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_list_add_last(&pool->submitted, &batch->link);
    rpi_progress_thread_leave_work(&pool->coordinator->progress_thread);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

/* Messages that have come in rang for the progress thread. */
void rpi_coordinator_pool_carry_out(rpi_coordinator_pool *pool) { hand_on(pool->coordinator); }

/* A client that waits. */
typedef struct waiting {
    rpi_coordinator_pool *pool;
    const rpi_work *work;
    rpi_waiter waiter;
    bool has_place;  /* of worker 0 in the team */
    bool has_looked; /* for work of the team, when it had come so often: */
    unsigned n_rung;
} waiting;

/* Before the client runs items it takes in what has come, rather than wake the progress thread for it. */
static void take_what_was_rung_for(const waiting *self)
{
    bool any;
    rpi_coordinator *coordinator = self->pool->coordinator;
    if (rpi_progress_thread_is_rung_for(&coordinator->progress_thread)) rpi_coordinator_drive(coordinator, true, &any);
}

/* Runs what rank 0's team has for worker 0. False: nothing. */
static bool help_team(waiting *self)
{
    rpi_team *team = self->pool->team;
    rpi_progress_thread *progress_thread = &self->pool->coordinator->progress_thread;
    rpi_batch *part;
    unsigned n_rung = rpi_team_n_rung(team);
    if (self->has_looked && self->n_rung == n_rung) return false;
    self->n_rung = n_rung;
    self->has_place = rpi_team_enter_borrowed(team, self->work, &part);
    self->has_looked = true;
    if (!part) return false;
    take_what_was_rung_for(self);
    rpi_progress_thread_go_out(progress_thread);
    self->has_looked = !rpi_team_run_borrowed(team, part);
    rpi_progress_thread_come_back(progress_thread);
    return true;
}

/* A client that doesn't spin would otherwise sleep as soon as it met the progress thread in its turn, and leave its items to the worker's
 * own thread: three threads are then woken in each call. */
static bool take_client_turn(const waiting *self, const rpi_spin_wait *wait)
{
    bool any;
    if (wait->sleeps) rpi_coordinator_drive_once(self->pool->coordinator, &any);
    else rpi_coordinator_drive(self->pool->coordinator, true, &any);
    return any;
}

/* Takes turns and runs items, until it is told, or for as long as it pays. */
static void drive(waiting *self, rpi_spin *spin, rpi_spin_wait *wait)
{
    *wait = rpi_spin_begin(spin);
    while (!rpi_waiter_is_told(&self->waiter) && self->has_place) {
        bool any = take_client_turn(self, wait);
        any = (!rpi_waiter_is_told(&self->waiter) && help_team(self)) || any;
        if (any) *wait = rpi_spin_begin(spin);
        else if (!rpi_spin_turn(spin, wait)) break;
    }
    if (self->has_place) rpi_team_give_back(self->pool->team);
}

/* The progress thread has to talk from here on. */
static void sleep_until_told(waiting *self)
{
    pthread_mutex_lock(rpi_coordinator_mutex(self->pool));
    wake(self->pool);
    pthread_mutex_unlock(rpi_coordinator_mutex(self->pool));
    rpi_waiter_sleep(&self->waiter);
}

void rpi_coordinator_pool_run(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    waiting self = {.pool = pool, .work = batch->work, .has_place = rpi_team_borrow(pool->team, batch)};
    rpi_spin_wait wait;
    if (!self.has_place) {
        rpi_coordinator_pool_submit(pool, batch);
        return;
    }
    rpi_spin *spin = rpi_spin_of_client(rpi_team_spin_ns(pool->team));
    batch->waiter = &self.waiter;
    rpi_progress_thread_join_in(&pool->coordinator->progress_thread);
    rpi_coordinator_pool_submit(pool, batch);
    drive(&self, spin, &wait);
    rpi_progress_thread_leave(&pool->coordinator->progress_thread);
    if (!rpi_waiter_is_told(&self.waiter)) sleep_until_told(&self);
    rpi_spin_end(spin, &wait);
    batch->done(batch);
}

/* After a loss it is for the coordinator to say what still runs. */
bool rpi_coordinator_pool_run_first(rpi_coordinator_pool *pool, rpi_batch *batch, uint64_t most_ns)
{
    return rpi_coordinator_pool_check(pool, NULL) == RP_OK && rpi_team_run_first(pool->team, batch, most_ns);
}

/* Tells the progress thread that a cutoff changed. That thread knows what was handed out, and reads the cutoffs from the works. */
static void tell_of_cutoffs(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    pool->cutoffs_changed = true;
    wake(pool);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_coordinator_pool_stop(rpi_coordinator_pool *pool, rpi_work *work)
{
    rpi_team_interrupt(pool->team, work);
    tell_of_cutoffs(pool);
}

void rpi_coordinator_pool_drain(rpi_coordinator_pool *pool, rpi_work *work)
{
    (void)work;
    tell_of_cutoffs(pool);
}

void rpi_coordinator_pool_forget(rpi_coordinator_pool *pool, rpi_work *work)
{
    rpi_distribution_call *call = work->executor_data;
    if (!call) return;
    work->executor_data = NULL;
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_list_add_first(&pool->forgotten, &call->forgotten); /* it can wait for the next turn, whosever that is */
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

uint64_t rpi_coordinator_pool_n_done(rpi_coordinator_pool *pool, const rpi_work *work) { return rpi_team_n_done(pool->team, work); }
