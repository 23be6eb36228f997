/* version.c: what was built, for people. */
#include "pool/launch.h"
#include "worker/openmp.h"

#include <rankpool/version.h>

#include <pthread.h>
#include <stdio.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char details[256];

static void fill(void)
{
#ifdef RPI_WITH_MPI
    const char *mpi = rpi_world_version();
#else
    const char *mpi = "no MPI";
#endif
#ifdef RPI_WITH_OPENMP
    snprintf(details, sizeof details, "%s, OpenMP %d", mpi, rpi_openmp_version());
#else
    snprintf(details, sizeof details, "%s, no OpenMP", mpi);
#endif
}

const char *rp_version(void) { return RP_VERSION; }

const char *rp_version_details(void)
{
    pthread_once(&once, fill);
    return details;
}
