/*
 * part_constant.c: a table of 500 MB that all items of a call read, as one constant argument, on four ranks of a host. The memory of all
 * ranks while the table is new to them, and the time of a second map that uses it. What several ranks share is counted once.
 */
#include "parts.h"
#include "process.h"

#include <mpi.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_RANKS = 4, N_VALUES = 62500 * 1000, SMALLER = 100, N_READ = 64 };

/* Few of its pages, so that the map is no longer than bringing the table takes. Item: at which value it begins. */
static double look_up(rp_bytes table, int64_t first)
{
    double sum = 0;
    size_t n = table.size / sizeof(double);
    for (size_t k = 0; k < N_READ; k++) sum += ((const double *)table.data)[(size_t)first + k * (n / N_READ)];
    return sum;
}
RP_TASK(look_up, double, rp_bytes, int64_t)

typedef struct constant_state {
    rp_bytes table; /* on rank 0 */
    int processes[N_RANKS];
    double most_gb; /* in the last turn */
} constant_state;

/* ---- looking at the memory ---- */

typedef struct watch {
    pthread_t thread;
    const int *processes;
    atomic_bool ends;
    double most_bytes; /* negative: it can't be read */
} watch;

static double memory_of_all(const int *processes)
{
    double sum = 0;
    for (int rank = 0; rank < N_RANKS; rank++) {
        double bytes = bench_process_share_bytes(processes[rank]);
        if (bytes < 0) return bytes;
        sum += bytes;
    }
    return sum;
}

static void *look_on(void *argument)
{
    watch *on = argument;
    do {
        double bytes = memory_of_all(on->processes);
        if (bytes < 0 || on->most_bytes < 0) on->most_bytes = -1;
        else if (bytes > on->most_bytes) on->most_bytes = bytes;
        bench_sleep(0.005);
    } while (!atomic_load(&on->ends));
    return NULL;
}

/* ---- the maps ---- */

static bool check(const bench_contestant *self, const constant_state *state, const double results[N_RANKS])
{
    double expected[N_RANKS];
    for (int64_t i = 0; i < N_RANKS; i++) expected[i] = look_up(state->table, i);
    if (memcmp(results, expected, sizeof expected) == 0) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

/* An item for each rank. */
static bool map_once(rp_pool *pool, const bench_contestant *self, const constant_state *state)
{
    double results[N_RANKS] = {0};
    rp_error error = {0};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(state->table), RP_RANGE(0, 1));
    return bench_succeeded(self, rp_starmap(pool, look_up_task, results, N_RANKS, items, NULL, &error), &error) &&
           check(self, state, results);
}

static bool watched_map(rp_pool *pool, const bench_contestant *self, constant_state *state)
{
    watch on = {.processes = state->processes};
    if (pthread_create(&on.thread, NULL, look_on, &on) != 0) return false;
    bool good = map_once(pool, self, state);
    atomic_store(&on.ends, true);
    (void)pthread_join(on.thread, NULL);
    if (on.most_bytes < 0) fprintf(stderr, "rankpool-bench: the memory of the ranks can't be read\n");
    state->most_gb = on.most_bytes / 1e9;
    return good && on.most_bytes >= 0;
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    constant_state *state = argument;
    if (!watched_map(pool, self, state)) return false;
    double start_s = bench_now_s();
    bool good = map_once(pool, self, state);
    *value = (bench_now_s() - start_s) * 1e3;
    return good;
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

static bool tell_memory(const bench_contestant *self, void *state, double *value)
{
    (void)self;
    *value = ((constant_state *)state)->most_gb;
    return true;
}

static bool make_table(constant_state *state, size_t n)
{
    double *values = malloc(n * sizeof *values);
    for (size_t i = 0; values && i < n; i++) values[i] = (double)i;
    state->table = (rp_bytes){values, n * sizeof *values};
    return values;
}

bool bench_part_constant(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"hybrid 4 x 1: second map",
         BENCH_ALL_RANKS,
         run_pool,
         {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .schedule = RP_SCHEDULE_STATIC},
         0},
        {"hybrid 4 x 1: memory", BENCH_RANK_0, tell_memory, {0}, 0},
    };
    constant_state state = {.most_gb = 0};
    int process = (int)getpid(), rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Gather(&process, 1, MPI_INT, state.processes, 1, MPI_INT, 0, MPI_COMM_WORLD);
    bool good = (rank != 0 || make_table(&state, settings->small ? N_VALUES / SMALLER : N_VALUES)) &&
                bench_rounds(contestants, 2, &state, settings->runs);
    free((void *)(uintptr_t)state.table.data);
    return good;
}
