/* team.c: the workers of simulated ranks. They claim grains as real workers do (worker/team.c, task/claims.c), and take the
 * time of the items. */
#include "simulate/team.h"

#include "simulate/coordinator.h"
#include "worker/executor.h"

#include <stdlib.h>

/* The share of the worker in a chunk with a static schedule. */
static uint64_t static_grain(const rpi_sim_team *team, rpi_sim_chunk *chunk, uint32_t worker, uint64_t *first)
{
    if (chunk->taken[worker]) return 0;
    chunk->taken[worker] = 1;
    *first = rpi_schedule_split(chunk->base.count, worker, team->n_workers);
    return rpi_schedule_split(chunk->base.count, worker + 1, team->n_workers) - *first;
}

static uint64_t next_grain(const rpi_sim_team *team, rpi_sim_chunk *chunk, uint32_t worker, uint64_t *first)
{
    if (chunk->taken) return static_grain(team, chunk, worker, first);
    rpi_schedule schedule = {.kind = chunk->base.grains.kind,
                             .n_items = chunk->end,
                             .chunk = chunk->base.grains.chunk,
                             .n_workers = team->n_workers,
                             .target_s = RPI_GRAIN_S,
                             .short_s = RPI_SHORT_GRAIN_S};
    *first = chunk->position;
    if (chunk->rates) return rpi_rates_size(chunk->rates, worker, &schedule, chunk->position);
    return rpi_schedule_size(&schedule, chunk->position, rpi_sim_estimate_s(team->estimate, chunk->part->call));
}

static void start_grain(rpi_sim *self, rpi_sim_team *team, rpi_sim_chunk *chunk, uint32_t number, uint64_t first, uint64_t n)
{
    rpi_sim_call *call = chunk->part->call;
    rpi_sim_worker *worker = &team->workers[number];
    if (call->started_s < 0) call->started_s = self->now_s;
    worker->grain_s = 0;
    worker->n_grain = n;
    for (uint64_t i = 0; i < n; i++) worker->grain_s += call->time_s(call->times, chunk->first + first + i);
    chunk->position += n;
    chunk->n_running++;
    team->n_items += n;
    worker->grain_s /= worker->speed;
    rpi_sim_at(self, self->now_s + self->config.claim_s + worker->grain_s, RPI_SIM_GRAIN_ENDS, number, chunk);
}

/* Whether the worker found a grain. Chunks without further grains leave the queue; the workers that run them keep them. */
static bool find_grain(rpi_sim *self, rpi_sim_team *team, uint32_t worker)
{
    RPI_LIST_EACH(at, &team->queue) {
        rpi_sim_chunk *chunk = RPI_ENTRY(at, rpi_sim_chunk, link);
        uint64_t first, n = next_grain(team, chunk, worker, &first);
        if (n == 0) continue;
        start_grain(self, team, chunk, worker, first, n);
        if (chunk->position == chunk->end) rpi_list_remove(at);
        return true;
    }
    return false;
}

static void start_workers(rpi_sim *self, rpi_sim_team *team)
{
    uint32_t n_left = 0;
    for (uint32_t k = 0; k < team->n_idle; k++)
        if (!find_grain(self, team, team->idle[k])) team->idle[n_left++] = team->idle[k];
    team->n_idle = n_left;
}

void rpi_sim_team_receive(rpi_sim *self, rpi_sim_team *team, rpi_sim_chunk *chunk)
{
    if (rpi_schedule_goes_by(chunk->base.grains.kind, RPI_EVEN_SHARES) && !(chunk->taken = calloc(team->n_workers, 1)))
        self->out_of_memory = true;
    if (rpi_rates_matter(chunk->base.grains.kind) && !(chunk->rates = rpi_rates_create(team->n_workers))) self->out_of_memory = true;
    chunk->end = chunk->base.count;
    chunk->is_there = true;
    if (chunk->end == 0) { /* it was taken back before it came */
        rpi_sim_send_results(self, chunk);
        return;
    }
    rpi_list_add_last(&team->queue, &chunk->link);
    if (!self->out_of_memory) start_workers(self, team);
}

void rpi_sim_team_end_grain(rpi_sim *self, rpi_sim_team *team, rpi_sim_chunk *chunk, uint32_t number)
{
    rpi_sim_worker *worker = &team->workers[number];
    rpi_sim_call *call = chunk->part->call;
    worker->busy_s += worker->grain_s;
    chunk->busy_s += worker->grain_s;
    call->busy_s += worker->grain_s;
    call->n_run += worker->n_grain;
    call->finished_s = self->now_s;
    double timed_s = worker->grain_s + self->config.claim_s; /* as in worker/worker.c, which doesn't time claims by themselves */
    rpi_chunk_times times = {worker->n_grain, timed_s, timed_s};
    rpi_sim_measure(team->estimate, call, worker->n_grain, timed_s);
    if (chunk->rates) rpi_rates_learn(chunk->rates, number, chunk->base.grains.kind, 1, times);
    if (--chunk->n_running == 0 && chunk->position == chunk->end) {
        rpi_sim_send_results(self, chunk);
        if (team->noticed_s < self->now_s) team->noticed_s = self->now_s;
    }
    if (find_grain(self, team, number)) return;
    team->idle[team->n_idle++] = number;
}
