/* transport.c: stands in for mpi/transport.c in a build without MPI. */
#include "cluster/transport.h"

static const char *version(void) { return "no MPI"; }

static bool is_used(void) { return false; }

static rp_status start(const rpi_launch *launch, int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error)
{
    (void)launch, (void)argc, (void)argv, (void)rank, (void)link;
    return rp_error_set(error, RP_UNSUPPORTED, 0, "this build has no MPI");
}

static bool leave_launcher(void) { return false; }

static void finish(void) {}

const rpi_transport rpi_transport_mpi = {RPI_MPI_NONE, version, is_used, start, leave_launcher, finish};
