/*
 * part_compute.c: items that take from 1 to 5 ms of cosines, on 2 workers: the same items for the pthread pool, the OpenMP one, one rank of
 * two threads, two ranks of one, and a plain OpenMP loop. Milliseconds for the whole map; opening and closing the pool isn't in them.
 */
#include "parts.h"
#include "plain_loop.h"

#include <math.h>
#include <string.h>

enum { N_ITEMS = 200, N_SMALL_ITEMS = 20, N_WORKERS = 2, N_WARM_UP = 8 };

/* Item: how many steps. */
static double spin(int64_t steps)
{
    double sum = 0.0;
    for (int64_t i = 0; i < steps; i++) sum += cos((double)i * 0.7);
    return sum;
}
RP_TASK(spin, double, int64_t)

typedef struct compute_state {
    size_t n;
    int64_t steps[N_ITEMS];
    double results[N_ITEMS], expected[N_ITEMS];
} compute_state;

/* The fastest of some tries: what a step takes when nothing else runs on the core. */
static double measure_step_s(void)
{
    const int64_t steps = 50000;
    double least_s = 1;
    for (int i = 0; i < 20; i++) {
        double start_s = bench_now_s();
        volatile double sum = spin(steps);
        (void)sum;
        double taken_s = bench_now_s() - start_s;
        if (taken_s < least_s) least_s = taken_s;
    }
    return least_s / (double)steps;
}

/* Evenly spread between 0 and 1, always the same: SplitMix64 of the index (Steele, Lea & Flood, OOPSLA 2014). */
static double spread(uint64_t index)
{
    uint64_t z = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

static void make_items(compute_state *state, bool small)
{
    double ms_steps = 1e-3 / measure_step_s() * (small ? 0.05 : 1.0);
    state->n = small ? N_SMALL_ITEMS : N_ITEMS;
    for (size_t i = 0; i < state->n; i++) state->steps[i] = (int64_t)((1.0 + 4.0 * spread(i)) * ms_steps);
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
    rp_status status = rp_map(pool, spin_task, warm_up, N_WARM_UP, RP_CONSTANT((int64_t)100), NULL, &error);
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
    compute_state *state = argument;
    double warm_up[N_WARM_UP];
    memset(state->results, 0, sizeof state->results);
    bench_plain_loop(spin, (const int64_t[N_WARM_UP]){0}, warm_up, N_WARM_UP, N_WORKERS);
    double start_s = bench_now_s();
    bench_plain_loop(spin, state->steps, state->results, state->n, N_WORKERS);
    *value = (bench_now_s() - start_s) * 1e3;
    return check(self, state);
}

bool bench_part_compute(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"OpenMP loop", BENCH_RANK_0, run_loop, {0}, 0},
        {"pthread", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_PTHREAD, .threads = N_WORKERS}, 0},
        {"openmp", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_OPENMP, .threads = N_WORKERS}, 0},
        {"hybrid 1 x 2", BENCH_RANK_0_MPI, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 2}, 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 1}, 0},
    };
    static compute_state state;
    make_items(&state, settings->small);
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
