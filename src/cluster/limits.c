/*
 * limits.c: calls whose limit was lowered, by a failure, a cancel or a stop: their jobs hand out no more, the ranks that know them are told,
 * and what is then through is ended. All in the talking thread.
 */
#include "cluster/hub_internal.h"

static bool find_job_through(rpi_hub_pool *pool, const hub_call *call, hub_job **found)
{
    for (hub_job *job = pool->jobs; job; job = job->next)
        if (job->call == call && rpi_dispatch_is_through(&job->job)) {
            *found = job;
            return true;
        }
    return false;
}

static void tell_limit(rpi_hub_pool *pool, hub_call *call, const rpi_work *work, uint64_t limit)
{
    call->limit_sent = limit;
    rpi_team_interrupt(pool->team, work);
    for (int rank = 1; rank < pool->hub->n_ranks; rank++) {
        if (!call->known[rank]) continue;
        rpi_message *message = rpi_message_create(RPI_LIMIT, 0);
        if (message) {
            message->header.pool = pool->id;
            message->header.call = call->id;
            message->header.limit = limit;
        }
        rpi_hub_send(pool->hub, rank, message);
    }
    for (hub_job *job = pool->jobs; job; job = job->next)
        if (job->call == call) rpi_dispatch_stop(&pool->dispatch, &job->job, limit > job->batch->first ? limit - job->batch->first : 0);
}

/* An item that wasn't handed out for another try isn't any more, while those behind it in its call stay as they are. */
static void drop_try(rpi_hub_pool *pool, hub_job *job)
{
    rpi_dispatch_stop(&pool->dispatch, &job->job, 0);
    if (rpi_dispatch_is_through(&job->job)) rpi_parcels_end_job(pool, job);
}

/* Calls that are being drained: their first item that wasn't handed out is the limit. Jobs stand in the order of their items, but for
 * further tries. */
void rpi_limits_drain(rpi_hub_pool *pool)
{
    for (rpi_job *job = pool->dispatch.head, *next; job; job = next) {
        const rpi_batch *batch = ((const hub_job *)job)->batch;
        next = job->next_job;
        if (!atomic_load(&batch->work->draining)) continue;
        if (batch->attempt > 1) drop_try(pool, (hub_job *)job);
        else rpi_work_lower_limit(batch->work, batch->first + job->position);
    }
}

/* A call whose limit was lowered and not told yet; with the mutex held, as forget takes calls' works away. */
static hub_call *call_to_tell(rpi_hub_pool *pool, uint64_t *limit)
{
    for (hub_call *call = pool->calls; call; call = call->next) {
        if (!call->work) continue;
        *limit = atomic_load(&call->work->limit);
        if (*limit < call->limit_sent) return call;
    }
    return NULL;
}

void rpi_limits_tell(rpi_hub_pool *pool)
{
    for (;;) {
        uint64_t limit;
        pthread_mutex_lock(&pool->hub->talker.mutex);
        hub_call *call = call_to_tell(pool, &limit);
        const rpi_work *work = call ? call->work : NULL; /* forget may take it away from here on */
        pthread_mutex_unlock(&pool->hub->talker.mutex);
        if (!call) return;
        tell_limit(pool, call, work, limit);
        for (hub_job *job; find_job_through(pool, call, &job);) rpi_parcels_end_job(pool, job);
    }
}
