/* team_work.c: see team_work.h. */
#include "worker/team_work.h"

#include "base/nested.h"
#include "base/sleep_core.h"
#include "base/spin.h"
#include "base/thread.h"
#include "worker/team_queue.h"

#include <sched.h>

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

static bool is_taken(void *argument, int core)
{
    const life *self = argument;
    const rpi_idle *idle = &self->team->idle;
    if (idle->is_taken && idle->is_taken(idle->argument, core)) return true;
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
    rpi_worker_come(self->worker, core);
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
    rpi_worker_come(self->worker, -1);
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

/* Called with the mutex held; sleep_on_core releases it. */
static void settle_and_sleep(rpi_team *team, life *self)
{
    if (team->idle.settle) team->idle.settle(team->idle.argument);
    sleep_on_core(team, self);
}

/* Waits until work may be there. A worker looks into the queue once more between spinning and sleeping, as the ring comes after the work.
 */
static void wait_for_work(rpi_team *team, life *self)
{
    if (!self->waits) self->wait = rpi_spin_begin(&self->spin);
    self->waits = true;
    bool is_over = true;
    if (may_spin(team, self, &self->wait)) is_over = spin_for_work(team, self, &self->wait);
    else settle_and_sleep(team, self);
    if (is_over) end_wait(self);
}

/* Returns the batch that it has entered. NULL: the team is stopped. */
static rpi_batch *find_batch(rpi_team *team, life *self)
{
    for (;;) {
        rpi_batch *finished = NULL, *batch = may_enter(team, self) ? rpi_team_enter(team, self->worker->context.index, &finished) : NULL;
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

static bool start_worker(rpi_team *team, rpi_worker *worker)
{
    rp_error error;
    rp_status status = rpi_worker_open(worker, &error);
    rpi_team_report_ready(team, 1, status == RP_OK ? NULL : &error);
    return status == RP_OK;
}

static void tell_core(const rpi_team *team)
{
    if (team->idle.come) team->idle.come(team->idle.argument, sched_getcpu());
}

static void live(void *argument)
{
    life *self = argument;
    if (!self->has_started && !start_worker(self->team, self->worker)) return;
    self->has_started = true;
    while (self->batch || (self->batch = wait_for_batch(self->team, self))) {
        tell_core(self->team);
        rpi_team_leave(rpi_worker_run_batch(self->worker, self->batch));
        self->batch = NULL;
        hand_on(self->team);
    }
}

/* ---- for a worker that has many items at once ---- */

/* A foreign batch in front of the others waits for this worker to be free. */
static rpi_batch *try_enter(rpi_team *team, unsigned worker, const rpi_work *work, rpi_batch **finished)
{
    *finished = NULL;
    pthread_mutex_lock(&team->mutex);
    rpi_list_link *first = rpi_list_first(&team->queue.list);
    bool is_next = first && RPI_ENTRY(first, rpi_batch, link)->work == work;
    rpi_batch *entered = is_next ? rpi_team_enter(team, worker, finished) : NULL;
    pthread_mutex_unlock(&team->mutex);
    return entered;
}

static void leave_and_hand_on(void *team, rpi_batch *batch)
{
    rpi_team_leave(batch);
    hand_on(team);
}

static rpi_batch *enter_of_call(void *team, unsigned worker, const rpi_work *work)
{
    rpi_batch *finished, *entered = try_enter(team, worker, work, &finished);
    for (; finished; entered = try_enter(team, worker, work, &finished)) {
        rpi_batch_end(finished);
        hand_on(team);
    }
    if (!entered || entered->work == work) return entered;
    leave_and_hand_on(team, entered);
    return NULL;
}

const rpi_worker_queue rpi_team_worker_queue = {enter_of_call, leave_and_hand_on};

void rpi_team_work(rpi_team *team, unsigned index)
{
    rpi_worker *worker = team->workers[index];
    life self = {.team = team, .worker = worker, .spin.most_ns = team->spin_ns};
    rpi_context_enter(&worker->context);
    (void)rpi_nested_set(worker->config->options.nested_threads);
    self.core = rpi_sleep_core_find(team->first_sharing + index, team->n_sharing);
    while (!rpi_thread_guard(live, &self)) self.batch = rpi_worker_take_exit(worker);
    rpi_worker_close(worker);
    rpi_context_enter(NULL);
}
