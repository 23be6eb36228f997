// late.cc: rank 1 opens the pool on the communicator only once the file that the command line names is there. The others say what they wait for.
#include <rankpool/mpi.h>
#include <rankpool/rankpool.hpp>

#include <chrono>
#include <cstdio>
#include <thread>
#include <unistd.h>

int main(int argc, char **argv)
{
    int provided, rank;
    rp_pool *handle = nullptr;
    rp_error error = {};
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    while (rank == 1 && argc > 1 && access(argv[1], F_OK) != 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    rp_status status = rp_pool_open_mpi(MPI_COMM_WORLD, 0, nullptr, &handle, &error);
    if (handle) {
        rp::pool pool = rp::pool::borrow(handle);
        std::printf("%d ranks, the sum is %g\n", pool.ranks(), rp::reduce(pool, [](double x) { return x; }, rp::sum(), rp::range(10)));
        rp_pool_free(handle);
    }
    MPI_Finalize();
    return status == RP_OK ? 0 : 1;
}
