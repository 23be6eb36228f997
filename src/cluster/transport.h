/*
 * transport.h: what the library needs from MPI itself: to start it, to link its ranks, and to end it. mpi/transport.c implements it. A
 * build without MPI has src/without/transport.c, which reports that there is no MPI.
 */
#ifndef RPI_CLUSTER_TRANSPORT_H
#define RPI_CLUSTER_TRANSPORT_H

#include "base/launcher.h"
#include "cluster/link.h"

typedef struct rpi_transport {
    rpi_mpi_kind kind; /* RPI_MPI_NONE: this build has no MPI */
    /* For people: "Open MPI v4.1.4", or "no MPI". Any thread. */
    const char *(*version)(void);
    /* Whether the program itself has begun with MPI, and not ended. Any thread. */
    bool (*is_used)(void);
    /* Initialises MPI, compares what it found with what the launcher said, and makes a link of all ranks, which the caller owns.
     * Collective, once in a process, from the main thread. RP_OK; RP_USAGE (they differ, on any rank); RP_UNSUPPORTED (no MPI, or one below
     * MPI_THREAD_SERIALIZED); RP_SYSTEM; RP_NO_MEMORY. `*rank` is set once MPI and the launcher agree. */
    rp_status (*start)(const rpi_launch *launch, int *argc, char ***argv, int *rank, rpi_link **link, rp_error *error);
    /* As rpi_link.leave_launcher. */
    bool (*leave_launcher)(void);
    /* Finalises MPI, if it was initialised. Collective, so call it only if no rank was lost, after the link is destroyed. */
    void (*finish)(void);
} rpi_transport;

extern const rpi_transport rpi_transport_mpi;

#endif
