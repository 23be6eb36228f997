/*
 * communicator.c: a program that uses MPI itself, and opens a pool on a communicator in between.
 *
 *     mpirun -n 4 ./communicator
 */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>

#include <stdio.h>

static double cube(double x) { return x * x * x; }
RP_TASK(cube, double, double)

int main(int argc, char **argv)
{
    int provided, rank;
    double x[3] = {0};
    rp_pool *pool;
    rp_error error;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    rp_status status = rp_pool_open_mpi(MPI_COMM_WORLD, 0, NULL, &pool, &error); /* ranks but 0 come back when the pool is joined */
    if (status == RP_OK && rank == 0) {
        status = rp_map(pool, cube_task, x, 3, RP_COLUMN(((double[]){1, 2, 3})), NULL, &error);
        rp_pool_free(pool);
    }
    if (status != RP_OK) {
        fprintf(stderr, "%s\n", rp_error_text(&error));
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    MPI_Bcast(x, 3, MPI_DOUBLE, 0, MPI_COMM_WORLD); /* all ranks go on together */
    double sum, mine = x[rank % 3];
    MPI_Reduce(&mine, &sum, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0) printf("cubes: %g %g %g\n", x[0], x[1], x[2]);
    MPI_Finalize();
    return 0;
}
