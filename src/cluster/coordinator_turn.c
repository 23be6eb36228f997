/* coordinator_turn.c: see coordinator_turn.h. All functions run in the progress thread. */
#include "cluster/coordinator_turn.h"
#include "cluster/distribution_losses.h"

#include "base/clock.h"
#include "cluster/cutoffs.h"
#include "cluster/losses.h"
#include "cluster/reports.h"
#include "task/claims.h"

#include <math.h>
#include <stdlib.h>

static const double most_slack_s = 1;
enum { MOST_KEPT = 32, SAME_TIME = 4 }; /* actions: until their messages go out; from one look at the clock to the next */

static double item_s(const rpi_distribution_entry *entry) { return rpi_work_item_s(((const coordinator_entry *)entry)->batch->work); }

static double n_measured(const rpi_distribution_entry *entry)
{
    return rpi_estimate_n_items(&((const coordinator_entry *)entry)->batch->work->estimate);
}

static void free_chunk(rpi_chunk *chunk) { rpi_batch_destroy(((coordinator_chunk *)chunk)->part); }

bool rpi_coordinator_init_distribution(rpi_coordinator_pool *pool)
{
    rpi_distribution_config config = {.n_members = pool->n_ranks,
                                      .chunk_size = sizeof(coordinator_chunk),
                                      .item_s = item_s,
                                      .n_measured = n_measured,
                                      .free_chunk = free_chunk};
    return rpi_distribution_init(&pool->distribution, &config);
}

/* ---- batches in ---- */

/* One is kept, as short calls come one after the other. */
static coordinator_entry *new_entry(rpi_coordinator_pool *pool)
{
    coordinator_entry *entry = pool->spare ? pool->spare : malloc(sizeof *entry);
    pool->spare = NULL;
    if (entry) *entry = (coordinator_entry){.batch = NULL};
    return entry;
}

static void free_entry(rpi_coordinator_pool *pool, coordinator_entry *entry)
{
    free(pool->spare);
    pool->spare = entry;
}

static coordinator_entry *make_entry(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    rpi_work *work = batch->work;
    rpi_distribution_call *call = work->executor_data;
    if (!call) work->executor_data = call = rpi_distribution_call_create(&pool->distribution, work->id, work);
    coordinator_entry *entry = call ? new_entry(pool) : NULL;
    if (!entry) return NULL;
    entry->batch = batch;
    entry->base.call = call;
    entry->base.first = batch->first;
    entry->base.dispatch = (rpi_dispatch_entry){.schedule = batch->schedule,
                                                .whole = batch->whole,
                                                .urgent = batch->urgent,
                                                .avoids = batch->avoid_rank >= 0 && batch->avoid_rank < pool->n_ranks,
                                                .avoided = batch->avoid_rank,
                                                .count = batch->count,
                                                .position = rpi_claims_begun(batch)};
    return entry;
}

static void take_batch(rpi_coordinator_pool *pool, rpi_batch *batch)
{
    bool is_retry = batch->attempt > 1;
    if (batch->count == 0) {
        rpi_batch_end(batch);
        return;
    }
    if (pool->coordinator->n_lost > 0 && !is_retry && !pool->on_loss.goes_on) { /* items that ran may still be retried */
        rpi_losses_refuse(pool, batch);
        return;
    }
    coordinator_entry *entry = make_entry(pool, batch);
    if (!entry) {
        rpi_cutoffs_spoil(batch, RP_NO_MEMORY);
        rpi_batch_end(batch);
        return;
    }
    rpi_distribution_cut(&pool->distribution, entry->base.call, atomic_load(&batch->work->cutoff));
    rpi_distribution_add(&pool->distribution, &entry->base);
    rpi_distribution_suspect(&pool->distribution, &entry->base, batch->n_died);
    if (is_retry && atomic_load(&batch->work->draining)) rpi_distribution_drop(&pool->distribution, &entry->base);
}

/* ---- chunks back ---- */

/* For iterators, whose window has to cover it. A rank is far when none of several round trips was short; a busy machine doesn't count. */
static void tell_round_trip(const rpi_coordinator_pool *pool, int member, rpi_work *work)
{
    static const double far_s = 20e-3;
    const rpi_dispatch_member *from = &pool->distribution.members[member];
    if (from->n_round_trips < 8 || from->round_trip_s < far_s) return;
    if (from->round_trip_s > atomic_load(&work->round_trip_s)) atomic_store(&work->round_trip_s, from->round_trip_s);
}

