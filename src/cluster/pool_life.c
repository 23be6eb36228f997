/* pool_life.c: see pool_life.h. */
#include "cluster/pool_life.h"

#include <assert.h>

/* ---- states; with the mutex held ---- */

void rpi_pool_life_move(rpi_coordinator_pool *pool, coordinator_pool_state to)
{
    static const unsigned may_follow[] = {[POOL_NEW] = 1 << POOL_OPEN_ASKED,
                                          [POOL_OPEN_ASKED] = 1 << POOL_OPENING | 1 << POOL_CLOSE_ASKED,
                                          [POOL_OPENING] = 1 << POOL_OPEN | 1 << POOL_CLOSE_ASKED,
                                          [POOL_OPEN] = 1 << POOL_CLOSE_ASKED,
                                          [POOL_CLOSE_ASKED] = 1 << POOL_CLOSING,
                                          [POOL_CLOSING] = 1 << POOL_CLOSED,
                                          [POOL_CLOSED] = 0};
    assert(may_follow[pool->state] & 1u << to);
    pool->state = to;
}

/* In the progress thread, which doesn't use the pool afterwards. */
static void leave_list(rpi_coordinator_pool *pool) { rpi_list_remove(&pool->link); }

/* Ends the client's wait. */
static void end_wait(rpi_coordinator_pool *pool)
{
    bool closes = pool->state == POOL_CLOSING;
    if (closes) leave_list(pool);
    rpi_pool_life_move(pool, closes ? POOL_CLOSED : POOL_OPEN);
    pthread_cond_signal(&pool->answered);
}

static void take_answer(rpi_coordinator_pool *pool, int rank)
{
    rpi_member_port *port = &pool->members[rank];
    if (!port->is_awaited) return;
    port->is_awaited = false;
    if (--pool->n_awaited == 0) end_wait(pool);
}

/* Ranks that are lost aren't. */
static void await_answers(rpi_coordinator_pool *pool)
{
    pool->n_awaited = 0;
    for (int rank = 0; rank < pool->n_ranks; rank++) {
        pool->members[rank].is_awaited = !pool->coordinator->is_lost[rank];
        pool->n_awaited += pool->members[rank].is_awaited;
    }
}

/* ---- the progress thread's side ---- */

/* Begins what the client asked for. Returns the asked state; POOL_NEW: there was nothing. */
static coordinator_pool_state begin(rpi_coordinator_pool *pool)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    coordinator_pool_state asked = pool->state;
    bool is_asked = asked == POOL_OPEN_ASKED || asked == POOL_CLOSE_ASKED;
    if (is_asked) {
        rpi_pool_life_move(pool, asked == POOL_OPEN_ASKED ? POOL_OPENING : POOL_CLOSING);
        await_answers(pool);
    }
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    return is_asked ? asked : POOL_NEW;
}

/* Rank 0's own member is asked last, as its answer comes at once and the pool may be gone then. */
bool rpi_pool_life_step(rpi_coordinator_pool *pool)
{
    coordinator_pool_state asked = begin(pool);
    if (asked == POOL_NEW) return false;
    for (int rank = pool->n_ranks - 1; rank > 0; rank--) {
        rpi_member_port *port = &pool->members[rank];
        if (asked == POOL_OPEN_ASKED) port->ops->open(port);
        else port->ops->close(port);
    }
    pool->coordinator->goes_on |= pool->on_loss.goes_on;
    if (pool->on_loss.goes_on && pool->coordinator->link) {
        pool->coordinator->link->ends_lost = true;
        rpi_link_leave_launcher(pool->coordinator->link);
    }
    if (pool->coordinator->n_lost > 0 && !pool->on_loss.goes_on) {
        rpi_pool_life_lose(pool, 0);
        return true;
    }
    rpi_member_port *own = &pool->members[0];
    if (asked == POOL_OPEN_ASKED) own->ops->open(own);
    else own->ops->close(own);
    return true;
}

/* An answer that comes after the client has stopped waiting is ignored. */
void rpi_pool_life_opened(rpi_coordinator_pool *pool, int rank, const rp_rank_info *info)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (pool->state == POOL_OPENING) {
        pool->members[rank].info = *info;
        rpi_dispatch_set_workers(&pool->distribution.dispatch, rank, (unsigned)info->threads * pool->overlap);
        take_answer(pool, rank);
    }
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_pool_life_refused(rpi_coordinator_pool *pool, int rank, const rp_error *why)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (pool->state == POOL_OPENING) {
        if (pool->answer.status == RP_OK) pool->answer = *why;
        take_answer(pool, rank);
    }
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

void rpi_pool_life_closed(rpi_coordinator_pool *pool, int rank)
{
    pthread_mutex_t *mutex = rpi_coordinator_mutex(pool); /* the pool may be gone before the unlock */
    pthread_mutex_lock(mutex);
    if (pool->state == POOL_CLOSING) take_answer(pool, rank);
    pthread_mutex_unlock(mutex);
}

void rpi_pool_life_lose(rpi_coordinator_pool *pool, int rank)
{
    pthread_mutex_t *mutex = rpi_coordinator_mutex(pool);
    pthread_mutex_lock(mutex);
    bool waits = pool->state == POOL_OPENING || pool->state == POOL_CLOSING;
    if (waits && pool->on_loss.goes_on) {
        if (rank < pool->n_ranks) take_answer(pool, rank);
    } else if (waits) {
        if (pool->answer.status == RP_OK) pool->answer = pool->coordinator->loss;
        end_wait(pool);
    }
    pthread_mutex_unlock(mutex);
}

void rpi_pool_life_keep_loss(rpi_coordinator_pool *pool, const rp_error *loss)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    if (pool->loss.status == RP_OK) pool->loss = *loss;
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
}

rp_status rpi_pool_life_check(rpi_coordinator_pool *pool, rp_error *error)
{
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rp_status status = pool->loss.status;
    if (status != RP_OK && error) *error = pool->loss;
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    return status;
}
