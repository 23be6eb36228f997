/* team_lent.c: see team_lent.h. */
#include "worker/team_lent.h"

#include "base/nested.h"
#include "base/spin.h"
#include "base/thread.h"
#include "task/claims.h"
#include "worker/team_queue.h"

#include <sched.h>

/* ---- for a batch of this team ---- */

/* Not for a time-out: the worker's second thread ends with the worker's own. Nor for a task that has many items at once: only the worker's
 * own thread goes on from batch to batch with them. */
static bool can_lend(const rpi_team *team, const rpi_batch *batch)
{
    if (batch->work->task->flags & RP_TASK_OVERLAPS) return false;
    return team->lends && batch->count > 0 && !batch->work->timeout_ns && rpi_thread_has_stack(team->stack_size);
}

/* Only when nothing is queued, or the client would overtake that. With the mutex, as the next. */
static bool take_place(rpi_team *team)
{
    bool is_free = !team->is_lent && !team->first_is_out && rpi_list_is_empty(&team->queue.list);
    if (is_free) team->is_lent = true;
    return is_free;
}

/* What the queue has for the worker is for its own thread from here on. */
static void return_place(rpi_team *team)
{
    team->is_lent = false;
    if (team->first_sleeps && rpi_team_has_work_for(team, 0)) pthread_cond_signal(&team->first_needed);
}

/* A batch of one item isn't queued, as nobody else is needed. */
static bool borrow(rpi_team *team, rpi_batch *batch)
{
    pthread_mutex_lock(&team->mutex);
    bool is_free = take_place(team);
    if (is_free && batch->count > 1) {
        rpi_team_add(team, batch);
        atomic_fetch_add(&batch->claims.users, 1);
        rpi_team_ring(team, rpi_claims_most_workers(batch, team->n_workers) - 1);
    } else {
        pthread_mutex_unlock(&team->mutex);
    }
    return is_free;
}

/* A worker that is awake runs items, or has just left the last call and comes to look: that takes less than a sleep of the client. */
static bool is_any_awake(const rpi_team *team) { return team->n_sleeping + 1 < team->n_workers; }

/* True: all of the batch has run. `*others_run`: other workers are in it, or are about to be; otherwise those that it waits for sleep. */
static bool give_back(rpi_team *team, rpi_batch *batch, bool *others_run)
{
    pthread_mutex_lock(&team->mutex);
    (void)rpi_team_let_go(team, batch); /* the caller holds it too */
    *others_run = is_any_awake(team) || atomic_load(&batch->claims.users) > (batch->claims.queued ? 2u : 1u);
    return_place(team);
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
    (void)rpi_worker_run_batch(self->worker, self->batch);
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

/* A batch that isn't queued gives way to none, as nobody else would run it. */
static void run_unqueued(rpi_worker *worker, rpi_batch *batch)
{
    const _Atomic unsigned *n_urgent = worker->n_urgent;
    worker->n_urgent = NULL;
    run_lent(worker, batch);
    worker->n_urgent = n_urgent;
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
    rpi_worker_come(team->workers[0], sched_getcpu());
    rpi_claims_prepare(batch, batch->count == 1 ? 1 : team->n_workers);
    if (!borrow(team, batch)) {
        batch->waiter = NULL;
        rpi_team_submit(team, batch);
        return;
    }
    if (batch->count == 1) run_unqueued(team->workers[0], batch);
    else run_lent(team->workers[0], batch);
    bool others_run;
    if (!give_back(team, batch, &others_run)) wait_for_end(team, &waiter, others_run);
    rpi_worker_come(team->workers[0], -1);
    batch->done(batch);
}

/* ---- for a batch that others need not know of ---- */

/* Its grains needn't be fair. But where each item could have a worker of its own, no two are in one grain: they may wait for each other. */
static void run_first(rpi_worker *worker, rpi_batch *batch, uint64_t most_ns)
{
    unsigned n_workers = batch->schedule.n_workers;
    if (batch->count > n_workers) batch->schedule.n_workers = 1;
    worker->most_ns = most_ns;
    run_lent(worker, batch);
    worker->most_ns = UINT64_MAX;
    batch->schedule.n_workers = n_workers;
}

bool rpi_team_run_first(rpi_team *team, rpi_batch *batch, uint64_t most_ns)
{
    if (!can_lend(team, batch)) return false;
    pthread_mutex_lock(&team->mutex);
    bool is_free = take_place(team);
    pthread_mutex_unlock(&team->mutex);
    if (!is_free) return false;
    rpi_claims_prepare(batch, team->n_workers);
    run_first(team->workers[0], batch, most_ns);
    pthread_mutex_lock(&team->mutex);
    return_place(team);
    pthread_mutex_unlock(&team->mutex);
    return rpi_claims_exhausted(batch);
}

/* ---- the same, for a client that takes turns in between ---- */

static void come(rpi_team *team, int core)
{
    rpi_worker_come(team->workers[0], core);
    if (team->idle.come) team->idle.come(team->idle.argument, core);
}

bool rpi_team_borrow(rpi_team *team, const rpi_batch *batch)
{
    if (!can_lend(team, batch)) return false;
    pthread_mutex_lock(&team->mutex);
    bool is_free = take_place(team);
    if (is_free) team->n_spinning++;
    pthread_mutex_unlock(&team->mutex);
    if (is_free) come(team, sched_getcpu());
    return is_free;
}

static void unlend(rpi_team *team)
{
    rpi_worker_come(team->workers[0], -1);
    team->n_spinning--;
    return_place(team);
}

/* A batch of another call may take long, and may even wait for what the client does after its own. */
static bool try_enter(rpi_team *team, const rpi_work *work, rpi_batch **entered, rpi_batch **finished)
{
    *entered = *finished = NULL;
    pthread_mutex_lock(&team->mutex);
    rpi_list_link *first = rpi_list_first(&team->queue.list);
    bool stays = !first || RPI_ENTRY(first, rpi_batch, link)->work == work;
    if (stays) *entered = rpi_team_enter(team, 0, finished);
    else unlend(team);
    if (*entered) team->n_spinning--;
    pthread_mutex_unlock(&team->mutex);
    return stays;
}

bool rpi_team_enter_borrowed(rpi_team *team, const rpi_work *work, rpi_batch **entered)
{
    rpi_batch *finished;
    bool stays;
    do {
        stays = try_enter(team, work, entered, &finished);
        if (finished) rpi_batch_end(finished);
    } while (finished);
    return stays;
}

/* A batch that is through leaves the queue with the worker, and so ends at once. */
bool rpi_team_run_borrowed(rpi_team *team, rpi_batch *batch)
{
    run_lent(team->workers[0], batch);
    pthread_mutex_lock(&team->mutex);
    team->n_spinning++;
    (void)rpi_team_let_go(team, batch); /* the caller holds it too */
    bool is_empty = rpi_list_is_empty(&team->queue.list);
    pthread_mutex_unlock(&team->mutex);
    rpi_team_leave(batch);
    return !is_empty;
}

void rpi_team_give_back(rpi_team *team)
{
    pthread_mutex_lock(&team->mutex);
    unlend(team);
    pthread_mutex_unlock(&team->mutex);
}

uint64_t rpi_team_spin_ns(const rpi_team *team) { return team->spin_ns; }
