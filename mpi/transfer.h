/*
 * transfer.h: a message on its way in or out over MPI, in parts: the header or all of it, then the blocks. A message that comes in begins
 * with its blocks. One thread at a time.
 */
#ifndef RPI_MPI_TRANSFER_H
#define RPI_MPI_TRANSFER_H

#include "base/list.h"
#include "cluster/message.h"

#include <mpi.h>

/* Blocks of this size, so many at a time, are as fast as any larger ones on shared memory and on TCP. */
enum { RPI_BLOCK = 1024 * 1024, RPI_IN_FLIGHT = 4 };

typedef struct rpi_transfer {
    rpi_list_link link; /* of its queue */
    rpi_message *message;
    char *blocks; /* where they are, or go to */
    int peer;
    bool is_send;
    size_t n_parts, n_begun, n_finished;
    MPI_Request requests[RPI_IN_FLIGHT]; /* of part k at k modulo RPI_IN_FLIGHT */
} rpi_transfer;

/* Of a message that is short, and goes in one piece: 0. */
size_t rpi_transfer_n_blocks(const rpi_message *message);

/* NULL: no memory. Freed by free. */
rpi_transfer *rpi_transfer_create(rpi_message *message, int peer, size_t n_parts);

/* Begins as many blocks as may be on the way. RP_OK, RP_SYSTEM. */
rp_status rpi_transfer_begin_blocks(rpi_transfer *self, MPI_Comm communicator, int tag, rp_error *error);

/* RP_OK: all its parts have finished; RP_AGAIN: not yet; RP_SYSTEM. */
rp_status rpi_transfer_advance(rpi_transfer *self, rp_error *error);

#endif
