/*
 * part_idle.c: what a pool that has nothing to do costs. The ranks work once, then nobody asks for anything; rank 0 reads the processor
 * time of every rank's process before and after. Per cent of a core, of the rank that used most.
 */
#include "parts.h"
#include "process.h"

#include <mpi.h>
#include <string.h>
#include <unistd.h>

enum { N_RANKS = 4, N_ITEMS = 400 };

static int64_t nap(int64_t microseconds)
{
    (void)usleep((useconds_t)microseconds);
    return microseconds;
}
RP_TASK(nap, int64_t, int64_t)

typedef struct idle_state {
    double seconds;
    int processes[N_RANKS];
} idle_state;

static void read_all(const idle_state *state, double used[N_RANKS])
{
    for (int rank = 0; rank < N_RANKS; rank++) used[rank] = bench_process_used_s(state->processes[rank]);
}

static bool stay_idle(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    const idle_state *state = argument;
    double before[N_RANKS], after[N_RANKS];
    int64_t results[N_ITEMS];
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    if (!bench_succeeded(self, rp_map(pool, nap_task, results, N_ITEMS, RP_CONSTANT((int64_t)500), &options, &error), &error)) return false;
    read_all(state, before);
    double start_s = bench_now_s();
    (void)usleep((useconds_t)(state->seconds * 1e6));
    double taken_s = bench_now_s() - start_s;
    read_all(state, after);
    *value = 0;
    for (int rank = 0; rank < N_RANKS; rank++) {
        double share = 100 * (after[rank] - before[rank]) / taken_s;
        if (before[rank] < 0 || after[rank] < 0) return false;
        if (share > *value) *value = share;
    }
    return true;
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, stay_idle, state, value); }

bool bench_part_idle(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"hybrid 4 x 2", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 2}, 0},
    };
    idle_state state = {.seconds = settings->small ? 0.3 : 3.0};
    int process = (int)getpid();
    MPI_Gather(&process, 1, MPI_INT, state.processes, 1, MPI_INT, 0, MPI_COMM_WORLD);
    return bench_rounds(contestants, 1, &state, settings->runs);
}
