/*
 * team_work.c: see team_work.h.
 *
 * The queue and each worker inside a batch hold it; the last one that lets go ends it. Workers enter only with the team's mutex held, and
 * only while the batch is queued. A worker leaves when it can claim nothing more, or for an urgent batch. The queue lets go of a batch only
 * when all its grains are claimed. So when the count falls to 0, the batch has left the queue, all its grains are claimed, and all claimed
 * grains have run.
 */
#include "worker/team_work.h"

#include "base/nested.h"
#include "base/sleep_core.h"
#include "base/spin.h"
#include "base/thread.h"
#include "task/claims.h"

#include <sched.h>

/* ---- the queue; all with the mutex held ---- */

/* Whether workers leave what they run for this batch. Not for a static batch: a worker whose share was taken would leave
 * again and again. */
static bool is_urgent(const rpi_batch *batch) { return batch->urgent && !batch->claims.taken; }

static bool has_grain_for(const rpi_batch *batch, unsigned worker)
{
    return batch->claims.taken ? !batch->claims.taken[worker] : !rpi_claims_exhausted(batch);
}

static rpi_batch *batch_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_batch, link); }

static void queue_batch(rpi_team *team, rpi_batch *batch)
{
    rpi_queue_add(&team->queue, &batch->link, batch->urgent);
    if (is_urgent(batch)) atomic_fetch_add(&team->n_urgent, 1);
    batch->claims.queued = true;
}

static void tell_of_end(rpi_team *team)
{
    pthread_cond_broadcast(&team->work_there);
    pthread_cond_signal(&team->first_needed);
}

/* True when the queue was the last to hold the batch: the caller must then call done. */
static bool remove_batch(rpi_team *team, rpi_batch *batch)
{
    rpi_queue_remove(&team->queue, &batch->link);
    if (is_urgent(batch)) atomic_fetch_sub(&team->n_urgent, 1);
    batch->claims.queued = false;
    if (team->stopping && rpi_list_is_empty(&team->queue.list)) tell_of_end(team); /* they stayed for this batch */
    return atomic_fetch_sub(&batch->claims.users, 1) == 1;
}

