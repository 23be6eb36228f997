/*
 * part_rest.c: a call after a rest, when all workers have long gone to sleep: one empty item for each of two workers, 20 ms after the call
 * before. Microseconds from the call to its end, the median of some calls.
 */
#include "parts.h"
#include "samples.h"

#include <string.h>

enum { N_WORKERS = 2, N_CALLS = 25, N_SMALL_CALLS = 3 };

static const double rest_s = 0.020;

static double rest_item(double item) { return -item; }
RP_TASK(rest_item, double, double)

static const double items[N_WORKERS] = {1, 2};

typedef struct rest_state {
    size_t n;
    double results[N_WORKERS], taken_us[N_CALLS];
} rest_state;

static bool finish(const bench_contestant *self, rest_state *state, double *value)
{
    *value = bench_summarize(&(bench_series){.values = state->taken_us, .n = state->n}).median;
    size_t n_right = 0;
    for (int i = 0; i < N_WORKERS; i++) n_right += memcmp(&state->results[i], &(double){-items[i]}, sizeof(double)) == 0;
    if (n_right != N_WORKERS) fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return n_right == N_WORKERS;
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    rest_state *state = argument;
    rp_error error = {0};
    for (size_t k = 0; k < state->n; k++) {
        bench_sleep(rest_s);
        double start_s = bench_now_s();
        rp_status status = rp_map(pool, rest_item_task, state->results, N_WORKERS, RP_COLUMN(items), NULL, &error);
        state->taken_us[k] = (bench_now_s() - start_s) * 1e6;
        if (!bench_succeeded(self, status, &error)) return false;
    }
    return finish(self, state, value);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

static bool run_loop(const bench_contestant *self, void *argument, double *value)
{
    rest_state *state = argument;
    for (size_t k = 0; k < state->n; k++) {
        bench_sleep(rest_s);
        double start_s = bench_now_s();
#pragma omp parallel for schedule(static) num_threads(N_WORKERS)
        for (int i = 0; i < N_WORKERS; i++) state->results[i] = rest_item(items[i]);
        state->taken_us[k] = (bench_now_s() - start_s) * 1e6;
    }
    return finish(self, state, value);
}

/* Each worker gets one item. */
#define STATIC_POOL(kind, n_threads)                                                                                                       \
    {                                                                                                                                      \
        .executor = RP_EXECUTOR_##kind, .threads = (n_threads), .schedule = RP_SCHEDULE_STATIC                                             \
    }

bool bench_part_rest(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"OpenMP loop", BENCH_RANK_0, run_loop, {0}, 0},
        {"pthread 1 x 2", BENCH_RANK_0, run_pool, STATIC_POOL(PTHREAD, N_WORKERS), 0},
        {"openmp 1 x 2", BENCH_RANK_0, run_pool, STATIC_POOL(OPENMP, N_WORKERS), 0},
        {"mpi 2 x 1", BENCH_ALL_RANKS, run_pool, STATIC_POOL(MPI, 1), 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, STATIC_POOL(HYBRID, 1), 0},
    };
    rest_state state = {.n = settings->small ? N_SMALL_CALLS : N_CALLS};
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
