/* distribution.c: see distribution.h. */
#include "cluster/distribution.h"

#include "cluster/recalls.h"
#include "schedule/returned.h"

#include <math.h>
#include <stdlib.h>

typedef struct rpi_range_memory {
    rpi_dispatch_range range; /* first */
    struct rpi_range_memory *next;
} rpi_range_memory;

static rpi_distribution_call *call_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_distribution_call, node); }
static rpi_distribution_entry *entry_of(rpi_list_link *node) { return RPI_ENTRY(node, rpi_distribution_entry, node); }

/* ---- life ---- */

bool rpi_distribution_init(rpi_distribution *self, const rpi_distribution_config *config)
{
    size_t n = (size_t)config->n_members;
    *self = (rpi_distribution){.config = *config, .looked_s = -HUGE_VAL, .recall_member = -1};
    self->members = calloc(n, sizeof *self->members);
    self->out = calloc(n, sizeof *self->out);
    if (!self->members || !self->out) {
        free(self->members);
        free(self->out);
        *self = (rpi_distribution){.config.n_members = 0};
        return false;
    }
    for (size_t m = 0; m < n; m++) rpi_list_init(&self->out[m]);
    rpi_list_init(&self->idle);
    rpi_list_init(&self->calls);
    rpi_list_init(&self->announced);
    rpi_list_init(&self->done);
    rpi_dispatch_init(&self->dispatch, self->members, config->n_members);
    return true;
}

static void free_call(rpi_distribution_call *call)
{
    rpi_list_remove(&call->node);
    if (rpi_list_is_linked(&call->announced)) rpi_list_remove(&call->announced);
    rpi_rates_destroy(call->rates);
    free(call);
}

static void free_chunks(rpi_distribution *self, rpi_list *chunks)
{
    for (rpi_list_link *node; (node = rpi_list_take_first(chunks));) {
        rpi_chunk *chunk = rpi_chunk_of(node);
        if (self->config.free_chunk) self->config.free_chunk(chunk);
        free(chunk);
    }
}

void rpi_distribution_fini(rpi_distribution *self)
{
    if (!self->members) return;
    for (int m = 0; m < self->config.n_members; m++) free_chunks(self, &self->out[m]);
    free_chunks(self, &self->idle);
    while (!rpi_list_is_empty(&self->calls)) free_call(call_of(rpi_list_first(&self->calls)));
    for (rpi_range_memory *at = self->ranges, *next; at; at = next) {
        next = at->next;
        free(at);
    }
    free(self->members);
    free(self->out);
}

/* ---- calls and batches ---- */

rpi_distribution_call *rpi_distribution_call_create(rpi_distribution *self, uint64_t id, void *owner)
{
    rpi_distribution_call *call = calloc(1, sizeof *call + (size_t)self->config.n_members);
    if (!call) return NULL;
    call->id = id;
    call->cutoff = UINT64_MAX;
    call->owner = owner;
    rpi_list_init(&call->entries);
    rpi_list_add_first(&self->calls, &call->node);
    return call;
}

/* A batch with nothing out and nothing left moves from its call's list to the list of done batches. */
static void end_if_through(rpi_distribution *self, rpi_distribution_entry *entry)
{
    if (!rpi_dispatch_is_finished(&entry->dispatch)) return;
    rpi_list_remove(&entry->node);
    rpi_list_add_last(&self->done, &entry->node);
}

static void stop_at_cutoff(rpi_distribution *self, rpi_distribution_entry *entry)
{
    uint64_t cutoff = entry->call->cutoff;
    rpi_dispatch_stop(&self->dispatch, &entry->dispatch, cutoff > entry->first ? cutoff - entry->first : 0);
    end_if_through(self, entry);
}

void rpi_distribution_add(rpi_distribution *self, rpi_distribution_entry *entry)
{
    rpi_distribution_call *call = entry->call;
    bool rated = rpi_rates_matter(entry->dispatch.schedule.kind);
    if (rated && !call->rates) call->rates = rpi_rates_create((unsigned)self->config.n_members);
    entry->dispatch.rates = rated ? call->rates : NULL;
    rpi_list_add_first(&call->entries, &entry->node);
    rpi_dispatch_add(&self->dispatch, &entry->dispatch);
    stop_at_cutoff(self, entry);
}

static void announce(rpi_distribution *self, rpi_distribution_call *call)
{
    call->next_member = 0;
    if (rpi_list_is_linked(&call->announced)) rpi_list_remove(&call->announced);
    rpi_list_add_last(&self->announced, &call->announced);
}

void rpi_distribution_cut(rpi_distribution *self, rpi_distribution_call *call, uint64_t cutoff)
{
    if (cutoff >= call->cutoff) return;
    call->cutoff = cutoff;
    announce(self, call);
    RPI_LIST_EACH_SAFE(node, next, &call->entries) stop_at_cutoff(self, entry_of(node));
}

