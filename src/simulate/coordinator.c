/* coordinator.c: the talking threads of simulated coordinators: turn by turn as hub.c does it, and the links that they send over. */
#include "simulate/simulator.h"

#include "task/work.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_MESSAGES = 64 }; /* in one turn, as in hub.c */
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

static void send_parcel(rpi_sim *self, rpi_sim_coordinator *from, rpi_sim_parcel *parcel, double clock_s)
{
    double bytes = header_bytes + (double)parcel->count * parcel->part->call->item_bytes;
    double at_s = over_link(self, &from->sending_until_s, clock_s, bytes) + self->config.network.latency_s;
    uint32_t to = from->first_place + parcel->place;
    if (!from->above_groups) at_s = self->teams[to].noticed_s = rpi_sim_notice_s(self, at_s, self->teams[to].noticed_s);
    rpi_sim_at(self, at_s, RPI_SIM_PARCEL_ARRIVES, 0, parcel);
}

/* To the coordinator that sent the parcel. Workers wake the talking thread of their rank, so nothing is slept away here. */
static void send_back(rpi_sim *self, rpi_sim_parcel *parcel, double clock_s)
{
    rpi_sim_coordinator *to = &self->coordinators[parcel->coordinator];
    double bytes = header_bytes + (double)parcel->count * parcel->part->call->result_bytes;
    double at_s = over_link(self, &to->receiving_until_s, clock_s + self->config.network.latency_s, bytes);
    rpi_sim_at(self, at_s, RPI_SIM_RESULTS_ARRIVE, 0, parcel);
}

static bool is_own(const rpi_sim_coordinator *coordinator, const rpi_sim_parcel *parcel)
{
    return parcel->place == 0 && !coordinator->above_groups;
}

void rpi_sim_send_results(rpi_sim *self, rpi_sim_parcel *parcel)
{
    rpi_sim_coordinator *to = &self->coordinators[parcel->coordinator];
    if (!is_own(to, parcel)) {
        send_back(self, parcel, self->now_s);
        return;
    }
    parcel->next = to->local;
    to->local = parcel;
    rpi_sim_coordinator_wake(self, parcel->coordinator, self->now_s);
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

void rpi_sim_coordinator_receive(rpi_sim *self, uint32_t number, rpi_sim_parcel *message)
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

/* A part is through: rank 0 has a call's results, or a group's coordinator sends those of its parcel. */
static void end_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_part *part, double *clock_s)
{
    rpi_sim_part **link = &coordinator->parts;
    while (*link != part) link = &(*link)->next;
    *link = part->next;
    rpi_rates_destroy(part->job.rates);
    part->job.rates = NULL;
    if (!part->parcel) {
        part->call->gathered_s = *clock_s;
        return;
    }
    spend(self, coordinator, clock_s);
    send_back(self, part->parcel, *clock_s);
    free(part);
}

static void come_back(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_parcel *parcel, double *clock_s)
{
    rpi_sim_part *part = parcel->part;
    if (!is_own(coordinator, parcel)) rpi_sim_measure(&coordinator->estimate, part->call, parcel->count, parcel->busy_s);
    if (part->parcel) part->parcel->busy_s += parcel->busy_s;
    rpi_parcel_times times = {parcel->count, parcel->busy_s, parcel->sent_s, *clock_s};
    rpi_dispatch_learn(&coordinator->dispatch, (int)parcel->place, &part->job, &times);
    rpi_dispatch_back(&coordinator->dispatch, (int)parcel->place, &part->job, parcel->count);
    rpi_sim_spare_parcel(self, parcel);
    if (rpi_dispatch_is_through(&part->job)) end_part(self, coordinator, part, clock_s);
}

/* A parcel from rank 0 is handed out in the group like a call. */
static void take_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_parcel *parcel)
{
    rpi_sim_part *part = calloc(1, sizeof *part);
    if (!part) {
        self->out_of_memory = true;
        rpi_sim_spare_parcel(self, parcel);
        return;
    }
    const rpi_sim_call *call = parcel->part->call;
    part->job = (rpi_job){.schedule = {.kind = call->schedule, .n_items = parcel->count, .chunk = call->chunk}, .count = parcel->count};
    part->call = parcel->part->call;
    part->parcel = parcel;
    part->first = parcel->first;
    rpi_sim_add_part(self, coordinator, part);
}

static void take_in(rpi_sim *self, rpi_sim_coordinator *coordinator, uint32_t number, double *clock_s)
{
    for (int i = 0; i < MOST_MESSAGES && coordinator->inbox; i++) {
        rpi_sim_parcel *message = coordinator->inbox;
        coordinator->inbox = message->next;
        if (!coordinator->inbox) coordinator->inbox_end = &coordinator->inbox;
        spend(self, coordinator, clock_s);
        if (message->coordinator == number) come_back(self, coordinator, message, clock_s);
        else take_part(self, coordinator, message);
    }
    while (coordinator->local) {
        rpi_sim_parcel *parcel = coordinator->local;
        coordinator->local = parcel->next;
        come_back(self, coordinator, parcel, clock_s);
    }
}

static void send_planned(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_parcel *parcel, double *clock_s)
{
    if (is_own(coordinator, parcel)) {
        rpi_sim_at(self, *clock_s, RPI_SIM_PARCEL_ARRIVES, 0, parcel);
        return;
    }
    if (!coordinator->known[parcel->place]) spend(self, coordinator, clock_s); /* what the call is */
    coordinator->known[parcel->place] = 1;
    spend(self, coordinator, clock_s);
    send_parcel(self, coordinator, parcel, *clock_s);
}

static bool plan_next(rpi_sim_coordinator *coordinator, rpi_parcel_plan *plan)
{
    rpi_sim_part *first = (rpi_sim_part *)coordinator->dispatch.head;
    if (first) first->job.item_s = rpi_sim_estimate_s(&coordinator->estimate, first->call);
    return rpi_dispatch_next(&coordinator->dispatch, plan);
}

static rpi_sim_parcel *make_parcel(rpi_sim *self, uint32_t coordinator, const rpi_parcel_plan *plan)
{
    rpi_sim_parcel *parcel = rpi_sim_take_parcel(self);
    if (!parcel) return NULL;
    parcel->part = (rpi_sim_part *)plan->job;
    parcel->first = parcel->part->first + plan->first;
    parcel->count = plan->count;
    parcel->grains = self->config.direct ? parcel->part->call->schedule : plan->grains.kind;
    parcel->chunk = plan->grains.chunk;
    parcel->coordinator = coordinator;
    parcel->place = (uint32_t)plan->place;
    return parcel;
}

static void send_out(rpi_sim *self, uint32_t number, double *clock_s)
{
    rpi_sim_coordinator *coordinator = &self->coordinators[number];
    rpi_parcel_plan plan;
    while (plan_next(coordinator, &plan)) {
        rpi_sim_parcel *parcel = make_parcel(self, number, &plan);
        if (!parcel) return;
        parcel->sent_s = *clock_s;
        rpi_sim_call *call = parcel->part->call;
        if (number == 0) call->n_parcels++;
        if (number == 0 && plan.count > call->most_parcel) call->most_parcel = plan.count;
        if (number == 0 && self->look) self->look(self, &plan);
        send_planned(self, coordinator, parcel, clock_s);
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
