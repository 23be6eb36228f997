/*
 * part_imbalance.c: how well each schedule spreads uneven work: 1,000 items of 1 ms on average, by several distributions, on two ranks or
 * two threads. Gives makespan / ideal. The ideal is made of the times that items took in that map, so that other load on the machine slows
 * the ideal down too. Items are busy for a given processor time, or, where "sleep" is asked for, sleep.
 */
#include "parts.h"
#include "workload.h"

#include <mpi.h>
#include <stdio.h>
#include <time.h>

enum { N_ITEMS = 1000, N_SMALL_ITEMS = 50, N_WORKERS = 2, MOST_SCHEDULES = 32, N_WARM_UP = 4 };
enum { MOST_CONTESTANTS = BENCH_N_WORKLOADS * MOST_SCHEDULES, N_SMALL_WORKLOADS = 2, NAME_SIZE = 48, STEPS_PER_LOOK = 200 };

/* ---- items: how long; results: how long it was by the clock on the wall ---- */

static double thread_s(void)
{
    struct timespec used;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

static double be_busy(double duration_s)
{
    double start_s = bench_now_s(), end_s = thread_s() + duration_s;
    volatile uint64_t x = 1;
    while (thread_s() < end_s)
        for (int i = 0; i < STEPS_PER_LOOK; i++) x = x * UINT64_C(6364136223846793005) + 1;
    return bench_now_s() - start_s;
}
RP_TASK(be_busy, double, double)

static double be_asleep(double duration_s)
{
    double start_s = bench_now_s();
    bench_sleep(duration_s);
    return bench_now_s() - start_s;
}
RP_TASK(be_asleep, double, double)

/* ---- contestants: each distribution with each schedule; the argument: the distribution ---- */

typedef struct imbalance_state {
    size_t n;
    const rp_task *task;
    double items[BENCH_N_WORKLOADS][N_ITEMS], results[N_ITEMS];
    bench_contestant contestants[MOST_CONTESTANTS];
    char names[MOST_CONTESTANTS][NAME_SIZE];
} imbalance_state;

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    imbalance_state *state = argument;
    const double *items = state->items[self->argument];
    rp_error error = {0};
    rp_status status = rp_map(pool, state->task, state->results, N_WARM_UP, RP_CONSTANT(1e-4), NULL, &error);
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, state->task, state->results, state->n, RP_COLUMN(items), NULL, &error);
    double makespan_s = bench_now_s() - start_s;
    *value = makespan_s / bench_workload_ideal_s(state->results, state->n, N_WORKERS);
    return bench_succeeded(self, status, &error);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, map_items, state, value); }

/* Returns how many: the first workloads, with each schedule. */
static int make_contestants(imbalance_state *state, int n_workloads, int n_threads)
{
    int n = 0;
    rp_name schedule;
    for (int w = 0; w < n_workloads; w++) {
        for (size_t row = 0; n < MOST_CONTESTANTS && rp_enumeration("rp_schedule", row, &schedule); row++, n++) {
            bench_workload workload = (bench_workload)w;
            (void)snprintf(state->names[n], NAME_SIZE, "%s: %s", bench_workload_name(workload), schedule.name);
            rp_pool_options options = {.schedule = (rp_schedule)schedule.value, .executor = RP_EXECUTOR_HYBRID, .threads = n_threads};
            state->contestants[n] = (bench_contestant){state->names[n], BENCH_ALL_RANKS, run_pool, options, workload};
        }
    }
    return n;
}

static bool run_part(const bench_settings *settings, const rp_task *task)
{
    static imbalance_state state;
    int n_ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    state.n = settings->small ? N_SMALL_ITEMS : N_ITEMS;
    state.task = task;
    for (int w = 0; w < BENCH_N_WORKLOADS; w++)
        bench_workload_fill((bench_workload)w, state.items[w], state.n, settings->small ? 2e-4 : 1e-3);
    int n = make_contestants(&state, settings->small ? N_SMALL_WORKLOADS : BENCH_N_WORKLOADS, N_WORKERS / n_ranks);
    return bench_rounds(state.contestants, n, &state, settings->runs);
}

bool bench_part_imbalance(const bench_settings *settings) { return run_part(settings, be_busy_task); }

bool bench_part_imbalance_sleep(const bench_settings *settings) { return run_part(settings, be_asleep_task); }
