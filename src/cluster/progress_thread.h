/* progress_thread.h: how a thread that talks to MPI sleeps and is woken by the threads of its own process. */
#ifndef RPI_CLUSTER_PROGRESS_THREAD_H
#define RPI_CLUSTER_PROGRESS_THREAD_H

#include "cluster/backoff.h"

#include <pthread.h>

typedef struct rpi_progress_thread {
    pthread_mutex_t mutex; /* guards what follows, and what its owner shares with other threads */
    pthread_cond_t woken;
    bool sleeping, signalled;
    uint64_t last_event_ns; /* by the talking thread alone */
} rpi_progress_thread;

void rpi_progress_thread_init(rpi_progress_thread *progress_thread);
void rpi_progress_thread_fini(rpi_progress_thread *progress_thread);

/* With the mutex held: there is something to do. */
void rpi_progress_thread_wake(rpi_progress_thread *progress_thread);

/* In the talking thread: something happened. */
void rpi_progress_thread_event(rpi_progress_thread *progress_thread);

/* In the talking thread, when nothing happened: sleeps as rpi_backoff_ns says (poll->idle_ns is filled in), or, `for_ever`, until woken.
 */
void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever);

#endif
