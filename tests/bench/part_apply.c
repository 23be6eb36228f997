/*
 * part_apply.c: many calls of one empty item each, made without waiting: 10^4 apply_async on two workers, until all of them are done and
 * their handles are freed. Microseconds a call. Against as many tasks of OpenMP.
 */
#include "parts.h"

#include <stdlib.h>

enum { N_WORKERS = 2, N_CALLS = 10000, N_SMALL_CALLS = 200, WARM_UP_SHARE = 20, N_TIMES = 5 };

static int64_t apply_item(int64_t item) { return ~item; }
RP_TASK(apply_item, int64_t, int64_t)

typedef struct apply_state {
    size_t n, n_times; /* calls at a time, and how often in a turn */
    int64_t *results;
    rp_result **handles;
} apply_state;

static bool check(const bench_contestant *self, const apply_state *state, size_t n)
{
    size_t n_wrong = 0;
    for (size_t i = 0; i < n; i++) n_wrong += state->results[i] != ~(int64_t)i;
    if (n_wrong) fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return n_wrong == 0;
}

static void clear(apply_state *state)
{
    for (size_t i = 0; i < state->n; i++) state->results[i] = 0;
}

static bool apply_all(rp_pool *pool, const bench_contestant *self, apply_state *state, size_t n)
{
    rp_error error = {0};
    rp_status status = RP_OK;
    size_t n_made = 0;
    while (n_made < n && status == RP_OK) {
        rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)n_made));
        status = rp_apply_async(pool, apply_item_task, &state->results[n_made], arguments, NULL, &state->handles[n_made], &error);
        n_made += status == RP_OK;
    }
    for (size_t i = 0; i < n_made; i++) {
        if (status == RP_OK) status = rp_result_get(state->handles[i], -1, &error);
        rp_result_free(state->handles[i]);
    }
    return bench_succeeded(self, status, &error);
}

/* The same through a set that each call joins as it starts. */
static bool complete_all(rp_pool *pool, const bench_contestant *self, apply_state *state, size_t n)
{
    rp_error error = {0};
    rp_completions *set;
    rp_status status = rp_completions_open(&set, &error);
    if (status != RP_OK) return bench_succeeded(self, status, &error);
    const rp_call_options options = {.completions = set};
    for (size_t i = 0; i < n && status == RP_OK; i++) {
        rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)i));
        status = rp_apply_async(pool, apply_item_task, &state->results[i], arguments, &options, &state->handles[i], &error);
    }
    for (rp_result *result; rp_completions_next(set, -1, &result, NULL) == RP_OK;) {
        if (status == RP_OK) status = rp_result_get(result, -1, &error);
        rp_result_free(result);
    }
    rp_completions_free(set);
    return bench_succeeded(self, status, &error);
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    apply_state *state = argument;
    clear(state);
    bool (*all)(rp_pool *, const bench_contestant *, apply_state *, size_t) = self->argument ? complete_all : apply_all;
    if (!all(pool, self, state, state->n / WARM_UP_SHARE)) return false;
    double start_s = bench_now_s();
    for (size_t k = 0; k < state->n_times; k++)
        if (!all(pool, self, state, state->n)) return false;
    *value = (bench_now_s() - start_s) * 1e6 / (double)(state->n * state->n_times);
    return check(self, state, state->n);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

static void make_tasks(const apply_state *state, size_t n)
{
    int64_t *results = state->results;
#pragma omp parallel num_threads(N_WORKERS)
#pragma omp single
    for (size_t i = 0; i < n; i++) {
#pragma omp task firstprivate(i)
        results[i] = apply_item((int64_t)i);
    }
}

static bool run_openmp_tasks(const bench_contestant *self, void *argument, double *value)
{
    apply_state *state = argument;
    clear(state);
    make_tasks(state, state->n / WARM_UP_SHARE);
    double start_s = bench_now_s();
    for (size_t k = 0; k < state->n_times; k++) make_tasks(state, state->n);
    *value = (bench_now_s() - start_s) * 1e6 / (double)(state->n * state->n_times);
    return check(self, state, state->n);
}

bool bench_part_apply(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"OpenMP tasks", BENCH_RANK_0, run_openmp_tasks, {0}, 0},
        {"pthread 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), 0},
        {"pthread 1 x 2: completions", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), 1},
        {"openmp 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"mpi 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(MPI, 1), 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), 0},
    };
    apply_state state = {.n = settings->small ? N_SMALL_CALLS : N_CALLS,
                         .n_times = settings->small ? 1 : N_TIMES,
                         .results = malloc(N_CALLS * sizeof(int64_t)),
                         .handles = malloc(N_CALLS * sizeof(rp_result *))};
    bool good =
        state.results && state.handles && bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    free(state.results);
    free(state.handles);
    return good;
}
