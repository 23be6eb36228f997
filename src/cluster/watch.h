/*
 * watch.h: a link around another that knows how its peers fare: it numbers messages, hands them on in order and once each however they come
 * in, says ALIVE to peers that it had nothing else to say to, and tells when one is lost: its process is gone, one of its messages
 * doesn't come, or it says nothing (see peer.h). Rank 0 watches all others, each of them rank 0. After its BYE a
 * rank's silence and end are no loss, nor are rank 0's after its STOP.
 *
 * All of it happens within receive, so whoever has a watch calls that many times a second.
 */
#ifndef RPI_CLUSTER_WATCH_H
#define RPI_CLUSTER_WATCH_H

#include "cluster/link.h"

typedef struct rpi_watch_options {
    double beat_s, gap_s, silence_s; /* 0: 0.5, 10 and 60 */
    /* Whether the process of that peer is gone; NULL: by what it says of its process. */
    bool (*is_gone)(void *argument, int peer);
    void *argument;
} rpi_watch_options;

/* Takes the link over, also when it fails. All ranks of the link have one. `options` may be NULL. RP_OK, RP_NO_MEMORY. */
rp_status rpi_watch_create(rpi_link *link, const rpi_watch_options *options, rpi_link **watch, rp_error *error);

#endif
