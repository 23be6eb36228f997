/*
 * part_exec.c: the job `exec` with commands that do nothing, on 2 workers, against what else starts commands: GNU parallel with its output
 * kept in order, xargs, and a plain loop of posix_spawn with two pipes for each command. Microseconds an item. Also in a process that has
 * much memory, and on two ranks, without the time that these take to start. And the most memory that a run has whose first item is slow,
 * and whose others have printed 1 MB each meanwhile. This part is one process without MPI.
 */
#include "parts.h"
#include "process.h"
#include "spawn_loop.h"

#include <rankpool/job.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_ITEMS = 2000, N_SMALL = 20, N_PRINTED = 1000, N_PRINTED_SMALL = 20, MOST_ARGUMENTS = 32, MOST_PARAMS = 16, TEXT_SIZE = 128 };
static const size_t much_memory = (size_t)4 << 30, little_memory = (size_t)64 << 20;

#define MPIRUN2 "mpirun", "-n", "2", "--bind-to", "none", "--oversubscribe"

typedef struct exec_state {
    bool small;
    int n; /* items */
    const rp_job *job;
} exec_state;

static bool time_program(const char *const *arguments, int n, double *value)
{
    double seconds;
    if (!bench_process_time(arguments, &seconds)) return false;
    *value = 1e6 * seconds / n;
    return true;
}

/* A line for a shell with the number of items in it; the second argument of `if` is what has to be there. */
static bool run_peer(const exec_state *state, const char *name, const char *command, double *value)
{
    char line[TEXT_SIZE], check[TEXT_SIZE], found[TEXT_SIZE];
    (void)snprintf(line, sizeof line, "seq %d | %s", state->n, command);
    (void)snprintf(check, sizeof check, "command -v %s", name);
    const char *const arguments[] = {"/bin/sh", "-c", line, NULL}, *const looks[] = {"/bin/sh", "-c", check, NULL};
    if (!bench_process_read(looks, found, sizeof found)) return bench_left_out(value);
    return time_program(arguments, state->n, value);
}

static bool run_parallel(const bench_contestant *self, void *state, double *value)
{
    (void)self;
    return run_peer(state, "parallel", "parallel -k -j2 true", value);
}

static bool run_xargs(const bench_contestant *self, void *state, double *value)
{
    (void)self;
    return run_peer(state, "xargs", "xargs -P2 -n1 true", value);
}

static bool run_loop(const bench_contestant *self, void *state, double *value)
{
    const exec_state *all = state;
    double start_s = bench_now_s();
    (void)self;
    if (!bench_spawn_loop(all->n)) return false;
    *value = 1e6 * (bench_now_s() - start_s) / all->n;
    return true;
}

static bool run_program(const bench_contestant *self, void *state, double *value)
{
    const exec_state *all = state;
    char items[TEXT_SIZE];
    (void)self;
    (void)snprintf(items, sizeof items, "%d", all->n);
    const char *const arguments[] = {BENCH_RANKPOOL, "run", "exec", "--threads", "2", "--items", items, "--", "true", NULL};
    return time_program(arguments, all->n, value);
}

/* From the first start to the last end of a job log. Negative: there is none. */
static double span_s(const char *path)
{
    FILE *log = fopen(path, "r");
    char line[1024];
    double first = 0, last = -1, begun, seconds;
    while (log && fgets(line, sizeof line, log)) {
        if (sscanf(line, "%*d\t%*s\t%lf\t%lf", &begun, &seconds) != 2) continue;
        if (last < 0 || begun < first) first = begun;
        if (begun + seconds > last) last = begun + seconds;
    }
    if (log) (void)fclose(log);
    return last < 0 ? last : last - first;
}

/* Without the time that two ranks take to start. */
static bool run_ranks(const bench_contestant *self, void *state, double *value)
{
    const exec_state *all = state;
    char items[TEXT_SIZE], log[] = "/tmp/rankpool-bench-XXXXXX";
    double seconds;
    int file = mkstemp(log);
    (void)self;
    if (file < 0) return false;
    (void)close(file);
    (void)snprintf(items, sizeof items, "%d", all->n);
    const char *const arguments[] = {MPIRUN2, BENCH_RANKPOOL, "run", "exec", "--threads", "1", "--items",
                                     items,   "--joblog",     log,   "--",   "true",      NULL};
    bool good = bench_process_time(arguments, &seconds);
    double span = span_s(log);
    (void)unlink(log);
    *value = 1e6 * span / all->n;
    return good && span >= 0;
}

