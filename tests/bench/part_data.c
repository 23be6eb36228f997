/*
 * part_data.c: large records: a map over 64 of 16 MB in and out, on two ranks, against sending the same bytes to the other rank and back.
 * Gigabytes a second, both ways together. Rank 0 of a pool works too, so about half of the records needn't travel.
 */
#include "parts.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

enum { N_RECORDS = 64, N_SMALL_RECORDS = 4, N_VALUES = 2 * 1000 * 1000, WITH_FUNCTION = 1 };

typedef struct record {
    double values[N_VALUES];
} record;

static void negate(record *result, const record *item)
{
    for (size_t i = 0; i < N_VALUES; i++) result->values[i] = -item->values[i];
}
RP_TASK_POINTER(negate, record, record)

typedef struct data_state {
    size_t n;
    record *items, *results; /* on rank 0 */
    record *in, *out;        /* on the other, for the plain messages */
} data_state;

static bool make_records(data_state *state, int rank, bool small)
{
    *state = (data_state){.n = small ? N_SMALL_RECORDS : N_RECORDS};
    if (rank == 0) {
        state->items = malloc(state->n * sizeof(record));
        state->results = malloc(state->n * sizeof(record));
    } else {
        state->in = malloc(sizeof(record));
        state->out = malloc(sizeof(record));
    }
    if (rank == 0 ? !state->items || !state->results : !state->in || !state->out) return false;
    for (size_t k = 0; rank == 0 && k < state->n; k++)
        for (size_t i = 0; i < N_VALUES; i++) state->items[k].values[i] = (double)(k + i);
    return true;
}

static void free_records(data_state *state)
{
    free(state->items);
    free(state->results);
    free(state->in);
    free(state->out);
}

static bool finish(const bench_contestant *self, const data_state *state, double start_s, double *value)
{
    size_t n_wrong = 0;
    *value = 2e-9 * (double)(state->n * sizeof(record)) / (bench_now_s() - start_s);
    double sign = self->argument == WITH_FUNCTION ? -1 : 1;
    for (size_t k = 0; k < state->n; k++)
        for (size_t i = 0; i < N_VALUES; i += N_VALUES / 100) n_wrong += sign * state->results[k].values[i] < (double)(k + i);
    if (n_wrong) fprintf(stderr, "rankpool-bench: %s: wrong results\n", self->name);
    return n_wrong == 0;
}

static bool map_records(rp_pool *pool, const bench_contestant *self, void *argument, double *value)
{
    data_state *state = argument;
    rp_error error = {0};
    rp_status status = rp_map(pool, negate_task, state->results, 2, RP_COLUMN(state->items), NULL, &error);
    memset(state->results, 0, state->n * sizeof(record));
    double start_s = bench_now_s();
    if (status == RP_OK) status = rp_map(pool, negate_task, state->results, state->n, RP_COLUMN(state->items), NULL, &error);
    return finish(self, state, start_s, value) && bench_succeeded(self, status, &error);
}

static bool run_pool(const bench_contestant *self, void *state, double *value) { return bench_with_pool(self, map_records, state, value); }

static void exchange(const data_state *state, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        MPI_Send(&state->items[k], sizeof(record), MPI_BYTE, 1, 0, MPI_COMM_WORLD);
        MPI_Recv(&state->results[k], sizeof(record), MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
}

static void echo(const data_state *state, size_t n, bool with_function)
{
    for (size_t k = 0; k < n; k++) {
        MPI_Recv(state->in, sizeof(record), MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (with_function) negate(state->out, state->in);
        MPI_Send(with_function ? state->out : state->in, sizeof(record), MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    }
}

static bool run_messages(const bench_contestant *self, void *argument, double *value)
{
    data_state *state = argument;
    if (!state->items) {
        echo(state, 2, false);
        echo(state, state->n, self->argument == WITH_FUNCTION);
        return true;
    }
    exchange(state, 2);
    memset(state->results, 0, state->n * sizeof(record));
    double start_s = bench_now_s();
    exchange(state, state->n);
    return finish(self, state, start_s, value);
}

bool bench_part_data(const bench_settings *settings)
{
    static const bench_contestant contestants[] = {
        {"MPI_Send/Recv", BENCH_ALL_RANKS, run_messages, {0}, 0},
        {"MPI_Send/Recv and function", BENCH_ALL_RANKS, run_messages, {0}, WITH_FUNCTION},
        {"mpi", BENCH_ALL_RANKS, run_pool, {.executor = RP_EXECUTOR_MPI}, WITH_FUNCTION},
    };
    int rank;
    data_state state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    bool good = make_records(&state, rank, settings->small) && bench_rounds(contestants, 3, &state, settings->runs);
    free_records(&state);
    return good;
}
