/* simulate.c: runs the simulator for each number of nodes, and adds up the outcomes. */
#include "simulate.h"
#include "program.h"
#include "recorded_times.h"
#include "simulate_table.h"

#include "simulate/simulator.h"
#include "simulate/times.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct simulation {
    const program_options *options;
    const simulate_request *request;
    rpi_sim_times times; /* n_items and seed are those of the present run */
    double *recorded;
} simulation;

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the simulation"); }

/* ---- the machine ---- */

static rpi_sim_network network_of(const simulate_request *request)
{
    return (rpi_sim_network){.latency_s = request->latency_us * 1e-6,
                             .bytes_per_s = request->bandwidth_gbs * 1e9,
                             .message_s = request->message_cost_us * 1e-6,
                             .wake_s = request->wake_us * 1e-6};
}

static rpi_sim_speeds speeds_of(const simulate_request *request)
{
    return (rpi_sim_speeds){.ranks = request->rank_speeds.speeds,
                            .threads = request->thread_speeds.speeds,
                            .n_ranks = (uint32_t)request->rank_speeds.n,
                            .n_threads = (uint32_t)request->thread_speeds.n};
}

static rpi_sim *make_world(const simulation *self, const simulate_row *row, uint64_t seed)
{
    const simulate_request *request = self->request;
    unsigned *n_workers = calloc(row->ranks, sizeof *n_workers);
    if (!n_workers) return NULL;
    for (uint64_t r = 0; r < row->ranks; r++) n_workers[r] = (unsigned)request->threads;
    int64_t group = request->group ? request->group : (int64_t)ceil(sqrt((double)row->nodes));
    rpi_sim_config config = {.n_teams = (uint32_t)row->ranks,
                             .n_workers = n_workers,
                             .group = request->levels == 2 ? (uint32_t)(group * request->ranks) : 0,
                             .direct = row->ranks == 1 && request->levels == 1, /* as the openmp back end, which a single rank uses */
                             .network = network_of(request),
                             .claim_s = request->claim_cost_us * 1e-6,
                             .speeds = speeds_of(request),
                             .seed = seed};
    rpi_sim *world = rpi_sim_create(&config);
    free(n_workers);
    return world;
}

/* ---- one row ---- */

static double imbalance_of(const rpi_sim *world)
{
    double most = 0, sum = 0;
    for (uint64_t w = 0; w < world->n_workers; w++) {
        sum += world->workers[w].busy_s;
        if (world->workers[w].busy_s > most) most = world->workers[w].busy_s;
    }
    return sum > 0 ? most * (double)world->n_workers / sum : 1;
}

/* Adds one of `runs` runs to the means of the row. */
static void add_run(simulate_row *row, const rpi_sim *world, const rpi_sim_call *call, int runs)
{
    double makespan_s = call->gathered_s, group_load = 0;
    for (uint32_t c = 1; c < world->n_coordinators; c++)
        if (makespan_s > 0 && world->coordinators[c].busy_s / makespan_s > group_load)
            group_load = world->coordinators[c].busy_s / makespan_s;
    row->imbalance += imbalance_of(world) / runs;
    row->group_load += group_load / runs;
    row->chunks = call->n_chunks;
    if (makespan_s <= 0) return;
    row->rank_0_load += world->coordinators[0].busy_s / makespan_s / runs;
    row->messages_per_s += (double)world->coordinators[0].n_messages / makespan_s / runs;
}

/* The ideal makespan of a row. Negative: no memory. */
static double ideal_s(const simulation *self, const simulate_row *row)
{
    rpi_sim_speeds speeds = speeds_of(self->request);
    if (!speeds.n_ranks && !speeds.n_threads) return rpi_sim_times_ideal(&self->times, row->workers, NULL);
    double *each = calloc(row->workers, sizeof *each);
    if (!each) return -1;
    for (uint64_t w = 0; w < row->workers; w++)
        each[w] = rpi_sim_speed(&speeds, w / (uint64_t)self->request->threads, w % (uint64_t)self->request->threads);
    double ideal = rpi_sim_times_ideal(&self->times, row->workers, each);
    free(each);
    return ideal;
}

