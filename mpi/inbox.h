/*
 * inbox.h: the receive that is always posted, for whatever comes next from any rank: a short message, several short ones as one, or the
 * header of a long one. What comes in while nobody looks is there at the next look. A look costs a quarter of what a probe does, and a
 * message needs no second call to be received. One thread at a time.
 */
#ifndef RPI_MPI_INBOX_H
#define RPI_MPI_INBOX_H

#include "cluster/message.h"

#include <mpi.h>

typedef struct rpi_inbox {
    MPI_Comm communicator;
    int tag;
    MPI_Request request; /* MPI_REQUEST_NULL: none is posted */
    rpi_message *in;     /* where it goes; NULL: MPI may still write there, so it is lost */
    bool is_full;        /* something is there, and not all of it is taken */
    int peer;            /* who has sent that */
    size_t at;           /* of several: so much is taken */
    int code;            /* of the call of MPI that failed; from then on nothing comes in */
} rpi_inbox;

/* RP_OK, RP_NO_MEMORY. */
rp_status rpi_inbox_init(rpi_inbox *inbox, MPI_Comm communicator, int tag, rp_error *error);

/* Waits until the deadline (clock.h) for MPI to let go of the memory. False: it doesn't, and the communicator has to stay. */
bool rpi_inbox_fini(rpi_inbox *inbox, uint64_t deadline_ns);

/* Looks for what has come in. RP_OK: something is there; RP_AGAIN; RP_SYSTEM. Doesn't block. */
rp_status rpi_inbox_look(rpi_inbox *inbox, rp_error *error);

/* Whether what is there is the header of a long message, inbox->in->header, whose blocks follow. Its user then empties the inbox. */
bool rpi_inbox_has_long(const rpi_inbox *inbox);
static inline void rpi_inbox_empty(rpi_inbox *inbox) { inbox->is_full = false; }

/* Takes a message that is there and isn't long: a copy, which the caller frees. RP_OK; RP_AGAIN: nothing is there; RP_NO_MEMORY;
 * RP_SYSTEM: what came in doesn't fit together. */
rp_status rpi_inbox_take(rpi_inbox *inbox, rpi_message **message, rp_error *error);

#endif
