/* on_communicator.c: an MPI program that opens a pool, and prints the same. */
#include <rankpool/mpi.h>
#include <rankpool/rankpool.h>
#include <stdio.h>

static double half(int64_t x) { return (double)x / 2; }
RP_TASK(half, double, int64_t)

int main(int argc, char **argv)
{
    int provided;
    double sum = -1;
    rp_pool *pool;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    rp_status status = rp_pool_open_mpi(MPI_COMM_WORLD, 0, NULL, &pool, NULL);
    if (pool) status = rp_reduce(pool, half_task, rp_sum_double, &sum, 100, RP_COLUMNS(RP_RANGE(0, 1)), NULL, NULL);
    if (pool) printf("%g\n", sum);
    rp_pool_free(pool);
    MPI_Finalize();
    return status != RP_OK;
}
