/*
 * part_fetch.c: the job `fetch` on a web server whose pages come late: 16 workers in one process or in two, against one item after another.
 * Milliseconds for the whole map. Pages are written once, or 50 times, to a folder beside the server's.
 */
#include "parts.h"

#include <rankpool/job.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { N_PAGES = 16, MOST_PARAMS = 32 };

typedef struct fetch_state {
    const rp_job *job;
    char directory[4096];
    rp_bytes addresses[N_PAGES];
    rp_bytes results[N_PAGES];
} fetch_state;

static const rp_job *find_job(const char *name)
{
    for (const rp_job *const *job = rp_jobs(); *job; job++)
        if (!strcmp((*job)->name, name)) return *job;
    return NULL;
}

/* The job's own default values, but for those that the part sets: it compares numbers of workers, which have a page each. */
static rp_status bind_job(const fetch_state *state, int64_t writes, rp_columns *bound, void **bound_state, rp_error *error)
{
    rp_value values[MOST_PARAMS];
    for (int i = 0; state->job->params[i].name && i < MOST_PARAMS; i++) {
        const rp_param *param = &state->job->params[i];
        if (!strcmp(param->name, "directory")) values[i].text = state->directory;
        else if (!strcmp(param->name, "writes")) values[i].integer = writes;
        else if (!strcmp(param->name, "connections")) values[i].integer = 1;
        else if (param->type == RP_PARAM_INTEGER) values[i].integer = strtoll(param->default_value, NULL, 10);
        else if (param->type == RP_PARAM_NUMBER) values[i].number = strtod(param->default_value, NULL);
        else values[i].text = param->default_value;
    }
    return state->job->bind(&(rp_job_request){.values = values, .repeats = 1}, bound, bound_state, error);
}

/* A field of a page's result, by its name; -1 when the job has no such field. */
static int64_t field_of(const fetch_state *state, int page, const char *name)
{
    int64_t value = -1;
    _Alignas(max_align_t) char record[RP_JOB_RECORD_SIZE];
    if (!state->job->read(state->results[page], record)) return -1;
    for (const rp_field *field = state->job->fields; field->name; field++)
        if (!strcmp(field->name, name)) memcpy(&value, record + field->offset, sizeof value);
    return value;
}

static bool all_came(const bench_contestant *self, const fetch_state *state)
{
    for (int i = 0; i < N_PAGES; i++) {
        if (field_of(state, i, "status") == 200 && field_of(state, i, "bytes") > 0) continue;
        fprintf(stderr, "rankpool-bench: %s: page %d didn't come\n", self->name, i + 1);
        return false;
    }
    return true;
}

static bool map_pages(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    fetch_state *state = argument;
    rp_error error = {0};
    rp_call_options options = {0};
    void *bound_state = NULL;
    if (!bench_succeeded(self, bind_job(state, self->argument, &options.bound, &bound_state, &error), &error)) return false;
    memset(state->results, 0, sizeof state->results);
    double start_s = bench_now_s();
    rp_status status = rp_map(pool, state->job->task, state->results, N_PAGES, RP_COLUMN(state->addresses), &options, &error);
    *value = (bench_now_s() - start_s) * 1e3;
    state->job->unbind(bound_state);
    bool ok = bench_succeeded(self, status, &error) && all_came(self, state);
    rp_bytes_free(state->results, N_PAGES);
    return ok;
}

static bool run_pool(const bench_contestant *self, void *argument, double *value)
{
    const fetch_state *state = argument;
    bench_contestant with_initializer = *self;
    with_initializer.pool.initializer = state->job->initializer;
    return bench_with_pool(&with_initializer, map_pages, argument, value);
}

static bool read_addresses(const char *folder, fetch_state *state)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/urls.txt", folder);
    (void)snprintf(state->directory, sizeof state->directory, "%s/fetched", folder);
    FILE *file = fopen(path, "r");
    int n = 0;
    for (size_t capacity = 0; file && n < N_PAGES; n++) {
        char *line = NULL;
        ssize_t size = getline(&line, &capacity, file);
        if (size <= 0) break;
        state->addresses[n] = (rp_bytes){line, (size_t)size};
        capacity = 0;
    }
    if (file) (void)fclose(file);
    if (n < N_PAGES) fprintf(stderr, "rankpool-bench: %s has no %d addresses\n", path, N_PAGES);
    return n == N_PAGES;
}

bool bench_part_fetch(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"serial", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_SERIAL}, 1},
        {"pthread 16", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_PTHREAD, .threads = 16}, 1},
        {"openmp 16", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_OPENMP, .threads = 16}, 1},
        {"hybrid 2 x 8", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 8}, 1},
        {"serial, 50 writes", BENCH_RANK_0, run_pool, {.executor = RP_EXECUTOR_SERIAL}, 50},
        {"hybrid 2 x 8, 50 writes", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_HYBRID, .threads = 8}, 50},
    };
    static fetch_state state;
    const char *folder = getenv("BENCH_PAGES");
    state.job = find_job("fetch");
    bool good = state.job && folder && read_addresses(folder, &state);
    good = good && bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
    for (int i = 0; i < N_PAGES; i++) free((void *)(uintptr_t)state.addresses[i].data);
    return good;
}
