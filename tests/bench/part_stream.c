/*
 * part_stream.c: a source without an end in sight: numbers from a function, through imap_unordered on two ranks. Nanoseconds an item; and
 * what the ranks' memory grew by meanwhile, over that of the pool before.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N_RANKS = 2, N_ITEMS = 100 * 1000 * 1000, SMALLER = 200, LOOKS = 40 };

static int64_t pass_on(int64_t item) { return item; }
RP_TASK(pass_on, int64_t, int64_t)

/* ---- memory of each rank ---- */

/* A line of /proc/self/status in MiB; negative: it can't be read. */
static double status_mib(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double kib = -1024;
    size_t length = strlen(name);
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, name, length) && sscanf(line + length, ": %lf", &kib) == 1) break;
    if (file) (void)fclose(file);
    return kib / 1024;
}

/* The most memory so far counts from the present amount on. */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (!file) return;
    (void)fputs("5", file);
    (void)fclose(file);
}

typedef struct memory {
    double now_mib, peak_mib;
    int64_t rank;
} memory;

/* Item: whether the peak begins anew. It takes a moment, so that each rank gets some. */
static memory look(int64_t anew)
{
    if (anew) forget_peak();
    (void)usleep(2000);
    return (memory){status_mib("VmRSS"), status_mib("VmHWM"), rp_rank()};
}
RP_TASK(look, memory, int64_t)

static bool look_at_all(rp_pool *pool, const bench_contestant *self, bool anew, memory ranks[N_RANKS])
{
    memory seen[LOOKS];
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    memset(ranks, 0, N_RANKS * sizeof *ranks);
    rp_status status = rp_map(pool, look_task, seen, LOOKS, RP_CONSTANT((int64_t)anew), &options, &error);
    if (!bench_succeeded(self, status, &error)) return false;
    for (int k = 0; k < LOOKS; k++) ranks[seen[k].rank] = seen[k]; /* the last */
    for (int rank = 0; rank < N_RANKS; rank++)
        if (ranks[rank].now_mib <= 0 || ranks[rank].peak_mib <= 0) return false;
    return true;
}

/* ---- the stream ---- */

typedef struct stream_state {
    int64_t n, next;
    double grown_mib[N_RANKS]; /* in the last turn */
} stream_state;

static rp_status next_number(void *argument, void *const *arguments, int may_wait, rp_error *error)
{
    stream_state *state = argument;
    (void)may_wait;
    (void)error;
    if (state->next == state->n) return RP_END;
    *(int64_t *)arguments[0] = state->next++;
    return RP_OK;
}

static bool read_all(rp_pool *pool, const bench_contestant *self, stream_state *state)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    int64_t number, sum = 0;
    state->next = 0;
    rp_status status = rp_imap_unordered(pool, pass_on_task, RP_GENERATOR(next_number, state), NULL, &iterator, &error);
    while (status == RP_OK && (status = rp_iter_next(iterator, &number, -1, &error)) == RP_OK) sum += number;
    rp_iter_free(iterator);
    if (status != RP_END) return bench_succeeded(self, status, &error);
    if (sum == state->n * (state->n - 1) / 2) return true;
    fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return false;
}

static bool stream(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    stream_state *state = argument;
    memory before[N_RANKS], after[N_RANKS];
    if (!look_at_all(pool, self, true, before)) return false;
    double start_s = bench_now_s();
    if (!read_all(pool, self, state)) return false;
    *value = (bench_now_s() - start_s) * 1e9 / (double)state->n;
    if (!look_at_all(pool, self, false, after)) return false;
    for (int rank = 0; rank < N_RANKS; rank++) state->grown_mib[rank] = after[rank].peak_mib - before[rank].now_mib;
    return true;
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, stream, state, value); }

/* What the last stream took; a page at least, as a row of nothing wouldn't show. */
static bool tell_memory(const bench_contestant *self, void *argument, double *value)
{
    const stream_state *state = argument;
    double mib = state->grown_mib[self->argument];
    *value = mib > 0.004 ? mib : 0.004;
    return true;
}

bool bench_part_stream(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"mpi", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_MPI}, 0},
        {"memory of rank 0", BENCH_RANK_0, tell_memory, {0}, 0},
        {"memory of rank 1", BENCH_RANK_0, tell_memory, {0}, 1},
    };
    stream_state state = {.n = settings->small ? N_ITEMS / SMALLER : N_ITEMS};
    return bench_rounds(contestants, 3, &state, settings->runs);
}
