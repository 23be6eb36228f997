/*
 * peer.h: what one rank makes of another by what it hears from it: which of its messages is next, and whether it is lost. Pure: no
 * message, no clock.
 *
 *     number of a message      is
 *     the next                 to be handed on
 *     above the next           early: held back until those before it are there; what is missing is a gap
 *     below the next           there already
 *
 *     lost                     when
 *     died                     its process is gone, and nothing was heard from it for a moment since
 *     gap                      a message that it has sent doesn't come
 *     silent                   it said nothing at all for long
 *
 * A peer that parted, after the last message that it or we have to say, can't be lost any more.
 */
#ifndef RPI_CLUSTER_PEER_H
#define RPI_CLUSTER_PEER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_peer_times {
    uint64_t heartbeat_ns; /* so long after the last message it is told that we are alive */
    uint64_t settle_ns;    /* for so long what the dead have sent may still come in */
    uint64_t gap_ns;       /* a missing message is waited for so long */
    uint64_t silence_ns;   /* it may say nothing for so long */
} rpi_peer_times;

typedef struct rpi_peer {
    uint64_t n_sent, n_taken; /* numbers of the last message to it, and of the last from it that was handed on, from 1 */
    uint64_t n_known;         /* of the last that it is known to have sent */
    uint64_t said_ns, heard_ns;
    uint64_t gone_ns; /* since when its process is gone; 0: it isn't */
    uint64_t gap_ns;  /* since when the next message is missing, while n_known > n_taken */
    bool monitored, parted;
    bool introduced; /* it was told once that we are alive, and who we are */
} rpi_peer;

typedef enum rpi_peer_order { RPI_PEER_NEXT, RPI_PEER_EARLY, RPI_PEER_STALE } rpi_peer_order;
typedef enum rpi_peer_verdict { RPI_PEER_WELL, RPI_PEER_DIED, RPI_PEER_GAP, RPI_PEER_SILENT } rpi_peer_verdict;

void rpi_peer_init(rpi_peer *peer, bool monitored, uint64_t now_ns);

/* A message of that number has come in, or is looked at again after it was held back. */
rpi_peer_order rpi_peer_take(rpi_peer *peer, uint64_t number, uint64_t now_ns);

/* It said that it is alive, and that its last message had that number. */
void rpi_peer_heartbeat(rpi_peer *peer, uint64_t last_number, uint64_t now_ns);

/* A part of a message came in. */
void rpi_peer_heard(rpi_peer *peer, uint64_t now_ns);

/* Its process is gone. */
void rpi_peer_gone(rpi_peer *peer, uint64_t now_ns);

/* We ourselves stood still: what others did meanwhile isn't known yet. */
void rpi_peer_forgive(rpi_peer *peer, uint64_t now_ns);

/* Whether it is time to tell it that we are alive: at once, and whenever nothing else was said for a while. */
bool rpi_peer_is_due(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns);

rpi_peer_verdict rpi_peer_judge(const rpi_peer *peer, const rpi_peer_times *times, uint64_t now_ns);

#endif
