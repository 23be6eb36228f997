/*
 * part_steps.c: programs that make many short calls: a step is one call with one item for each of two workers, and the next begins when
 * both results are there. Against a parallel loop of OpenMP or oneTBB a step, and against MPI_Allgather after the same work. Microseconds a
 * step; and of the work alone, without anybody to wait for, to relate them to.
 */
#include "parts.h"
#include "peers.h"
#include "turns.h"

#include <mpi.h>
#include <string.h>

enum { N_WORKERS = 2, FEWEST_STEPS = 16, MOST_STEPS = 1 << 20 };

static double step_item(double n_turns) { return bench_turns(n_turns); }
RP_TASK(step_item, double, double)

typedef struct steps_state {
    double turns_per_us, least_s; /* how long the steps of a measurement take together */
    double items[N_WORKERS], results[N_WORKERS];
} steps_state;

/* Makes so many steps. False: it failed, and has said why. */
typedef bool make_steps(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps);

/* ---- measuring: twice as many steps each time, until they take long enough; those before have warmed up ---- */

static void set_items(const bench_contestant *self, steps_state *state)
{
    for (int i = 0; i < N_WORKERS; i++) state->items[i] = (double)self->argument * state->turns_per_us;
    memset(state->results, 0, sizeof state->results);
}

static bool check(const bench_contestant *self, const steps_state *state)
{
    double expected[N_WORKERS];
    for (int i = 0; i < N_WORKERS; i++) expected[i] = bench_turns(state->items[i]);
    if (memcmp(state->results, expected, sizeof expected) == 0) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

/* Of contestants that are several ranks, rank 0 decides. */
static bool agree(bool is_enough, bool among_ranks)
{
    int decision = is_enough;
    if (among_ranks) MPI_Bcast(&decision, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return decision;
}

static bool measure(const bench_contestant *self, steps_state *state, rp_pool *pool, make_steps *make, double *value)
{
    bool among_ranks = !pool && self->ranks == BENCH_ALL_RANKS, is_enough = false;
    set_items(self, state);
    for (uint64_t n = FEWEST_STEPS; !is_enough; n *= 2) {
        double start_s = bench_now_s();
        if (!make(self, state, pool, n)) return false;
        double taken_s = bench_now_s() - start_s;
        *value = taken_s * 1e6 / (double)n;
        is_enough = agree(taken_s >= state->least_s || n >= MOST_STEPS, among_ranks);
    }
    return check(self, state);
}

/* ---- pools ---- */

static bool make_by_pool(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps)
{
    rp_error error = {0};
    rp_status status = RP_OK;
    for (uint64_t k = 0; k < n_steps && status == RP_OK; k++)
        status = rp_map(pool, step_item_task, state->results, N_WORKERS, RP_COLUMN(state->items), NULL, &error);
    return bench_succeeded(self, status, &error);
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return measure(self, state, pool, make_by_pool, value);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

/* ---- what one would write otherwise ---- */

static bool make_alone(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps)
{
    (void)self, (void)pool;
    for (uint64_t k = 0; k < n_steps; k++) state->results[k % N_WORKERS] = bench_turns(state->items[k % N_WORKERS]);
    return true;
}

static bool make_by_openmp(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps)
{
    (void)self, (void)pool;
    for (uint64_t k = 0; k < n_steps; k++) {
#pragma omp parallel for schedule(static) num_threads(N_WORKERS)
        for (int i = 0; i < N_WORKERS; i++) state->results[i] = bench_turns(state->items[i]);
    }
    return true;
}

static bool make_by_tbb(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps)
{
    (void)self, (void)pool;
    return bench_peers_tbb_steps(bench_turns, state->items, state->results, N_WORKERS, n_steps);
}

static bool make_by_allgather(const bench_contestant *self, steps_state *state, rp_pool *pool, uint64_t n_steps)
{
    int rank;
    (void)self, (void)pool;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (uint64_t k = 0; k < n_steps; k++) {
        double own = bench_turns(state->items[rank]);
        MPI_Allgather(&own, 1, MPI_DOUBLE, state->results, 1, MPI_DOUBLE, MPI_COMM_WORLD);
    }
    return true;
}

static bool run_alone(const bench_contestant *self, void *state, double *value) { return measure(self, state, NULL, make_alone, value); }

static bool run_openmp(const bench_contestant *self, void *state, double *value)
{
    return measure(self, state, NULL, make_by_openmp, value);
}

static bool run_tbb(const bench_contestant *self, void *state, double *value)
{
    return bench_peers_has_tbb() ? measure(self, state, NULL, make_by_tbb, value) : bench_left_out(value);
}

static bool run_allgather(const bench_contestant *self, void *state, double *value)
{
    return measure(self, state, NULL, make_by_allgather, value);
}

/* ---- the parts ---- */

static bool run_part(const bench_settings *settings, const bench_contestant *contestants, int n)
{
    steps_state state = {.turns_per_us = bench_turns_per_us(), .least_s = settings->small ? 0 : 0.1};
    MPI_Bcast(&state.turns_per_us, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
    return bench_rounds(contestants, n, &state, settings->runs);
}

/* clang-format off */

/* The schedule static gives each worker one item in each step, as the others do; auto is what one gets without asking. */
#define STATIC_POOL(kind, n_threads) {.executor = RP_EXECUTOR_##kind, .threads = (n_threads), .schedule = RP_SCHEDULE_STATIC}
#define RANKS(work, us) \
    {work ": MPI_Allgather", BENCH_ALL_RANKS, run_allgather, {0}, us}, \
    {work ": mpi 2 x 1", BENCH_ALL_RANKS, run_pool, STATIC_POOL(MPI, 1), us}, \
    {work ": hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, STATIC_POOL(HYBRID, 1), us}, \
    {work ": hybrid 2 x 1 auto", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), us}
#define THREADS(work, us) \
    {work ": OpenMP loop", BENCH_RANK_0, run_openmp, {0}, us}, \
    {work ": oneTBB", BENCH_RANK_0, run_tbb, {0}, us}, \
    {work ": pthread 1 x 2", BENCH_RANK_0, run_pool, STATIC_POOL(PTHREAD, N_WORKERS), us}, \
    {work ": openmp 1 x 2", BENCH_RANK_0, run_pool, STATIC_POOL(OPENMP, N_WORKERS), us}, \
    {work ": openmp 1 x 2 auto", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), us}
#define ALONE(work, us) {work ": work alone", BENCH_RANK_0, run_alone, {0}, us}

bool bench_part_steps(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        THREADS("none", 0), RANKS("none", 0),
        ALONE("10 us", 10), THREADS("10 us", 10), RANKS("10 us", 10),
        ALONE("100 us", 100), THREADS("100 us", 100), RANKS("100 us", 100),
        ALONE("1 ms", 1000), THREADS("1 ms", 1000), RANKS("1 ms", 1000),
    };
    return run_part(settings, contestants, sizeof contestants / sizeof contestants[0]);
}

bool bench_part_steps_tcp(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        RANKS("none", 0),
        ALONE("10 us", 10), RANKS("10 us", 10),
        ALONE("100 us", 100), RANKS("100 us", 100),
        ALONE("1 ms", 1000), RANKS("1 ms", 1000),
    };
    return run_part(settings, contestants, sizeof contestants / sizeof contestants[0]);
}
/* clang-format on */
