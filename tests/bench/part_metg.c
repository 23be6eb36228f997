/*
 * part_metg.c: METG(50 %), the minimum effective task granularity: how long tasks must be at least to take half of the workers' time.
 * Slaughter et al., Task Bench, SC20. The smallest duration is searched by bisection, on 2 workers. Nanoseconds that the task takes in a
 * serial loop; the paper's figure is the workers' time a task, which is twice that where the efficiency is 50 %.
 */
#include "method.h"
#include "parts.h"
#include "peers.h"

#include <math.h>
#include <stdlib.h>

enum { N_WORKERS = 2, MOST_ITEMS = 400 * 1000, FEWEST_ITEMS = 64, N_TRIES = 5, N_SMALL_TRIES = 1 };

static const double precision = 1.05;

/* Item: how many steps, each waiting for the one before; about a nanosecond. */
static double step(double steps)
{
    uint64_t x = 1;
    for (int64_t left = (int64_t)steps; left > 0; left--) x = x * UINT64_C(6364136223846793005) + 1;
    return (double)(x & 1);
}
RP_TASK(step, double, double)

/* So that the serial loop calls it as others do. */
static double (*volatile const step_pointer)(double) = step;

typedef struct metg_state {
    double budget_s; /* that a serial loop should take */
    double step_s, most_steps;
    int n_tries;
    double *items, *results;
} metg_state;

static double time_serial(const metg_state *state, size_t n)
{
    double (*function)(double) = step_pointer;
    double start_s = bench_now_s();
    for (size_t i = 0; i < n; i++) state->results[i] = function(state->items[i]);
    return bench_now_s() - start_s;
}

static bool make_state(metg_state *state, bool small)
{
    *state = (metg_state){.budget_s = small ? 1e-4 : 10e-3,
                          .most_steps = small ? 1e2 : 1e5,
                          .n_tries = small ? N_SMALL_TRIES : N_TRIES,
                          .items = malloc(MOST_ITEMS * sizeof(double)),
                          .results = calloc(MOST_ITEMS, sizeof(double))};
    if (!state->items || !state->results) return false;
    state->items[0] = state->most_steps;
    state->step_s = time_serial(state, 1) / state->most_steps;
    return true;
}

static size_t set_items(const metg_state *state, double steps)
{
    double n = state->budget_s / (steps * state->step_s + 2e-9);
    size_t n_items = n > MOST_ITEMS ? MOST_ITEMS : n < FEWEST_ITEMS ? FEWEST_ITEMS : (size_t)n;
    for (size_t i = 0; i < n_items; i++) state->items[i] = steps;
    return n_items;
}

/* The efficiency with tasks of so many steps, the best of some tries, and how long such a task takes. Negative: it failed. */
static double measure_efficiency(const metg_state *state, const bench_method *by, double steps, double *duration_s)
{
    size_t n = set_items(state, steps);
    double serial_s = INFINITY, mapped_s = INFINITY;
    for (int i = 0; i < state->n_tries; i++) {
        serial_s = fmin(serial_s, time_serial(state, n));
        double start_s = bench_now_s();
        if (!by->map(by, state->items, state->results, n)) return -1;
        mapped_s = fmin(mapped_s, bench_now_s() - start_s);
    }
    *duration_s = serial_s / (double)n;
    return serial_s / (N_WORKERS * mapped_s);
}

/* Where the efficiency stays below half, it is the longest duration. */
static bool search(const metg_state *state, const bench_method *by, double *value)
{
    double low = 1, high = state->most_steps, found_s = high * state->step_s, duration_s = 0;
    while (high / low > precision) {
        double middle = floor(sqrt(low * high));
        if (middle <= low) break;
        double efficiency = measure_efficiency(state, by, middle, &duration_s);
        if (efficiency < 0) return false;
        if (efficiency >= 0.5) found_s = duration_s;
        *(efficiency >= 0.5 ? &high : &low) = middle;
    }
    *value = found_s * 1e9;
    return true;
}

/* ---- pools; the argument: the chunk, 0 for the default schedule ---- */

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return search(state, &(bench_method){.map = bench_map_by_pool, .contestant = self, .pool = pool, .task = step_task}, value);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

/* ---- loops; the argument: OpenMP's schedule ---- */

static bench_method make_loop(const bench_contestant *self)
{
    bench_loop loop = {(bench_loop_schedule)self->argument, 0, N_WORKERS};
    return (bench_method){.map = bench_map_by_loop, .contestant = self, .function = step_pointer, .loop = loop};
}

static bool run_loop(const bench_contestant *self, void *state, double *value)
{
    bench_method method = make_loop(self);
    return search(state, &method, value);
}

static bool run_tbb(const bench_contestant *self, void *state, double *value)
{
    bench_method method = make_loop(self);
    method.map = bench_map_by_tbb;
    return bench_peers_has_tbb() ? search(state, &method, value) : bench_left_out(value);
}

bool bench_part_metg(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"OpenMP static", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_STATIC},
        {"OpenMP guided", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_GUIDED},
        {"oneTBB", BENCH_RANK_0, run_tbb, {0}, 0},
        {"pthread", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), 0},
        {"openmp", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"mpi", BENCH_ALL_RANKS, run_pool, BENCH_POOL(MPI, 1), 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), 0},
        {"chunk 1: OpenMP dynamic", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_DYNAMIC},
        {"chunk 1: pthread", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), 1},
        {"chunk 1: openmp", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), 1},
        {"chunk 1: mpi", BENCH_ALL_RANKS, run_pool, BENCH_POOL(MPI, 1), 1},
        {"chunk 1: hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), 1},
    };
    metg_state state;
    bool good = make_state(&state, settings->small) &&
                bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    free(state.items);
    free(state.results);
    return good;
}
