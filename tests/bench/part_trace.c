/*
 * part_trace.c: what recording costs: the same maps by pools that record nothing, totals, or each grain as --report and --trace have it.
 * Milliseconds for items of 0.1 ms of cosines and for trivial ones, in the grains of the default schedule; nanoseconds an item for empty
 * ones with chunk 1. The value is the fastest of some maps by some pools: two equal pools differ by more than recording costs. The file is
 * written when a run is over, so it is measured apart.
 */
#include "parts.h"
#include "trivial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef BENCH_WITH_JOBS
#include "trace.h"
#endif

enum { MOST_ITEMS = 20 * 1000 * 1000, SMALLER = 100, N_WARM_UP = 1000, MOST_RECORDS = 1 << 20 };

/* Item: how many steps. */
static double cosines(double steps)
{
    double sum = 0.0;
    for (double i = 0; i < steps; i++) sum += cos(i * 0.7);
    return sum;
}
RP_TASK(cosines, double, double)

static double trivial_once(double x) { return bench_trivial(x); }
RP_TASK(trivial_once, double, double)

static double same_number(double x) { return x; }
RP_TASK(same_number, double, double)

/* What the contestants' argument says. */
typedef enum workload { LONG, TRIVIAL, EMPTY, N_WORKLOADS } workload;

typedef struct load {
    const rp_task *task;
    double (*function)(double item);
    size_t n;
    int n_pools, n_maps; /* one pool after the other, so many maps each */
    uint64_t chunk;      /* 0: the default schedule */
    double unit_s;       /* of the value */
} load;

typedef struct trace_state {
    load loads[N_WORKLOADS];
    double long_steps;
    double *items, *results;
    double writing_ns; /* a grain, in the last pool that recorded those of empty items; NaN: there is no program to write them */
} trace_state;

/* The fastest of some tries: 0.1 ms when nothing else runs on the core. */
static double measure_long_steps(void)
{
    const double steps = 50000;
    double least_s = 1;
    for (int i = 0; i < 20; i++) {
        double start_s = bench_now_s();
        volatile double sum = cosines(steps);
        (void)sum;
        least_s = fmin(least_s, bench_now_s() - start_s);
    }
    return floor(steps * 1e-4 / least_s);
}

static bool make_state(trace_state *state, bool small)
{
    const size_t smaller = small ? SMALLER : 1, n_empty = 200 * 1000 / smaller;
    *state = (trace_state){.loads = {[LONG] = {cosines_task, cosines, 5000 / smaller, 2, 3, 0, 1e-3},
                                     [TRIVIAL] = {trivial_once_task, trivial_once, MOST_ITEMS / smaller, 8, 6, 0, 1e-3},
                                     [EMPTY] = {same_number_task, same_number, n_empty, 1, 5, 1, 1e-9 * (double)n_empty}},
                           .long_steps = measure_long_steps(),
                           .items = malloc(MOST_ITEMS * sizeof(double)),
                           .results = malloc(MOST_ITEMS * sizeof(double))};
    return state->items && state->results;
}

/* ---- maps ---- */

static void set_items(const trace_state *state, workload which)
{
    for (size_t i = 0; i < state->loads[which].n; i++) state->items[i] = which == LONG ? state->long_steps : (double)(i % 1000);
    memset(state->results, 0xff, state->loads[which].n * sizeof(double));
}

static bool check(const bench_contestant *self, const trace_state *state)
{
    const load *what = &state->loads[self->argument];
    size_t n_wrong = 0, step = self->argument == LONG ? what->n / 10 : 1; /* a few of those that take long */
    for (size_t i = 0; i < what->n; i += step) n_wrong += state->results[i] != what->function(state->items[i]);
    if (n_wrong) fprintf(stderr, "rankpool-bench: %s: %zu results are wrong\n", self->name, n_wrong);
    return n_wrong == 0;
}

static bool time_maps(rp_pool *pool, const bench_contestant *self, const trace_state *state, double *value)
{
    const load *what = &state->loads[self->argument];
    rp_call_options options = {.chunk = what->chunk};
    rp_error error = {0};
    size_t n_warm_up = what->n < N_WARM_UP ? what->n : N_WARM_UP;
    double least_s = INFINITY;
    rp_status status = rp_map(pool, same_number_task, state->results, n_warm_up, RP_COLUMN(state->items), &options, &error);
    for (int i = 0; i < what->n_maps && status == RP_OK; i++) {
        double start_s = bench_now_s();
        status = rp_map(pool, what->task, state->results, what->n, RP_COLUMN(state->items), &options, &error);
        least_s = fmin(least_s, bench_now_s() - start_s);
    }
    *value = least_s / what->unit_s;
    return bench_succeeded(self, status, &error) && check(self, state);
}

/* ---- the file ---- */