void rpi_distribution_begin_none(rpi_distribution *self, rpi_distribution_call *call, int ends_running)
{
    if (call->begins_none && ends_running <= call->ends_running) return;
    call->begins_none = true;
    call->ends_running = ends_running;
    announce(self, call);
}

void rpi_distribution_drop(rpi_distribution *self, rpi_distribution_entry *entry)
{
    rpi_dispatch_stop(&self->dispatch, &entry->dispatch, 0);
    end_if_through(self, entry);
}

void rpi_distribution_forget(rpi_distribution *self, rpi_distribution_call *call)
{
    call->is_over = true;
    announce(self, call);
}

/* ---- chunks ---- */

rpi_chunk *rpi_distribution_find(const rpi_distribution *self, int member, uint64_t id)
{
    RPI_LIST_EACH(node, &self->out[member])
        if (rpi_chunk_of(node)->id == id) return rpi_chunk_of(node);
    return NULL;
}

static rpi_chunk *take_chunk(rpi_distribution *self, const rpi_chunk_plan *plan, double now_s)
{
    rpi_list_link *idle = rpi_list_take_first(&self->idle);
    rpi_chunk *chunk = idle ? rpi_chunk_of(idle) : calloc(1, self->config.chunk_size);
    if (!chunk) return NULL;
    chunk->entry = rpi_distribution_entry_of(plan->entry);
    chunk->id = ++self->next_chunk;
    chunk->first = plan->first;
    chunk->count = plan->count;
    chunk->grains = plan->grains;
    chunk->member = plan->member;
    chunk->sent_s = now_s;
    chunk->held_s = 0;
    chunk->recalled = NULL;
    chunk->all_begun = chunk->is_accepted = false;
    chunk->n_losses = plan->n_losses;
    self->members[plan->member].n_lone_suspects += plan->n_losses >= RPI_LONE_SUSPECT;
    if (rpi_list_is_empty(&self->out[plan->member])) self->members[plan->member].began_s = now_s;
    rpi_list_add_first(&self->out[plan->member], &chunk->node);
    return chunk;
}

/* What was asked for doesn't come back. */
static void keep_all(rpi_distribution *self, rpi_chunk *chunk)
{
    if (chunk->recalled) rpi_list_add_first(&self->dispatch.spare, &chunk->recalled->node);
    chunk->recalled = NULL;
}

/* Takes a chunk's items from its member. */
static rpi_distribution_entry *put_back(rpi_distribution *self, rpi_chunk *chunk)
{
    rpi_distribution_entry *entry = chunk->entry;
    rpi_list_remove(&chunk->node);
    rpi_list_add_first(&self->idle, &chunk->node);
    keep_all(self, chunk);
    self->members[chunk->member].n_lone_suspects -= chunk->n_losses >= RPI_LONE_SUSPECT;
    rpi_dispatch_back(&self->dispatch, chunk->member, &entry->dispatch, chunk->count);
    return entry;
}

void rpi_distribution_put_back(rpi_distribution *self, rpi_chunk *chunk) { end_if_through(self, put_back(self, chunk)); }

void rpi_distribution_back(rpi_distribution *self, rpi_chunk *chunk, uint64_t n_run, double busy_s, double now_s)
{
    rpi_chunk_round_trip trip = {n_run, busy_s, chunk->sent_s, now_s, chunk->held_s};
    chunk->entry->dispatch.item_s = self->config.item_s(chunk->entry);
    self->members[chunk->member].began_s = self->changed_s = now_s;
    rpi_dispatch_learn(&self->dispatch, chunk->member, &chunk->entry->dispatch, &trip);
    rpi_distribution_put_back(self, chunk);
}

bool rpi_distribution_returned(rpi_distribution *self, rpi_chunk *chunk, uint64_t kept, double now_s)
{
    rpi_dispatch_range *range = chunk->recalled;
    if (!range || chunk->first + kept < range->first || kept > chunk->count) return false;
    if (kept == chunk->count) {
        chunk->all_begun = true;
        keep_all(self, chunk);
        return true;
    }
    self->changed_s = now_s;
    range->first = chunk->first + kept;
    range->count = chunk->count - kept;
    chunk->count = kept;
    chunk->recalled = NULL;
    rpi_dispatch_return(&self->dispatch, chunk->member, &chunk->entry->dispatch, range);
    return true;
}

void rpi_distribution_fail_entry(rpi_distribution *self, rpi_distribution_entry *entry)
{
    entry->status = RP_NO_MEMORY;
    rpi_distribution_drop(self, entry);
}

void rpi_distribution_fail(rpi_distribution *self, rpi_chunk *chunk) { rpi_distribution_fail_entry(self, put_back(self, chunk)); }

void rpi_distribution_fail_call(rpi_distribution *self, const rpi_action *action)
{
    rpi_chunk *chunk = self->held;
    self->held = NULL;
    action->call->known[action->member] = 0;
    if (chunk) rpi_distribution_fail(self, chunk);
}

