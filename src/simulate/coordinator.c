/* coordinator.c: the progress threads of simulated coordinators, turn by turn as in cluster/coordinator.c, and the links that
 * they send over. */
#include "simulate/coordinator.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_MESSAGES = 64 }; /* in one turn, as in cluster/coordinator.c */
static const double header_bytes = 128;

/* ---- links ---- */

/* When a message that may start at `at_s` has passed the link of one end. What comes in is counted where it leaves, so that a message from
 * far away doesn't hold up one from nearby. */
static double over_link(const rpi_sim *self, double *until_s, double at_s, double bytes)
{
    double bytes_per_s = self->config.network.bytes_per_s;
    if (at_s > *until_s) *until_s = at_s;
    if (bytes_per_s > 0) *until_s += bytes / bytes_per_s;
    return *until_s;
}

static double latency_s(const rpi_sim *self, const rpi_sim_chunk *chunk)
{
    const rpi_sim_network *network = &self->config.network;
    return network->latencies_s ? network->latencies_s[chunk->base.member] : network->latency_s;
}

static void send_chunk(rpi_sim *self, rpi_sim_coordinator *from, rpi_sim_chunk *chunk, double clock_s)
{
    double bytes = header_bytes + (double)chunk->base.count * chunk->part->call->item_bytes;
    double at_s = over_link(self, &from->sending_until_s, clock_s, bytes) + latency_s(self, chunk);
    uint32_t to = from->first_member + (uint32_t)chunk->base.member;
    if (!from->above_groups) at_s = self->teams[to].noticed_s = rpi_sim_notice_s(self, at_s, self->teams[to].noticed_s);
    rpi_sim_at(self, at_s, RPI_SIM_CHUNK_ARRIVES, 0, chunk);
}

/* Sends results to the coordinator that sent the chunk. Workers wake the progress thread of their rank, so no time is slept here. */
static void send_back(rpi_sim *self, rpi_sim_chunk *chunk, double clock_s)
{
    rpi_sim_coordinator *to = &self->coordinators[chunk->coordinator];
    chunk->base.held_s = clock_s - chunk->came_s;
    double bytes = header_bytes + (double)chunk->end * chunk->part->call->result_bytes;
    double at_s = over_link(self, &to->receiving_until_s, clock_s, bytes) + latency_s(self, chunk);
    rpi_sim_at(self, at_s, RPI_SIM_RESULTS_ARRIVE, 0, chunk);
}

static bool is_own(const rpi_sim_coordinator *coordinator, const rpi_sim_chunk *chunk)
{
    return chunk->base.member == 0 && !coordinator->above_groups;
}

void rpi_sim_send_results(rpi_sim *self, rpi_sim_chunk *chunk)
{
    rpi_sim_coordinator *to = &self->coordinators[chunk->coordinator];
    chunk->is_there = false;
    if (!is_own(to, chunk)) {
        send_back(self, chunk, self->now_s);
        return;
    }
    rpi_list_add_first(&to->local, &chunk->link);
    rpi_sim_coordinator_wake(self, chunk->coordinator, self->now_s);
}

/* ---- what is taken back ---- */

static rpi_sim_team *team_of(rpi_sim *self, const rpi_sim_chunk *chunk)
{
    return &self->teams[self->coordinators[chunk->coordinator].first_member + (uint32_t)chunk->base.member];
}

/* A question and its answer are messages without data. */
static void send_recall(rpi_sim *self, rpi_sim_coordinator *from, rpi_sim_chunk *chunk, double clock_s)
{
    rpi_sim_team *to = team_of(self, chunk);
    double at_s = over_link(self, &from->sending_until_s, clock_s, header_bytes) + latency_s(self, chunk);
    at_s = to->noticed_s = rpi_sim_notice_s(self, at_s, to->noticed_s);
    rpi_sim_at(self, at_s, RPI_SIM_RECALL_ARRIVES, (uint32_t)chunk->base.id, chunk);
}

void rpi_sim_answer_recall(rpi_sim *self, rpi_sim_chunk *chunk)
{
    rpi_sim_coordinator *to = &self->coordinators[chunk->coordinator];
    bool ends = rpi_sim_give_back(chunk, chunk->base.recalled->first - chunk->base.first);
    double at_s = over_link(self, &to->receiving_until_s, self->now_s, header_bytes) + latency_s(self, chunk);
    rpi_sim_at(self, at_s, RPI_SIM_ANSWER_ARRIVES, 0, chunk);
    if (ends) rpi_sim_send_results(self, chunk);
}

