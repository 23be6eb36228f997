/* cutoffs.c: see cutoffs.h. */
#include "cluster/cutoffs.h"

void rpi_cutoffs_spoil(rpi_batch *batch, rp_status status)
{
    batch->status = status;
    rpi_work_lower_cutoff(batch->work, 0);
}

/* Drains calls. A retry that waits is dropped; the rest of its call stays as it is. Any other batch lowers its call's cutoff to its first
 * item that no member had. What came back from a member is handed out again, so that no item is left out before others that ran. */
static void drain(rpi_coordinator_pool *pool)
{
    rpi_dispatch *dispatch = &pool->distribution.dispatch;
    for (rpi_dispatch_entry *at = rpi_dispatch_first(dispatch), *next; at; at = next) {
        coordinator_entry *entry = (coordinator_entry *)at;
        next = rpi_dispatch_following(dispatch, at);
        if (!atomic_load(&entry->batch->work->draining) || at->position >= at->count) continue;
        if (entry->batch->attempt > 1) rpi_distribution_drop(&pool->distribution, &entry->base);
        else rpi_work_drain(entry->batch->work, entry->base.first + at->position);
    }
}

/* A call's work stays valid while one of its batches is here. */
void rpi_cutoffs_look(rpi_coordinator_pool *pool)
{
    drain(pool);
    RPI_LIST_EACH_SAFE(node, next, &pool->distribution.calls) {
        rpi_distribution_call *call = RPI_ENTRY(node, rpi_distribution_call, node);
        const rpi_work *work = call->owner;
        if (rpi_list_is_empty(&call->entries)) continue;
        rpi_distribution_cut(&pool->distribution, call, atomic_load(&work->cutoff));
        if (rpi_work_begins_none(work)) rpi_distribution_begin_none(&pool->distribution, call, atomic_load(&work->ends_running));
    }
}
