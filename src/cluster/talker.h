/* talker.h: how a thread that talks to MPI sleeps and is woken by the threads of its own process. */
#ifndef RPI_CLUSTER_TALKER_H
#define RPI_CLUSTER_TALKER_H

#include "cluster/backoff.h"

#include <pthread.h>

typedef struct rpi_talker {
    pthread_mutex_t mutex; /* guards what follows, and what its owner shares with other threads */
    pthread_cond_t woken;
    bool sleeping, signalled;
    uint64_t last_event_ns; /* by the talking thread alone */
} rpi_talker;

void rpi_talker_init(rpi_talker *talker);
void rpi_talker_fini(rpi_talker *talker);

/* With the mutex held: there is something to do. */
void rpi_talker_wake(rpi_talker *talker);

/* In the talking thread: something happened. */
void rpi_talker_event(rpi_talker *talker);

/* In the talking thread, when nothing happened: sleeps as rpi_backoff_ns says (quiet->quiet_ns is filled in), or, `for_ever`, until woken.
 */
void rpi_talker_rest(rpi_talker *talker, rpi_quiet *quiet, bool for_ever);

#endif
