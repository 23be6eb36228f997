/* simulator.c: see simulator.h. Creates the simulated pool and its clock, and runs the next event. */
#include "simulate/simulator.h"

#include "simulate/coordinator.h"
#include "simulate/team.h"

#include <math.h>
#include <stdlib.h>

/* ---- events ---- */

static void arrive(rpi_sim *self, rpi_sim_chunk *chunk)
{
    const rpi_sim_coordinator *from = &self->coordinators[chunk->coordinator];
    uint32_t to = from->first_member + (uint32_t)chunk->base.member;
    chunk->came_s = self->now_s;
    if (from->above_groups) rpi_sim_coordinator_receive(self, to, chunk);
    else rpi_sim_team_receive(self, &self->teams[to], chunk);
}

static void end_grain(rpi_sim *self, rpi_sim_chunk *chunk, uint32_t worker)
{
    const rpi_sim_coordinator *from = &self->coordinators[chunk->coordinator];
    rpi_sim_team_end_grain(self, &self->teams[from->first_member + (uint32_t)chunk->base.member], chunk, worker);
}

/* Unless the chunk is on its way back, or back. */
static void recall(rpi_sim *self, rpi_sim_chunk *chunk, uint32_t id)
{
    if ((uint32_t)chunk->base.id == id && chunk->is_there) rpi_sim_answer_recall(self, chunk);
}

bool rpi_sim_step(rpi_sim *self)
{
    rpi_sim_event event;
    if (self->out_of_memory || !rpi_sim_events_next(&self->events, &event)) return false;
    self->now_s = event.at_s;
    switch (event.kind) {
    case RPI_SIM_CHUNK_ARRIVES: arrive(self, event.subject); break;
    case RPI_SIM_RESULTS_ARRIVE: rpi_sim_coordinator_receive(self, ((rpi_sim_chunk *)event.subject)->coordinator, event.subject); break;
    case RPI_SIM_GRAIN_ENDS: end_grain(self, event.subject, event.number); break;
    case RPI_SIM_TURN: /* unless it was woken before */
        if (self->coordinators[event.number].turn_s == event.at_s) rpi_sim_coordinator_turn(self, event.number);
        break;
    case RPI_SIM_RECALL_ARRIVES: recall(self, event.subject, event.number); break;
    case RPI_SIM_ANSWER_ARRIVES: rpi_sim_coordinator_answered(self, event.subject); break;
    case RPI_SIM_LOOK: rpi_sim_coordinator_look(self, event.number); break;
    }
    return !self->out_of_memory;
}

bool rpi_sim_run(rpi_sim *self)
{
    while (rpi_sim_step(self)) continue;
    return !self->out_of_memory;
}

void rpi_sim_add(rpi_sim *self, rpi_sim_call *call)
{
    call->started_s = call->finished_s = call->gathered_s = -1;
    call->part = (rpi_sim_part){.call = call};
    call->part.entry.dispatch = (rpi_dispatch_entry){.schedule = {.kind = call->schedule, .n_items = call->n_items, .chunk = call->chunk},
                                                     .whole = call->whole || self->config.direct,
                                                     .urgent = call->urgent,
                                                     .avoids = call->avoids,
                                                     .avoided = call->avoided,
                                                     .count = call->n_items};
    rpi_sim_add_part(self, &self->coordinators[0], &call->part);
    rpi_sim_coordinator_wake(self, 0, self->now_s);
}

static void free_chunk(rpi_chunk *chunk) { rpi_sim_clear_chunk((rpi_sim_chunk *)chunk); }

static double item_s(const rpi_distribution_entry *entry)
{
    const rpi_sim_part *part = (const rpi_sim_part *)entry;
    return rpi_sim_estimate_s(&part->coordinator->estimate, part->call);
}

static double n_measured(const rpi_distribution_entry *entry)
{
    const rpi_sim_part *part = (const rpi_sim_part *)entry;
    const rpi_sim_estimate *estimate = &part->coordinator->estimate;
    return estimate->call == part->call ? rpi_estimate_n_items(&estimate->of) : 0;
}

/* ---- life ---- */

double rpi_sim_speed(const rpi_sim_speeds *speeds, uint64_t rank, uint64_t thread)
{
    double of_rank = speeds->n_ranks ? speeds->ranks[rank % speeds->n_ranks] : 1;
    return speeds->n_threads ? of_rank * speeds->threads[thread % speeds->n_threads] : of_rank;
}

