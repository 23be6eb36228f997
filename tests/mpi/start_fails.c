/*
 * start_fails.c: `start_fails RANK`: that rank fails while it makes its link, and knows it alone. The others wait for its first message
 * then. This program's own MPI_Comm_set_errhandler, of which the library makes a second call for the link, goes before MPI's.
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdlib.h>

static int which, n_calls;

int MPI_Comm_set_errhandler(MPI_Comm communicator, MPI_Errhandler handler)
{
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank == which && ++n_calls == 2 ? MPI_ERR_NO_MEM : PMPI_Comm_set_errhandler(communicator, handler);
}

static int client(rp_pool *pool, int argc, char **argv)
{
    (void)pool, (void)argc, (void)argv;
    return 0;
}

int main(int argc, char **argv)
{
    which = argc > 1 ? atoi(argv[1]) : 0;
    return rp_main(argc, argv, client, NULL);
}
