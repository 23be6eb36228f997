/* coordinator.c: the talking threads of simulated coordinators: turn by turn as coordinator.c does it, and the links that they send over. */
#include "simulate/simulator.h"

#include "task/batch.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_MESSAGES = 64 }; /* in one turn, as in coordinator.c */
static const double header_bytes = 128;

/* ---- estimates ---- */

double rpi_sim_estimate_s(const rpi_sim_estimate *estimate, const rpi_sim_call *call)
{
    return estimate->call == call ? rpi_estimate_item_s(&estimate->of) : 0;
}

void rpi_sim_measure(rpi_sim_estimate *estimate, const rpi_sim_call *call, uint64_t n_items, double seconds)
{
    if (estimate->call != call) *estimate = (rpi_sim_estimate){.call = call};
    rpi_estimate_add(&estimate->of, n_items, seconds);
}

/* ---- links ---- */

/* When a message that may start at `at_s` is over one end's link. */
static double over_link(const rpi_sim *self, double *until_s, double at_s, double bytes)
{
    double bytes_per_s = self->config.network.bytes_per_s;
    if (at_s > *until_s) *until_s = at_s;
    if (bytes_per_s > 0) *until_s += bytes / bytes_per_s;
    return *until_s;
}

static void send_chunk(rpi_sim *self, rpi_sim_coordinator *from, rpi_sim_chunk *chunk, double clock_s)
{
    double bytes = header_bytes + (double)chunk->count * chunk->part->call->item_bytes;
    double at_s = over_link(self, &from->sending_until_s, clock_s, bytes) + self->config.network.latency_s;
    uint32_t to = from->first_member + chunk->member;
    if (!from->above_groups) at_s = self->teams[to].noticed_s = rpi_sim_notice_s(self, at_s, self->teams[to].noticed_s);
    rpi_sim_at(self, at_s, RPI_SIM_CHUNK_ARRIVES, 0, chunk);
}

/* To the coordinator that sent the chunk. Workers wake the talking thread of their rank, so nothing is slept away here. */
static void send_back(rpi_sim *self, rpi_sim_chunk *chunk, double clock_s)
{
    rpi_sim_coordinator *to = &self->coordinators[chunk->coordinator];
    double bytes = header_bytes + (double)chunk->count * chunk->part->call->result_bytes;
    double at_s = over_link(self, &to->receiving_until_s, clock_s + self->config.network.latency_s, bytes);
    rpi_sim_at(self, at_s, RPI_SIM_RESULTS_ARRIVE, 0, chunk);
}

static bool is_own(const rpi_sim_coordinator *coordinator, const rpi_sim_chunk *chunk)
{
    return chunk->member == 0 && !coordinator->above_groups;
}

void rpi_sim_send_results(rpi_sim *self, rpi_sim_chunk *chunk)
{
    rpi_sim_coordinator *to = &self->coordinators[chunk->coordinator];
    if (!is_own(to, chunk)) {
        send_back(self, chunk, self->now_s);
        return;
    }
    chunk->next = to->local;
    to->local = chunk;
    rpi_sim_coordinator_wake(self, chunk->coordinator, self->now_s);
}

/* ---- waking ---- */

void rpi_sim_coordinator_wake(rpi_sim *self, uint32_t number, double at_s)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    double turn_s = at_s > coordinator->busy_until_s ? at_s : coordinator->busy_until_s;
    if (turn_s >= coordinator->turn_s) return;
    coordinator->turn_s = turn_s;
    rpi_sim_at(self, turn_s, RPI_SIM_TURN, number, NULL);
}

void rpi_sim_coordinator_receive(rpi_sim *self, uint32_t number, rpi_sim_chunk *message)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    message->next = NULL;
    *coordinator->inbox_end = message;
    coordinator->inbox_end = &message->next;
    if (isinf(coordinator->turn_s)) rpi_sim_coordinator_wake(self, number, rpi_sim_notice_s(self, self->now_s, coordinator->busy_until_s));
}

/* ---- a turn; `*clock_s` goes on with each message ---- */

static void spend(const rpi_sim *self, rpi_sim_coordinator *coordinator, double *clock_s)
{
    *clock_s += self->config.network.message_s;
    coordinator->n_messages++;
}

/* A part is through: rank 0 has a call's results, or a group's coordinator sends those of its chunk. */
static void end_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_part *part, double *clock_s)
{
    rpi_sim_part **link = &coordinator->parts;
    while (*link != part) link = &(*link)->next;
    *link = part->next;
    rpi_rates_destroy(part->entry.rates);
    part->entry.rates = NULL;
    if (!part->chunk) {
        part->call->gathered_s = *clock_s;
        return;
    }
    spend(self, coordinator, clock_s);
    send_back(self, part->chunk, *clock_s);
    free(part);
}

