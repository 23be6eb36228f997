/*
 * call.h: one call of a pool, from its making to its freeing. The public rp_result is such a call; an iterator holds one.
 *
 *     state       event                                          next
 *     open        a batch begins                                 open       (n_outstanding + 1)
 *     open        a batch ends                                   open       (n_outstanding - 1)
 *     open        closed: no batch will come any more            closed     finished, when nothing is out
 *     closed      a batch ends, others are out                   closed     (n_outstanding - 1)
 *     closed      the last batch ends                            finished   waiters are woken, the pool is told
 *     open,
 *     closed      cancelled (handle, terminate)                  cancelled  the cutoff is 0: what is out comes back soon
 *     open,
 *     closed      stopped (pool)                                 the same   the cutoff: what wasn't handed out; iterators close themselves
 *     cancelled   the last batch ends, or nothing is out         finished as cancelled: as finished
 *     cancelled   closed, stopped                                cancelled
 *     finished,
 *     finished as
 *     cancelled   anything                                       the same
 */
#ifndef RPI_POOL_CALL_H
#define RPI_POOL_CALL_H

#include "worker/executor.h"

#include <rankpool/call.h>

#include <pthread.h>

typedef struct rp_result rpi_call;

typedef enum rpi_call_state {
    RPI_CALL_OPEN = 0,
    RPI_CALL_CLOSED,
    RPI_CALL_CANCELLED,
    RPI_CALL_FINISHED,
    RPI_CALL_FINISHED_CANCELLED
} rpi_call_state;

/* What calls see of their pool. It is there until `ended` was called for the last of them. */
typedef struct rpi_call_pool rpi_call_pool;
struct rpi_call_pool {
    rpi_executor *executor;
    const rp_pool_options *options;     /* with all defaults filled in */
    _Atomic uint64_t failures;          /* items, of finished calls */
    _Atomic uint64_t callback_failures; /* callbacks that returned something other than 0 */
    /* The call is finished: lets go of the pool's reference to it. Under no lock; the pool may be gone when it returns. */
    void (*ended)(rpi_call_pool *pool, rpi_call *call);
    /* A call was cancelled or stopped: items of it that wait for another try needn't. Doesn't block; with the call's mutex held. */
    void (*stopped)(rpi_call_pool *pool);
};

struct rp_result {
    rpi_work work;       /* first: executors find the call by it */
    rpi_call_pool *pool; /* valid until finished */
    uint64_t n_items;    /* UINT64_MAX: not known */
    uint64_t started_ns;
    char *results; /* map and the like: the caller's array */
    rp_status *statuses;
    rp_pool_options options; /* what holds for this call: its own, or else the pool's */
    rp_callback *callback, *error_callback;
    void *callback_argument;
    /* links of the pool's list and of the notifier's, each guarded by its mutex */
    rpi_list_link link, notified;
    unsigned marks;        /* what its pool has told it already, as pool.c has it; guarded by the pool's mutex */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    unsigned references;
    uint64_t n_outstanding;
    uint64_t n_told; /* items that were said to be completed; it never becomes less */
    rpi_call_state state;
    rp_status status;      /* of the executor: RP_OK, RP_LOST, RP_NO_MEMORY */
    rpi_failure *failures; /* sorted once finished */
    uint64_t n_failures;
    rpi_failure *asked; /* the failure that was asked for last, and its number: most readers go through all of them */
    uint64_t asked_k;
};

/* With the mutex held. */
static inline bool rpi_call_is_finished(const rpi_call *call)
{
    return call->state == RPI_CALL_FINISHED || call->state == RPI_CALL_FINISHED_CANCELLED;
}
static inline bool rpi_call_is_cancelled(const rpi_call *call)
{
    return call->state == RPI_CALL_CANCELLED || call->state == RPI_CALL_FINISHED_CANCELLED;
}

/* Makes a call, with its arguments checked, that is in no pool yet. `options` may be NULL. */
rp_status rpi_call_create(rpi_call_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, rpi_call **call,
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
