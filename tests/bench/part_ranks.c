/*
 * part_ranks.c: many ranks on few cores, with items that sleep 20 ms: does one coordinator keep them at work? The share of the ranks' time
 * in which they slept, and what that took on rank 0: processor time, and messages sent and received a second.
 */
#include "master_worker.h"
#include "message_count.h"
#include "parts.h"
#include "process.h"

#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

enum { MOST_RANKS = 64, ITEMS_PER_RANK = 50, N_SMALL_ITEMS_PER_RANK = 10, MOST_ITEMS = MOST_RANKS * ITEMS_PER_RANK };

static const double item_s = 0.020;

static int64_t sleep_20_ms(int64_t item)
{
    bench_sleep(item_s);
    return item;
}
RP_TASK(sleep_20_ms, int64_t, int64_t)

typedef struct figures {
    double efficiency, cpu_percent, messages_per_s;
} figures;

typedef struct ranks_state {
    int n_ranks;
    size_t n;
    int64_t items[MOST_ITEMS], results[MOST_ITEMS];
    figures last[2]; /* of the pool, of the master/worker */
} ranks_state;

typedef struct meter {
    double start_s, start_cpu_s;
    uint64_t start_messages;
} meter;

static meter begin(void) { return (meter){bench_now_s(), bench_process_used_s((int)getpid()), bench_message_count()}; }

static bool end(const meter *begun, const bench_contestant *self, ranks_state *state, double *value)
{
    double taken_s = bench_now_s() - begun->start_s, sleeping_s = (double)state->n * item_s;
    figures *last = &state->last[self->argument];
    last->efficiency = sleeping_s / (taken_s * state->n_ranks);
    last->cpu_percent = 100 * (bench_process_used_s((int)getpid()) - begun->start_cpu_s) / taken_s;
    last->messages_per_s = (double)(bench_message_count() - begun->start_messages) / taken_s;
    *value = last->efficiency;
    return true;
}

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    ranks_state *state = argument;
    rp_error error = {0};
    rp_status status = rp_map(pool, sleep_20_ms_task, state->results, (uint64_t)state->n_ranks, RP_COLUMN(state->items), NULL, &error);
    meter begun = begin();
    if (status == RP_OK) status = rp_map(pool, sleep_20_ms_task, state->results, state->n, RP_COLUMN(state->items), NULL, &error);
    return end(&begun, self, state, value) && bench_succeeded(self, status, &error);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, map_items, state, value); }

static bool run_master_worker(const bench_contestant *self, void *argument, double *value)
{
    ranks_state *state = argument;
    meter begun = begin();
    bench_master_worker(sleep_20_ms, state->items, state->results, state->n);
    return end(&begun, self, state, value);
}

/* Of the last turn of a contestant. */
static bool tell_cpu(const bench_contestant *self, void *state, double *value)
{
    *value = ((ranks_state *)state)->last[self->argument].cpu_percent;
    return true;
}

static bool tell_messages(const bench_contestant *self, void *state, double *value)
{
    *value = ((ranks_state *)state)->last[self->argument].messages_per_s;
    return true;
}

bool bench_part_ranks(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"hybrid", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 1}, 0},
        {"hybrid: rank 0", BENCH_RANK_0, tell_cpu, {0}, 0},
        {"hybrid: messages", BENCH_RANK_0, tell_messages, {0}, 0},
        {"master/worker", BENCH_ALL_RANKS, run_master_worker, {0}, 1},
        {"master/worker: rank 0", BENCH_RANK_0, tell_cpu, {0}, 1},
        {"master/worker: messages", BENCH_RANK_0, tell_messages, {0}, 1},
    };
    static ranks_state state;
    MPI_Comm_size(MPI_COMM_WORLD, &state.n_ranks);
    state.n = (size_t)(state.n_ranks * (settings->small ? N_SMALL_ITEMS_PER_RANK : ITEMS_PER_RANK));
    for (size_t i = 0; i < state.n; i++) state.items[i] = (int64_t)i;
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
