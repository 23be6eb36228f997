/*
 * part_isolation.c: what it costs to run items in child processes: empty items with chunk 1, in nanoseconds each, and items of 100 us, in
 * milliseconds for all; on the same pools with and without isolation. The children are forked from a helper that main starts.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_EMPTY = 200000, N_LONG = 5000, SMALLER = 100, WARM_UP_SHARE = 50 };

static int64_t no_work(int64_t item) { return item; }
RP_TASK(no_work, int64_t, int64_t)

/* 100 us of a processor's time. */
static int64_t short_work(int64_t item)
{
    double end_s = bench_now_s() + 100e-6;
    while (bench_now_s() < end_s) continue;
    return item;
}
RP_TASK(short_work, int64_t, int64_t)

/* What the contestants' argument says. */
enum { EMPTY, LONG };

typedef struct isolation_state {
    int64_t *results;
    uint64_t n[2]; /* empty, long */
} isolation_state;

static bool check_results(const bench_contestant *self, const int64_t *results, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (results[i] == (int64_t)i) continue;
        fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
        return false;
    }
    return true;
}

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    isolation_state *state = argument;
    const rp_task *task = self->argument == EMPTY ? no_work_task : short_work_task;
    uint64_t n = state->n[self->argument];
    rp_call_options options = {.chunk = 1};
    rp_error error = {0};
    rp_status status = rp_map(pool, task, state->results, n / WARM_UP_SHARE, RP_RANGE(0, 1), &options, &error);
    memset(state->results, 0xff, n * sizeof *state->results);
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, task, state->results, n, RP_RANGE(0, 1), &options, &error);
    double taken_s = bench_now_s() - start_s;
    *value = self->argument == EMPTY ? taken_s * 1e9 / (double)n : taken_s * 1e3;
    return bench_succeeded(self, status, &error) && check_results(self, state->results, n);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, map_items, state, value); }

#define PTHREAD  .executor = RP_EXECUTOR_PTHREAD, .threads = 2
#define HYBRID   .executor = RP_EXECUTOR_HYBRID, .threads = 1
#define ISOLATED .isolation = RP_ISOLATION_PROCESS

bool bench_part_isolation(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"pthread", BENCH_RANK_0, run_pool, {PTHREAD}, EMPTY},
        {"pthread isolated", BENCH_RANK_0, run_pool, {PTHREAD, ISOLATED}, EMPTY},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, {HYBRID}, EMPTY},
        {"hybrid 2 x 1 isolated", BENCH_ALL_RANKS, run_pool, {HYBRID, ISOLATED}, EMPTY},
        {"pthread 100 us", BENCH_RANK_0, run_pool, {PTHREAD}, LONG},
        {"pthread isolated 100 us", BENCH_RANK_0, run_pool, {PTHREAD, ISOLATED}, LONG},
        {"hybrid 2 x 1 100 us", BENCH_ALL_RANKS, run_pool, {HYBRID}, LONG},
        {"hybrid 2 x 1 isolated 100 us", BENCH_ALL_RANKS, run_pool, {HYBRID, ISOLATED}, LONG},
    };
    uint64_t smaller = settings->small ? SMALLER : 1;
    isolation_state state = {.results = malloc(N_EMPTY * sizeof(int64_t)), .n = {N_EMPTY / smaller, N_LONG / smaller}};
    bool good = state.results && bench_rounds(contestants, 8, &state, settings->runs);
    free(state.results);
    return good;
}