/* Takes a batch without grains out of the queue, if it is in it. True: the queue was the last to hold it. */
static bool let_go(rpi_team *team, rpi_batch *batch)
{
    return batch->claims.queued && rpi_claims_exhausted(batch) && remove_batch(team, batch);
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

/* How many workers the queue has work for, at most all. Those that spin may be fewer than the batches that came for them one by one. */
static unsigned n_needed(const rpi_team *team)
{
    uint64_t n = team->stopping ? team->n_workers : 0;
    for (rpi_list_link *at = rpi_list_first(&team->queue.list); at && n < team->n_workers; at = rpi_list_next(&team->queue.list, at))
        n += rpi_claims_most_workers(batch_at(at), team->n_workers);
    return n < team->n_workers ? (unsigned)n : team->n_workers;
}

/* Those that sleep beside the first are woken before it, as a client may want to have the first. */
static void wake(rpi_team *team, unsigned n_needed)
{
    if (n_needed <= team->n_spinning) return;
    unsigned n_lacking = n_needed - team->n_spinning;
    if (n_lacking >= team->n_sleeping && team->n_sleeping > 0) pthread_cond_broadcast(&team->work_there);
    for (unsigned k = 0; n_lacking < team->n_sleeping && k < n_lacking; k++) pthread_cond_signal(&team->work_there);
    if (n_lacking > team->n_sleeping && team->first_sleeps && (!team->is_lent || team->stopping)) pthread_cond_signal(&team->first_needed);
}

/* Workers that spin take the mutex as soon as they see the ring, so it is free by then. */
static void unlock_and_ring(rpi_team *team, unsigned n_needed)
{
    wake(team, n_needed);
    pthread_mutex_unlock(&team->mutex);
    atomic_fetch_add(&team->n_rung, 1);
}

void rpi_team_unlock_and_ring(rpi_team *team) { unlock_and_ring(team, n_needed(team)); }

void rpi_team_submit(rpi_team *team, rpi_batch *batch)
{
    if (batch->count == 0) {
        rpi_batch_end(batch);
        return;
    }
    rpi_claims_prepare(batch, team->n_workers);
    pthread_mutex_lock(&team->mutex);
    queue_batch(team, batch);
    rpi_team_unlock_and_ring(team);
}

/* A batch that isn't queued has no items left to claim. One that is stays held by the queue meanwhile. */
uint64_t rpi_team_take_back(rpi_team *team, rpi_batch *batch, uint64_t from)
{
    bool finished = false;
    pthread_mutex_lock(&team->mutex);
    if (batch->claims.queued && !batch->claims.taken) (void)rpi_claims_give_back(batch, from);
    finished = let_go(team, batch);
    uint64_t end = rpi_claims_end(batch);
    pthread_mutex_unlock(&team->mutex);
    if (finished) rpi_batch_end(batch);
    return end;
}

/* ---- how workers wait ---- */

/* What a worker's thread does, from the start of the worker to its end. */
typedef struct life {
    rpi_team *team;
    rpi_worker *worker;
    int core; /* that it sleeps on; -1: any */
    bool has_started;
    rpi_batch *batch; /* that it is in */
    rpi_spin spin;
    rpi_spin_wait wait; /* the present one */
    bool waits;
} life;

static bool is_first(const life *self) { return self->worker->context.index == 0; }

/* Called with the mutex held; releases it while it sleeps. Returns when there may be something to do. */
static void sleep_on_core(rpi_team *team, life *self)
{
    if (!rpi_sleep_core_is_here(self->core)) {
        pthread_mutex_unlock(&team->mutex);
        if (!rpi_sleep_core_go(self->core)) self->core = -1;
        pthread_mutex_lock(&team->mutex);
        return;
    }
    if (is_first(self)) {
        team->first_sleeps = true;
        pthread_cond_wait(&team->first_needed, &team->mutex);
        team->first_sleeps = false;
        return;
    }
    team->n_sleeping++;
    pthread_cond_wait(&team->work_there, &team->mutex);
    team->n_sleeping--;
}

/* The thread of the first worker doesn't spin where a client may run in its place: there is no core for both. */
static bool may_spin(const rpi_team *team, const life *self, const rpi_spin_wait *wait)
{
    return !wait->sleeps && !(team->lends && is_first(self));
}

static void come(rpi_worker *worker, int core) { atomic_store_explicit(&worker->core, core, memory_order_relaxed); }

static bool is_taken(void *argument, int core)
{
    const life *self = argument;
    for (unsigned i = 0; i < self->team->n_workers; i++) {
        const rpi_worker *other = self->team->workers[i];
        if (other != self->worker && atomic_load_explicit(&other->core, memory_order_relaxed) == core) return true;
    }
    return false;
}

/* The kernel may have two workers that spin take turns on one core for milliseconds, while another core is idle. The first worker stays, as
 * it may be a client's thread. False: there is no core to go to. */
static bool keep_apart(life *self)
{
    int core = sched_getcpu();
    if (is_taken(self, core)) {
        core = rpi_sleep_core_free(is_taken, self);
        if (!rpi_sleep_core_go(core)) return false;
    }
    come(self->worker, core);
    return true;
}

static void hand_on(const rpi_team *team)
{
    if (team->idle.hand_on) team->idle.hand_on(team->idle.argument);
}

static void spin(rpi_team *team, life *self, rpi_spin_wait *wait, unsigned rung)
{
    const rpi_idle *idle = &team->idle;
    bool is_alone = keep_apart(self);
    if (idle->begin) idle->begin(idle->argument);
    while (is_alone && atomic_load_explicit(&team->n_rung, memory_order_acquire) == rung && rpi_spin_turn(&self->spin, wait)) {
        if (idle->turn) idle->turn(idle->argument);
        if (rpi_spin_has_looked(wait)) is_alone = keep_apart(self);
    }
    if (idle->end) idle->end(idle->argument);
    come(self->worker, -1);
    if (!is_alone) wait->sleeps = true;
}

/* Called with the mutex held; releases it while it spins. True: work has come. */
static bool spin_for_work(rpi_team *team, life *self, rpi_spin_wait *wait)
{
    unsigned rung = atomic_load(&team->n_rung);
    team->n_spinning++;
    pthread_mutex_unlock(&team->mutex);
    spin(team, self, wait, rung);
    pthread_mutex_lock(&team->mutex);
    team->n_spinning--;
    return atomic_load(&team->n_rung) != rung;
}

static void end_wait(life *self)
{
    if (self->waits) rpi_spin_end(&self->spin, &self->wait);
    self->waits = false;
}

static bool may_enter(const rpi_team *team, const life *self) { return !(team->is_lent && is_first(self)); }

/* Waits until work may be there. A worker looks into the queue once more between spinning and sleeping, as the ring comes after the work.
 */
static void wait_for_work(rpi_team *team, life *self)
{
    if (!self->waits) self->wait = rpi_spin_begin(&self->spin);
    self->waits = true;
    bool is_over = true;
    if (may_spin(team, self, &self->wait)) is_over = spin_for_work(team, self, &self->wait);
    else sleep_on_core(team, self);
    if (is_over) end_wait(self);
}

/* Returns the batch that it has entered. NULL: the team is stopped. */
static rpi_batch *find_batch(rpi_team *team, life *self)
{
    for (;;) {
        rpi_batch *finished = NULL, *batch = may_enter(team, self) ? enter_batch(team, self->worker->context.index, &finished) : NULL;
        if (finished) {
            pthread_mutex_unlock(&team->mutex);
            rpi_batch_end(finished);
            hand_on(team);
            pthread_mutex_lock(&team->mutex);
        } else if (batch || (team->stopping && rpi_list_is_empty(&team->queue.list))) {
            end_wait(self);
            return batch;
        } else {
            wait_for_work(team, self);
        }
    }
}

static rpi_batch *wait_for_batch(rpi_team *team, life *self)
{
    pthread_mutex_lock(&team->mutex);
    if (is_first(self)) team->first_is_out = false;
    rpi_batch *batch = find_batch(team, self);
    if (is_first(self)) team->first_is_out = true;
    pthread_mutex_unlock(&team->mutex);
    return batch;
}

/* ---- how they run ---- */

static void leave_batch(rpi_batch *batch)
{
    if (atomic_fetch_sub(&batch->claims.users, 1) == 1) rpi_batch_end(batch);
}

static bool start_worker(rpi_team *team, rpi_worker *worker)
{
    rp_error error;
    rp_status status = rpi_worker_open(worker, &error);
    rpi_team_report_ready(team, 1, status == RP_OK ? NULL : &error);
    return status == RP_OK;
}

static void live(void *argument)
{
    life *self = argument;
    if (!self->has_started && !start_worker(self->team, self->worker)) return;
    self->has_started = true;
    while (self->batch || (self->batch = wait_for_batch(self->team, self))) {
        rpi_worker_run_batch(self->worker, self->batch);
        leave_batch(self->batch);
        self->batch = NULL;
        hand_on(self->team);
    }
}

void rpi_team_work(rpi_team *team, unsigned index)
{
    rpi_worker *worker = team->workers[index];
    life self = {.team = team, .worker = worker, .spin.most_ns = team->spin_ns};
    rpi_context_enter(&worker->context);
    (void)rpi_nested_set(worker->config->options.nested_threads);
    self.core = rpi_sleep_core_find(team->first_sharing + index, team->n_sharing);
    while (!rpi_thread_guard(live, &self)) (void)rpi_worker_take_exit(worker);
    rpi_worker_close(worker);
    rpi_context_enter(NULL);
}

/* ---- the first worker, lent ---- */

/* Not for a time-out: the worker's second thread ends with the worker's own. */
static bool can_lend(const rpi_team *team, const rpi_batch *batch)
{
    return team->lends && batch->count > 0 && !batch->work->timeout_ns && rpi_thread_has_stack(team->stack_size);
}

/* A batch of one item isn't queued, as nobody else is needed. Only when nothing is queued, or it would overtake that. */
static bool borrow(rpi_team *team, rpi_batch *batch)
{
    pthread_mutex_lock(&team->mutex);
    bool is_free = !team->is_lent && !team->first_is_out && rpi_list_is_empty(&team->queue.list);
    if (is_free) team->is_lent = true;
    if (is_free && batch->count > 1) {
        queue_batch(team, batch);
        atomic_fetch_add(&batch->claims.users, 1);
        unlock_and_ring(team, rpi_claims_most_workers(batch, team->n_workers) - 1);
    } else {
        pthread_mutex_unlock(&team->mutex);
    }
    return is_free;
}

/* What is left in the queue is for the worker's own thread from here on. True: all of the batch has run. `*others_run`: other workers are
 * in it, or are about to be; otherwise those that it waits for sleep. */
static bool give_back(rpi_team *team, rpi_batch *batch, bool *others_run)
{
    pthread_mutex_lock(&team->mutex);
    team->is_lent = false;
    (void)let_go(team, batch); /* the caller holds it too */
    *others_run = team->n_spinning > 0 || atomic_load(&batch->claims.users) > (batch->claims.queued ? 2u : 1u);
    if (!rpi_list_is_empty(&team->queue.list) && team->first_sleeps) pthread_cond_signal(&team->first_needed);
    pthread_mutex_unlock(&team->mutex);
    return atomic_fetch_sub(&batch->claims.users, 1) == 1;
}

typedef struct lent_run {
    rpi_worker *worker;
    rpi_batch *batch;
} lent_run;

static void run_in_worker(void *argument)
{
    const lent_run *self = argument;
    rpi_worker_run_batch(self->worker, self->batch);
}

static void run_lent(rpi_worker *worker, rpi_batch *batch)
{
    lent_run run = {worker, batch};
    rpi_context_nest(&worker->context);
    unsigned nested = rpi_nested_set(worker->config->options.nested_threads);
    while (!rpi_thread_guard(run_in_worker, &run)) (void)rpi_worker_take_exit(worker);
    (void)rpi_nested_set(nested);
    rpi_context_leave(&worker->context);
}

static void wait_for_others(const rpi_team *team, rpi_waiter *waiter)
{
    rpi_spin *spin = rpi_spin_of_client(team->spin_ns);
    rpi_spin_wait wait = rpi_spin_begin(spin);
    while (!rpi_waiter_is_told(waiter) && rpi_spin_turn(spin, &wait)) {}
    if (!rpi_waiter_is_told(waiter)) rpi_waiter_sleep(waiter);
    rpi_spin_end(spin, &wait);
}

/* To spin before those that sleep have begun would only keep them from the core that the kernel wakes them on: this one. */
static void wait_for_end(const rpi_team *team, rpi_waiter *waiter, bool others_run)
{
    if (others_run) wait_for_others(team, waiter);
    else rpi_waiter_sleep(waiter);
}

void rpi_team_run(rpi_team *team, rpi_batch *batch)
{
    rpi_waiter waiter = {0};
    if (!can_lend(team, batch)) {
        rpi_team_submit(team, batch);
        return;
    }
    batch->waiter = &waiter;
    come(team->workers[0], sched_getcpu());
    rpi_claims_prepare(batch, batch->count == 1 ? 1 : team->n_workers);
    if (!borrow(team, batch)) {
        batch->waiter = NULL;
        rpi_team_submit(team, batch);
        return;
    }
    run_lent(team->workers[0], batch);
    bool others_run;
    if (!give_back(team, batch, &others_run)) wait_for_end(team, &waiter, others_run);
    come(team->workers[0], -1);
    batch->done(batch);
}

/* ---- the same, for a client that takes turns in between ---- */

bool rpi_team_borrow(rpi_team *team, const rpi_batch *batch)
{
    if (!can_lend(team, batch)) return false;
    pthread_mutex_lock(&team->mutex);
    bool is_free = !team->is_lent && !team->first_is_out && rpi_list_is_empty(&team->queue.list);
    if (is_free) {
        team->is_lent = true;
        team->n_spinning++;
    }
    pthread_mutex_unlock(&team->mutex);
    if (is_free) come(team->workers[0], sched_getcpu());
    return is_free;
}

static void unlend(rpi_team *team)
{
    come(team->workers[0], -1);
    team->n_spinning--;
    team->is_lent = false;
    if (!rpi_list_is_empty(&team->queue.list) && team->first_sleeps) pthread_cond_signal(&team->first_needed);
}

/* A batch of another call may take long, and may even wait for what the client does after its own. */
bool rpi_team_enter_borrowed(rpi_team *team, const rpi_work *work, rpi_batch **entered)
{
    rpi_batch *finished = NULL;
    *entered = NULL;
    pthread_mutex_lock(&team->mutex);
    rpi_list_link *first = rpi_list_first(&team->queue.list);
    bool stays = !first || batch_at(first)->work == work;
    if (stays) *entered = enter_batch(team, 0, &finished);
    else unlend(team);
    if (*entered) team->n_spinning--;
    pthread_mutex_unlock(&team->mutex);
    if (finished) rpi_batch_end(finished);
    return stays;
}

void rpi_team_run_borrowed(rpi_team *team, rpi_batch *batch)
{
    run_lent(team->workers[0], batch);
    leave_batch(batch);
    pthread_mutex_lock(&team->mutex);
    team->n_spinning++;
    pthread_mutex_unlock(&team->mutex);
}

void rpi_team_give_back(rpi_team *team)
{
    pthread_mutex_lock(&team->mutex);
    unlend(team);
    pthread_mutex_unlock(&team->mutex);
}

uint64_t rpi_team_spin_ns(const rpi_team *team) { return team->spin_ns; }
