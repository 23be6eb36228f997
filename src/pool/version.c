/* version.c: what this build is, as a text for people. */
#include "cluster/transport.h"
#include "worker/openmp.h"

#include <rankpool/version.h>

#include <pthread.h>
#include <stdio.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char details[256];

static void fill(void)
{
    const char *mpi = rpi_transport_mpi.version();
    int openmp = rpi_openmp_version();
    if (openmp) snprintf(details, sizeof details, "%s, OpenMP %d", mpi, openmp);
    else snprintf(details, sizeof details, "%s, no OpenMP", mpi);
}

const char *rp_version(void) { return RP_VERSION; }

const char *rp_version_details(void)
{
    pthread_once(&once, fill);
    return details;
}