void rpi_coordinator_take_back(rpi_coordinator_pool *pool, rpi_chunk *chunk, uint64_t n_run, uint64_t busy_ns)
{
    rpi_batch *batch = rpi_coordinator_batch_of(chunk);
    rpi_distribution_call *call = chunk->entry->call;
    int member = chunk->member;
    rpi_reports_chunk_back(pool, chunk);
    batch->ran_on = member;
    atomic_fetch_add(&batch->busy_ns, busy_ns);
    rpi_distribution_back(&pool->distribution, chunk, n_run, rpi_seconds(busy_ns), rpi_seconds(rpi_now_ns()));
    tell_round_trip(pool, member, batch->work);
    if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
    rpi_distribution_cut(&pool->distribution, call, atomic_load(&batch->work->cutoff));
}

/* The team and the client share the work, so most counts are in it already. */
static void take_local(rpi_coordinator_pool *pool, coordinator_chunk *back)
{
    rpi_batch *whole = rpi_coordinator_batch_of(&back->base), *part = back->part;
    rpi_failure *failure = atomic_exchange(&part->failures, NULL);
    while (failure) {
        rpi_failure *next = failure->next;
        rpi_batch_add_failure(whole, failure);
        failure = next;
    }
    uint64_t n_run = atomic_load(&part->n_run);
    atomic_fetch_add(&whole->n_run, n_run);
    if (part->status != RP_OK) rpi_cutoffs_spoil(whole, part->status);
    rpi_coordinator_take_back(pool, &back->base, n_run, atomic_load(&part->busy_ns));
}

/* ---- what other threads left ---- */

static bool has_wishes(const rpi_coordinator_pool *pool)
{
    return pool->request.asked || pool->spread.asked || pool->state == POOL_OPEN_ASKED || pool->state == POOL_CLOSE_ASKED;
}

static rpi_coordinator_pool *pool_of(rpi_list_link *at) { return RPI_ENTRY(at, rpi_coordinator_pool, link); }

static void take_out(rpi_coordinator_pool *pool, rpi_left *left)
{
    rpi_list_take_all(&left->submitted, &pool->submitted);
    rpi_list_take_all(&left->back, &pool->back);
    rpi_list_take_all(&left->forgotten, &pool->forgotten);
    left->cutoffs_changed = pool->cutoffs_changed;
    pool->cutoffs_changed = false;
    left->has_wishes = has_wishes(pool);
    left->next = pool_of(rpi_list_next(&pool->coordinator->pools, &pool->link));
}

rpi_coordinator_pool *rpi_coordinator_take_left(rpi_coordinator *coordinator, rpi_coordinator_pool *pool, rpi_left *left)
{
    rpi_list_init(&left->submitted);
    rpi_list_init(&left->back);
    rpi_list_init(&left->forgotten);
    pthread_mutex_lock(&coordinator->progress_thread.mutex);
    if (!pool) pool = pool_of(rpi_list_first(&coordinator->pools));
    if (pool) take_out(pool, left);
    pthread_mutex_unlock(&coordinator->progress_thread.mutex);
    return pool;
}

bool rpi_coordinator_take_in(rpi_coordinator_pool *pool, rpi_left *left)
{
    bool any = !rpi_list_is_empty(&left->submitted) || !rpi_list_is_empty(&left->back) || !rpi_list_is_empty(&left->forgotten) ||
               left->cutoffs_changed;
    for (rpi_list_link *at; (at = rpi_list_take_first(&left->submitted));) {
        rpi_batch *batch = RPI_ENTRY(at, rpi_batch, link);
        if (batch->attempt == 1 && atomic_load(&batch->work->draining))
            left->cutoffs_changed = true; /* it was told before the batch came */
        take_batch(pool, batch);
    }
    for (rpi_list_link *at; (at = rpi_list_take_first(&left->back));) take_local(pool, RPI_ENTRY(at, coordinator_chunk, back));
    if (left->cutoffs_changed) rpi_cutoffs_look(pool);
    for (rpi_list_link *at; (at = rpi_list_take_first(&left->forgotten));)
        rpi_distribution_forget(&pool->distribution, RPI_ENTRY(at, rpi_distribution_call, forgotten));
    return any;
}

/* ---- actions ---- */

