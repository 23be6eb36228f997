/*
 * progress_thread.h: who talks to the other ranks, and how the progress thread sleeps meanwhile.
 *
 * One thread at a time takes a turn: it receives, decides and sends. The baton passes between those who wait anyway (a client in a blocking
 * call, a worker without work) and the progress thread, which is for when all compute. While others take turns it mostly sleeps, and
 * the bell is muted.
 *
 * A thread that spins takes one turn after the other, and in most of them nothing happens. So such a turn is cut short, unless there is
 * something to do:
 *
 *     what there may be to do                                   what tells of it
 *     left by another thread: batches, chunks that have run,    `signalled`, set under the mutex after it was left
 *       wishes of clients, cutoffs, pools that helpers made
 *     a message; one that is on its way in parts                rpi_link_ops.has_news
 *     heartbeats, lost ranks, items to be taken back, regions   the clock: each RPI_TURNS_CUT_SHORT turns one isn't cut short
 *       that are gone; calls that are over
 *
 * Only a turn that isn't cut short clears `signalled`, before it looks for what was left. So what is left later makes for another turn.
 * When a thread leaves, and `signalled` is set, it wakes the progress thread. Turns of the progress thread itself are never cut short.
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
    _Atomic uint64_t driven_ns; /* when something last happened in a turn of another thread */
    atomic_bool signalled;      /* there is something to do, for whoever takes turns; set with the mutex held */
    unsigned n_cut_short;       /* with the baton: turns since the last one that wasn't */
    pthread_mutex_t mutex;      /* guards what follows, and what the owner shares with other threads */
    rpi_event bell;             /* on which the progress thread sleeps */
    bool sleeping;              /* the progress thread */
    _Atomic uint32_t *answered; /* rings that need no wake: own ones, and messages taken in for which others ring */
    bool called;                /* for the progress thread itself */
    unsigned n_drivers;         /* other threads that take one turn after another */
    unsigned n_out;             /* drivers that run items meanwhile, and come back */
} rpi_progress_thread;

/* `bell`: what wakes the progress thread, also other processes, and how many of its rings are answered (bells.h). */
void rpi_progress_thread_init(rpi_progress_thread *progress_thread, rpi_event bell, _Atomic uint32_t *answered);
void rpi_progress_thread_fini(rpi_progress_thread *progress_thread);

enum { RPI_TURNS_CUT_SHORT = 16 };

/* What a turn does about messages. */
typedef enum rpi_receives {
    RPI_RECEIVES_NONE, /* a worker hands on what it has */
    RPI_RECEIVES_SOME, /* what is there; whoever spins comes again */
    RPI_RECEIVES_ALL   /* until there is none, as a sleep comes next */
} rpi_receives;

/* Tells whoever takes turns that there is something to do; wakes the progress thread if nobody else does. With the mutex held. */
void rpi_progress_thread_wake(rpi_progress_thread *progress_thread);

/* The same from a thread that takes a turn next, so nobody is woken. With the mutex held. */
static inline void rpi_progress_thread_leave_work(rpi_progress_thread *progress_thread)
{
    atomic_store_explicit(&progress_thread->signalled, true, memory_order_release);
}

/* Whether somebody has told so since the last turn that wasn't cut short. Any thread. */
static inline bool rpi_progress_thread_is_told(const rpi_progress_thread *progress_thread)
{
    return atomic_load_explicit(&progress_thread->signalled, memory_order_acquire);
}

/* The same, whoever takes turns: the progress thread itself is needed. With no lock held. */
void rpi_progress_thread_call(rpi_progress_thread *progress_thread);

/* A message has been taken in for which its sender rings. With the baton. */
static inline void rpi_progress_thread_hear(rpi_progress_thread *progress_thread) { atomic_fetch_add(progress_thread->answered, 1); }

/* ---- in the progress thread ---- */

/* Blocks while another thread takes a turn, which is short. Returns as rpi_progress_thread_begin does. */
bool rpi_progress_thread_begin_turn(rpi_progress_thread *progress_thread);
/* `any`: something happened. */
void rpi_progress_thread_end_turn(rpi_progress_thread *progress_thread, bool any);

/* Nothing happened: sleeps as long as rpi_backoff_ns says, or, with `for_ever`, until woken. Fills in poll->idle_ns. */
void rpi_progress_thread_rest(rpi_progress_thread *progress_thread, rpi_poll_state *poll, bool for_ever);

/* ---- in other threads ---- */

/* Takes the baton. False: another thread has it; that one is told to look once more, unless the caller `spins`, and comes again itself. */
bool rpi_progress_thread_try_turn(rpi_progress_thread *progress_thread, bool spins);
/* Whether this turn may be cut short, if there is no message. Otherwise, and when it turns out that there is one, it begins. */
bool rpi_progress_thread_may_cut_short(rpi_progress_thread *progress_thread);
/* `receives`: messages are looked for until there is none. Returns whether somebody has told of work: without that, nothing was left. */
bool rpi_progress_thread_begin(rpi_progress_thread *progress_thread, bool receives);
void rpi_progress_thread_end_own_turn(rpi_progress_thread *progress_thread, bool any);

/* Whether others have rung for more messages than were taken in: leaving wakes the progress thread. A message may come before the ring. */
bool rpi_progress_thread_is_rung_for(const rpi_progress_thread *progress_thread);

/* From join to leave the thread takes turns without a pause. When it leaves, what isn't done is the progress thread's. */
void rpi_progress_thread_join_in(rpi_progress_thread *progress_thread);
void rpi_progress_thread_leave(rpi_progress_thread *progress_thread);

/* From join to leave, too: the thread runs items and takes no turns. Others may wait for it to come back before they wake the progress
 * thread. */
void rpi_progress_thread_go_out(rpi_progress_thread *progress_thread);
void rpi_progress_thread_come_back(rpi_progress_thread *progress_thread);

#endif
