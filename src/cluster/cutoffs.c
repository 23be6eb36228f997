/*
 * cutoffs.c: calls whose cutoff was lowered, by a failure, a cancel or a stop: their entries hand out no more, the ranks that know them are told,
 * and what is then through is ended. All in the talking thread.
 */
#include "cluster/coordinator_state.h"

static bool find_job_through(rpi_coordinator_pool *pool, const coordinator_call *call, coordinator_entry **found)
{
    for (coordinator_entry *entry = pool->entries; entry; entry = entry->next)
        if (entry->call == call && rpi_dispatch_is_through(&entry->entry)) {
            *found = entry;
            return true;
        }
    return false;
}

static void send_cutoff(rpi_coordinator_pool *pool, coordinator_call *call, const rpi_work *work, uint64_t cutoff)
{
    call->cutoff_sent = cutoff;
    rpi_team_interrupt(pool->team, work);
    for (int rank = 1; rank < pool->coordinator->n_ranks; rank++) {
        if (!call->known[rank]) continue;
        rpi_message *message = rpi_message_create(RPI_CUTOFF, pool->id, 0);
        if (message) message->header.cutoff = (rpi_cutoff){call->id, cutoff};
        rpi_coordinator_send(pool->coordinator, rank, message);
    }
    for (coordinator_entry *entry = pool->entries; entry; entry = entry->next)
        if (entry->call == call)
            rpi_dispatch_stop(&pool->dispatch, &entry->entry, cutoff > entry->batch->first ? cutoff - entry->batch->first : 0);
}

/* An item that wasn't handed out for another try isn't any more, while those behind it in its call stay as they are. */
static void drop_try(rpi_coordinator_pool *pool, coordinator_entry *entry)
{
    rpi_dispatch_stop(&pool->dispatch, &entry->entry, 0);
    if (rpi_dispatch_is_through(&entry->entry)) rpi_chunks_end_entry(pool, entry);
}

/* Calls that are being drained: their first item that wasn't handed out is the cutoff. Entries stand in the order of their items, but for
 * further tries. */
void rpi_cutoffs_drain(rpi_coordinator_pool *pool)
{
    for (rpi_dispatch_entry *entry = pool->dispatch.head, *next; entry; entry = next) {
        const rpi_batch *batch = ((const coordinator_entry *)entry)->batch;
        next = entry->next_entry;
        if (!atomic_load(&batch->work->draining)) continue;
        if (batch->attempt > 1) drop_try(pool, (coordinator_entry *)entry);
        else rpi_work_lower_cutoff(batch->work, batch->first + entry->position);
    }
}

/* A call whose cutoff was lowered and not told yet; with the mutex held, as forget takes calls' works away. */
static coordinator_call *call_to_tell(rpi_coordinator_pool *pool, uint64_t *cutoff)
{
    for (coordinator_call *call = pool->calls; call; call = call->next) {
        if (!call->work) continue;
        *cutoff = atomic_load(&call->work->cutoff);
        if (*cutoff < call->cutoff_sent) return call;
    }
    return NULL;
}

void rpi_cutoffs_tell(rpi_coordinator_pool *pool)
{
    for (;;) {
        uint64_t cutoff;
        pthread_mutex_lock(&pool->coordinator->progress_thread.mutex);
        coordinator_call *call = call_to_tell(pool, &cutoff);
        const rpi_work *work = call ? call->work : NULL; /* forget may take it away from here on */
        pthread_mutex_unlock(&pool->coordinator->progress_thread.mutex);
        if (!call) return;
        send_cutoff(pool, call, work, cutoff);
        for (coordinator_entry *entry; find_job_through(pool, call, &entry);) rpi_chunks_end_entry(pool, entry);
    }
}
