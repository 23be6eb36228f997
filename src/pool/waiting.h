/*
 * waiting.h: which calls of one batch the executor has, and which wait for room. A call that waits has no batch yet, nor anything that an
 * executor keeps for one, so it takes little memory. The executor has enough calls to keep all workers busy. As they end, those that wait
 * are begun in the order in which they were made, by the thread in which a call has ended: several at a time, as over ranks a thread may
 * have to be woken for them.
 *
 *     state    event                                            next
 *     new      there is room, and nothing waits                 out      its maker begins it
 *     new      else                                             waits
 *     waits    there is room for several, it is the oldest      out      it is begun
 *     waits    withdrawn: the call is cancelled or stopped      over     its batch never comes
 *     out      it has ended, or an item waits for a retry       over     there is room for another one
 *
 * A call of several batches has a window of its own. Those that wait are begun before it.
 */
#ifndef RPI_POOL_WAITING_H
#define RPI_POOL_WAITING_H

#include "pool/call.h"

#include <pthread.h>

typedef struct rpi_waiting {
    pthread_mutex_t *mutex;  /* the pool's; guards what follows, and the pool's list */
    pthread_cond_t *changed; /* the pool's; for whoever waits until nobody begins calls */
    const rpi_list *calls;   /* the pool's, the latest first */
    uint64_t most_out, n_out;
    rpi_call *oldest;   /* that waits; NULL: none does */
    bool is_beginning;  /* a thread begins those that wait; the pool stays meanwhile */
    bool begins_all;    /* also without room */
    pthread_t beginner; /* that thread */
} rpi_waiting;

void rpi_waiting_init(rpi_waiting *self, pthread_mutex_t *mutex, pthread_cond_t *changed, const rpi_list *calls);

/* How many calls are out at most: what so many workers run, what follows it, and some that are handed out meanwhile. */
void rpi_waiting_set_workers(rpi_waiting *self, unsigned n_workers);

/* ---- with the mutex held ---- */

/* A call was put into the pool's list. True: it is out. */
bool rpi_waiting_add(rpi_waiting *self, rpi_call *call);

/* The call is over. Does nothing where it isn't out. True: the caller calls rpi_waiting_go without the mutex. */
bool rpi_waiting_leave(rpi_waiting *self, rpi_call *call);

/* ---- under no lock ---- */

/* Begins those that wait and that there is room for. The pool may be gone afterwards. */
void rpi_waiting_go(rpi_waiting *self);

/* rpi_waiting_leave, and what follows it. The call keeps the pool. */
void rpi_waiting_leave_and_go(rpi_waiting *self, rpi_call *call);

/* Begins all that wait. They are with the executor when it returns. */
void rpi_waiting_go_all(rpi_waiting *self);

/* The call won't be begun. False: it doesn't wait. */
bool rpi_waiting_withdraw(rpi_waiting *self, rpi_call *call);

#endif
