/*
 * part_dispatch.c: what handing out an item costs: an empty task. Two parts: chunk 1, against the hand-written master/worker and Python's
 * pools; and a million items with the default schedule. Nanoseconds an item.
 */
#include "master_worker.h"
#include "parts.h"
#include "peers.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLER = 1000, WARM_UP_SHARE = 50, CPYTHON_SHARE = 10, MPI4PY_SHARE = 100, FEWEST_ITEMS = 20 };

static int64_t nothing(int64_t item) { return item; }
RP_TASK(nothing, int64_t, int64_t)

typedef struct dispatch_state {
    size_t n;
    int64_t *items, *results;
} dispatch_state;

static bool make_items(dispatch_state *state, size_t n)
{
    *state = (dispatch_state){n, malloc(n * sizeof(int64_t)), malloc(n * sizeof(int64_t))};
    if (!state->items || !state->results) return false;
    for (size_t i = 0; i < n; i++) state->items[i] = (int64_t)(3 * i + 1);
    return true;
}

/* The memory is touched here, so that its first use isn't in the time. */
static void clear_results(dispatch_state *state) { memset(state->results, 0, state->n * sizeof(int64_t)); }

static bool finish(const bench_contestant *self, const dispatch_state *state, double start_s, double *value)
{
    *value = (bench_now_s() - start_s) * 1e9 / (double)state->n;
    if (memcmp(state->results, state->items, state->n * sizeof(int64_t)) == 0) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    dispatch_state *state = argument;
    rp_call_options options = {.chunk = (uint64_t)self->argument};
    rp_error error = {0};
    rp_status status = rp_map(pool, nothing_task, state->results, state->n / WARM_UP_SHARE, RP_COLUMN(state->items), &options, &error);
    clear_results(state);
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, nothing_task, state->results, state->n, RP_COLUMN(state->items), &options, &error);
    return finish(self, state, start_s, value) && bench_succeeded(self, status, &error);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, map_items, state, value); }

static bool run_master_worker(const bench_contestant *self, void *argument, double *value)
{
    dispatch_state *state = argument;
    bench_master_worker(nothing, state->items, state->results, state->n / WARM_UP_SHARE);
    clear_results(state);
    double start_s = bench_now_s();
    bench_master_worker(nothing, state->items, state->results, state->n);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank != 0 || finish(self, state, start_s, value);
}

/* Python's pools take so long that they get fewer items: one of so many as the argument says. */
static int count_for(const bench_contestant *self, const dispatch_state *state)
{
    size_t n = state->n / (size_t)self->argument;
    return n > FEWEST_ITEMS ? (int)n : FEWEST_ITEMS;
}

static int count_ranks(void)
{
    int n_ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    return n_ranks;
}

static bool run_cpython(const bench_contestant *self, void *state, double *value)
{
    return bench_peers_time_cpython(count_ranks(), count_for(self, state), value);
}

static bool run_mpi4py(const bench_contestant *self, void *state, double *value)
{
    return bench_peers_time_mpi4py(count_ranks(), count_for(self, state), value);
}

static bool run_part(const bench_settings *settings, const bench_contestant *contestants, int n_contestants, size_t n)
{
    dispatch_state state;
    bool good = make_items(&state, settings->small ? n / SMALLER : n) && bench_rounds(contestants, n_contestants, &state, settings->runs);
    free(state.items);
    free(state.results);
    return good;
}

bool bench_part_dispatch(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"master/worker", BENCH_ALL_RANKS, run_master_worker, {0}, 0},
        {"mpi", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_MPI, .schedule = RP_SCHEDULE_FIXED}, 1},
        {"CPython Pool.map", BENCH_RANK_0, run_cpython, {0}, CPYTHON_SHARE},
        {"mpi4py.futures", BENCH_RANK_0, run_mpi4py, {0}, MPI4PY_SHARE},
    };
    return run_part(settings, contestants, 4, 200000);
}

bool bench_part_items(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"mpi", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_MPI}, 0},
    };
    return run_part(settings, contestants, 1, 1000000);
}
