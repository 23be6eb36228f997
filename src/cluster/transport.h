/*
 * transport.h: what the library needs from MPI itself: to start it, to link its ranks, and to end it. mpi/transport.c implements it. A
 * build without MPI has src/without/transport.c, which reports that there is no MPI.
 */
#ifndef RPI_CLUSTER_TRANSPORT_H
#define RPI_CLUSTER_TRANSPORT_H

#include "cluster/link.h"

typedef struct rpi_transport {
    bool is_built;
    /* For people: "Open MPI v4.1.4", or "no MPI". Any thread. */
    const char *(*version)(void);
    /* Initialises MPI and makes a link of all its ranks, which the caller owns. Collective, once in a process, from the main thread. RP_OK,
     * RP_UNSUPPORTED (no MPI, or one below MPI_THREAD_SERIALIZED), RP_SYSTEM, RP_NO_MEMORY. `*rank` is set whenever MPI was initialised. */
    rp_status (*start)(int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error);
    /* Finalises MPI, if it was initialised. Collective, so call it only if no rank was lost, after the link is destroyed. */
    void (*finish)(void);
} rpi_transport;

extern const rpi_transport rpi_transport_mpi;

#endif
