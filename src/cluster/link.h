/*
 * link.h: whole messages between ranks, in order between any two. The coordinator and the members know nothing else of the network, so
 * tests can use a fake link. One thread at a time uses a link.
 */
#ifndef RPI_CLUSTER_LINK_H
#define RPI_CLUSTER_LINK_H

#include "cluster/message.h"

typedef struct rpi_link rpi_link;

typedef struct rpi_link_ops {
    /* Takes the message and frees it once it is sent; it may be kept for flush. Doesn't block. RP_OK, RP_SYSTEM, RP_NO_MEMORY. */
    rp_status (*send)(rpi_link *link, int peer, rpi_message *message, rp_error *error);
    /* Sends what `send` has kept, to be sent together: at the end of each turn, and from time to time in a long one. Doesn't block. As
     * send. NULL: it keeps nothing. */
    rp_status (*flush)(rpi_link *link, rp_error *error);
    /* Returns the next whole message; the caller frees it. Also moves sends on. Doesn't block. RP_OK; RP_AGAIN (no message); RP_SYSTEM,
     * RP_NO_MEMORY (the link has failed); RP_LOST: `*peer` is lost, reported once. From a failure detector, whose error has its rank and
     * host, or from a link around which there is one. */
    rp_status (*receive)(rpi_link *link, int *peer, rpi_message **message, rp_error *error);
    /* Whether `receive` may have anything to do, but for what it does from time to time. Costs a part of it. `looks`: also looks for what
     * has come in meanwhile; otherwise only at what was found before. May be true in vain. Doesn't block. NULL: as if always true. */
    bool (*has_news)(rpi_link *link, bool looks);
    /* Whether a message has come in in part, or a long one is still going out. Then it pays to look again soon. */
    bool (*is_moving)(const rpi_link *link);
    /* Whether any message is still going out. NULL: they go out at once. */
    bool (*is_sending)(const rpi_link *link);
    /* How many parts of long messages came in from the peer. While this grows, the peer is alive although no message is whole. NULL:
     * messages have no parts. */
    uint64_t (*n_parts)(const rpi_link *link, int peer);
    /* The peer is lost: nothing is sent to it any more, and nothing of it counts as moving. Memory that the network may still use is kept.
     * NULL: nothing is to be done. */
    void (*give_up)(rpi_link *link, int peer);
    /* Frees the link. Waits up to timeout_s for messages that are going out, then abandons them. */
    void (*destroy)(rpi_link *link, double timeout_s);
} rpi_link_ops;

struct rpi_link {
    const rpi_link_ops *ops;
    int rank, n_ranks;
    bool has_bells; /* set by its maker: ranks of one host may wake each other (bells.h) */
    bool ends_lost; /* set by its user: a process that is given up, and that can be ended, has ended before it counts as lost */
    /* Set by its maker, or NULL: takes this process out of the sight of a launcher that ends all ranks when one is lost. Returns whether it
     * did. Then nothing may follow that the launcher takes part in: no end of MPI, and no first message between two members. */
    bool (*leave_launcher)(void);
    bool has_left;  /* that was done */
    bool is_broken; /* set by its user: a rank is lost, so destroy must do nothing collective */
    /* Set by its user, or NULL (data goes into messages). Called with the header of a long message that comes in: returns where its data
     * goes; NULL: into the message too. */
    char *(*destination)(void *argument, int peer, const rpi_header *header);
    void *destination_argument;
};

/* Once, and after all members have exchanged messages with rank 0. Blocks for a moment. */
static inline void rpi_link_leave_launcher(rpi_link *link)
{
    if (link->leave_launcher && !link->has_left) link->has_left = link->leave_launcher();
}

/* Sends what was kept. */
static inline rp_status rpi_link_flush(rpi_link *link, rp_error *error) { return link->ops->flush ? link->ops->flush(link, error) : RP_OK; }

static inline bool rpi_link_has_news(rpi_link *link, bool looks) { return !link->ops->has_news || link->ops->has_news(link, looks); }

#endif
