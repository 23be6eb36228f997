/*
 * master_worker.c: see master_worker.h. A worker sends its result, which also asks for more. The master answers with an item, or with a
 * message that there is none; the tag says which. The item's index goes with the item and comes back with the result.
 */
#include "master_worker.h"

#include <mpi.h>

enum { TAG_ASK = 1, TAG_RESULT, TAG_ITEM, TAG_END };

typedef struct message {
    int64_t index, value;
} message;

static void send_next(const int64_t *items, size_t n, size_t *next, int worker)
{
    message out = {(int64_t)*next, 0};
    int tag = *next < n ? TAG_ITEM : TAG_END;
    if (tag == TAG_ITEM) out.value = items[(*next)++];
    MPI_Send(&out, sizeof out, MPI_BYTE, worker, tag, MPI_COMM_WORLD);
}

static void coordinate(const int64_t *items, int64_t *results, size_t n, int n_workers)
{
    size_t next = 0, n_messages = n + (size_t)n_workers;
    for (size_t i = 0; i < n_messages; i++) {
        message in;
        MPI_Status status;
        MPI_Recv(&in, sizeof in, MPI_BYTE, MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == TAG_RESULT) results[in.index] = in.value;
        send_next(items, n, &next, status.MPI_SOURCE);
    }
}

static void work(int64_t (*function)(int64_t item))
{
    message job = {0, 0};
    MPI_Status status;
    MPI_Send(&job, sizeof job, MPI_BYTE, 0, TAG_ASK, MPI_COMM_WORLD);
    for (;;) {
        MPI_Recv(&job, sizeof job, MPI_BYTE, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        if (status.MPI_TAG == TAG_END) return;
        job.value = function(job.value);
        MPI_Send(&job, sizeof job, MPI_BYTE, 0, TAG_RESULT, MPI_COMM_WORLD);
    }
}

void bench_master_worker(int64_t (*function)(int64_t item), const int64_t *items, int64_t *results, size_t n)
{
    int rank, n_ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    if (rank == 0) coordinate(items, results, n, n_ranks - 1);
    else work(function);
}
