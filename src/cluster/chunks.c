/* chunks.c: items on their way to members and back: batches become entries, entries chunks, chunks results. All in the talking thread. */
#include "cluster/coordinator_state.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double most_slack_s = 1;

/* ---- entries ---- */

static coordinator_call *make_call(rpi_coordinator_pool *pool, rpi_work *work)
{
    if (work->executor_data) return work->executor_data;
    coordinator_call *call = calloc(1, sizeof *call + (size_t)pool->coordinator->n_ranks);
    if (!call) return NULL;
    call->work = work;
    call->id = work->id;
    call->cutoff_sent = RPI_NO_CUTOFF;
    call->next = pool->calls;
    if (pool->calls) pool->calls->previous = call;
    pool->calls = call;
    work->executor_data = call;
    return call;
}

static void free_call(coordinator_call *call)
{
    rpi_rates_destroy(call->rates);
    free(call);
}

void rpi_chunks_end_entry(rpi_coordinator_pool *pool, coordinator_entry *entry)
{
    if (entry->previous) entry->previous->next = entry->next;
    else pool->entries = entry->next;
    if (entry->next) entry->next->previous = entry->previous;
    rpi_batch *batch = entry->batch;
    free(entry);
    batch->done(batch);
}

/* Items of the call that didn't run must not pass for results, so none from the first on does. */
static void spoil(rpi_batch *batch, rp_status status)
{
    batch->status = status;
    rpi_work_lower_cutoff(batch->work, 0);
}

static void fail_batch(rpi_batch *batch, rp_status status)
{
    spoil(batch, status);
    batch->done(batch);
}

static void start_entry(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    if (batch->count == 0) {
        batch->done(batch);
        return;
    }
    if (pool->coordinator->n_lost > 0 && batch->attempt == 1) { /* further tries of items that ran are made yet */
        rpi_losses_refuse(pool, batch);
        return;
    }
    coordinator_call *call = make_call(pool, batch->work);
    coordinator_entry *entry = call ? calloc(1, sizeof *entry) : NULL;
    if (!entry) {
        fail_batch(batch, RP_NO_MEMORY);
        return;
    }
    entry->batch = batch;
    entry->call = call;
    entry->entry.schedule = batch->schedule;
    entry->entry.whole = batch->whole;
    entry->entry.count = batch->count;
    entry->entry.urgent = batch->urgent;
    entry->entry.avoids = batch->avoid_rank >= 0 && batch->avoid_rank < pool->dispatch.n_members;
    entry->entry.avoided = batch->avoid_rank;
    if (rpi_rates_matter(batch->schedule.kind) && !call->rates) call->rates = rpi_rates_create((unsigned)pool->coordinator->n_ranks);
    if (rpi_rates_matter(batch->schedule.kind)) entry->entry.rates = call->rates;
    entry->next = pool->entries;
    if (pool->entries) pool->entries->previous = entry;
    pool->entries = entry;
    rpi_dispatch_add(&pool->dispatch, &entry->entry);
    uint64_t cutoff = atomic_load(&batch->work->cutoff);
    if (batch->attempt > 1 && atomic_load(&batch->work->draining)) cutoff = 0;
    rpi_dispatch_stop(&pool->dispatch, &entry->entry, cutoff > batch->first ? cutoff - batch->first : 0);
    if (rpi_dispatch_is_through(&entry->entry)) rpi_chunks_end_entry(pool, entry);
}

/* ---- chunks out ---- */

static chunk *take_chunk(rpi_coordinator_pool *pool, const rpi_chunk_plan *plan)
{
    chunk *out = pool->idle;
    if (out) pool->idle = out->next;
    else out = calloc(1, sizeof *out);
    if (!out) return NULL;
    out->pool = pool;
    out->entry = (coordinator_entry *)plan->entry;
    out->id = ++pool->next_chunk;
    out->first = plan->first;
    out->count = plan->count;
    out->next = pool->out[plan->member];
    pool->out[plan->member] = out;
    if (plan->entry->rates) out->sent_ns = rpi_now_ns();
    rpi_reports_chunk_out(pool, out);
    return out;
}

void rpi_chunks_put_back(rpi_coordinator_pool *pool, int member, chunk *back)
{
    chunk **link = &pool->out[member];
    while (*link != back) link = &(*link)->next;
    *link = back->next;
    rpi_dispatch_back(&pool->dispatch, member, &back->entry->entry, back->count);
    back->next = pool->idle;
    pool->idle = back;
}

