/*
 * call.h: one call of a pool, from its making to its freeing. The public rp_result is such a call; an iterator holds one.
 *
 *     state      event                                      next
 *     open       a batch is submitted                       open      (n_outstanding + 1)
 *     open       a batch is done, others are out            open      (n_outstanding - 1)
 *     open       the last batch is done and it is closed    finished  waiters woken, callback queued, pool told
 *     open       closed while nothing is out                finished
 *     open       cancelled (handle, terminate)              open      limit 0: what is out comes back soon; closes itself
 *     open       stopped (pool)                             open      limit: what wasn't handed out; iterators close themselves
 *     finished   anything                                   finished
 */
#ifndef RPI_POOL_CALL_H
#define RPI_POOL_CALL_H

#include "task/work.h"

#include <rankpool/call.h>

#include <pthread.h>

typedef struct rp_result rpi_call;

struct rp_result {
    rpi_work work;    /* first: executors find the call by it */
    rp_pool *pool;    /* valid until finished */
    uint64_t n_items; /* UINT64_MAX: not known */
    uint64_t started_ns;
    char *results; /* map and its kin: the caller's array */
    rp_status *statuses;
    rp_pool_options options; /* what holds for this call: its own, or else the pool's */
    rp_callback *callback, *error_callback;
    void *callback_argument;
    rpi_batch *batch; /* map and its kin: all items */
    /* links of the pool's list and of the notifier's; guarded by the pool's mutex */
    rpi_call *previous, *next, *next_notified;
    unsigned marks;        /* what its pool has told it already, as pool.c has it; guarded likewise */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    unsigned references;
    uint64_t n_outstanding;
    uint64_t n_told; /* items that were said to be completed; it never becomes less */
    bool closed, finished, cancelled;
    rp_status status;      /* of the executor: RP_OK, RP_LOST, RP_NO_MEMORY */
    rpi_failure *failures; /* sorted once finished */
    uint64_t n_failures;
    rpi_failure *asked; /* the failure that was asked for last, and its number: most readers go through all of them */
    uint64_t asked_k;
};

/* Makes a call, with its arguments checked, that is in no pool yet. `options` may be NULL. */
rp_status rpi_call_create(rp_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, rpi_call **call,
                          rp_error *error);

void rpi_call_ref(rpi_call *call);
/* Lets go; the last one frees it. NULL does nothing. */
void rpi_call_unref(rpi_call *call);

/* A batch comes under way: once for each submit, before it. False: the call is closed, it mustn't. */
bool rpi_call_batch_begins(rpi_call *call);
/* A batch is done, its failures are taken over into the call's. `also`, when not NULL, is called under the call's mutex first. */
void rpi_call_batch_ends(rpi_call *call, rpi_batch *batch, void (*also)(rpi_batch *batch));

/* What was held open by n_outstanding = 1 from before the pool saw it, for as long as it was being set up, isn't any more. */
void rpi_call_release(rpi_call *call);

/* No batch will come any more. */
void rpi_call_close(rpi_call *call);

/* Nothing starts any more; finishes as cancelled. Any thread. */
void rpi_call_cancel(rpi_call *call);

/* Whether more items failed than the limit allows. */
bool rpi_call_failed_too_often(const rpi_call *call);

/* An item failed for good, and the call's policy takes effect. In the client's process, under no lock. */
void rpi_call_count_failure(rpi_call *call, uint64_t item);

/* Nothing that no worker or rank was given is started; what was given is finished. Any thread. */
void rpi_call_stop(rpi_call *call);

/* How the call ended (or is bound to): RP_OK, RP_FAILED, RP_CANCELLED, RP_LOST, RP_NO_MEMORY. With the mutex held. */
rp_status rpi_call_outcome(const rpi_call *call, rp_error *error);

uint64_t rpi_call_n_completed(const rpi_call *call);

#endif
