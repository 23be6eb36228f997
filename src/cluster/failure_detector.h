/*
 * failure_detector.h: a link around another that knows how its peers fare: it numbers messages, hands them on in order and once each
 * however they come in, says HEARTBEAT to peers that it had nothing else to say to, and tells when one is lost: its process is gone, one of
 * its messages doesn't come, or it says nothing (see peer.h). Rank 0 monitors all others, each of them rank 0. After its BYE a rank's
 * silence and end are no loss, nor are rank 0's after its STOP.
 *
 * All of it happens within receive, so whoever has a detector calls that many times a second.
 */
#ifndef RPI_CLUSTER_FAILURE_DETECTOR_H
#define RPI_CLUSTER_FAILURE_DETECTOR_H

#include "cluster/link.h"

typedef struct rpi_failure_detector_options {
    double heartbeat_s, gap_s, silence_s; /* 0: 0.5, 10 and 60 */
    /* Whether the process of that peer is gone; NULL: by what it says of its process. */
    bool (*is_gone)(void *argument, int peer);
    void *argument;
} rpi_failure_detector_options;

/* Takes the link over, also when it fails. All ranks of the link have one. `options` may be NULL. RP_OK, RP_NO_MEMORY. */
rp_status rpi_failure_detector_create(rpi_link *link, const rpi_failure_detector_options *options, rpi_link **detector, rp_error *error);

#endif