static bool make_teams(rpi_sim *self)
{
    uint64_t n = 0;
    for (uint32_t t = 0; t < self->n_teams; t++) n += self->config.n_workers[t];
    self->n_workers = n;
    self->teams = calloc(self->n_teams, sizeof *self->teams);
    self->idle_room = calloc(n + 1, sizeof *self->idle_room);
    self->workers = calloc(n + 1, sizeof *self->workers);
    if (!self->teams || !self->idle_room || !self->workers) return false;
    for (uint32_t t = 0, first = 0; t < self->n_teams; first += self->teams[t++].n_workers) {
        rpi_sim_team *team = &self->teams[t];
        team->n_workers = team->n_idle = self->config.n_workers[t];
        team->idle = self->idle_room + first;
        team->workers = self->workers + first;
        team->estimate = &team->own;
        rpi_list_init(&team->queue);
        for (uint32_t w = 0; w < team->n_workers; w++) {
            team->idle[w] = team->n_workers - 1 - w;
            team->workers[w].speed = rpi_sim_speed(&self->config.speeds, t, w);
        }
    }
    return true;
}

/* Coordinators of groups give nothing back. */
static bool init_coordinator(rpi_sim_coordinator *self, uint32_t first_member, uint32_t n_members, bool above_groups)
{
    rpi_distribution_config config = {.n_members = (int)n_members,
                                      .chunk_size = sizeof(rpi_sim_chunk),
                                      .item_s = item_s,
                                      .n_measured = n_measured,
                                      .free_chunk = free_chunk,
                                      .keeps = above_groups};
    self->above_groups = above_groups;
    self->first_member = first_member;
    self->turn_s = INFINITY;
    rpi_list_init(&self->inbox);
    rpi_list_init(&self->answers);
    rpi_list_init(&self->local);
    return rpi_distribution_init(&self->distribution, &config);
}

/* Makes the coordinator of teams first … first + n - 1. */
static bool make_coordinator(rpi_sim *self, rpi_sim_coordinator *coordinator, uint32_t first, uint32_t n)
{
    if (!init_coordinator(coordinator, first, n, false)) return false;
    for (uint32_t t = 0; t < n; t++)
        rpi_dispatch_set_workers(&coordinator->distribution.dispatch, (int)t, self->teams[first + t].n_workers);
    self->teams[first].estimate = &coordinator->estimate;
    return true;
}

static bool make_coordinators(rpi_sim *self)
{
    uint32_t group = self->config.group, n_groups = group ? (self->n_teams + group - 1) / group : 0;
    self->coordinators = calloc(n_groups + 1, sizeof *self->coordinators);
    if (!self->coordinators) return false;
    self->n_coordinators = n_groups + 1;
    rpi_sim_coordinator *top = &self->coordinators[0];
    if (!group) return make_coordinator(self, top, 0, self->n_teams);
    if (!init_coordinator(top, 1, n_groups, true)) return false;
    for (uint32_t g = 0; g < n_groups; g++) {
        uint32_t first = g * group, n = self->n_teams - first < group ? self->n_teams - first : group;
        rpi_sim_coordinator *of_group = &self->coordinators[1 + g];
        if (!make_coordinator(self, of_group, first, n)) return false;
        rpi_dispatch_set_workers(&top->distribution.dispatch, (int)g, of_group->distribution.dispatch.n_workers);
    }
    return true;
}

rpi_sim *rpi_sim_create(const rpi_sim_config *config)
{
    rpi_sim *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->config = *config;
    self->n_teams = config->n_teams;
    if (make_teams(self) && make_coordinators(self)) return self;
    rpi_sim_destroy(self);
    return NULL;
}

/* Frees parts, of a call or those that are done. The part of a whole call is in the call, and chunks belong to the distributions. */
static void free_parts(rpi_list *entries)
{
    RPI_LIST_EACH_SAFE(node, next, entries) {
        rpi_sim_part *part = (rpi_sim_part *)RPI_ENTRY(node, rpi_distribution_entry, node);
        rpi_list_remove(node);
        if (part->chunk) free(part);
    }
}

static void free_coordinator(rpi_sim_coordinator *self)
{
    if (!self->distribution.members) return;
    RPI_LIST_EACH(node, &self->distribution.calls) free_parts(&RPI_ENTRY(node, rpi_distribution_call, node)->entries);
    free_parts(&self->distribution.done);
    rpi_distribution_fini(&self->distribution);
}

void rpi_sim_destroy(rpi_sim *self)
{
    if (!self) return;
    for (uint32_t c = 0; c < self->n_coordinators; c++) free_coordinator(&self->coordinators[c]);
    rpi_sim_events_fini(&self->events);
    free(self->teams);
    free(self->coordinators);
    free(self->idle_room);
    free(self->workers);
    free(self);
}