/* The own team is asked without a message. The chunk may not have come to it yet; its `end` is 0 then. */
static void recall_own(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk, double clock_s)
{
    uint64_t from = chunk->base.recalled->first - chunk->base.first;
    bool ends = chunk->is_there && rpi_sim_give_back(chunk, from);
    (void)rpi_distribution_returned(&coordinator->distribution, &chunk->base, chunk->end > 0 ? chunk->end : from, clock_s);
    if (ends) rpi_sim_send_results(self, chunk);
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
    rpi_list_add_last(&coordinator->inbox, &message->link);
    if (isinf(coordinator->turn_s)) rpi_sim_coordinator_wake(self, number, rpi_sim_notice_s(self, self->now_s, coordinator->busy_until_s));
}

void rpi_sim_coordinator_answered(rpi_sim *self, rpi_sim_chunk *chunk)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[chunk->coordinator];
    rpi_list_add_last(&coordinator->answers, &chunk->answer);
    if (!isinf(coordinator->turn_s)) return;
    rpi_sim_coordinator_wake(self, chunk->coordinator, rpi_sim_notice_s(self, self->now_s, coordinator->busy_until_s));
}

void rpi_sim_coordinator_look(rpi_sim *self, uint32_t number)
{
    self->coordinators[number].looks = false;
    if (isinf(self->coordinators[number].turn_s)) rpi_sim_coordinator_wake(self, number, self->now_s);
}

static void look_later(rpi_sim *self, uint32_t number)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    double at_s = rpi_distribution_look_s(&coordinator->distribution);
    if (isinf(at_s) || coordinator->looks) return;
    coordinator->looks = true;
    rpi_sim_at(self, fmax(at_s, coordinator->busy_until_s), RPI_SIM_LOOK, number, NULL);
}

/* ---- a turn; `*clock_s` advances with each message ---- */

static void spend(const rpi_sim *self, rpi_sim_coordinator *coordinator, double *clock_s)
{
    *clock_s += self->config.network.message_s;
    coordinator->n_messages++;
}

/* Ends a part that is done: rank 0 has the results of a call, or the coordinator of a group sends those of its chunk. */
static void end_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_part *part, double *clock_s)
{
    if (part->entry.status != RP_OK) self->out_of_memory = true;
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
    double busy_s = chunk->busy_s;
    if (!is_own(coordinator, chunk)) rpi_sim_measure(&coordinator->estimate, part->call, chunk->base.count, busy_s);
    if (part->chunk) part->chunk->busy_s += busy_s;
    rpi_sim_clear_chunk(chunk);
    rpi_distribution_back(&coordinator->distribution, &chunk->base, chunk->base.count, busy_s, *clock_s);
    (void)self;
}

/* Takes in a chunk from rank 0, which is handed out in the group like a call. */
static void take_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk)
{
    rpi_sim_part *part = calloc(1, sizeof *part);
    if (!part) {
        self->out_of_memory = true;
        return;
    }
    const rpi_sim_call *call = chunk->part->call;
    part->entry.dispatch = (rpi_dispatch_entry){.schedule = {.kind = call->schedule, .n_items = chunk->base.count, .chunk = call->chunk},
                                                .count = chunk->base.count};
    part->call = chunk->part->call;
    part->chunk = chunk;
    part->entry.first = chunk->first;
    rpi_sim_add_part(self, coordinator, part);
}

/* What a member gives back comes before the results of the rest. */
static void take_in(rpi_sim *self, rpi_sim_coordinator *coordinator, uint32_t number, double *clock_s)
{
    for (rpi_list_link *at; (at = rpi_list_take_first(&coordinator->answers));) {
        rpi_sim_chunk *chunk = RPI_ENTRY(at, rpi_sim_chunk, answer);
        spend(self, coordinator, clock_s);
        (void)rpi_distribution_returned(&coordinator->distribution, &chunk->base, chunk->end, *clock_s);
    }
    for (int i = 0; i < MOST_MESSAGES && !rpi_list_is_empty(&coordinator->inbox); i++) {
        rpi_sim_chunk *message = RPI_ENTRY(rpi_list_take_first(&coordinator->inbox), rpi_sim_chunk, link);
        spend(self, coordinator, clock_s);
        if (message->coordinator == number) come_back(self, coordinator, message, clock_s);
        else take_part(self, coordinator, message);
    }
}

