/* peer_failures.c: see peer_failures.h. */
#include "peer_failures.h"

#include "base/error.h"

#include <stdlib.h>

void rpi_peer_give_up(rpi_link *link, int peer)
{
    rpi_mpi_link *self = (rpi_mpi_link *)link;
    rpi_mpi_lane *of = &self->lanes[peer];
    of->is_given_up = true;
    if (of->kept.n > 0) rpi_list_remove(&of->link);
    rpi_bundle_fini(&of->kept);
    for (rpi_transfer *head; (head = rpi_transfers_take_head(&of->receives)); self->n_receives--)
        rpi_transfers_append(&self->given_up, head);
    RPI_LIST_EACH_SAFE(at, following, &self->sends) {
        if (RPI_ENTRY(at, rpi_transfer, link)->peer != peer) continue;
        rpi_list_remove(at);
        rpi_list_add_last(&self->given_up, at);
    }
}

void rpi_peer_fail(rpi_mpi_link *self, int peer)
{
    if (self->lanes[peer].is_given_up) return;
    self->lanes[peer].has_failed = true;
    self->n_failed++;
    rpi_peer_give_up(&self->base, peer);
}

rp_status rpi_peer_failures_tell(rpi_mpi_link *self, int *peer, rp_error *error)
{
    for (int p = 0; self->n_failed > 0 && p < self->base.n_ranks; p++) {
        if (!self->lanes[p].has_failed) continue;
        self->lanes[p].has_failed = false;
        self->n_failed--;
        *peer = p;
        return rp_error_set(error, RP_LOST, 0, "MPI can't reach rank %d any more", p);
    }
    return RP_OK;
}

void rpi_transfers_abandon(rpi_list *what)
{
    for (rpi_transfer *head; (head = rpi_transfers_take_head(what));) {
        for (size_t i = 0; i < RPI_IN_FLIGHT; i++)
            if (head->requests[i] != MPI_REQUEST_NULL) MPI_Request_free(&head->requests[i]);
        free(head); /* not its message: MPI may still read it */
    }
}
