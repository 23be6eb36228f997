/* detector_options.h: what the maker of a failure detector may choose. */
#ifndef RPI_CLUSTER_DETECTOR_OPTIONS_H
#define RPI_CLUSTER_DETECTOR_OPTIONS_H

#include "cluster/sockets.h"

typedef struct rpi_failure_detector_options {
    double heartbeat_s, gap_s, silence_s; /* 0: 0.5, 10 and 60 */
    /* Whether the peer's process is gone. NULL: found out from what the peer's HEARTBEAT says of its process. */
    bool (*is_gone)(void *argument, int peer);
    void *argument;
    const rpi_sockets *sockets;     /* for connections; NULL: there are none */
    void (*warn)(const char *text); /* what people should know, though no rank is lost; on rank 0. NULL: nobody is told */
    uint64_t (*now_ns)(void);       /* NULL: rpi_now_ns */
} rpi_failure_detector_options;

#endif
