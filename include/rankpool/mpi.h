/*
 * mpi.h: a pool inside a program that uses MPI itself. The only public header that includes <mpi.h>.
 */
#ifndef RANKPOOL_MPI_H
#define RANKPOOL_MPI_H

#include <mpi.h>
#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens a pool on the ranks of `communicator`, with `root` as its client. Collective over the communicator (mpi4py's MPICommExecutor).
 *
 * On the root: returns when all workers are there, with `*pool` as from rp_pool_open. While the pool is open a thread of the library's
 * talks to MPI on a duplicate of the communicator: it needs MPI_THREAD_SERIALIZED, and then the root makes no MPI call itself until the
 * pool is joined; with MPI_THREAD_MULTIPLE it may.
 *
 * On the other ranks: serves the pool and returns when the root has joined or freed it; `*pool` is NULL, and `pool` itself may be.
 *
 * Only the executors auto, MPI and hybrid. `options` matters on the root alone.
 *
 * Returns, on the root, as rp_pool_open, and RP_UNSUPPORTED (MPI isn't initialised, or with fewer thread rights than SERIALIZED);
 * elsewhere RP_OK, RP_USAGE, RP_UNSUPPORTED, RP_LOST. After RP_LOST, from here or from the pool's join, a rank is gone: nothing collective,
 * MPI_Finalize included, can be expected to return.
 */
RP_API rp_status rp_pool_open_mpi(MPI_Comm communicator, int root, const rp_pool_options *options, rp_pool **pool, rp_error *error);

#ifdef __cplusplus
}
#endif
#endif
