/*
 * part_item.c: what an item costs beside its work: 2*10^7 trivial ones on 2 workers. Item form: a function of one double through a pointer,
 * against OpenMP loops and oneTBB through the same pointer. Range form: against the same loops with the function inlined. Nanoseconds an
 * item, in elapsed time.
 */
#include "method.h"
#include "parts.h"
#include "peers.h"
#include "trivial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ITEMS = 20 * 1000 * 1000, SMALLER = 100, N_WORKERS = 2, WARM_UP_SHARE = 20, LOOP_CHUNK = 1024 };

static double one_item(double x) { return bench_trivial(x); }
RP_TASK(one_item, double, double)

static void many_items(size_t n, double *results, const double *x)
{
    for (size_t i = 0; i < n; i++) results[i] = bench_trivial_value(x[i]);
}
RP_TASK_RANGE(many_items, double, double)

typedef struct item_state {
    size_t n;
    double *items, *results;
} item_state;

static bool make_items(item_state *state, bool small)
{
    size_t n = small ? N_ITEMS / SMALLER : N_ITEMS;
    *state = (item_state){n, malloc(n * sizeof(double)), malloc(n * sizeof(double))};
    if (!state->items || !state->results) return false;
    for (size_t i = 0; i < n; i++) state->items[i] = (double)(i % 1000);
    return true;
}

static bool check(const bench_contestant *self, const item_state *state)
{
    size_t n_wrong = 0;
    for (size_t i = 0; i < state->n; i++) n_wrong += fabs(state->results[i] - (1.5 * (double)(i % 1000) + 0.25)) > 0;
    if (n_wrong) fprintf(stderr, "rankpool-bench: %s: %zu results are wrong\n", self->name, n_wrong);
    return n_wrong == 0;
}

static bool time_map(const bench_method *by, item_state *state, double *value)
{
    memset(state->results, 0, state->n * sizeof(double)); /* its first use isn't in the time */
    if (!by->map(by, state->items, state->results, state->n / WARM_UP_SHARE)) return false;
    double start_s = bench_now_s();
    if (!by->map(by, state->items, state->results, state->n)) return false;
    *value = (bench_now_s() - start_s) * 1e9 / (double)state->n;
    return check(by->contestant, state);
}

/* ---- pools ---- */

static bool use_item_form(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return time_map(&(bench_method){.map = bench_map_by_pool, .contestant = self, .pool = pool, .task = one_item_task}, state, value);
}

static bool use_range_form(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return time_map(&(bench_method){.map = bench_map_by_pool, .contestant = self, .pool = pool, .task = many_items_task}, state, value);
}

/* The same with items and results that all ranks see. */
static bool use_shared(rp_pool *pool, const bench_contestant *self, const item_state *plain, double *value, bench_use *use)
{
    size_t bytes = plain->n * sizeof(double);
    rp_error error = {0};
    item_state shared = {plain->n, rp_alloc(pool, bytes, &error), rp_alloc(pool, bytes, &error)};
    bool good = bench_succeeded(self, shared.items && shared.results ? RP_OK : error.status, &error);
    if (good) memcpy(shared.items, plain->items, bytes);
    good = good && use(pool, self, &shared, value);
    rp_free(shared.items);
    rp_free(shared.results);
    return good;
}

static bool use_item_form_shared(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return use_shared(pool, self, state, value, use_item_form);
}

static bool use_range_form_shared(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    return use_shared(pool, self, state, value, use_range_form);
}

static bool run_pool(const bench_contestant *self, void *state, double *value)
{
    return bench_with_pool(self, use_item_form, state, value);
}

static bool run_pool_shared(const bench_contestant *self, void *state, double *value)
{
    return bench_with_pool(self, use_item_form_shared, state, value);
}

static bool run_range_shared(const bench_contestant *self, void *state, double *value)
{
    return bench_with_pool(self, use_range_form_shared, state, value);
}

static bool run_range(const bench_contestant *self, void *state, double *value)
{
    return bench_with_pool(self, use_range_form, state, value);
}

/* ---- loops; the argument: OpenMP's schedule ---- */

static bench_method make_loop(const bench_contestant *self)
{
    bench_loop_schedule schedule = (bench_loop_schedule)self->argument;
    bench_loop loop = {schedule, schedule == BENCH_LOOP_DYNAMIC ? LOOP_CHUNK : 0, N_WORKERS};
    return (bench_method){.map = bench_map_by_loop, .contestant = self, .function = bench_trivial, .loop = loop};
}

static bool run_loop(const bench_contestant *self, void *state, double *value)
{
    bench_method method = make_loop(self);
    return time_map(&method, state, value);
}

static bool run_inlined(const bench_contestant *self, void *state, double *value)
{
    bench_method method = make_loop(self);
    method.map = bench_map_by_inlined_loop;
    return time_map(&method, state, value);
}

static bool run_tbb(const bench_contestant *self, void *state, double *value)
{
    bench_method method = make_loop(self);
    method.map = bench_map_by_tbb;
    return bench_peers_has_tbb() ? time_map(&method, state, value) : bench_left_out(value);
}

bool bench_part_item(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"OpenMP static", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_STATIC},
        {"OpenMP dynamic,1024", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_DYNAMIC},
        {"OpenMP guided", BENCH_RANK_0, run_loop, {0}, BENCH_LOOP_GUIDED},
        {"oneTBB", BENCH_RANK_0, run_tbb, {0}, 0},
        {"pthread", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, N_WORKERS), 0},
        {"openmp", BENCH_RANK_0, run_pool, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"hybrid 2 x 1", BENCH_ALL_RANKS, run_pool, BENCH_POOL(HYBRID, 1), 0},
        {"hybrid 2 x 1, rp_alloc", BENCH_ALL_RANKS, run_pool_shared, BENCH_POOL(HYBRID, 1), 0},
        {"inlined OpenMP static", BENCH_RANK_0, run_inlined, {0}, BENCH_LOOP_STATIC},
        {"inlined OpenMP dynamic,1024", BENCH_RANK_0, run_inlined, {0}, BENCH_LOOP_DYNAMIC},
        {"inlined OpenMP guided", BENCH_RANK_0, run_inlined, {0}, BENCH_LOOP_GUIDED},
        {"range pthread", BENCH_RANK_0, run_range, BENCH_POOL(PTHREAD, N_WORKERS), 0},
        {"range openmp", BENCH_RANK_0, run_range, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"range hybrid 2 x 1", BENCH_ALL_RANKS, run_range, BENCH_POOL(HYBRID, 1), 0},
        {"range hybrid 2 x 1, rp_alloc", BENCH_ALL_RANKS, run_range_shared, BENCH_POOL(HYBRID, 1), 0},
    };
    item_state state;
    bool good = make_items(&state, settings->small) &&
                bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    free(state.items);
    free(state.results);
    return good;
}
