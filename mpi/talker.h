/* talker.h: how a thread that talks to MPI sleeps and is woken: by the threads of its own process, and by ranks of its host (doorbell.h). */
#ifndef RPI_TALKER_H
#define RPI_TALKER_H

#include "backoff.h"
#include "doorbell.h"

#include <pthread.h>

typedef struct rpi_talker {
    pthread_mutex_t mutex;  /* guards what its owner shares with other threads */
    rpi_doorbell *doorbell; /* the link's, or its own */
    rpi_doorbell own;
    /* by the talking thread alone */
    uint64_t last_event_ns;
    uint32_t n_rung;  /* before it began to look for what there is to do */
    bool listening;   /* as the doorbell says */
    unsigned n_looks; /* to be taken before it sleeps while it listens */
} rpi_talker;

/* `doorbell`: of the link, by which other ranks ring; outlives the talking. NULL: they don't. */
void rpi_talker_init(rpi_talker *talker, rpi_doorbell *doorbell);
void rpi_talker_fini(rpi_talker *talker);

/* There is something to do: after it was put where the talking thread looks. */
void rpi_talker_wake(rpi_talker *talker);

/* In the talking thread, which looks for something to do again and again, and ends each such turn with one of these. Something was done: */
void rpi_talker_event(rpi_talker *talker);
/* Nothing was: sleeps as rpi_backoff_ns says (quiet->quiet_ns is filled in), or, `for_ever`, until woken. */
void rpi_talker_rest(rpi_talker *talker, rpi_quiet *quiet, bool for_ever);

#endif