/* What the own team has run comes back without a message. */
static void take_local(rpi_sim *self, rpi_sim_coordinator *coordinator, double *clock_s)
{
    for (rpi_list_link *at; (at = rpi_list_take_first(&coordinator->local));)
        come_back(self, coordinator, RPI_ENTRY(at, rpi_sim_chunk, link), clock_s);
}

static void begin_chunk(rpi_sim *self, uint32_t number, rpi_sim_chunk *chunk)
{
    chunk->part = (rpi_sim_part *)chunk->base.entry;
    chunk->first = chunk->base.entry->first + chunk->base.first;
    chunk->coordinator = number;
    rpi_sim_call *call = chunk->part->call;
    if (self->config.direct) chunk->base.grains.kind = call->schedule;
    if (number > 0) return;
    call->n_chunks++;
    if (chunk->base.count > call->most_chunk) call->most_chunk = chunk->base.count;
    if (self->look) self->look(self, &chunk->base);
}

static void recall(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk, double *clock_s)
{
    if (is_own(coordinator, chunk)) {
        recall_own(self, coordinator, chunk, *clock_s);
        return;
    }
    spend(self, coordinator, clock_s);
    send_recall(self, coordinator, chunk, *clock_s);
}

static void send_begun(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_chunk *chunk, double *clock_s)
{
    chunk->base.sent_s = *clock_s;
    if (is_own(coordinator, chunk)) {
        rpi_sim_at(self, *clock_s, RPI_SIM_CHUNK_ARRIVES, 0, chunk);
        return;
    }
    spend(self, coordinator, clock_s);
    send_chunk(self, coordinator, chunk, *clock_s);
}

/* Sends the description of a call to each member in a message of its own, except to the coordinator's own team. */
static void send_call(rpi_sim *self, rpi_sim_coordinator *coordinator, const rpi_action *action, double *clock_s)
{
    if (action->member > 0 || coordinator->above_groups) spend(self, coordinator, clock_s);
}

static void carry(rpi_sim *self, uint32_t number, const rpi_action *action, double *clock_s)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    switch (action->kind) {
    case RPI_SEND_CALL: send_call(self, coordinator, action, clock_s); break;
    case RPI_SEND_CHUNK:
        begin_chunk(self, number, (rpi_sim_chunk *)action->chunk);
        send_begun(self, coordinator, (rpi_sim_chunk *)action->chunk, clock_s);
        break;
    case RPI_SEND_RECALL: recall(self, coordinator, (rpi_sim_chunk *)action->chunk, clock_s); break;
    case RPI_BATCH_DONE: end_part(self, coordinator, (rpi_sim_part *)action->entry, clock_s); break;
    case RPI_SEND_CUTOFF:
    case RPI_SEND_FORGET: break; /* no simulated call is cut or forgotten */
    }
}

/* False: there may be more. What comes next is decided when a message has taken its time, as the own workers measure items meanwhile. */
static bool carry_out(rpi_sim *self, uint32_t number, double *clock_s)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    rpi_action action;
    while (rpi_distribution_next(&coordinator->distribution, *clock_s, &action)) {
        carry(self, number, &action, clock_s);
        if (*clock_s > self->now_s) return false;
    }
    if (number == 0 && self->look) self->look(self, NULL);
    return true;
}

void rpi_sim_coordinator_turn(rpi_sim *self, uint32_t number)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    double clock_s = self->now_s;
    coordinator->turn_s = INFINITY;
    if (!coordinator->sends) take_in(self, coordinator, number, &clock_s);
    take_local(self, coordinator, &clock_s);
    coordinator->sends = !carry_out(self, number, &clock_s);
    coordinator->busy_s += clock_s - self->now_s;
    coordinator->busy_until_s = clock_s;
    if (coordinator->sends) {
        rpi_sim_coordinator_wake(self, number, clock_s);
        return;
    }
    if (!rpi_list_is_empty(&coordinator->inbox)) rpi_sim_coordinator_wake(self, number, clock_s);
    look_later(self, number);
}
