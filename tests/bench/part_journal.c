/*
 * part_journal.c: what a journal costs a pool: a map with a key in a pool with a journal, against the same in a pool without one. A million
 * items of 10 us and of nothing on 2 threads, 5,000 items of 1 ms on 2 ranks. And going on with 10^7 items that are done: the time from the
 * opening of the pool until the first new item starts, and the most memory of the whole process meanwhile.
 */
#include "parts.h"
#include "process.h"
#include "turns.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_WORKERS = 2 };
static const unsigned smaller = 200;
enum { WITH_JOURNAL = 1, OF_10_US = 2, OF_1_MS = 4, MEMORY = 8 }; /* what the contestants' argument says */

static double journal_item(double n_turns) { return n_turns > 0 ? bench_turns(n_turns) : n_turns; }
RP_TASK(journal_item, double, double)

/* All succeed but the last, which fails the first time, and says when it starts the second time. */
static double last_started_s;

static uint8_t reopened_item(uint64_t n_items, uint64_t x)
{
    if (x + 1 < n_items) return (uint8_t)x;
    if (rp_attempt() < 2) return (uint8_t)rp_fail(1, "not the first time");
    last_started_s = bench_now_s();
    return (uint8_t)x;
}
RP_TASK(reopened_item, uint8_t, uint64_t, uint64_t)

typedef struct journal_state {
    bool small;
    double turns_per_us;
    char folder[64], path[80];
} journal_state;

static bool make_folder(journal_state *state)
{
    (void)strcpy(state->folder, "/tmp/rankpool-bench-XXXXXX");
    if (!mkdtemp(state->folder)) return false;
    (void)snprintf(state->path, sizeof state->path, "%s/journal", state->folder);
    return true;
}

static bool remove_folder(const journal_state *state)
{
    double seconds;
    const char *const arguments[] = {"rm", "-rf", state->folder, NULL};
    return bench_process_time(arguments, &seconds);
}

/* ---- the time of a map ---- */

static bool check(const bench_contestant *self, const double *items, const double *results, size_t n)
{
    for (size_t i = 0; i < n; i += 1 + n / 50) {
        if (results[i] == journal_item(items[i])) continue;
        fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
        return false;
    }
    return true;
}

static bool time_map(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    const journal_state *state = argument;
    size_t n = (self->argument & OF_1_MS ? 5000u : 1000000u) / (state->small ? smaller : 1u);
    double us = self->argument & OF_1_MS ? 1000 : self->argument & OF_10_US ? 10 : 0, *items = calloc(n, sizeof *items);
    double *results = calloc(n, sizeof *results);
    rp_error error = {0};
    rp_call_options options = {.key = "items"};
    if (!items || !results) return false;
    for (size_t i = 0; i < n && us > 0; i++) items[i] = state->turns_per_us * us + (double)(i % 7);
    rp_status status = rp_map(pool, journal_item_task, results, N_WORKERS, RP_COLUMN(items), NULL, &error);
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, journal_item_task, results, n, RP_COLUMN(items), &options, &error);
    double seconds = bench_now_s() - start_s;
    *value = us > 0 ? 1e3 * seconds : 1e9 * seconds / (double)n;
    bool good = bench_succeeded(self, status, &error) && check(self, items, results, n);
    free(items);
    free(results);
    return good;
}

static bool run_map(const bench_contestant *self, void *argument, double *value)
{
    journal_state *state = argument;
    bench_contestant own = *self;
    if (!(self->argument & WITH_JOURNAL)) return bench_with_pool(self, time_map, state, value);
    if (!make_folder(state)) return false;
    own.pool.journal = state->path;
    bool good = bench_with_pool(&own, time_map, state, value);
    return remove_folder(state) && good;
}

/* ---- going on ---- */

static bool map_reopened(rp_pool *pool, const bench_contestant *self, const journal_state *state, rp_status expected)
{
    uint64_t n = 10000000u / (state->small ? smaller : 1u);
    uint8_t *results = malloc(n);
    rp_error error = {0};
    rp_call_options options = {.key = "items", .on_error = RP_ON_ERROR_COLLECT, .bound = RP_COLUMNS(RP_CONSTANT(n))};
    if (!results) return false;
    rp_status status = rp_map(pool, reopened_item_task, results, n, RP_RANGE(0, 1), &options, &error);
    bool good = status == expected && (status != RP_OK || results[n - 1] == (uint8_t)(n - 1));
    free(results);
    return good || bench_succeeded(self, status == RP_OK ? RP_SYSTEM : status, &error);
}

static bool make_journal(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    (void)value;
    return map_reopened(pool, self, state, RP_FAILED);
}

static bool go_on(rp_pool *pool, const bench_contestant *self, void *state, double *value)
{
    (void)value;
    return map_reopened(pool, self, state, RP_OK);
}

/* The most memory so far counts from the present amount on. */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file) return;
    (void)fputs("5", file);
    (void)fclose(file);
}

/* The most that was resident since then; 0: it isn't known. */
static double peak_bytes(void)
{
    char line[128];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %lf kB", &kilobytes) == 1) break;
    if (status) (void)fclose(status);
    return kilobytes * 1024;
}

static bool run_reopened(const bench_contestant *self, void *argument, double *value)
{
    journal_state *state = argument;
    bench_contestant own = *self;
    double none;
    if (!make_folder(state)) return false;
    own.pool.journal = state->path;
    bool good = bench_with_pool(&own, make_journal, state, &none);
    forget_peak();
    double start_s = bench_now_s();
    own.pool.retry_failed = 1;
    good = good && bench_with_pool(&own, go_on, state, &none);
    *value = self->argument & MEMORY ? peak_bytes() * 1e-6 : last_started_s - start_s;
    return remove_folder(state) && good;
}

bool bench_part_journal(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"10 us: openmp 1 x 2", BENCH_RANK_0, run_map, BENCH_POOL(OPENMP, N_WORKERS), OF_10_US},
        {"10 us: openmp 1 x 2 and journal", BENCH_RANK_0, run_map, BENCH_POOL(OPENMP, N_WORKERS), OF_10_US | WITH_JOURNAL},
        {"1 ms: hybrid 2 x 1", BENCH_ALL_RANKS, run_map, BENCH_POOL(HYBRID, 1), OF_1_MS},
        {"1 ms: hybrid 2 x 1 and journal", BENCH_ALL_RANKS, run_map, BENCH_POOL(HYBRID, 1), OF_1_MS | WITH_JOURNAL},
        {"empty: openmp 1 x 2", BENCH_RANK_0, run_map, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"empty: openmp 1 x 2 and journal", BENCH_RANK_0, run_map, BENCH_POOL(OPENMP, N_WORKERS), WITH_JOURNAL},
        {"1e7 done: first new item", BENCH_RANK_0, run_reopened, BENCH_POOL(OPENMP, N_WORKERS), 0},
        {"1e7 done: memory", BENCH_RANK_0, run_reopened, BENCH_POOL(OPENMP, N_WORKERS), MEMORY},
    };
    journal_state state = {.small = settings->small, .turns_per_us = bench_turns_per_us()};
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
