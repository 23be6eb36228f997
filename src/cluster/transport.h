/*
 * transport.h: what the library needs of MPI itself: that it begins, links its ranks, and ends. mpi/transport.c has it over MPI; a build
 * without MPI has src/without/transport.c in its place, which says that there is none.
 */
#ifndef RPI_CLUSTER_TRANSPORT_H
#define RPI_CLUSTER_TRANSPORT_H

#include "cluster/link.h"

typedef struct rpi_transport {
    bool is_built;
    /* For people, as "Open MPI v4.1.4", or "no MPI". Any thread. */
    const char *(*version)(void);
    /* Initialises MPI and makes a link of all its ranks. Once a process, collective, from the main thread. `*link` is the caller's.
     * RP_OK, RP_UNSUPPORTED (no MPI, or one that lets no second thread talk to it), RP_SYSTEM, RP_NO_MEMORY. `*rank` is set whenever MPI
     * was initialised. */
    rp_status (*start)(int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error);
    /* Finalises MPI, if it was initialised: collective, so only when no rank was lost, and after the link is destroyed. */
    void (*finish)(void);
} rpi_transport;

extern const rpi_transport rpi_transport_mpi;

#endif