/* The batch's done function may end the call, and its pool may be closing. So the call isn't used after it. */
static void end_batch(rpi_coordinator_pool *pool, rpi_distribution_entry *ended)
{
    coordinator_entry *entry = (coordinator_entry *)ended;
    rpi_batch *batch = entry->batch;
    if (ended->status != RP_OK) {
        rpi_cutoffs_spoil(batch, ended->status);
        rpi_distribution_cut(&pool->distribution, ended->call, 0);
    }
    free_entry(pool, entry);
    rpi_batch_end(batch);
}

static void send_chunk(rpi_coordinator_pool *pool, rpi_member_port *port, rpi_chunk *chunk)
{
    coordinator_chunk *own = (coordinator_chunk *)chunk;
    own->pool = pool;
    if (!port->ops->send_chunk(port, chunk)) rpi_distribution_fail(&pool->distribution, chunk);
}

static void carry(rpi_coordinator_pool *pool, const rpi_action *action)
{
    rpi_member_port *port = &pool->members[action->member];
    switch (action->kind) {
    case RPI_SEND_CALL:
        if (!port->ops->send_call(port, action->call->owner)) rpi_distribution_fail_call(&pool->distribution, action);
        break;
    case RPI_SEND_CHUNK: send_chunk(pool, port, action->chunk); break;
    case RPI_SEND_RECALL: port->ops->send_recall(port, action->chunk); break;
    case RPI_SEND_CUTOFF: port->ops->send_cutoff(port, action->call); break;
    case RPI_SEND_FORGET: port->ops->send_forget(port, action->call); break;
    case RPI_BATCH_DONE: end_batch(pool, action->entry); break;
    }
}

/* What the own team has run meanwhile costs no message. So it goes on, and how long items take is known before all others have theirs. */
static void take_own(rpi_coordinator_pool *pool)
{
    rpi_list back;
    if (!rpi_progress_thread_is_told(&pool->coordinator->progress_thread)) return;
    rpi_list_init(&back);
    pthread_mutex_lock(rpi_coordinator_mutex(pool));
    rpi_list_take_all(&back, &pool->back);
    pthread_mutex_unlock(rpi_coordinator_mutex(pool));
    for (rpi_list_link *at; (at = rpi_list_take_first(&back));) take_local(pool, RPI_ENTRY(at, coordinator_chunk, back));
}

/* In a turn that has much to send the first ranks don't wait for all the others' messages. To carry out a few actions takes no time that
 * matters to any decision. */
bool rpi_coordinator_carry_out(rpi_coordinator_pool *pool)
{
    rpi_action action;
    double now_s = rpi_seconds(rpi_now_ns());
    int n = 0;
    for (; rpi_distribution_next(&pool->distribution, now_s, &action); n++) {
        carry(pool, &action);
        if (n % SAME_TIME == SAME_TIME - 1) now_s = rpi_seconds(rpi_now_ns());
        if (action.member > 0) take_own(pool); /* a message was made */
        if (n % MOST_KEPT == MOST_KEPT - 1) rpi_coordinator_flush(pool->coordinator);
    }
    return n > 0;
}

/* ---- how the pool stands ---- */

/* How long until a member that is sent chunks may run out of work. 0: one has run out, or the time of items isn't known. */
static uint64_t slack_ns(const rpi_dispatch *dispatch)
{
    const rpi_dispatch_entry *first = rpi_dispatch_first(dispatch);
    if (!first || first->item_s <= 0) return 0;
    double left_s = rpi_dispatch_least_load(dispatch) * first->item_s;
    return (uint64_t)(fmin(left_s, most_slack_s) * 1e9);
}

static bool has_batches(const rpi_coordinator_pool *pool)
{
    RPI_LIST_EACH(node, &pool->distribution.calls) {
        const rpi_distribution_call *call = RPI_ENTRY(node, rpi_distribution_call, node);
        if (!rpi_list_is_empty(&call->entries)) return true;
    }
    return false;
}

void rpi_coordinator_poll_state(const rpi_coordinator_pool *pool, rpi_poll_state *poll)
{
    const rpi_dispatch *dispatch = &pool->distribution.dispatch;
    if (dispatch->n_items_out > 0) poll->working = true;
    bool some_idle = !isinf(rpi_distribution_look_s(&pool->distribution)); /* while others have items that wait */
    if ((dispatch->n_starving > 0 || some_idle) && has_batches(pool)) poll->starving = true;
    uint64_t slack = slack_ns(dispatch);
    if (slack > 0 && (poll->slack_ns == 0 || slack < poll->slack_ns)) poll->slack_ns = slack;
}
