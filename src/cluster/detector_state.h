/* detector_state.h: the state of a failure detector, for failure_detector.c, which has the messages and the judgement, and for
 * detector_connections.c, which has what lies between detector and connections. */
#ifndef RPI_CLUSTER_DETECTOR_STATE_H
#define RPI_CLUSTER_DETECTOR_STATE_H

#include "cluster/detector_options.h"
#include "cluster/heartbeats.h"
#include "cluster/link.h"
#include "cluster/peer.h"
#include "cluster/process.h"

typedef struct monitored {
    rpi_peer peer;
    rpi_message *held; /* messages that came early, sorted by number */
    rpi_process process;
    bool is_known;            /* `process` is filled in */
    bool is_lost;             /* its loss was reported */
    rpi_peer_verdict verdict; /* is being ended for it; WELL: isn't */
    uint64_t ended_ns;        /* since when */
    uint64_t silent_ns;       /* for how long, when that was decided */
    bool is_suspected;
    uint64_t invited_ns; /* rank 0: since when it should connect; 0: it need not, or is there */
    uint64_t n_parts;
} monitored;

/* The data of a HEARTBEAT. Only rank 0 sends the second part, to a rank that is to connect. */
typedef struct introduction {
    rpi_process process;
    rpi_meeting meeting;
} introduction;

typedef struct detector {
    rpi_link base;
    rpi_link *inner;
    rpi_failure_detector_options options;
    rpi_peer_times times;
    rpi_process self;
    uint64_t look_ns, looked_ns; /* how often it looks; when it last did */
    uint64_t now_ns;
    size_t n_held;
    bool may_judge; /* not all peers were judged since the last look */
    monitored *peers;
    int *descriptors; /* pidfds of the peers' processes, or -1 */
    bool *gone;
    rpi_heartbeats *heartbeats; /* NULL: there are no connections */
    bool has_warned;            /* that ranks don't connect */
    int n_invited;              /* rank 0: that should connect, and aren't there yet */
    uint64_t turned_ns;         /* when the connections last had their turn */
} detector;

static inline uint64_t rpi_detector_ns(double seconds) { return (uint64_t)(seconds * 1e9); }

#endif
