/*
 * peer.h: one rank's view of another: which of its messages is the next, and whether it is lost. Pure: no message, no clock.
 *
 *     number of a message      is
 *     the next                 to be handed on
 *     above the next           early: held back until those before it are there; what is missing is a gap
 *     below the next           there already
 *
 *     lost                     when
 *     died                     its process is gone, or its connection for heartbeats has ended; and since then it was silent for a moment
 *     gap                      a message that it has sent doesn't come
 *     unreachable              its connection was cut, and nothing has come from it on any way for 12 s
 *     silent                   nothing has come from it for 60 s (whoever asks may know that it is only slow)
 *
 * A peer that had a connection, and from which nothing has come for 5 s, is suspected. That is only told. A peer that has parted, after the
 * last message in either direction, can't be lost any more.
 */
#ifndef RPI_CLUSTER_PEER_H
#define RPI_CLUSTER_PEER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_peer_times {
    uint64_t heartbeat_ns; /* a HEARTBEAT follows so long after our last message to it */
    uint64_t settle_ns;    /* messages of a dead process may still come in for so long */
    uint64_t way_ns;       /* and for so long more, when it ran on another host */
    uint64_t gap_ns;       /* how long a missing message is waited for */
    uint64_t silence_ns;   /* how long the peer may be silent */
    uint64_t cut_ns;       /* likewise, after its connection was cut */
    uint64_t suspect_ns;   /* from when on a silent peer is suspected */
} rpi_peer_times;

/* The connection for heartbeats (heartbeats.h). Without one, messages alone show that the peer is alive. */
typedef enum rpi_peer_connection { RPI_PEER_NOT_CONNECTED, RPI_PEER_CONNECTED, RPI_PEER_CUT } rpi_peer_connection;

typedef struct rpi_peer {
    uint64_t n_sent, n_taken; /* numbers of the last message to it, and of its last one that was handed on; from 1 */
    uint64_t n_known;         /* number of its last message that we know of */
    uint64_t said_ns, heard_ns;
    uint64_t gone_ns; /* since when its process is gone; 0: it lives */
    uint64_t gap_ns;  /* since when the next message is missing, while n_known > n_taken */
    bool monitored, parted;
    bool dismissed;  /* it was sent our last message */
    bool introduced; /* it was sent our first HEARTBEAT, which says who we are */
    bool is_far;     /* it was seen to be gone by the end of its connection */
    rpi_peer_connection connection;
} rpi_peer;

typedef enum rpi_peer_order { RPI_PEER_NEXT, RPI_PEER_EARLY, RPI_PEER_STALE } rpi_peer_order;
typedef enum rpi_peer_verdict { RPI_PEER_WELL, RPI_PEER_DIED, RPI_PEER_GAP, RPI_PEER_SILENT, RPI_PEER_UNREACHABLE } rpi_peer_verdict;

void rpi_peer_init(rpi_peer *peer, bool monitored, uint64_t now_ns);

/* A message of that number has come in, or was held back and is tried again. */
rpi_peer_order rpi_peer_take(rpi_peer *peer, uint64_t number, uint64_t now_ns);

/* A HEARTBEAT has come in; the peer's last message before it had that number. */
void rpi_peer_heartbeat(rpi_peer *peer, uint64_t last_number, uint64_t now_ns);

/* A part of a message came in, or a byte on its connection. */
void rpi_peer_heard(rpi_peer *peer, uint64_t now_ns);

/* Its process is gone. */
void rpi_peer_gone(rpi_peer *peer, uint64_t now_ns);

/* Its connection is there, also after a cut; was cut; has ended without a word; will end in good order. */
void rpi_peer_connected(rpi_peer *peer, uint64_t now_ns);
void rpi_peer_cut(rpi_peer *peer);
void rpi_peer_ended(rpi_peer *peer, uint64_t now_ns);
void rpi_peer_disconnects(rpi_peer *peer);

/* This rank itself was stopped, so the peer's silence meanwhile doesn't count. */
void rpi_peer_forgive(rpi_peer *peer, uint64_t now_ns);

/* Whether it is time for a HEARTBEAT to the peer: at the start, and whenever it was sent nothing else for a while; not after the last
 * message. */
bool rpi_peer_is_due(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns);

bool rpi_peer_is_suspected(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns);

rpi_peer_verdict rpi_peer_judge(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns);

#endif
