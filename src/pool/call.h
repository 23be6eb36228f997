/*
 * call.h: one call of a pool, from its creation to its end. The public rp_result is a call; an iterator holds one.
 *
 *     state        event                                        next
 *     open         a batch begins                               open        n_outstanding + 1
 *     open         a batch ends                                 open        n_outstanding - 1
 *     open         closed: no more batches will come            closed      finished, when nothing is out
 *     closed       a batch ends, others are out                 closed      n_outstanding - 1
 *     closed       the last batch ends                          finished    waiters are woken, the pool is told
 *     open/closed  cancelled (by its handle, or terminate)      cancelled   the cutoff is 0: what is out comes back soon
 *     open/closed  stopped (by the pool)                        unchanged   the cutoff is the first item that wasn't handed out;
 *                                                                           iterators close their calls
 *     open/closed  begins none (by the pool)                    unchanged   as stopped; what was handed out and hasn't begun doesn't
 *     cancelled    the last batch ends, or nothing is out       finished as cancelled, and as for finished
 *     cancelled    closed, stopped                              cancelled
 *     finished     anything                                     unchanged   (also when finished as cancelled)
 */
#ifndef RPI_POOL_CALL_H
#define RPI_POOL_CALL_H

#include "base/waiter.h"
#include "pool/call_journal.h"
#include "pool/wishes.h"
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

/* The part of a pool that its calls see. It stays valid until `ended` was called for the last call. */
typedef struct rpi_call_pool rpi_call_pool;
struct rpi_call_pool {
    rpi_executor *executor;
    const rp_pool_options *options;     /* with all defaults filled in */
    rpi_pool_journal *journal;          /* NULL: the pool has none */
    bool spans_processes;               /* other processes run items too: ranks, or isolated children. Set as the pool opens */
    _Atomic uint64_t failures;          /* failed items of finished calls */
    _Atomic uint64_t callback_failures; /* callbacks that didn't return 0 */
    /* Has ranks of other hosts get a copy of a large constant. Blocks. NULL: there are none. */
    rp_status (*share)(rpi_call_pool *pool, const char *base, rp_error *error);
    /* The call is finished: drops the pool's reference to it. Called under no lock. The pool may be gone when it returns. */
    void (*ended)(rpi_call_pool *pool, rpi_call *call);
    /* A call was cancelled or stopped: its items that wait for a retry stop waiting. Called with the call's mutex held. Doesn't block. */
    void (*stopped)(rpi_call_pool *pool);
    /* Whether the calling thread is that of the pool's callbacks. Doesn't block. */
    bool (*in_callback)(const rpi_call_pool *pool);
};

/* Somebody who wants to be told when a call is finished. */
typedef struct rpi_watch rpi_watch;
struct rpi_watch {
    rpi_list_link link;             /* of the call's watches; guarded by the call's mutex */
    void (*tell)(rpi_watch *watch); /* once, under the call's mutex, when the watch is out of the list. Doesn't block */
};

