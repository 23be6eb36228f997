/*
 * coordinator.h: the coordinator: on the rank that has the client, the thread that talks to MPI, and the pools that it serves. It carries
 * out what dispatch.h decides.
 *
 *     client threads --submit, stop, forget--> | talking | --CALL, WORK, CUTOFF--> other ranks
 *     own team       --chunks done----------> | thread  | <------DONE----------- other ranks
 *                                              | --chunks--> own team;  --done--> calls
 *
 * What arrows bring from other threads lies in lists under the progress_thread's mutex; everything else belongs to the talking thread.
 */
#ifndef RPI_CLUSTER_COORDINATOR_H
#define RPI_CLUSTER_COORDINATOR_H

#include "cluster/link.h"

typedef struct rpi_coordinator rpi_coordinator;

/* Starts the talking thread over a link whose ranks have met (handshake.h); NULL: there are no other ranks. The coordinator owns the link
 * from then on. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_coordinator_create(rpi_link *link, rpi_coordinator **coordinator, rp_error *error);

/* After all its pools are closed: ends the other ranks, waits for their last message, frees the coordinator and the link.
 * RP_OK; RP_LOST when one doesn't answer. */
rp_status rpi_coordinator_destroy(rpi_coordinator *coordinator, rp_error *error);

int rpi_coordinator_n_ranks(const rpi_coordinator *coordinator);

#endif
