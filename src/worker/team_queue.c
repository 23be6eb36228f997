/*
 * team_queue.c: see team_queue.h.
 *
 * The queue and each worker inside a batch hold it; the last one that lets go ends it. Workers enter only with the team's mutex held, and
 * only while the batch is queued. A worker leaves when it can claim nothing more, or for an urgent batch. The queue lets go of a batch only
 * when all its grains are claimed. So when the count falls to 0, the batch has left the queue, all its grains are claimed, and all claimed
 * grains have run.
 */
#include "worker/team_queue.h"

#include "task/claims.h"

/* Whether workers leave what they run for this batch. Not for a static batch: a worker whose share was taken would leave
 * again and again. */
static bool is_urgent(const rpi_batch *batch) { return batch->urgent && !batch->claims.taken; }

static bool has_grain_for(const rpi_batch *batch, unsigned worker)
{
    return batch->claims.taken ? !batch->claims.taken[worker] : !rpi_claims_exhausted(batch);
}

static rpi_batch *batch_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_batch, link); }

void rpi_team_add(rpi_team *team, rpi_batch *batch)
{
    rpi_queue_add(&team->queue, &batch->link, batch->urgent);
    if (is_urgent(batch)) atomic_fetch_add(&team->n_urgent, 1);
    batch->claims.queued = true;
    if (team->drains && atomic_load(&batch->work->draining)) (void)rpi_claims_drain(batch);
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
bool rpi_team_let_go(rpi_team *team, rpi_batch *batch)
{
    return batch->claims.queued && rpi_claims_exhausted(batch) && remove_batch(team, batch);
}

/* Enters the first batch that has a grain for this worker; removes exhausted ones before it. `*finished`: a batch to call
 * done on, or NULL. */
rpi_batch *rpi_team_enter(rpi_team *team, unsigned worker, rpi_batch **finished)
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

bool rpi_team_has_work_for(const rpi_team *team, unsigned worker)
{
    for (rpi_list_link *at = rpi_list_first(&team->queue.list); at; at = rpi_list_next(&team->queue.list, at))
        if (!rpi_claims_exhausted(batch_at(at)) && has_grain_for(batch_at(at), worker)) return true;
    return false;
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
void rpi_team_ring(rpi_team *team, unsigned n_needed)
{
    wake(team, n_needed);
    pthread_mutex_unlock(&team->mutex);
    atomic_fetch_add(&team->n_rung, 1);
}

void rpi_team_ring_all(rpi_team *team) { rpi_team_ring(team, n_needed(team)); }

void rpi_team_leave(rpi_batch *batch)
{
    if (atomic_fetch_sub(&batch->claims.users, 1) == 1) rpi_batch_end(batch);
}

void rpi_team_submit(rpi_team *team, rpi_batch *batch)
{
    if (batch->count == 0) {
        rpi_batch_end(batch);
        return;
    }
    rpi_claims_prepare(batch, team->n_workers);
    pthread_mutex_lock(&team->mutex);
    rpi_team_add(team, batch);
    rpi_team_ring_all(team);
}

/* A batch that isn't queued has no items left to claim. One that is stays held by the queue meanwhile. */
uint64_t rpi_team_take_back(rpi_team *team, rpi_batch *batch, uint64_t from)
{
    bool finished = false;
    pthread_mutex_lock(&team->mutex);
    if (batch->claims.queued && !batch->claims.taken) (void)rpi_claims_give_back(batch, from);
    finished = rpi_team_let_go(team, batch);
    uint64_t end = rpi_claims_end(batch);
    pthread_mutex_unlock(&team->mutex);
    if (finished) rpi_batch_end(batch);
    return end;
}
