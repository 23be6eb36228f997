/*
 * heartbeats.h: the connections that carry heartbeats alone, one over TCP between rank 0 and each rank that it can't monitor by a pidfd.
 * MPI never tells that a rank has died, and its messages queue behind each other. A connection of our own doesn't: it ends with its
 * process, and the two kernels watch it.
 *
 *     rank 0                               other rank
 *       over MPI: token and addresses -->    (in a HEARTBEAT message; see failure_detector.c)
 *     <------------------------ connects    tries one address after the other, each for 2 s, for 30 s in all
 *     <---------- greeting, rank, token     whoever connects and doesn't say this within 5 s is dropped
 *       answering token --------------->    whoever answers anything else isn't rank 0
 *     <------------ beat -------------->    a byte each 0.5 s, both ways
 *     <------------------------- parting    a byte before a rank leaves in good order
 *
 *     seen                                               event        what the failure detector makes of it (peer.h)
 *     bytes                                              HEARD        it is alive
 *     end of file, or reset while beats were coming      ENDED        its process is gone: lost now
 *     ETIMEDOUT, EHOSTUNREACH and the like, or a reset
 *       after 2 s without a beat                         CUT          suspected after 5 s; lost after 12 s, unless bytes arrive on any way
 *     parting                                            PARTED       its end is no loss
 *
 * Nothing acknowledged for 4 s is ETIMEDOUT (sockets.h). So a cable that is pulled for a few seconds cuts the connection, and no more: the
 * other rank connects again as soon as it can, and for 10 s tries only the address that worked. A reset after silence is doubtful, as the
 * other end may have given up the connection earlier while the cable was out.
 *
 * A process that is stopped (by a debugger, say) or waits for memory keeps its connection, as its kernel still acknowledges. It isn't cut
 * and hasn't ended, so only the long limit for silence counts. That is why beats need no thread of their own: a progress thread that is
 * held up for a while costs nothing.
 *
 * Everything is done within `turn`, which never blocks. The progress thread calls it.
 */
#ifndef RPI_CLUSTER_HEARTBEATS_H
#define RPI_CLUSTER_HEARTBEATS_H

#include "cluster/sockets.h"

#include <rankpool/error.h>

enum { RPI_MOST_ADDRESSES = 16, RPI_TOKEN_SIZE = 16 };

/* Where rank 0 is reached, and what proves that each side is the right one. It is sent to other ranks as it is. */
typedef struct rpi_meeting {
    unsigned char token[RPI_TOKEN_SIZE], answer[RPI_TOKEN_SIZE];
    uint64_t port, n_addresses;
    rpi_address addresses[RPI_MOST_ADDRESSES];
} rpi_meeting;

typedef enum rpi_heartbeat_event {
    RPI_HEARTBEAT_CONNECTED,
    RPI_HEARTBEAT_HEARD,
    RPI_HEARTBEAT_CUT,
    RPI_HEARTBEAT_ENDED,
    RPI_HEARTBEAT_PARTED
} rpi_heartbeat_event;

typedef struct rpi_heartbeats rpi_heartbeats;

/* Tells of an event at a peer. Called within turn; it may call forget. */
typedef void rpi_heartbeat_news(void *argument, int peer, rpi_heartbeat_event event);

/* Makes the connections of one rank; there are none yet. `sockets` is borrowed until destroy. NULL: no memory. */
rpi_heartbeats *rpi_heartbeats_create(int rank, int n_ranks, const rpi_sockets *sockets, rpi_heartbeat_news *news, void *argument);

/* Rank 0: begins to listen, with the first call. NULL: it can't (no descriptor is left, for example), and errno says why. */
const rpi_meeting *rpi_heartbeats_listen(rpi_heartbeats *self);

/* Other ranks: begins to connect, once. `same_machine`: loopback is tried first. */
void rpi_heartbeats_join(rpi_heartbeats *self, const rpi_meeting *meeting, bool same_machine, uint64_t now_ns);

/* Takes in what has come, and sends what is due. */
void rpi_heartbeats_turn(rpi_heartbeats *self, uint64_t now_ns);

/* Whether a connection is being made, so that the next turn should come soon. */
bool rpi_heartbeats_is_connecting(const rpi_heartbeats *self);

/* Closes the connection with a peer, without an event. */
void rpi_heartbeats_forget(rpi_heartbeats *self, int peer);

/* Tells all peers that this rank leaves in good order. */
void rpi_heartbeats_part(rpi_heartbeats *self);

/* Closes all connections. NULL does nothing. */
void rpi_heartbeats_destroy(rpi_heartbeats *self);

#endif