static void come_back(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk, double *clock_s)
{
    rpi_sim_part *part = chunk->part;
    if (!is_own(coordinator, chunk)) rpi_sim_measure(&coordinator->estimate, part->call, chunk->count, chunk->busy_s);
    if (part->chunk) part->chunk->busy_s += chunk->busy_s;
    rpi_chunk_round_trip times = {chunk->count, chunk->busy_s, chunk->sent_s, *clock_s};
    rpi_dispatch_learn(&coordinator->dispatch, (int)chunk->member, &part->entry, &times);
    rpi_dispatch_back(&coordinator->dispatch, (int)chunk->member, &part->entry, chunk->count);
    rpi_sim_spare_chunk(self, chunk);
    if (rpi_dispatch_is_through(&part->entry)) end_part(self, coordinator, part, clock_s);
}

/* A chunk from rank 0 is handed out in the group like a call. */
static void take_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk)
{
    rpi_sim_part *part = calloc(1, sizeof *part);
    if (!part) {
        self->out_of_memory = true;
        rpi_sim_spare_chunk(self, chunk);
        return;
    }
    const rpi_sim_call *call = chunk->part->call;
    part->entry =
        (rpi_dispatch_entry){.schedule = {.kind = call->schedule, .n_items = chunk->count, .chunk = call->chunk}, .count = chunk->count};
    part->call = chunk->part->call;
    part->chunk = chunk;
    part->first = chunk->first;
    rpi_sim_add_part(self, coordinator, part);
}

static void take_in(rpi_sim *self, rpi_sim_coordinator *coordinator, uint32_t number, double *clock_s)
{
    for (int i = 0; i < MOST_MESSAGES && coordinator->inbox; i++) {
        rpi_sim_chunk *message = coordinator->inbox;
        coordinator->inbox = message->next;
        if (!coordinator->inbox) coordinator->inbox_end = &coordinator->inbox;
        spend(self, coordinator, clock_s);
        if (message->coordinator == number) come_back(self, coordinator, message, clock_s);
        else take_part(self, coordinator, message);
    }
    while (coordinator->local) {
        rpi_sim_chunk *chunk = coordinator->local;
        coordinator->local = chunk->next;
        come_back(self, coordinator, chunk, clock_s);
    }
}

static void send_planned(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk, double *clock_s)
{
    if (is_own(coordinator, chunk)) {
        rpi_sim_at(self, *clock_s, RPI_SIM_CHUNK_ARRIVES, 0, chunk);
        return;
    }
    if (!coordinator->known[chunk->member]) spend(self, coordinator, clock_s); /* what the call is */
    coordinator->known[chunk->member] = 1;
    spend(self, coordinator, clock_s);
    send_chunk(self, coordinator, chunk, *clock_s);
}

static bool plan_next(rpi_sim_coordinator *coordinator, rpi_chunk_plan *plan)
{
    rpi_sim_part *first = (rpi_sim_part *)coordinator->dispatch.head;
    if (first) first->entry.item_s = rpi_sim_estimate_s(&coordinator->estimate, first->call);
    return rpi_dispatch_next(&coordinator->dispatch, plan);
}

static rpi_sim_chunk *make_chunk(rpi_sim *self, uint32_t coordinator, const rpi_chunk_plan *plan)
{
    rpi_sim_chunk *chunk = rpi_sim_take_chunk(self);
    if (!chunk) return NULL;
    chunk->part = (rpi_sim_part *)plan->entry;
    chunk->first = chunk->part->first + plan->first;
    chunk->count = plan->count;
    chunk->grains = self->config.direct ? chunk->part->call->schedule : plan->grains.kind;
    chunk->chunk = plan->grains.chunk;
    chunk->coordinator = coordinator;
    chunk->member = (uint32_t)plan->member;
    return chunk;
}

static void send_out(rpi_sim *self, uint32_t number, double *clock_s)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    rpi_chunk_plan plan;
    while (plan_next(coordinator, &plan)) {
        rpi_sim_chunk *chunk = make_chunk(self, number, &plan);
        if (!chunk) return;
        chunk->sent_s = *clock_s;
        rpi_sim_call *call = chunk->part->call;
        if (number == 0) call->n_chunks++;
        if (number == 0 && plan.count > call->most_chunk) call->most_chunk = plan.count;
        if (number == 0 && self->look) self->look(self, &plan);
        send_planned(self, coordinator, chunk, clock_s);
    }
    if (number == 0 && self->look) self->look(self, NULL);
}

void rpi_sim_coordinator_turn(rpi_sim *self, uint32_t number)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    double clock_s = self->now_s;
    coordinator->turn_s = INFINITY;
    take_in(self, coordinator, number, &clock_s);
    send_out(self, number, &clock_s);
    coordinator->busy_s += clock_s - self->now_s;
    coordinator->busy_until_s = clock_s;
    if (coordinator->inbox) rpi_sim_coordinator_wake(self, number, clock_s);
}
