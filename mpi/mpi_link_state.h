/* mpi_link_state.h: the state of a link over MPI, for the files that implement it: mpi_link.c and peer_failures.c. */
#ifndef RPI_MPI_LINK_STATE_H
#define RPI_MPI_LINK_STATE_H

#include "cluster/bundle.h"
#include "cluster/link.h"
#include "inbox.h"
#include "transfer.h"

typedef struct rpi_mpi_lane {
    rpi_list receives;
    bool is_given_up;   /* nothing is sent to it, or wanted of it, any more */
    bool has_failed;    /* MPI says so of a message to it or from it; that is to be told */
    uint64_t n_parts;   /* that have come in, of all messages so far */
    uint64_t held_back; /* the last round of sends in which one to the peer still had blocks to begin */
    rpi_bundle kept;    /* messages that go out together */
    rpi_list_link link; /* of those with such messages */
    int peer;
} rpi_mpi_lane;

typedef struct rpi_mpi_link {
    rpi_link base;
    MPI_Comm communicator;
    int message_tag, block_tag;
    rpi_list sends;    /* of all peers */
    rpi_list given_up; /* sends and receives of peers that were lost; MPI may still use their memory */
    int n_failed;      /* peers whose failure is to be told */
    rpi_list keeping;  /* lanes with messages that go out together */
    bool has_blocks;   /* a long message was sent whose blocks haven't begun */
    rpi_inbox inbox;
    uint64_t round;       /* of sends */
    size_t n_receives;    /* in all peers' queues */
    rpi_mpi_lane lanes[]; /* one for each peer */
} rpi_mpi_link;

#endif
