/*
 * part_reduce.c: the sum of 2*10^7 numbers through a range task, with the same bits on any layout: on two workers against a loop of OpenMP
 * with a reduction, by the ready-made sum and by a function of the program's, of an array and of a range. Milliseconds a call.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { N_WORKERS = 2, N_NUMBERS = 20000000, N_SMALL_NUMBERS = 200000, N_TIMES = 5 };

enum { OF_ARRAY = 0, OF_RANGE = 1, BY_FUNCTION = 2 };

static double scaled(double x) { return 0.5 * x + 1; }

static void reduce_range(size_t n, double *result, const double *x)
{
    for (size_t i = 0; i < n; i++) result[i] = scaled(x[i]);
}
RP_TASK_RANGE(reduce_range, double, double)

static double bench_add(double a, double b) { return a + b; }
RP_COMBINE(bench_add, double)

typedef struct reduce_state {
    size_t n, n_times;
    double *numbers;
} reduce_state;

/* All numbers are exact. */
static bool check(const bench_contestant *self, const reduce_state *state, double sum)
{
    double n = (double)state->n, expected = 0.5 * (n * (n - 1) / 2) + n;
    if (sum >= expected && sum <= expected) return true;
    fprintf(stderr, "rankpool-bench: %s: the sum is %.17g, not %.17g\n", self->name, sum, expected);
    return false;
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    const reduce_state *state = argument;
    const rp_fold *fold = self->argument & BY_FUNCTION ? bench_add_fold : rp_sum_double;
    rp_column column = self->argument & OF_RANGE ? RP_RANGE(0, 1) : RP_COLUMN(state->numbers);
    double sum = 0, start_s = 0;
    for (size_t k = 0; k <= state->n_times; k++) { /* one more to warm up */
        rp_error error = {0};
        if (k == 1) start_s = bench_now_s();
        rp_status status = rp_reduce(pool, reduce_range_task, fold, &sum, state->n, ((rp_columns){1, &column}), NULL, &error);
        if (!bench_succeeded(self, status, &error)) return false;
    }
    *value = (bench_now_s() - start_s) * 1e3 / (double)state->n_times;
    return check(self, state, sum);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

static double sum_array(const reduce_state *state)
{
    double sum = 0;
    const double *x = state->numbers;
#pragma omp parallel for reduction(+ : sum) num_threads(N_WORKERS)
    for (size_t i = 0; i < state->n; i++) sum += scaled(x[i]);
    return sum;
}

static double sum_range(const reduce_state *state)
{
    double sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(N_WORKERS)
    for (size_t i = 0; i < state->n; i++) sum += scaled((double)i);
    return sum;
}

static bool run_openmp(const bench_contestant *self, void *argument, double *value)
{
    const reduce_state *state = argument;
    double (*sum_of)(const reduce_state *) = self->argument & OF_RANGE ? sum_range : sum_array;
    double sum = sum_of(state), start_s = bench_now_s();
    for (size_t k = 0; k < state->n_times; k++) sum = sum_of(state);
    *value = (bench_now_s() - start_s) * 1e3 / (double)state->n_times;
    return check(self, state, sum);
}

bool bench_part_reduce(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"array: OpenMP reduction", BENCH_RANK_0, run_openmp, {0}, OF_ARRAY},
        {"array: pthread 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), OF_ARRAY},
        {"array: openmp 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), OF_ARRAY},
        {"array: pthread 1 x 2: RP_COMBINE", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), OF_ARRAY | BY_FUNCTION},
        {"range: OpenMP reduction", BENCH_RANK_0, run_openmp, {0}, OF_RANGE},
        {"range: pthread 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), OF_RANGE},
        {"range: mpi 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(MPI, 1), OF_RANGE},
    };
    reduce_state state = {.n = settings->small ? N_SMALL_NUMBERS : N_NUMBERS, .n_times = settings->small ? 1 : N_TIMES};
    state.numbers = malloc(state.n * sizeof *state.numbers);
    for (size_t i = 0; state.numbers && i < state.n; i++) state.numbers[i] = (double)i;
    bool good = state.numbers && bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    free(state.numbers);
    return good;
}
