/* progress_thread.h: how a progress thread sleeps, and how other threads of its process wake it. */
#ifndef RPI_CLUSTER_PROGRESS_THREAD_H
#define RPI_CLUSTER_PROGRESS_THREAD_H

#include "cluster/backoff.h"

#include <pthread.h>

typedef struct rpi_progress_thread {
    pthread_mutex_t mutex; /* guards sleeping and signalled, and what the owner shares with other threads */
    pthread_cond_t woken;
    bool sleeping, signalled;
    uint64_t last_event_ns; /* used by the progress thread alone */
} rpi_progress_thread;

void rpi_progress_thread_init(rpi_progress_thread *progress_thread);
void rpi_progress_thread_fini(rpi_progress_thread *progress_thread);

/* Tells the progress thread that there is something to do. With the mutex held. */
void rpi_progress_thread_wake(rpi_progress_thread *progress_thread);

/* Something happened. In the progress thread. */
void rpi_progress_thread_event(rpi_progress_thread *progress_thread);

/* Nothing happened: sleeps as long as rpi_backoff_ns says, or, with `for_ever`, until woken. Fills in poll->idle_ns. As above, in the
 * progress thread. */
void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever);

#endif
