/* world.c: see world.h. Its state is global, as a process has one launcher and one set of ranks. */
#include "cluster/world.h"

#include "cluster/direct_link.h"
#include "cluster/failure_detector.h"
#include "cluster/handshake.h"
#include "cluster/member.h"
#include "cluster/time_limit.h"
#include "cluster/transport.h"

#include <rankpool/main.h>

#include <stdio.h>
#include <unistd.h>

static struct {
    int n_ranks, rank;
    rpi_link *link; /* until the coordinator or the serving member owns it */
    rpi_coordinator *coordinator;
    bool lost; /* a rank or the link is lost, or not all know that this rank ends: MPI can't be finalised */
} world = {.n_ranks = 1};

rpi_coordinator *rpi_world_coordinator(void) { return world.coordinator; }
int rpi_world_ranks(void) { return world.n_ranks; }

static void warn(const char *text) { fprintf(stderr, "rankpool: warning: %s\n", text); }

static void never_started(void *unused)
{
    (void)unused;
    fprintf(stderr, "rankpool: MPI didn't start within %d s: another rank may have ended before it had started\n", RPI_START_S);
    fflush(NULL);
    _exit(RP_EXIT_LOST);
}

/* MPI_Init waits for all ranks. A launcher doesn't always notice that one has ended, and then the others would wait for ever. */
static rp_status start_mpi(const rpi_launch *launch, int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error)
{
    rpi_time_limit *limit = rpi_time_limit_begin(RPI_START_S, never_started, NULL);
    rp_status status = rpi_transport_mpi.start(launch, argc, argv, rank, link, error);
    rpi_time_limit_end(limit);
    return status;
}

static rp_status start_coordinator(rp_error *error)
{
    rp_status status = rpi_coordinator_create(world.link, &world.coordinator, error);
    if (status != RP_OK) world.lost = !rpi_handshake_dismiss(world.link);
    world.link = NULL;
    return status;
}

/* All ranks know of a refusal. Of another failure only this one knows, and MPI_Finalize would wait for those that wait for it. */
static bool is_known_to_all(rp_status status) { return status == RP_OK || status == RP_USAGE || status == RP_UNSUPPORTED; }

static rp_status join_ranks(const rpi_launch *launch, const char *problem, int *argc, char ***argv, int *rank, rp_error *error)
{
    rpi_link *link = NULL;
    rp_status status = start_mpi(launch, argc, argv, rank, &link, error);
    if (status != RP_OK) return status;
    world.n_ranks = link->n_ranks;
    world.rank = link->rank;
    status = rpi_direct_link_create(link, NULL, &link, error);
    if (status != RP_OK) return status;
    status = rpi_failure_detector_create(link, &(rpi_failure_detector_options){.sockets = &rpi_sockets_system, .warn = warn}, &world.link,
                                         error);
    if (status != RP_OK) return status;
    world.link->has_bells = rpi_transport_mpi.kind == RPI_MPI_OPEN_MPI; /* others were seen to need many looks for one message */
    return rpi_handshake(world.link, problem, error);
}

rp_status rpi_world_start(const rpi_launch *launch, const char *problem, int *argc, char ***argv, int *rank, rp_error *error)
{
    rp_status status = join_ranks(launch, problem, argc, argv, rank, error);
    world.lost = !is_known_to_all(status);
    return status == RP_OK && *rank == 0 ? start_coordinator(error) : status;
}

static void tell(const rp_error *error) { fprintf(stderr, "rankpool: %s\n", rp_error_text(error)); }

int rpi_world_serve(void)
{
    rp_error error;
    rpi_link *link = world.link;
    int rank = link->rank;
    world.link = NULL;
    if (rpi_member_serve(link, tell, &error) == RP_OK) return 0;
    world.lost = true;
    if (error.status != RP_LOST) tell(&error);
    rpi_member_linger(rank, &error);
    return RP_EXIT_LOST;
}

rp_status rpi_world_stop(rp_error *error)
{
    rp_status status = world.coordinator ? rpi_coordinator_destroy(world.coordinator, error) : RP_OK;
    world.coordinator = NULL;
    world.lost = status != RP_OK;
    return status;
}

/* Nothing is left to do but to leave, and the library can't: a call of MPI's holds the main thread. */
static void leave_anyway(void *exit_status)
{
    fprintf(stderr, "rankpool: MPI_Finalize didn't return within %d s; leaving without it\n", RPI_LEAVE_S);
    fflush(NULL);
    _exit(*(int *)exit_status);
}

/* Rank 0 is the first to lose patience, so that one rank tells of it: a launcher then ends the others. */
static void leave_mpi(int exit_status, int rank)
{
    rpi_time_limit *limit = rpi_time_limit_begin(rank == 0 ? RPI_LEAVE_S : RPI_LEAVE_S + 5, leave_anyway, &exit_status);
    rpi_transport_mpi.finish();
    rpi_time_limit_end(limit);
}

void rpi_world_finish(int exit_status)
{
    if (world.link) {
        world.link->is_broken = world.lost;
        world.link->ops->destroy(world.link, world.lost ? 0 : 5);
    }
    world.link = NULL;
    if (!world.lost) leave_mpi(exit_status, world.rank);
}
