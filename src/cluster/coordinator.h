/*
 * coordinator.h: the coordinator: the progress thread of the client's rank, and the pools that it serves. It carries out what
 * distribution.h decides.
 *
 *     client threads --submit, stop, forget--> | progress | --CALL, WORK, CUTOFF--> other ranks
 *     own team       --chunks done-----------> | thread   | <------DONE------------ other ranks
 *                                              |          | --chunks--> own team;  --done--> calls
 *
 * What comes from other threads lies in lists under the progress thread's mutex. Everything else belongs to the progress thread.
 */
#ifndef RPI_CLUSTER_COORDINATOR_H
#define RPI_CLUSTER_COORDINATOR_H

#include "cluster/link.h"

typedef struct rpi_coordinator rpi_coordinator;

/* Starts the progress thread over a link after the handshake (handshake.h). `link` NULL: there are no other ranks. On success the
 * coordinator owns the link. RP_OK, RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_coordinator_create(rpi_link *link, rpi_coordinator **coordinator, rp_error *error);

/* Ends the other ranks, waits for their last message, and frees the coordinator and the link. While a pool of it is open, the process must
 * be about to end: the coordinator isn't freed then, and who waits for it waits for ever. RP_OK; RP_END (a rank was lost, which `*error`
 * names, and the others went on to the end); RP_LOST (a rank was lost or doesn't answer). */
rp_status rpi_coordinator_destroy(rpi_coordinator *coordinator, rp_error *error);

/* Takes a turn in the calling thread, if no other thread does so just now. Without `receives` it doesn't look for messages: MPI may give
 * the core away when there are none. `*any`: something happened. Doesn't block. Any thread that holds no lock. */
void rpi_coordinator_drive(rpi_coordinator *coordinator, bool receives, bool *any);
/* The same with messages, for a thread that doesn't come again: blocks while another thread takes a turn. */
void rpi_coordinator_drive_once(rpi_coordinator *coordinator, bool *any);

int rpi_coordinator_n_ranks(const rpi_coordinator *coordinator);

#endif
