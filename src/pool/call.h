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
 *     stopped or cancelled while it waits for room              as when its only batch has ended
 *     cancelled    closed, stopped                              cancelled
 *     finished     anything                                     unchanged   (also when finished as cancelled)
 */
#ifndef RPI_POOL_CALL_H
#define RPI_POOL_CALL_H

#include "base/small_mutex.h"
#include "base/waiter.h"
#include "pool/call_journal.h"
#include "pool/wishes.h"
#include "worker/executor.h"

#include <rankpool/call.h>

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
    /* The pool doesn't begin the call any more, if it waits for room (waiting.h). False: it doesn't wait. Called under no lock. */
    bool (*withdraw)(rpi_call_pool *pool, rpi_call *call);
    /* The executor has nothing of the call for a while: others may have its room. Called under no lock. */
    void (*rests)(rpi_call_pool *pool, rpi_call *call);
    /* Whether the calling thread is that of the pool's callbacks. Doesn't block. */
    bool (*in_callback)(const rpi_call_pool *pool);
};

/* How a batch is given to the executor: by itself; by a thread that waits for it, and may run items meanwhile; or with others, after which
 * the caller has the executor carry them out, if it has `put`. */
typedef enum rpi_begin_how { RPI_BEGIN_ALONE, RPI_BEGIN_LENDING, RPI_BEGIN_WITH_OTHERS } rpi_begin_how;

/* What calls differ in. Each function may be NULL. */
typedef struct rpi_call_kind {
    /* Gives all items to the executor, as one batch. The call may be gone afterwards. NULL: it has several batches, and doesn't wait for
     * room. */
    void (*begin)(rpi_call *call, rpi_begin_how how);
    void (*ends)(rpi_batch *batch);            /* of that batch: all its tries are over; it ends in rpi_call_batch_ends */
    rpi_partials *(*partials)(rpi_call *call); /* where its results are folded */
    void (*fini)(rpi_call *call);              /* frees what the struct has that begins with the call */
} rpi_call_kind;

/* A set of calls (completions.c), which a call is in from being added until it is taken out. */
typedef struct rpi_call_set {
    /* The call is finished. Called with the call's mutex held; doesn't block. */
    void (*finished)(struct rpi_call_set *set, rpi_call *call);
} rpi_call_set;

/* Somebody who wants to be told when a call is finished. */
typedef struct rpi_watch rpi_watch;
struct rpi_watch {
    rpi_list_link link;             /* of the call's watches; guarded by the call's mutex */
    void (*tell)(rpi_watch *watch); /* once, under the call's mutex, when the watch is out of the list. Doesn't block */
};

/* What a call of one item can do without. All others have it. */
typedef struct rpi_call_more {
    rpi_work_hooks hooks;
    uint64_t started_ns;
    size_t result_stride; /* bytes from one result to the next */
    rp_schedule schedule; /* its own options, or its pool's: this and the next three */
    uint64_t chunk;
    uint64_t max_failures;
    double max_failures_percent;
    rp_items_lost *items_lost; /* of its options, with its argument */
    void *items_lost_argument;
    rpi_call_journal *journal; /* what the pool's journal has of it; NULL: it has no key, or the pool no journal. Owned */
    /* guarded by the call's mutex */
    rpi_waiter *reader; /* sleeps until a chunk is done, or the call's state changes; NULL: nobody. Whoever takes it out tells it */
    uint64_t n_told;    /* items that were reported as completed; never decreases */
    const char *reason; /* for the status, static or in `why`; NULL: the status says it all */
    rp_error *why;      /* what made the call end, where it isn't an item or a rank; owned. NULL: none */
    rpi_failure *asked; /* the failure that was read last, and its number, as most readers read all in order */
    uint64_t asked_k;
} rpi_call_more;

/* There may be very many that are outstanding: what a call of one item needs is here, and nothing else. */
struct rp_result {
    rpi_work work;             /* first: executors find the call by it */
    rpi_call_pool *pool;       /* valid until finished */
    const rpi_call_kind *kind; /* NULL: an iterator's */
    rpi_call_more *more;       /* in the call's memory; NULL: see there */
    rpi_wishes *wishes;        /* of its options (wishes.h); NULL: none. Owned */
    uint64_t n_items;          /* UINT64_MAX: not known */
    char *results;             /* map, starmap and apply: the caller's array */
    rpi_list_link link;        /* of the pool's list, guarded by its mutex, as the next three */
    unsigned char marks;       /* what the pool has told this call (see pool.c) */
    bool waits, is_out;        /* see waiting.h */
    bool callbacks_due;        /* it has callbacks, and they haven't all returned; its pool is valid until then. Guarded by the mutex */
    rpi_small_mutex mutex;     /* guards what follows */
    rpi_small_cond changed;
    unsigned references;
    unsigned n_outstanding; /* batches, and whatever else keeps it from finishing */
    rpi_call_state state;
    rp_status status; /* the executor's: RP_OK, RP_LOST, RP_NO_MEMORY; of a reduction: RP_END, RP_FAILED */
    rpi_list watches;
    rpi_call_set *set; /* that it is in; NULL: none. The next two are guarded by that set's mutex */
    rpi_list_link in_set;
    void *tag;
    rpi_failure *failures;  /* sorted once finished */
    rpi_failure *not_begun; /* items that didn't begin; map, starmap and apply */
};

static inline void rpi_call_lock(const rpi_call *call) { rpi_small_mutex_lock((rpi_small_mutex *)(uintptr_t)&call->mutex); }
static inline void rpi_call_unlock(const rpi_call *call) { rpi_small_mutex_unlock((rpi_small_mutex *)(uintptr_t)&call->mutex); }

/* What the pool's journal has of it; NULL: nothing. */
static inline rpi_call_journal *rpi_call_journal_of(const rpi_call *call) { return call->more ? call->more->journal : NULL; }

/* With the mutex held. */
static inline bool rpi_call_is_finished(const rpi_call *call)
{
    return call->state == RPI_CALL_FINISHED || call->state == RPI_CALL_FINISHED_CANCELLED;
}
static inline bool rpi_call_is_cancelled(const rpi_call *call)
{
    return call->state == RPI_CALL_CANCELLED || call->state == RPI_CALL_FINISHED_CANCELLED;
}

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

/* Only items that run are finished; no other one begins, wherever it is. `ends_running`: those that run are ended, see work.h. Any thread.
 */
void rpi_call_begin_none(rpi_call *call, int ends_running);

/* RP_OK, or RP_USAGE: the calling thread runs a task of the pool, and must not wait for its calls without an end. The pool may be gone. */
rp_status rpi_call_check_wait(const rpi_call_pool *pool, rp_error *error);

/* How the call ended, or will end: RP_OK, RP_FAILED, RP_CANCELLED, RP_LOST, RP_NO_MEMORY. With the mutex held. */
rp_status rpi_call_outcome(const rpi_call *call, rp_error *error);

uint64_t rpi_call_n_completed(const rpi_call *call);

#endif