struct rp_result {
    rpi_work work;       /* first: executors find the call by it */
    rpi_call_pool *pool; /* valid until finished */
    uint64_t n_items;    /* UINT64_MAX: not known */
    uint64_t started_ns;
    char *results;        /* map, starmap and apply: the caller's array */
    rpi_wishes *wishes;   /* of its options (wishes.h); NULL: none. Owned */
    rp_schedule schedule; /* its own options, or its pool's: this and the next three */
    uint64_t chunk;
    uint64_t max_failures;
    double max_failures_percent;
    rp_items_lost *items_lost; /* of its options, with its argument */
    void *items_lost_argument;
    rpi_call_journal *journal;    /* what the pool's journal has of it; NULL: it has no key, or the pool no journal. Owned */
    void (*fini)(rpi_call *call); /* frees what the struct has that begins with the call; NULL: nothing */
    rpi_list_link link;           /* of the pool's list, guarded by its mutex */
    unsigned marks;               /* what the pool has told this call (see pool.c); guarded by the pool's mutex */
    pthread_mutex_t mutex;        /* guards what follows */
    pthread_cond_t changed;
    rpi_waiter *reader; /* sleeps until a chunk is done, or the call's state changes; NULL: nobody. Whoever takes it out tells it */
    unsigned references;
    uint64_t n_outstanding;
    uint64_t n_told; /* items that were reported as completed; never decreases */
    rpi_call_state state;
    bool callbacks_due; /* it has callbacks, and they haven't all returned; its pool is valid until then */
    rp_status status;   /* the executor's: RP_OK, RP_LOST, RP_NO_MEMORY; of a reduction: RP_END, RP_FAILED */
    const char *reason; /* for the status, static or in `why`; NULL: the status says it all */
    rp_error *why;      /* what made the call end, where it isn't an item or a rank; owned. NULL: none */
    rpi_list watches;
    struct rpi_completion *completion; /* where it is in a set (completions.c); NULL: in none */
    rpi_failure *failures;             /* sorted once finished */
    rpi_failure *not_begun;            /* items that didn't begin; map, starmap and apply */
    uint64_t n_failures;
    rpi_failure *asked; /* the failure that was read last, and its number, as most readers read all in order */
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

/* Checks the arguments and makes a call that isn't in a pool's list yet. `options` may be NULL. `size`: of the struct that begins with the
 * call, and whose other members are all zero at first; it begins at a cache line, and is freed with the call. */
rp_status rpi_call_create(rpi_call_pool *pool, const rp_task *task, rp_columns items, const rp_call_options *options, size_t size,
                          rpi_call **call, rp_error *error);

void rpi_call_ref(rpi_call *call);
/* Drops a reference. The last one frees the call. NULL does nothing. */
void rpi_call_unref(rpi_call *call);

/* Call it once before each submit of a batch; or to keep the call from finishing until rpi_call_release. False: the call is closed. */
bool rpi_call_batch_begins(rpi_call *call);
/* The same for one that keeps the call from finishing already. It counts whatever state the call has. */
void rpi_call_batch_joins(rpi_call *call);
/* A batch is done: moves its failures to the call. `also` (or NULL) is called first, under the call's mutex; it returns whether the reader
 * is to be woken. */
void rpi_call_batch_ends(rpi_call *call, rpi_batch *batch, bool (*also)(rpi_batch *batch));

/* Ends what kept the call from finishing: its set-up, for which n_outstanding = 1 before the pool sees it, or rpi_call_batch_begins. */
void rpi_call_release(rpi_call *call);

/* No more batches will come. */
void rpi_call_close(rpi_call *call);

/* Looks the call up in its pool's journal, if it has a key. `n_items`: UINT64_MAX: not known. Errors as of rpi_call_journal_open. */
rp_status rpi_call_open_journal(rpi_call *call, const rp_call_options *options, uint64_t n_items, rp_error *error);

/* Something else than an item or a rank made the call end: nothing more is sent out from `item` on. The first reason counts. */
void rpi_call_fail(rpi_call *call, uint64_t item, const rp_error *why);

/* Cancels the call: nothing more starts. Any thread. True: no item has run. */
bool rpi_call_cancel(rpi_call *call);

/* Whether more items failed than max_failures or max_failures_percent allows. */
bool rpi_call_failed_too_often(const rpi_call *call);

/* An item failed for good, and the call's policy takes effect. In the client's process, under no lock. */
void rpi_call_count_failure(rpi_call *call, uint64_t item);

/* Items that no worker or rank has yet don't start; the others are finished. Any thread. */
void rpi_call_stop(rpi_call *call);

/* Only items that run are finished; no other one begins, wherever it is. Any thread. */
void rpi_call_begin_none(rpi_call *call);

/* RP_OK, or RP_USAGE: the calling thread runs a task of the pool, and must not wait for its calls without an end. The pool may be gone. */
rp_status rpi_call_check_wait(const rpi_call_pool *pool, rp_error *error);

/* How the call ended, or will end: RP_OK, RP_FAILED, RP_CANCELLED, RP_LOST, RP_NO_MEMORY. With the mutex held. */
rp_status rpi_call_outcome(const rpi_call *call, rp_error *error);

uint64_t rpi_call_n_completed(const rpi_call *call);

#endif