#ifdef BENCH_WITH_JOBS
/* Gathering what was recorded, and writing it. */
static bool time_writing(rp_pool *pool, const bench_contestant *self, double *ns_per_grain)
{
    rp_error error = {0};
    report made;
    double start_s = bench_now_s();
    rp_status status = report_gather(pool, &made, &error);
    FILE *file = tmpfile();
    bool good = bench_succeeded(self, status, &error) && file && trace_write(&made, self->name, file) && !fflush(file);
    *ns_per_grain = 1e9 * (bench_now_s() - start_s) / (double)made.summary.n_recorded;
    if (file) (void)fclose(file);
    report_fini(&made);
    return good;
}
#else
static bool time_writing(rp_pool *pool, const bench_contestant *self, double *ns_per_grain)
{
    (void)pool;
    (void)self;
    return bench_left_out(ns_per_grain);
}
#endif

/* ---- contestants ---- */

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    trace_state *state = argument;
    set_items(state, (workload)self->argument);
    if (!time_maps(pool, self, state, value)) return false;
    if (self->pool.record != RP_RECORD_GRAINS || self->argument != EMPTY) return true;
    return time_writing(pool, self, &state->writing_ns);
}

static bool run_pools(const bench_contestant *self, void *state, double *value)
{
    double one = 0; /* of another rank than 0 */
    *value = INFINITY;
    for (int i = 0; i < ((trace_state *)state)->loads[self->argument].n_pools; i++) {
        if (!bench_with_pool(self, use_pool, state, &one)) return false;
        *value = fmin(*value, one);
    }
    return true;
}

/* Of the turn before. */
static bool tell_writing(const bench_contestant *self, void *state, double *value)
{
    (void)self;
    *value = ((trace_state *)state)->writing_ns;
    return true;
}

#define OPENMP .executor = RP_EXECUTOR_OPENMP, .threads = 2
#define HYBRID .executor = RP_EXECUTOR_HYBRID, .threads = 1
#define TOTALS .record = RP_RECORD_TOTALS
#define GRAINS .record = RP_RECORD_GRAINS, .max_records = MOST_RECORDS

bool bench_part_trace(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"openmp 0.1 ms", BENCH_RANK_0, run_pools, {OPENMP}, LONG},
        {"openmp 0.1 ms: totals", BENCH_RANK_0, run_pools, {OPENMP, TOTALS}, LONG},
        {"openmp 0.1 ms: grains", BENCH_RANK_0, run_pools, {OPENMP, GRAINS}, LONG},
        {"hybrid 2 x 1 0.1 ms", BENCH_ALL_RANKS, run_pools, {HYBRID}, LONG},
        {"hybrid 2 x 1 0.1 ms: totals", BENCH_ALL_RANKS, run_pools, {HYBRID, TOTALS}, LONG},
        {"hybrid 2 x 1 0.1 ms: grains", BENCH_ALL_RANKS, run_pools, {HYBRID, GRAINS}, LONG},
        {"openmp trivial", BENCH_RANK_0, run_pools, {OPENMP}, TRIVIAL},
        {"openmp trivial: totals", BENCH_RANK_0, run_pools, {OPENMP, TOTALS}, TRIVIAL},
        {"openmp trivial: grains", BENCH_RANK_0, run_pools, {OPENMP, GRAINS}, TRIVIAL},
        {"hybrid 2 x 1 trivial", BENCH_ALL_RANKS, run_pools, {HYBRID}, TRIVIAL},
        {"hybrid 2 x 1 trivial: totals", BENCH_ALL_RANKS, run_pools, {HYBRID, TOTALS}, TRIVIAL},
        {"hybrid 2 x 1 trivial: grains", BENCH_ALL_RANKS, run_pools, {HYBRID, GRAINS}, TRIVIAL},
        {"openmp empty", BENCH_RANK_0, run_pools, {OPENMP}, EMPTY},
        {"openmp empty: totals", BENCH_RANK_0, run_pools, {OPENMP, TOTALS}, EMPTY},
        {"openmp empty: grains", BENCH_RANK_0, run_pools, {OPENMP, GRAINS}, EMPTY},
        {"openmp empty: file", BENCH_RANK_0, tell_writing, {0}, EMPTY},
        {"hybrid 2 x 1 empty", BENCH_ALL_RANKS, run_pools, {HYBRID}, EMPTY},
        {"hybrid 2 x 1 empty: totals", BENCH_ALL_RANKS, run_pools, {HYBRID, TOTALS}, EMPTY},
        {"hybrid 2 x 1 empty: grains", BENCH_ALL_RANKS, run_pools, {HYBRID, GRAINS}, EMPTY},
        {"hybrid 2 x 1 empty: file", BENCH_RANK_0, tell_writing, {0}, EMPTY},
    };
    trace_state state;
    bool good = make_state(&state, settings->small) &&
                bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    free(state.items);
    free(state.results);
    return good;
}
