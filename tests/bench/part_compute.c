/*
 * part_compute.c: items that take from 1 to 5 ms of cosines, or 0.1 ms each, on 2 workers: the same items for the pthread pool, the OpenMP
 * one, one rank of two threads, two ranks of one, and a plain OpenMP loop. Milliseconds for the whole map; they don't include opening and
 * closing the pool.
 */
#include "parts.h"
#include "plain_loop.h"
#include "workload.h"

#include <math.h>
#include <string.h>

enum { MOST_ITEMS = 5000, SMALLER = 10, N_WORKERS = 2, N_WARM_UP = 8 };

/* Item: how many steps. */
static double spin(double steps)
{
    double sum = 0.0;
    for (double i = 0; i < steps; i++) sum += cos(i * 0.7);
    return sum;
}
RP_TASK(spin, double, double)

/* How many items, and between which durations they are spread. */
typedef struct sizes {
    size_t n;
    double least_ms, most_ms;
} sizes;

typedef struct compute_state {
    size_t n;
    double steps[MOST_ITEMS], results[MOST_ITEMS], expected[MOST_ITEMS];
} compute_state;

/* The fastest of some tries: what a step takes when nothing else runs on the core. */
static double measure_step_s(void)
{
    const double steps = 50000;
    double least_s = 1;
    for (int i = 0; i < 20; i++) {
        double start_s = bench_now_s();
        volatile double sum = spin(steps);
        (void)sum;
        double taken_s = bench_now_s() - start_s;
        if (taken_s < least_s) least_s = taken_s;
    }
    return least_s / steps;
}

static void make_items(compute_state *state, sizes wanted, bool small)
{
    double ms_steps = 1e-3 / measure_step_s() * (small ? 0.05 : 1.0), range_ms = wanted.most_ms - wanted.least_ms;
    state->n = small ? wanted.n / SMALLER : wanted.n;
    for (size_t i = 0; i < state->n; i++) state->steps[i] = floor((wanted.least_ms + range_ms * bench_workload_spread(i)) * ms_steps);
    for (size_t i = 0; i < state->n; i++) state->expected[i] = spin(state->steps[i]);
}

static bool check(const bench_contestant *self, const compute_state *state)
{
    if (memcmp(state->results, state->expected, state->n * sizeof state->expected[0]) == 0) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    compute_state *state = argument;
    rp_error error = {0};
    double warm_up[N_WARM_UP];
    rp_status status = rp_map(pool, spin_task, warm_up, N_WARM_UP, RP_CONSTANT(100.0), NULL, &error);
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, spin_task, state->results, state->n, RP_COLUMN(state->steps), NULL, &error);
    *value = (bench_now_s() - start_s) * 1e3;
    return bench_succeeded(self, status, &error) && check(self, state);
}

static bool run_pool(const bench_contestant *self, void *argument, double *value)
{
    memset(((compute_state *)argument)->results, 0, sizeof((compute_state *)argument)->results);
    return bench_with_pool(self, map_items, argument, value);
}

static bool run_loop(const bench_contestant *self, void *argument, double *value)
{
    const bench_loop loop = {BENCH_LOOP_DYNAMIC, 0, N_WORKERS};
    compute_state *state = argument;
    double warm_up[N_WARM_UP];
    memset(state->results, 0, sizeof state->results);
    bench_plain_loop(&loop, spin, (const double[N_WARM_UP]){0}, warm_up, N_WARM_UP);
    double start_s = bench_now_s();
    bench_plain_loop(&loop, spin, state->steps, state->results, state->n);
    *value = (bench_now_s() - start_s) * 1e3;
    return check(self, state);
}

static bool run_part(const bench_settings *settings, sizes wanted)
{
    static const bench_contestant contestants[] = {
        {"OpenMP loop", BENCH_RANK_0, run_loop, {0}, 0},
        {"pthread", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_PTHREAD, .threads = N_WORKERS}, 0},
        {"openmp", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_OPENMP, .threads = N_WORKERS}, 0},
        {"hybrid 1 x 2", BENCH_RANK_0_MPI, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 2}, 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 1}, 0},
    };
    static compute_state state;
    make_items(&state, wanted, settings->small);
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}

bool bench_part_compute(const bench_settings *settings) { return run_part(settings, (sizes){200, 1, 5}); }

bool bench_part_compute_short(const bench_settings *settings) { return run_part(settings, (sizes){5000, 0.1, 0.1}); }