/* ---- in this process ---- */

static rp_status bind_job(const rp_job *job, rp_columns *bound, void **bound_state, rp_error *error)
{
    static char word[] = "true", *words[] = {word, NULL};
    rp_value values[MOST_PARAMS];
    for (int i = 0; job->params[i].name && i < MOST_PARAMS; i++) {
        const rp_param *param = &job->params[i];
        if (param->type == RP_PARAM_INTEGER) values[i].integer = strtoll(param->default_value, NULL, 10);
        else if (param->type == RP_PARAM_NUMBER) values[i].number = strtod(param->default_value, NULL);
        else values[i].text = param->default_value;
    }
    return job->bind(&(rp_job_request){.values = values, .words = words}, bound, bound_state, error);
}

static bool map_items(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    const exec_state *state = argument;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    void *bound_state = NULL;
    static const char text[] = "1"; /* with its NUL: an item of texts */
    rp_bytes item = {text, sizeof text}, *results = calloc((size_t)state->n, sizeof *results);
    if (!results || !bench_succeeded(self, bind_job(state->job, &options.bound, &bound_state, &error), &error)) return false;
    double start_s = bench_now_s();
    rp_status status = rp_map(pool, state->job->task, (void *)results, (uint64_t)state->n, RP_CONSTANT_AT(&item), &options, &error);
    *value = 1e6 * (bench_now_s() - start_s) / state->n;
    rp_bytes_free(results, (size_t)state->n);
    free(results);
    state->job->unbind(bound_state);
    return bench_succeeded(self, status, &error);
}

/* The argument: bytes that are in memory meanwhile. */
static bool run_pool(const bench_contestant *self, void *argument, double *value)
{
    const exec_state *state = argument;
    size_t size = self->argument ? (state->small ? little_memory : much_memory) : 1;
    char *memory = malloc(size);
    if (!memory) return false;
    memset(memory, 1, size);
    bool good = bench_with_pool(self, map_items, argument, value);
    free(memory);
    return good;
}

/* ---- memory ---- */

/* The last item lets the first one go on. */
static bool run_printing(const bench_contestant *self, void *argument, double *value)
{
    const exec_state *state = argument;
    int n = state->small ? N_PRINTED_SMALL : N_PRINTED;
    char items[TEXT_SIZE], last[TEXT_SIZE], sign[] = "/tmp/rankpool-bench-XXXXXX";
    double bytes = 0;
    int file = mkstemp(sign);
    (void)self;
    if (file < 0) return false;
    (void)close(file);
    (void)unlink(sign);
    (void)snprintf(items, sizeof items, "%d", n);
    (void)snprintf(last, sizeof last, "%d", n - 1);
    static const char script[] =
        "[ $2 != 0 ] || until [ -e \"$0\" ]; do sleep 0.1; done; head -c 1000000 /dev/zero; [ $2 != $1 ] || : >\"$0\"";
    const char *const arguments[] = {BENCH_RANKPOOL, "run", "exec", "--threads", "2",  "--items", items,
                                     "--",           "sh",  "-c",   script,      sign, last,      NULL};
    bool good = bench_process_peak_bytes(arguments, &bytes);
    (void)unlink(sign);
    *value = bytes / 1e6;
    return good;
}

bool bench_part_exec(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"GNU parallel -k", BENCH_RANK_0, run_parallel, {0}, 0},
        {"xargs -P2 -n1", BENCH_RANK_0, run_xargs, {0}, 0},
        {"posix_spawn loop", BENCH_RANK_0, run_loop, {0}, 0},
        {"rankpool run exec", BENCH_RANK_0, run_program, {0}, 0},
        {"rankpool run exec 2 x 1", BENCH_RANK_0, run_ranks, {0}, 0},
        {"pthread", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, 2), 0},
        {"pthread with 4 GB", BENCH_RANK_0, run_pool, BENCH_POOL(PTHREAD, 2), 1},
        {"memory of rank 0", BENCH_RANK_0, run_printing, {0}, 0},
    };
    exec_state state = {.small = settings->small, .n = settings->small ? N_SMALL : N_ITEMS};
    rp_error error = {0};
    for (const rp_job *const *job = rp_jobs(); *job; job++)
        if (!strcmp((*job)->name, "exec")) state.job = *job;
    if (!state.job || !bench_succeeded(&contestants[5], state.job->start_helpers(&error), &error)) return false;
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