static void local_done(rpi_batch *batch)
{
    chunk *back = batch->owner;
    rpi_progress_thread *progress_thread = &back->pool->coordinator->progress_thread;
    pthread_mutex_lock(&progress_thread->mutex);
    back->next_back = back->pool->back;
    back->pool->back = back;
    rpi_progress_thread_wake(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

static bool send_local(rpi_coordinator_pool *pool, chunk *out, const rpi_chunk_plan *plan)
{
    const rpi_batch *whole = out->entry->batch;
    if (!out->batch) out->batch = rpi_batch_create();
    if (!out->batch) return false;
    rpi_batch *part = out->batch;
    rpi_batch_reset_part(part, whole, plan->first, plan->count);
    part->schedule = plan->grains;
    part->schedule.target_s = RPI_GRAIN_S;
    part->schedule.short_s = RPI_SHORT_GRAIN_S;
    part->done = local_done;
    part->owner = out;
    rpi_team_submit(pool->team, part);
    return true;
}

static bool send_remote(rpi_coordinator_pool *pool, const chunk *out, const rpi_chunk_plan *plan)
{
    coordinator_call *call = out->entry->call;
    if (!call->known[plan->member]) {
        rpi_message *about = rpi_message_pack_call(call->work);
        if (!about) return false;
        about->header.pool = pool->id;
        rpi_reports_sent(pool, plan->member, about);
        rpi_coordinator_send(pool->coordinator, plan->member, about);
        call->known[plan->member] = 1;
    }
    rpi_message *work = rpi_message_pack_work(out->entry->batch, plan->first, plan->count);
    if (!work) return false;
    work->header.pool = pool->id;
    work->header.call = call->id;
    work->header.chunk = out->id;
    work->header.schedule = plan->grains.kind;
    work->header.grain_size = plan->grains.chunk;
    rpi_reports_sent(pool, plan->member, work);
    rpi_coordinator_send(pool->coordinator, plan->member, work);
    return true;
}

static void settle(rpi_coordinator_pool *pool, coordinator_entry *entry);

/* Without memory for a chunk, its items count as not run, and the entry takes no more. */
static void give_up(rpi_coordinator_pool *pool, const rpi_chunk_plan *plan, chunk *out)
{
    coordinator_entry *entry = (coordinator_entry *)plan->entry;
    spoil(entry->batch, RP_NO_MEMORY);
    if (out) rpi_chunks_put_back(pool, plan->member, out);
    else rpi_dispatch_back(&pool->dispatch, plan->member, &entry->entry, plan->count);
    settle(pool, entry);
}

/* The dispatcher asks for the time of items up to those of the first entry that takes any place. */
static bool plan_next(rpi_coordinator_pool *pool, rpi_chunk_plan *plan)
{
    for (rpi_dispatch_entry *entry = pool->dispatch.head; entry; entry = entry->avoids ? entry->next_entry : NULL)
        entry->item_s = rpi_work_item_s(((coordinator_entry *)entry)->batch->work);
    return rpi_dispatch_next(&pool->dispatch, plan);
}

bool rpi_chunks_send(rpi_coordinator_pool *pool)
{
    rpi_chunk_plan plan;
    bool any = false;
    for (; plan_next(pool, &plan); any = true) {
        chunk *out = take_chunk(pool, &plan);
        bool sent = out && (plan.member == 0 ? send_local(pool, out, &plan) : send_remote(pool, out, &plan));
        if (!sent) give_up(pool, &plan, out);
    }
    return any;
}

/* ---- chunks back ---- */

/* After something came back or was given up: tells a new cutoff, and ends what is through. */
static void settle(rpi_coordinator_pool *pool, coordinator_entry *entry)
{
    if (atomic_load(&entry->batch->work->cutoff) < entry->call->cutoff_sent) rpi_cutoffs_tell(pool);
    else if (rpi_dispatch_is_through(&entry->entry)) rpi_chunks_end_entry(pool, entry);
}

void rpi_chunks_end_through(rpi_coordinator_pool *pool)
{
    for (coordinator_entry *entry = pool->entries, *next; entry; entry = next) {
        next = entry->next; /* what its end brings, other threads leave for later */
        if (rpi_dispatch_is_through(&entry->entry)) rpi_chunks_end_entry(pool, entry);
    }
}

static void learn(rpi_coordinator_pool *pool, int member, chunk *back, uint64_t n_run, uint64_t busy_ns)
{
    rpi_dispatch_entry *entry = &back->entry->entry;
    if (!entry->rates) return;
    rpi_chunk_round_trip times = {n_run, rpi_seconds(busy_ns), rpi_seconds(back->sent_ns), rpi_seconds(rpi_now_ns())};
    rpi_dispatch_learn(&pool->dispatch, member, entry, &times);
}

static void come_back(rpi_coordinator_pool *pool, int member, chunk *back)
{
    coordinator_entry *entry = back->entry;
    rpi_reports_chunk_back(pool, member, back);
    rpi_chunks_put_back(pool, member, back);
    if (entry->batch->items_failed && atomic_load(&entry->batch->failures)) entry->batch->items_failed(entry->batch);
    settle(pool, entry);
}

static void take_local(rpi_coordinator_pool *pool, chunk *back)
{
    rpi_batch *whole = back->entry->batch;
    rpi_failure *failure = atomic_exchange(&back->batch->failures, NULL);
    while (failure) {
        rpi_failure *next = failure->next;
        rpi_batch_add_failure(whole, failure);
        failure = next;
    }
    atomic_fetch_add(&whole->n_run, atomic_load(&back->batch->n_run));
    if (back->batch->status != RP_OK) spoil(whole, back->batch->status);
    learn(pool, 0, back, atomic_load(&back->batch->n_run), atomic_load(&back->batch->busy_ns));
    come_back(pool, 0, back);
}

static chunk *find_chunk(const rpi_coordinator_pool *pool, int rank, uint64_t id)
{
    chunk *out = pool->out[rank];
    while (out && out->id != id) out = out->next;
    return out;
}

char *rpi_chunks_destination(const rpi_coordinator_pool *pool, int rank, const rpi_header *header)
{
    const chunk *out = find_chunk(pool, rank, header->chunk);
    return out ? rpi_message_done_destination(header, out->entry->batch, out->first, out->count) : NULL;
}

void rpi_chunks_done(rpi_coordinator_pool *pool, int rank, const rpi_message *message)
{
    const rpi_header *header = &message->header;
    chunk *back = find_chunk(pool, rank, header->chunk);
    if (!back) return;
    rpi_reports_received(pool, rank, message);
    rpi_batch *batch = back->entry->batch;
    rpi_work *work = batch->work;
    rp_status status = (rp_status)header->status;
    if (status == RP_OK && (header->count != back->count || !rpi_message_unpack_done(message, batch, back->first))) status = RP_NO_MEMORY;
    bool counts = header->n_failures > 0 && batch->attempt >= work->max_attempts;
    if (counts) atomic_fetch_add(&work->n_failed, header->n_failures);
    /* Also without failures of its own: the rank may have left items out for the sake of one in another chunk that is still on its way. */
    if (status != RP_OK) spoil(batch, status);
    else if (work->on_error == RP_ON_ERROR_STOP) rpi_work_lower_cutoff(work, header->cutoff);
    atomic_fetch_add(&work->n_finished, header->n_run);
    atomic_fetch_add(&batch->n_run, header->n_run);
    if (counts && work->item_failed) work->item_failed(work);
    rpi_work_measure(work, header->n_run, header->busy_ns);
    learn(pool, rank, back, header->n_run, header->busy_ns);
    come_back(pool, rank, back);
}

/* ---- what other threads left ---- */

static void forget(rpi_coordinator_pool *pool, coordinator_call *call)
{
    for (int rank = 1; rank < pool->coordinator->n_ranks; rank++) {
        if (!call->known[rank]) continue;
        rpi_message *message = rpi_message_create(RPI_FORGET, 0);
        if (message) {
            message->header.pool = pool->id;
            message->header.call = call->id;
        }
        rpi_coordinator_send(pool->coordinator, rank, message);
    }
    if (call->previous) call->previous->next = call->next;
    else pool->calls = call->next;
    if (call->next) call->next->previous = call->previous;
    free_call(call);
}

bool rpi_chunks_take_in(rpi_coordinator_pool *pool)
{
    rpi_progress_thread *progress_thread = &pool->coordinator->progress_thread;
    pthread_mutex_lock(&progress_thread->mutex);
    rpi_list batches;
    rpi_list_init(&batches);
    rpi_list_take_all(&batches, &pool->submitted);
    chunk *back = pool->back;
    coordinator_call *call = pool->forgotten;
    bool lowered = pool->cutoffs_lowered;
    pool->back = NULL;
    pool->forgotten = NULL;
    pool->cutoffs_lowered = false;
    pthread_mutex_unlock(&progress_thread->mutex);
    bool any = !rpi_list_is_empty(&batches) || back || call || lowered;
    for (rpi_list_link *at; (at = rpi_list_take_first(&batches));) start_entry(pool, RPI_ENTRY(at, rpi_batch, link));
    while (back) {
        chunk *next = back->next_back;
        take_local(pool, back);
        back = next;
    }
    if (lowered) {
        rpi_cutoffs_drain(pool);
        rpi_cutoffs_tell(pool);
    }
    while (call) {
        coordinator_call *next = call->next_forgotten;
        forget(pool, call);
        call = next;
    }
    return any;
}

/* How long until the first place that others send to may run dry; 0 when one has nothing, or nothing is known of the items. */
static uint64_t slack_ns(const rpi_coordinator_pool *pool)
{
    const rpi_dispatch_entry *entry = pool->dispatch.head;
    if (!entry || entry->item_s <= 0) return 0;
    double left_s = rpi_dispatch_least_load(&pool->dispatch) * entry->item_s;
    return (uint64_t)(fmin(left_s, most_slack_s) * 1e9);
}

void rpi_chunks_poll_state(const rpi_coordinator_pool *pool, rpi_poll_state *poll)
{
    if (pool->dispatch.n_items_out > 0) poll->working = true;
    if (pool->entries && pool->dispatch.n_starving > 0) poll->starving = true;
    uint64_t slack = slack_ns(pool);
    if (slack > 0 && (poll->slack_ns == 0 || slack < poll->slack_ns)) poll->slack_ns = slack;
}

void rpi_chunks_free(rpi_coordinator_pool *pool)
{
    while (pool->idle) {
        chunk *next = pool->idle->next;
        rpi_batch_destroy(pool->idle->batch);
        free(pool->idle);
        pool->idle = next;
    }
    while (pool->forgotten || pool->calls) {
        coordinator_call *call = pool->calls;
        pool->forgotten = NULL;
        if (!call) break;
        pool->calls = call->next;
        free_call(call);
    }
}
