/* parcels.c: items on their way to places and back: batches become jobs, jobs parcels, parcels results. All in the talking thread. */
#include "cluster/hub_internal.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double most_slack_s = 1;

/* ---- jobs ---- */

static hub_call *make_call(rpi_hub_pool *pool, rpi_work *work)
{
    if (work->executor_data) return work->executor_data;
    hub_call *call = calloc(1, sizeof *call + (size_t)pool->hub->n_ranks);
    if (!call) return NULL;
    call->work = work;
    call->id = work->id;
    call->limit_sent = RPI_NO_LIMIT;
    call->next = pool->calls;
    if (pool->calls) pool->calls->previous = call;
    pool->calls = call;
    work->executor_data = call;
    return call;
}

static void free_call(hub_call *call)
{
    rpi_rates_destroy(call->rates);
    free(call);
}

void rpi_parcels_end_job(rpi_hub_pool *pool, hub_job *job)
{
    if (job->previous) job->previous->next = job->next;
    else pool->jobs = job->next;
    if (job->next) job->next->previous = job->previous;
    rpi_batch *batch = job->batch;
    free(job);
    batch->done(batch);
}

/* Items of the call that didn't run must not pass for results, so none from the first on does. */
static void spoil(rpi_batch *batch, rp_status status)
{
    batch->status = status;
    rpi_work_lower_limit(batch->work, 0);
}

static void fail_batch(rpi_batch *batch, rp_status status)
{
    spoil(batch, status);
    batch->done(batch);
}

static void start_job(rpi_hub_pool *pool, rpi_batch *batch)
{
    if (batch->count == 0) {
        batch->done(batch);
        return;
    }
    if (pool->hub->n_lost > 0 && batch->attempt == 1) { /* further tries of items that ran are made yet */
        rpi_losses_refuse(pool, batch);
        return;
    }
    hub_call *call = make_call(pool, batch->work);
    hub_job *job = call ? calloc(1, sizeof *job) : NULL;
    if (!job) {
        fail_batch(batch, RP_NO_MEMORY);
        return;
    }
    job->batch = batch;
    job->call = call;
    job->job.schedule = batch->schedule;
    job->job.whole = batch->whole;
    job->job.count = batch->count;
    job->job.urgent = batch->urgent;
    job->job.avoids = batch->avoid_rank >= 0 && batch->avoid_rank < pool->dispatch.n_places;
    job->job.avoided = batch->avoid_rank;
    if (rpi_rates_matter(batch->schedule.kind) && !call->rates) call->rates = rpi_rates_create((unsigned)pool->hub->n_ranks);
    if (rpi_rates_matter(batch->schedule.kind)) job->job.rates = call->rates;
    job->next = pool->jobs;
    if (pool->jobs) pool->jobs->previous = job;
    pool->jobs = job;
    rpi_dispatch_add(&pool->dispatch, &job->job);
    uint64_t limit = atomic_load(&batch->work->limit);
    if (batch->attempt > 1 && atomic_load(&batch->work->draining)) limit = 0;
    rpi_dispatch_stop(&pool->dispatch, &job->job, limit > batch->first ? limit - batch->first : 0);
    if (rpi_dispatch_is_through(&job->job)) rpi_parcels_end_job(pool, job);
}

/* ---- parcels out ---- */

static parcel *take_parcel(rpi_hub_pool *pool, const rpi_parcel_plan *plan)
{
    parcel *out = pool->idle;
    if (out) pool->idle = out->next;
    else out = calloc(1, sizeof *out);
    if (!out) return NULL;
    out->pool = pool;
    out->job = (hub_job *)plan->job;
    out->id = ++pool->next_parcel;
    out->first = plan->first;
    out->count = plan->count;
    out->next = pool->out[plan->place];
    pool->out[plan->place] = out;
    if (plan->job->rates) out->sent_ns = rpi_now_ns();
    rpi_reports_parcel_out(pool, out);
    return out;
}

void rpi_parcels_put_back(rpi_hub_pool *pool, int place, parcel *back)
{
    parcel **link = &pool->out[place];
    while (*link != back) link = &(*link)->next;
    *link = back->next;
    rpi_dispatch_back(&pool->dispatch, place, &back->job->job, back->count);
    back->next = pool->idle;
    pool->idle = back;
}

static void local_done(rpi_batch *batch)
{
    parcel *back = batch->owner;
    rpi_talker *talker = &back->pool->hub->talker;
    pthread_mutex_lock(&talker->mutex);
    batch->next_batch = NULL;
    back->next_back = back->pool->back;
    back->pool->back = back;
    rpi_talker_wake(talker);
    pthread_mutex_unlock(&talker->mutex);
}

