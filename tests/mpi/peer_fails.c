/*
 * peer_fails.c: MPI says that it can't send to rank 1, as an MPI may that notices the end of a process. That is the loss of rank 1 alone,
 * and the others go on. The program's own MPI_Isend stands before the library's.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { N = 200, GOOD = 12 };
static atomic_int n_sent;

int MPI_Isend(const void *data, int count, MPI_Datatype type, int peer, int tag, MPI_Comm communicator, MPI_Request *request)
{
    int rank = 0;
    MPI_Comm_rank(communicator, &rank);
    if (rank == 0 && peer == 1 && atomic_fetch_add(&n_sent, 1) >= GOOD) return MPI_ERR_OTHER;
    return PMPI_Isend(data, count, type, peer, tag, communicator, request);
}

static int64_t square(int64_t x)
{
    usleep(1000);
    return x * x;
}
RP_TASK(square, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    int64_t results[N];
    rp_error error;
    (void)argc, (void)argv;
    rp_status status = rp_map(pool, square_task, results, N, RP_RANGE(0, 1), &(rp_call_options){.chunk = 2}, &error);
    if (status != RP_OK) return fprintf(stderr, "%s\n", rp_error_text(&error)), RP_EXIT_FAILED;
    for (int64_t i = 0; i < N; i++)
        if (results[i] != i * i) return fprintf(stderr, "a result is wrong\n"), RP_EXIT_FAILED;
    int n_lost = 0;
    for (int k = 0; rp_pool_warning(pool, k); k++) n_lost += strstr(rp_pool_warning(pool, k), "was lost") != NULL;
    printf("all results are there, and %d rank is lost\n", n_lost);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_HYBRID, .threads = 1, .on_lost = RP_ON_LOST_GO_ON};
    return rp_main(argc, argv, client, &options);
}
