/* communicator.c: a pool on a communicator that the program chooses; see rankpool/mpi.h. */
#include "base/launcher.h"
#include "cluster/coordinator.h"
#include "cluster/direct_link.h"
#include "cluster/failure_detector.h"
#include "cluster/handshake.h"
#include "cluster/member.h"
#include "cluster/time_limit.h"
#include "cluster/transport.h"
#include "mpi_link.h"

#include "pool/open.h"

#include <rankpool/mpi.h>

/* How long opening may wait for the other ranks until it says so. They may have much to do before, so it goes on waiting. */
enum { SAYS_SO_AFTER_S = 10 };

static void say_what_it_waits_for(void *rank)
{
    fprintf(stderr,
            "rankpool: rank %d has waited %d s for the other ranks to open the pool too: rp_pool_open_mpi is for all ranks of its "
            "communicator\n",
            *(const int *)rank, SAYS_SO_AFTER_S);
}

static rp_status check_mpi(MPI_Comm communicator, rp_error *error)
{
    int initialised = 0, finalised = 0;
    MPI_Initialized(&initialised);
    MPI_Finalized(&finalised);
    if (!initialised || finalised) return rp_error_set(error, RP_UNSUPPORTED, 0, "MPI isn't initialised; call MPI_Init_thread first");
    if (communicator == MPI_COMM_NULL) return rp_error_set(error, RP_USAGE, 0, "the communicator is MPI_COMM_NULL");
    return RP_OK;
}

static rp_status check_ranks(MPI_Comm communicator, int root, rp_pool **pool, rp_error *error)
{
    int provided = MPI_THREAD_SINGLE, n_ranks = 0, rank = 0;
    MPI_Query_thread(&provided);
    MPI_Comm_size(communicator, &n_ranks);
    MPI_Comm_rank(communicator, &rank);
    if (rank == root && !pool) return rp_error_set(error, RP_USAGE, 0, "the pool's place is NULL on the root");
    if (root < 0 || root >= n_ranks) return rp_error_set(error, RP_USAGE, 0, "root %d isn't one of %d ranks", root, n_ranks);
    if (provided < MPI_THREAD_SERIALIZED)
        return rp_error_set(error, RP_UNSUPPORTED, 0,
                            "MPI was initialised for one thread; a pool needs MPI_Init_thread with MPI_THREAD_SERIALIZED or more");
    if (provided < MPI_THREAD_MULTIPLE && rpi_mpi_link_count() > 0)
        return rp_error_set(error, RP_UNSUPPORTED, 0, "another pool's thread talks to MPI already; two at once need MPI_THREAD_MULTIPLE");
    return RP_OK;
}

/* The link's rank 0 is the coordinator, so the root becomes rank 0 of the link. */
static rp_status make_link(MPI_Comm communicator, int root, rpi_link **link, rp_error *error)
{
    int rank = 0;
    MPI_Comm ordered;
    MPI_Comm_rank(communicator, &rank);
    int code = MPI_Comm_split(communicator, 0, rank == root ? 0 : rank + 1, &ordered);
    if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Comm_split");
    rpi_link *plain;
    rp_status status = rpi_mpi_link_create(ordered, &plain, error);
    MPI_Comm_free(&ordered);
    if (status == RP_OK) status = rpi_direct_link_create(plain, NULL, &plain, error);
    if (status != RP_OK) return status;
    return rpi_failure_detector_create(plain, &(rpi_failure_detector_options){.sockets = &rpi_sockets_system}, link, error);
}

/* Where all ranks have to come. `mine`: what this one found. */
static rp_status meet(MPI_Comm communicator, int root, rp_status mine, rpi_link **link, rp_error *error)
{
    int rank = 0;
    MPI_Comm_rank(communicator, &rank);
    rpi_time_limit *limit = rpi_time_limit_begin(SAYS_SO_AFTER_S, say_what_it_waits_for, &rank);
    rp_status status = rpi_mpi_agree(communicator, mine, "another rank of the communicator can't open the pool", error);
    if (status == RP_OK) status = make_link(communicator, root, link, error);
    rpi_time_limit_end(limit);
    return status;
}

static rp_status open_on_root(rpi_link *link, const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    rpi_coordinator *coordinator;
    rp_status status = rpi_coordinator_create(link, &coordinator, error);
    if (status == RP_OK) return rpi_pool_open_on(coordinator, options, pool, error);
    rpi_handshake_dismiss(link);
    return status;
}

static rp_status serve(rpi_link *link, rp_error *error)
{
    rp_error own;
    int rank = link->rank;
    rp_status status = rpi_member_serve(link, NULL, &own);
    if (status == RP_END) return rp_error_set(error, RP_LOST, 0, "a rank was lost; the pool went on without it");
    if (status == RP_LOST) rpi_member_linger(rank, &own);
    if (status != RP_OK && error) *error = own;
    return status;
}

rp_status rp_pool_open_mpi_sized(MPI_Comm communicator, int root, const rp_pool_options *options, size_t options_size, rp_pool **pool,
                                 rp_error *error)
{
    rpi_link *link;
    rp_pool_options own;
    if (pool) *pool = NULL;
    rp_status status = check_mpi(communicator, error);
    if (status != RP_OK) return status;
    const rp_pool_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    status = rpi_launcher_mark(error);
    if (status == RP_OK && options && !known) status = rpi_sized_refuse("the pool's options", error);
    if (status == RP_OK) status = check_ranks(communicator, root, pool, error);
    status = meet(communicator, root, status, &link, error);
    if (status != RP_OK) return status;
    link->has_bells = rpi_transport_mpi.kind == RPI_MPI_OPEN_MPI; /* as in cluster/world.c */
    status = rpi_handshake(link, "", error);
    if (status != RP_OK) {
        link->is_broken = status == RP_LOST;
        link->ops->destroy(link, link->is_broken ? 0 : 1);
        return status;
    }
    return link->rank == 0 ? open_on_root(link, known, pool, error) : serve(link, error);
}

rp_status rp_pool_open_mpi(MPI_Comm communicator, int root, const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    return rp_pool_open_mpi_sized(communicator, root, options, RPI_FIRST_POOL_OPTIONS, pool, error);
}