static bool send_local(rpi_hub_pool *pool, parcel *out, const rpi_parcel_plan *plan)
{
    const rpi_batch *whole = out->job->batch;
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

static bool send_remote(rpi_hub_pool *pool, const parcel *out, const rpi_parcel_plan *plan)
{
    hub_call *call = out->job->call;
    if (!call->known[plan->place]) {
        rpi_message *about = rpi_message_pack_call(call->work);
        if (!about) return false;
        about->header.pool = pool->id;
        rpi_reports_sent(pool, plan->place, about);
        rpi_hub_send(pool->hub, plan->place, about);
        call->known[plan->place] = 1;
    }
    rpi_message *work = rpi_message_pack_work(out->job->batch, plan->first, plan->count);
    if (!work) return false;
    work->header.pool = pool->id;
    work->header.call = call->id;
    work->header.parcel = out->id;
    work->header.schedule = plan->grains.kind;
    work->header.chunk = plan->grains.chunk;
    rpi_reports_sent(pool, plan->place, work);
    rpi_hub_send(pool->hub, plan->place, work);
    return true;
}

static void settle(rpi_hub_pool *pool, hub_job *job);

/* Without memory for a parcel, its items count as not run, and the job takes no more. */
static void give_up(rpi_hub_pool *pool, const rpi_parcel_plan *plan, parcel *out)
{
    hub_job *job = (hub_job *)plan->job;
    spoil(job->batch, RP_NO_MEMORY);
    if (out) rpi_parcels_put_back(pool, plan->place, out);
    else rpi_dispatch_back(&pool->dispatch, plan->place, &job->job, plan->count);
    settle(pool, job);
}

/* The dispatcher asks for the time of items up to those of the first job that takes any place. */
static bool plan_next(rpi_hub_pool *pool, rpi_parcel_plan *plan)
{
    for (rpi_job *job = pool->dispatch.head; job; job = job->avoids ? job->next_job : NULL)
        job->item_s = rpi_work_item_s(((hub_job *)job)->batch->work);
    return rpi_dispatch_next(&pool->dispatch, plan);
}

bool rpi_parcels_send(rpi_hub_pool *pool)
{
    rpi_parcel_plan plan;
    bool any = false;
    for (; plan_next(pool, &plan); any = true) {
        parcel *out = take_parcel(pool, &plan);
        bool sent = out && (plan.place == 0 ? send_local(pool, out, &plan) : send_remote(pool, out, &plan));
        if (!sent) give_up(pool, &plan, out);
    }
    return any;
}

/* ---- parcels back ---- */

/* After something came back or was given up: tells a new limit, and ends what is through. */
static void settle(rpi_hub_pool *pool, hub_job *job)
{
    if (atomic_load(&job->batch->work->limit) < job->call->limit_sent) rpi_limits_tell(pool);
    else if (rpi_dispatch_is_through(&job->job)) rpi_parcels_end_job(pool, job);
}

void rpi_parcels_end_through(rpi_hub_pool *pool)
{
    for (hub_job *job = pool->jobs, *next; job; job = next) {
        next = job->next; /* what its end brings, other threads leave for later */
        if (rpi_dispatch_is_through(&job->job)) rpi_parcels_end_job(pool, job);
    }
}

static void learn(rpi_hub_pool *pool, int place, parcel *back, uint64_t n_run, uint64_t busy_ns)
{
    rpi_job *job = &back->job->job;
    if (!job->rates) return;
    rpi_parcel_times times = {n_run, rpi_seconds(busy_ns), rpi_seconds(back->sent_ns), rpi_seconds(rpi_now_ns())};
    rpi_dispatch_learn(&pool->dispatch, place, job, &times);
}

static void come_back(rpi_hub_pool *pool, int place, parcel *back)
{
    hub_job *job = back->job;
    rpi_reports_parcel_back(pool, place, back);
    rpi_parcels_put_back(pool, place, back);
    if (job->batch->items_failed && atomic_load(&job->batch->failures)) job->batch->items_failed(job->batch);
    settle(pool, job);
}

static void take_local(rpi_hub_pool *pool, parcel *back)
{
    rpi_batch *whole = back->job->batch;
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

static parcel *find_parcel(const rpi_hub_pool *pool, int rank, uint64_t id)
{
    parcel *out = pool->out[rank];
    while (out && out->id != id) out = out->next;
    return out;
}

char *rpi_parcels_place(const rpi_hub_pool *pool, int rank, const rpi_header *header)
{
    const parcel *out = find_parcel(pool, rank, header->parcel);
    return out ? rpi_message_place_done(header, out->job->batch, out->first, out->count) : NULL;
}

void rpi_parcels_done(rpi_hub_pool *pool, int rank, const rpi_message *message)
{
    const rpi_header *header = &message->header;
    parcel *back = find_parcel(pool, rank, header->parcel);
    if (!back) return;
    rpi_reports_received(pool, rank, message);
    rpi_batch *batch = back->job->batch;
    rpi_work *work = batch->work;
    rp_status status = (rp_status)header->status;
    if (status == RP_OK && (header->count != back->count || !rpi_message_unpack_done(message, batch, back->first))) status = RP_NO_MEMORY;
    bool counts = header->n_failures > 0 && batch->attempt >= work->max_attempts;
    if (counts) atomic_fetch_add(&work->n_failed, header->n_failures);
    /* Also without failures of its own: the rank may have left items out for the sake of one in another parcel that is still on its way. */
    if (status != RP_OK) spoil(batch, status);
    else if (work->on_error == RP_ON_ERROR_STOP) rpi_work_lower_limit(work, header->limit);
    atomic_fetch_add(&work->n_finished, header->n_run);
    atomic_fetch_add(&batch->n_run, header->n_run);
    if (counts && work->item_failed) work->item_failed(work);
    rpi_work_measure(work, header->n_run, header->busy_ns);
    learn(pool, rank, back, header->n_run, header->busy_ns);
    come_back(pool, rank, back);
}

/* ---- what other threads left ---- */

static void forget(rpi_hub_pool *pool, hub_call *call)
{
    for (int rank = 1; rank < pool->hub->n_ranks; rank++) {
        if (!call->known[rank]) continue;
        rpi_message *message = rpi_message_create(RPI_FORGET, 0);
        if (message) {
            message->header.pool = pool->id;
            message->header.call = call->id;
        }
        rpi_hub_send(pool->hub, rank, message);
    }
    if (call->previous) call->previous->next = call->next;
    else pool->calls = call->next;
    if (call->next) call->next->previous = call->previous;
    free_call(call);
}

bool rpi_parcels_take_in(rpi_hub_pool *pool)
{
    rpi_talker *talker = &pool->hub->talker;
    pthread_mutex_lock(&talker->mutex);
    rpi_batch *batch = pool->submitted;
    parcel *back = pool->back;
    hub_call *call = pool->forgotten;
    bool lowered = pool->limits_lowered;
    pool->submitted = NULL;
    pool->submitted_tail = &pool->submitted;
    pool->back = NULL;
    pool->forgotten = NULL;
    pool->limits_lowered = false;
    pthread_mutex_unlock(&talker->mutex);
    bool any = batch || back || call || lowered;
    while (batch) {
        rpi_batch *next = batch->next_batch;
        start_job(pool, batch);
        batch = next;
    }
    while (back) {
        parcel *next = back->next_back;
        take_local(pool, back);
        back = next;
    }
    if (lowered) {
        rpi_limits_drain(pool);
        rpi_limits_tell(pool);
    }
    while (call) {
        hub_call *next = call->next_forgotten;
        forget(pool, call);
        call = next;
    }
    return any;
}

/* How long until the first place that others send to may run dry; 0 when one has nothing, or nothing is known of the items. */
static uint64_t slack_ns(const rpi_hub_pool *pool)
{
    const rpi_job *job = pool->dispatch.head;
    if (!job || job->item_s <= 0) return 0;
    double left_s = rpi_dispatch_least_load(&pool->dispatch) * job->item_s;
    return (uint64_t)(fmin(left_s, most_slack_s) * 1e9);
}

void rpi_parcels_quiet(const rpi_hub_pool *pool, rpi_quiet *quiet)
{
    if (pool->dispatch.n_items_out > 0) quiet->working = true;
    if (pool->jobs && pool->dispatch.n_hungry > 0) quiet->hungry = true;
    uint64_t slack = slack_ns(pool);
    if (slack > 0 && (quiet->slack_ns == 0 || slack < quiet->slack_ns)) quiet->slack_ns = slack;
}

void rpi_parcels_free(rpi_hub_pool *pool)
{
    while (pool->idle) {
        parcel *next = pool->idle->next;
        rpi_batch_destroy(pool->idle->batch);
        free(pool->idle);
        pool->idle = next;
    }
    while (pool->forgotten || pool->calls) {
        hub_call *call = pool->calls;
        pool->forgotten = NULL;
        if (!call) break;
        pool->calls = call->next;
        free_call(call);
    }
}
