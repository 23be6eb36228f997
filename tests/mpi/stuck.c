/*
 * stuck.c: `stuck all` or `stuck RANK`: on those ranks MPI_Finalize never returns, as when a process that a task started has confused the
 * launcher. This program's own MPI_Finalize goes before MPI's. The client ends with 3 all the same.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *which = "all";

int MPI_Finalize(void)
{
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    while (strcmp(which, "all") == 0 || rank == atoi(which)) pause();
    return PMPI_Finalize();
}

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static int client(rp_pool *pool, int argc, char **argv)
{
    int64_t results[20];
    (void)argc, (void)argv;
    if (rp_map(pool, square_task, results, 20, RP_RANGE(0, 1), NULL, NULL) != RP_OK) return 98;
    printf("the last square is %d", (int)results[19]); /* in the buffer until the process is left */
    return 3;
}

int main(int argc, char **argv)
{
    if (argc > 1) which = argv[1];
    return rp_main(argc, argv, client, NULL);
}
