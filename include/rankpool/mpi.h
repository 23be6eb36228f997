/*
 * mpi.h: a pool inside a program that uses MPI itself. The only public header that includes <mpi.h>.
 */
#ifndef RANKPOOL_MPI_H
#define RANKPOOL_MPI_H

/* In C++ without MPI's old classes (namespace MPI), which need a library more. A program that has them includes mpi.h first. */
#if defined(__cplusplus) && !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if defined(__cplusplus) && !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>
#include <rankpool/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Opens a pool on the ranks of `communicator`, with `root` as its client. Collective over the communicator (mpi4py's MPICommExecutor).
 * A rank that waits for others that don't call it says so on standard error after 10 s, and waits on.
 *
 * On the root: returns when all workers are there; `*pool` is as from rp_pool_open. While the pool is open, a thread of the library calls
 * MPI on a duplicate of the communicator. That takes at least MPI_THREAD_SERIALIZED, and with that the root must not call MPI itself until
 * the pool is joined. With MPI_THREAD_MULTIPLE it may.
 *
 * On the other ranks: serves the pool and returns when the root has joined or freed it. `*pool` is NULL, and `pool` itself may be NULL.
 *
 * Sets RANKPOOL_ABOVE in the environment of each rank, for the programs that tasks start (see main.h): no other thread may read or change
 * the environment meanwhile.
 *
 * Only the executors auto, MPI and hybrid. `options` counts on the root alone and may be NULL.
 *
 * On the root it returns what rp_pool_open returns, and RP_UNSUPPORTED (MPI isn't initialised, or its thread level is below SERIALIZED); on
 * the other ranks RP_OK, RP_USAGE, RP_UNSUPPORTED, RP_LOST. After RP_LOST, from here or from joining the pool, a rank is gone: no
 * collective operation, MPI_Finalize included, can be expected to return.
 */
RP_API rp_status rp_pool_open_mpi(MPI_Comm communicator, int root, const rp_pool_options *options, rp_pool **pool, rp_error *error);

/* Not for use by hand: what the function of this name becomes, see export.h. */
RP_API rp_status rp_pool_open_mpi_sized(MPI_Comm communicator, int root, const rp_pool_options *options, size_t options_size,
                                        rp_pool **pool, rp_error *error);

#ifndef RPI__LIBRARY
RPI__SIZED rp_status rp_pool_open_mpi(MPI_Comm communicator, int root, const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    return rp_pool_open_mpi_sized(communicator, root, options, sizeof(rp_pool_options), pool, error);
}
#endif

#ifdef __cplusplus
}
#endif
#endif
