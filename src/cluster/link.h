/*
 * link.h: whole messages between ranks, in order between any two. The only thing that the coordinator and the worker ranks know of the
 * network, so that tests can put a fake one in its place. One thread at a time uses a link.
 */
#ifndef RPI_CLUSTER_LINK_H
#define RPI_CLUSTER_LINK_H

#include "cluster/message.h"

typedef struct rpi_link rpi_link;

typedef struct rpi_link_ops {
    /* Takes the message and frees it once it is sent. Doesn't block. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
    rp_status (*send)(rpi_link *link, int peer, rpi_message *message, rp_error *error);
    /* The next message that is there as a whole; the caller frees it. Doesn't block. Also moves sends on. RP_OK, RP_AGAIN, RP_SYSTEM,
     * RP_NO_MEMORY: the link is of no more use. RP_LOST, of a detector alone: `*peer` is lost, said once; the error's rank and host are
     * its. */
    rp_status (*receive)(rpi_link *link, int *peer, rpi_message **message, rp_error *error);
    /* Whether something is half way in, or out in a way that needs this side's help, so that it pays to look again soon. */
    bool (*is_moving)(const rpi_link *link);
    /* How many parts of long messages came in from that peer: while this grows it is alive, though no message is whole. NULL: none are
     * long. */
    uint64_t (*n_parts)(const rpi_link *link, int peer);
    /* Frees it. What is still on its way out is waited for until the deadline, then abandoned. */
    void (*destroy)(rpi_link *link, double timeout_s);
} rpi_link_ops;

struct rpi_link {
    const rpi_link_ops *ops;
    int rank, n_ranks;
    bool is_broken; /* set by its user: a rank of it is lost, so nothing collective may end it */
    /* Set by its user, or NULL: where the large payload of a message whose header came can go; NULL: into the message. */
    char *(*destination)(void *argument, int peer, const rpi_header *header);
    void *destination_argument;
};

#endif