static rp_status run_once(simulation *self, simulate_row *row, double *makespan_s, rp_error *error)
{
    const simulate_request *request = self->request;
    const rp_pool_options *pool = &self->options->pool;
    double best_s = ideal_s(self, row);
    rpi_sim *world = best_s < 0 ? NULL : make_world(self, row, self->times.seed);
    if (!world) return no_memory(error);
    rpi_sim_call call = {.n_items = self->times.n_items,
                         .time_s = rpi_sim_times_item,
                         .times = &self->times,
                         .item_bytes = request->item_bytes,
                         .result_bytes = request->result_bytes};
    rpi_schedule_choose(pool->schedule, pool->chunk, &call.schedule, &call.chunk);
    rpi_sim_add(world, &call);
    int complete = rpi_sim_run(world);
    if (complete) add_run(row, world, &call, self->options->runs);
    rpi_sim_destroy(world);
    if (!complete) return no_memory(error);
    row->ideal_s += best_s / self->options->runs;
    *makespan_s = call.gathered_s;
    return RP_OK;
}

static rp_status run_row(simulation *self, simulate_row *row, double *makespans_s, rp_error *error)
{
    const simulate_request *request = self->request;
    row->ranks = (uint64_t)(row->nodes * request->ranks);
    row->workers = row->ranks * (uint64_t)request->threads;
    row->items = request->items   ? (uint64_t)request->items
                 : self->recorded ? self->times.n_recorded
                                  : row->workers * (uint64_t)request->items_per_worker;
    self->times.n_items = row->items;
    for (int run = 0; run < self->options->runs; run++) {
        self->times.seed = (uint64_t)(request->seed + run);
        rp_status status = run_once(self, row, &makespans_s[run], error);
        if (status != RP_OK) return status;
    }
    row->makespan_s = statistics_of(makespans_s, self->options->runs);
    row->efficiency = row->makespan_s.mean > 0 ? row->ideal_s / row->makespan_s.mean : 1;
    return RP_OK;
}

/* ---- all rows ---- */

static rp_status run_rows(simulation *self, simulate_row *rows, rp_error *error)
{
    double *makespans_s = calloc((size_t)self->options->runs, sizeof *makespans_s);
    rp_status status = makespans_s ? RP_OK : no_memory(error);
    for (int i = 0; i < self->request->n_nodes && status == RP_OK; i++) {
        rows[i].nodes = self->request->nodes[i];
        status = run_row(self, &rows[i], makespans_s, error);
    }
    free(makespans_s);
    return status;
}

static rp_status read_times(simulation *self, rp_error *error)
{
    const char *text = self->request->times;
    if (rpi_sim_times_parse(text, &self->times)) return RP_OK;
    if (strchr(text, ':'))
        return rp_error_set(error, RP_USAGE, 0, "--times %s: must be one of %s, in seconds up to 1e12, or a file", text,
                            rpi_sim_times_forms);
    rp_status status = recorded_times_read(text, &self->recorded, &self->times.n_recorded, error);
    self->times.kind = RPI_SIM_RECORDED;
    self->times.recorded = self->recorded;
    return status;
}

static rp_status write_rows(const simulation *self, const simulate_row *rows, rp_error *error)
{
    output out;
    rp_status status = output_open(&out, self->options->output, self->options->format, error);
    if (status != RP_OK) return status;
    simulate_table_write(rows, self->request->n_nodes, &out);
    return output_close(&out, error);
}

int simulate_command(const program_options *options)
{
    simulation self = {.options = options, .request = &options->simulate};
    simulate_row rows[SIMULATE_MAX_ROWS] = {0};
    rp_error error;
    rp_status status = read_times(&self, &error);
    if (status == RP_OK) status = run_rows(&self, rows, &error);
    if (status == RP_OK) status = write_rows(&self, rows, &error);
    free(self.recorded);
    return status == RP_OK ? PROGRAM_OK : program_fail(&error);
}
