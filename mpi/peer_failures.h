/*
 * peer_failures.h: what a link over MPI does about a peer that is lost, or that MPI says it can't reach: its messages, on their way in and
 * out, are set aside. MPI may still use their memory, so they are kept until the end, and abandoned then.
 */
#ifndef RPI_MPI_PEER_FAILURES_H
#define RPI_MPI_PEER_FAILURES_H

#include "mpi_link_state.h"

/* rpi_link_ops.give_up. */
void rpi_peer_give_up(rpi_link *link, int peer);

/* MPI can't send to that peer, or receive from it. The others aren't concerned. */
void rpi_peer_fail(rpi_mpi_link *self, int peer);

/* Tells of one such peer. RP_LOST, with `*peer`; RP_OK: there is none. */
rp_status rpi_peer_failures_tell(rpi_mpi_link *self, int *peer, rp_error *error);

/* At the end: whatever is in the list. */
void rpi_transfers_abandon(rpi_list *what);

static inline void rpi_transfers_append(rpi_list *to, rpi_transfer *what) { rpi_list_add_last(to, &what->link); }
static inline rpi_transfer *rpi_transfers_head(const rpi_list *of) { return RPI_ENTRY(rpi_list_first(of), rpi_transfer, link); }
static inline rpi_transfer *rpi_transfers_take_head(rpi_list *from) { return RPI_ENTRY(rpi_list_take_first(from), rpi_transfer, link); }

#endif
