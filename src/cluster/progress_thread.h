/*
 * progress_thread.h: who talks to the other ranks, and how the progress thread sleeps meanwhile.
 *
 * One thread at a time takes a turn: it receives, decides and sends. The baton passes between those who wait anyway (a client in a blocking
 * call, a worker without work) and the progress thread, which is for when all compute. While others take turns it mostly sleeps, and
 * the bell is muted.
 */
#ifndef RPI_CLUSTER_PROGRESS_THREAD_H
#define RPI_CLUSTER_PROGRESS_THREAD_H

#include "base/event.h"
#include "cluster/backoff.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct rpi_progress_thread {
    pthread_mutex_t baton;      /* held during a turn; taken before any other lock */
    uint64_t last_event_ns;     /* with the baton */
    _Atomic uint32_t seen;      /* the bell's count at the beginning of the last turn */
    _Atomic uint32_t n_heard;   /* messages taken in for which others ring */
    _Atomic uint64_t driven_ns; /* when something last happened in a turn of another thread */
    pthread_mutex_t mutex;      /* guards what follows, and what the owner shares with other threads */
    rpi_event bell;             /* on which the progress thread sleeps */
    bool sleeping;              /* the progress thread */
    uint32_t n_own;             /* rings of this process */
    bool signalled;             /* there is something to do, for whoever takes turns */
    bool called;                /* for the progress thread itself */
    unsigned n_drivers;         /* other threads that take one turn after another */
} rpi_progress_thread;

/* `bell`: what wakes the progress thread, also other processes (bells.h). */
void rpi_progress_thread_init(rpi_progress_thread *progress_thread, rpi_event bell);
void rpi_progress_thread_fini(rpi_progress_thread *progress_thread);

/* Tells whoever takes turns that there is something to do; wakes the progress thread if nobody else does. With the mutex held. */
void rpi_progress_thread_wake(rpi_progress_thread *progress_thread);

/* The same, whoever takes turns: the progress thread itself is needed. With no lock held. */
void rpi_progress_thread_call(rpi_progress_thread *progress_thread);

/* A message has been taken in for which its sender rings. With the baton. */
static inline void rpi_progress_thread_hear(rpi_progress_thread *progress_thread) { atomic_fetch_add(&progress_thread->n_heard, 1); }

/* ---- in the progress thread ---- */

/* Blocks while another thread takes a turn, which is short. */
void rpi_progress_thread_begin_turn(rpi_progress_thread *progress_thread);
/* `any`: something happened. */
void rpi_progress_thread_end_turn(rpi_progress_thread *progress_thread, bool any);

/* Nothing happened: sleeps as long as rpi_backoff_ns says, or, with `for_ever`, until woken. Fills in poll->idle_ns. */
void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever);

/* ---- in other threads ---- */

/* Takes the baton. False: another thread has it; that one is told to look once more. `receives`: messages are looked for in this turn. */
bool rpi_progress_thread_try_turn(rpi_progress_thread *progress_thread, bool receives);
void rpi_progress_thread_end_own_turn(rpi_progress_thread *progress_thread, bool any);

/* From join to leave the thread takes turns without a pause. When it leaves, what isn't done is the progress thread's. */
void rpi_progress_thread_join_in(rpi_progress_thread *progress_thread);
void rpi_progress_thread_leave(rpi_progress_thread *progress_thread);

#endif
