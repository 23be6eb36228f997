/*
 * part_journal_exec.c: the job `exec` with commands that do nothing, on 2 workers, with a journal, against GNU parallel with its job log,
 * and without one. Microseconds an item. This part is one process without MPI.
 */
#include "parts.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_ITEMS = 2000, N_SMALL = 20, TEXT_SIZE = 256 };

typedef struct exec_state {
    int n; /* items */
    bool has_option;
    char folder[64];
} exec_state;

static bool make_folder(exec_state *state)
{
    (void)strcpy(state->folder, "/tmp/rankpool-bench-XXXXXX");
    return mkdtemp(state->folder) != NULL;
}

static bool remove_folder(const exec_state *state)
{
    double seconds;
    const char *const arguments[] = {"rm", "-rf", state->folder, NULL};
    return bench_process_time(arguments, &seconds);
}

static bool time_line(const char *line, int n, double *value)
{
    double seconds;
    const char *const arguments[] = {"/bin/sh", "-c", line, NULL};
    if (!bench_process_time(arguments, &seconds)) return false;
    *value = 1e6 * seconds / n;
    return true;
}

static bool has_parallel(void)
{
    char found[TEXT_SIZE];
    const char *const arguments[] = {"/bin/sh", "-c", "command -v parallel", NULL};
    return bench_process_read(arguments, found, sizeof found);
}

static bool run_parallel(const bench_contestant *self, void *argument, double *value)
{
    exec_state *state = argument;
    char line[TEXT_SIZE];
    (void)self;
    if (!has_parallel()) return bench_left_out(value);
    if (!make_folder(state)) return false;
    (void)snprintf(line, sizeof line, "seq %d | parallel -k -j2 --joblog %s/log true", state->n, state->folder);
    bool good = time_line(line, state->n, value);
    return remove_folder(state) && good;
}

/* Whether the program has the option: its help names it. */
static bool has_option(void)
{
    char found[TEXT_SIZE];
    const char *const arguments[] = {"/bin/sh", "-c", BENCH_RANKPOOL " help run | grep -e --journal", NULL};
    return bench_process_read(arguments, found, sizeof found);
}

/* The argument: whether it has a journal. */
static bool run_program(const bench_contestant *self, void *argument, double *value)
{
    exec_state *state = argument;
    char line[2 * TEXT_SIZE], option[TEXT_SIZE] = "";
    if (self->argument && !state->has_option) return bench_left_out(value);
    if (!make_folder(state)) return false;
    if (self->argument) (void)snprintf(option, sizeof option, "--journal %s/journal", state->folder);
    (void)snprintf(line, sizeof line, "%s run exec -q --threads 2 --items %d %s -- true", BENCH_RANKPOOL, state->n, option);
    bool good = time_line(line, state->n, value);
    return remove_folder(state) && good;
}

bool bench_part_journal_exec(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"GNU parallel --joblog", BENCH_RANK_0, run_parallel, BENCH_POOL(SERIAL, 1), 0},
        {"rankpool run exec", BENCH_RANK_0, run_program, BENCH_POOL(SERIAL, 1), 0},
        {"rankpool run exec --journal", BENCH_RANK_0, run_program, BENCH_POOL(SERIAL, 1), 1},
    };
    exec_state state = {.n = settings->small ? N_SMALL : N_ITEMS, .has_option = has_option()};
    if (!state.has_option) fprintf(stderr, "rankpool-bench: this rankpool has no run --journal, and is left out with it\n");
    return bench_rounds(contestants, sizeof contestants / sizeof contestants[0], &state, settings->runs);
}
