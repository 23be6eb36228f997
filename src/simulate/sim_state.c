/* sim_state.c: see sim_state.h. */
#include "simulate/sim_state.h"

#include "simulate/times.h"

#include <stdlib.h>

/* ---- what happens when ---- */

void rpi_sim_at(rpi_sim *self, double at_s, uint32_t kind, uint32_t number, void *subject)
{
    rpi_sim_event event = {.at_s = at_s, .subject = subject, .kind = kind, .number = number};
    if (!rpi_sim_events_add(&self->events, event)) self->out_of_memory = true;
}

double rpi_sim_notice_s(rpi_sim *self, double at_s, double busy_s)
{
    double nap_s = (at_s - busy_s) / 2;
    if (nap_s <= 0) return busy_s;
    if (nap_s > self->config.network.wake_s) nap_s = self->config.network.wake_s;
    return at_s + nap_s * rpi_sim_random(self->config.seed, self->n_random++);
}

/* ---- parts and chunks ---- */

/* The call of a coordinator that a part belongs to. A coordinator sends a call to its members once, even if it has several parts of it. */
static rpi_distribution_call *find_call(rpi_distribution *distribution, rpi_sim_call *call)
{
    RPI_LIST_EACH(node, &distribution->calls) {
        rpi_distribution_call *known = RPI_ENTRY(node, rpi_distribution_call, node);
        if (known->owner == call) return known;
    }
    return rpi_distribution_call_create(distribution, 0, call);
}

void rpi_sim_add_part(rpi_sim *self, rpi_sim_coordinator *coordinator, rpi_sim_part *part)
{
    part->coordinator = coordinator;
    part->entry.call = find_call(&coordinator->distribution, part->call);
    if (part->entry.call) rpi_distribution_add(&coordinator->distribution, &part->entry);
    else self->out_of_memory = true;
}

bool rpi_sim_give_back(rpi_sim_chunk *chunk, uint64_t from)
{
    if (from < chunk->position) from = chunk->position;
    if (from >= chunk->end) return false;
    chunk->end = from;
    if (chunk->position < chunk->end) return false;
    rpi_list_remove(&chunk->link);
    return chunk->n_running == 0;
}

void rpi_sim_clear_chunk(rpi_sim_chunk *chunk)
{
    free(chunk->taken);
    rpi_rates_destroy(chunk->rates);
    rpi_chunk base = chunk->base;
    *chunk = (rpi_sim_chunk){.base = base};
}

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
