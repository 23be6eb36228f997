/* transfer.c: see transfer.h. */
#include "transfer.h"

#include "cluster/bundle.h"
#include "mpi_error.h"

#include <stdlib.h>

size_t rpi_transfer_n_blocks(const rpi_message *message)
{
    size_t size = message->header.size;
    if (size <= RPI_BUNDLE_MOST - sizeof(rpi_header)) return 0;
    return (size + RPI_BLOCK - 1) / RPI_BLOCK;
}

rpi_transfer *rpi_transfer_create(rpi_message *message, int peer, size_t n_parts)
{
    rpi_transfer *new = malloc(sizeof *new);
    if (!new) return NULL;
    *new = (rpi_transfer){.message = message, .peer = peer, .n_parts = n_parts};
    for (size_t i = 0; i < RPI_IN_FLIGHT; i++) new->requests[i] = MPI_REQUEST_NULL;
    return new;
}

/* The message's own begin is the first part of what is sent. */
static int begin_block(rpi_transfer *self, MPI_Comm communicator, int tag)
{
    size_t k = self->n_begun++, at = (k - self->is_send) * RPI_BLOCK, left = self->message->header.size - at;
    int size = (int)(left < RPI_BLOCK ? left : RPI_BLOCK);
    MPI_Request *request = &self->requests[k % RPI_IN_FLIGHT];
    if (self->is_send) return MPI_Isend(self->blocks + at, size, MPI_BYTE, self->peer, tag, communicator, request);
    return MPI_Irecv(self->blocks + at, size, MPI_BYTE, self->peer, tag, communicator, request);
}

rp_status rpi_transfer_begin_blocks(rpi_transfer *self, MPI_Comm communicator, int tag, rp_error *error)
{
    while (self->n_begun < self->n_parts && self->n_begun - self->n_finished < RPI_IN_FLIGHT) {
        int code = begin_block(self, communicator, tag);
        if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, self->is_send ? "MPI_Isend" : "MPI_Irecv");
    }
    return RP_OK;
}

rp_status rpi_transfer_advance(rpi_transfer *self, rp_error *error)
{
    while (self->n_finished < self->n_begun) {
        int finished = 0, code = MPI_Test(&self->requests[self->n_finished % RPI_IN_FLIGHT], &finished, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS) return rpi_mpi_error(error, code, "MPI_Test");
        if (!finished) return RP_AGAIN;
        self->n_finished++;
    }
    return self->n_finished == self->n_parts ? RP_OK : RP_AGAIN;
}
