/*
 * part_imap.c: results one by one: imap and imap_unordered of 200 items of 0.4 ms on two ranks, against map on one rank of two threads.
 * Milliseconds until the last result, the mean of some calls.
 */
#include "parts.h"
#include "turns.h"

#include <string.h>

enum { N_ITEMS = 200, N_CALLS = 5, SMALLER = 20, N_WORKERS = 2, ITEM_US = 400 };

static double imap_item(double n_turns) { return bench_turns(n_turns); }
RP_TASK(imap_item, double, double)

enum { MAP, IMAP, IMAP_UNORDERED }; /* what the contestants' argument says */

typedef struct imap_state {
    size_t n_calls;
    double items[N_ITEMS], results[N_ITEMS], expected[N_ITEMS];
} imap_state;

/* No two items are of the same length, so that each has a result of its own. */
static void make_items(imap_state *state, bool small)
{
    double turns = bench_turns_per_us() * ITEM_US / (small ? SMALLER : 1);
    for (size_t i = 0; i < N_ITEMS; i++) state->items[i] = turns + (double)i - N_ITEMS / 2;
    for (size_t i = 0; i < N_ITEMS; i++) state->expected[i] = bench_turns(state->items[i]);
}

static bool check(const bench_contestant *self, const imap_state *state)
{
    if (memcmp(state->results, state->expected, sizeof state->expected) == 0) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

static rp_status read_all(rp_pool *pool, imap_state *state, bool ordered, rp_error *error)
{
    rp_iter *iterator = NULL;
    rp_source source = RP_ITEMS(N_ITEMS, RP_COLUMN(state->items));
    double result;
    rp_status status = ordered ? rp_imap(pool, imap_item_task, source, NULL, &iterator, error)
                               : rp_imap_unordered(pool, imap_item_task, source, NULL, &iterator, error);
    while (status == RP_OK && (status = rp_iter_next(iterator, &result, -1, error)) == RP_OK)
        state->results[rp_iter_index(iterator)] = result;
    rp_iter_free(iterator);
    return status == RP_END ? RP_OK : status;
}

static rp_status call_once(rp_pool *pool, const bench_contestant *self, imap_state *state, rp_error *error)
{
    if (self->argument != MAP) return read_all(pool, state, self->argument == IMAP, error);
    return rp_map(pool, imap_item_task, state->results, N_ITEMS, RP_COLUMN(state->items), NULL, error);
}

static bool use_pool(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    imap_state *state = argument;
    rp_error error = {0};
    double warm_up[N_WORKERS];
    memset(state->results, 0, sizeof state->results);
    rp_status status = rp_map(pool, imap_item_task, warm_up, N_WORKERS, RP_COLUMN(state->items), NULL, &error);
    double start_s = bench_now_s();
    for (size_t k = 0; k < state->n_calls && status == RP_OK; k++) status = call_once(pool, self, state, &error);
    *value = (bench_now_s() - start_s) * 1e3 / (double)state->n_calls;
    return bench_succeeded(self, status, &error) && check(self, state);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, use_pool, state, value); }

bool bench_part_imap(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"map: pthread 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), MAP},
        {"map: openmp 1 x 2", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), MAP},
        {"hybrid 2 x 1: map", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), MAP},
        {"hybrid 2 x 1: imap", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), IMAP},
        {"hybrid 2 x 1: imap_unordered", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), IMAP_UNORDERED},
    };
    imap_state state = {.n_calls = settings->small ? 1 : N_CALLS};
    make_items(&state, settings->small);
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