rpi_dispatch_range *rpi_distribution_take_range(rpi_distribution *self)
{
    rpi_list_link *spare = rpi_list_take_first(&self->dispatch.spare);
    if (spare) return RPI_ENTRY(spare, rpi_dispatch_range, node);
    rpi_range_memory *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->next = self->ranges;
    self->ranges = made;
    return &made->range;
}

/* ---- actions ---- */

static bool next_done(rpi_distribution *self, rpi_action *action)
{
    rpi_list_link *node = rpi_list_take_first(&self->done);
    if (!node) return false;
    rpi_distribution_entry *entry = entry_of(node);
    *action = (rpi_action){.kind = RPI_BATCH_DONE, .call = entry->call, .entry = entry};
    return true;
}

/* The next member to tell, of those that know the call. n_members: all were told. */
static int next_to_tell(const rpi_distribution *self, rpi_distribution_call *call)
{
    while (call->next_member < self->config.n_members && !call->known[call->next_member]) call->next_member++;
    return call->next_member;
}

static bool next_announcement(rpi_distribution *self, rpi_action *action)
{
    for (rpi_list_link *node; (node = rpi_list_first(&self->announced));) {
        rpi_distribution_call *call = RPI_ENTRY(node, rpi_distribution_call, announced);
        int member = next_to_tell(self, call);
        if (member < self->config.n_members) {
            call->next_member++;
            *action = (rpi_action){.kind = call->is_over ? RPI_SEND_FORGET : RPI_SEND_CUTOFF, .member = member, .call = call};
            return true;
        }
        rpi_list_remove(node);
        if (call->is_over) free_call(call);
    }
    return false;
}

/* The dispatcher reads the item time of each entry up to the first that may go to any member. */
static bool holds_up_others(const rpi_dispatch_entry *entry) { return !entry->avoids && entry->n_suspects == 0; }

static bool plan_chunk(rpi_distribution *self, double now_s, rpi_chunk_plan *plan)
{
    rpi_dispatch_entry *entry = rpi_dispatch_first(&self->dispatch);
    self->dispatch.now_s = now_s;
    for (; entry; entry = holds_up_others(entry) ? NULL : rpi_dispatch_following(&self->dispatch, entry)) {
        rpi_distribution_entry *of = rpi_distribution_entry_of(entry);
        entry->item_s = self->config.item_s(of);
        if (self->config.n_measured) entry->n_measured = self->config.n_measured(of);
    }
    return rpi_dispatch_next(&self->dispatch, plan);
}

static bool next_recall(rpi_distribution *self, double now_s, rpi_action *action)
{
    uint64_t from;
    rpi_chunk *chunk = rpi_recalls_next(self, now_s, &from);
    rpi_dispatch_range *range = chunk ? rpi_distribution_take_range(self) : NULL;
    if (!range) return false;
    *range = (rpi_dispatch_range){.first = chunk->first + from, .count = chunk->count - from, .n_losses = chunk->n_losses};
    chunk->recalled = range;
    *action = (rpi_action){.kind = RPI_SEND_RECALL, .member = chunk->member, .call = chunk->entry->call, .chunk = chunk};
    return true;
}

static bool send_chunk(rpi_chunk *chunk, rpi_action *action)
{
    *action = (rpi_action){.kind = RPI_SEND_CHUNK, .member = chunk->member, .call = chunk->entry->call, .chunk = chunk};
    return true;
}

static bool next_chunk(rpi_distribution *self, double now_s, rpi_action *action)
{
    rpi_chunk_plan plan;
    if (self->held) {
        rpi_chunk *chunk = self->held;
        self->held = NULL;
        return send_chunk(chunk, action);
    }
    if (!plan_chunk(self, now_s, &plan)) return false;
    self->recall_member = -1;
    rpi_distribution_entry *entry = rpi_distribution_entry_of(plan.entry);
    rpi_chunk *chunk = take_chunk(self, &plan, now_s);
    if (!chunk) {
        rpi_dispatch_back(&self->dispatch, plan.member, plan.entry, plan.count);
        rpi_distribution_fail_entry(self, entry);
        return rpi_distribution_next(self, now_s, action);
    }
    if (entry->call->known[plan.member]) return send_chunk(chunk, action);
    entry->call->known[plan.member] = 1;
    self->held = chunk;
    *action = (rpi_action){.kind = RPI_SEND_CALL, .member = plan.member, .call = entry->call};
    return true;
}

/* Announcements go before done batches, so that members learn of them while the call's owner is busy with its end. */
bool rpi_distribution_next(rpi_distribution *self, double now_s, rpi_action *action)
{
    return next_announcement(self, action) || next_done(self, action) || next_chunk(self, now_s, action) ||
           next_recall(self, now_s, action);
}

double rpi_distribution_look_s(const rpi_distribution *self) { return rpi_recalls_look_s(self); }
