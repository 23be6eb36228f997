/*
 * retry.h: items that failed are tried again: a layer between executors and collectors, in the client's process. The collector sees a
 * batch as done only once all its items have succeeded or failed for good.
 *
 * A failed item with tries left waits (retry_backoff.h), then runs as a batch of its own, which goes before others and to another rank.
 * What follows from the end of a try:
 *
 *     it succeeded                                     its result is in its place, the item is finished
 *     it failed, tries are left                        the item waits again
 *     it failed, none is left                          the failure is the item's
 *     the call was stopped meanwhile (draining)        the last failure is the item's, and counts from here on
 *     cancelled, or ended by a failure before it       the item counts as not run
 *     no memory or no thread for another try           the last failure is the item's
 *
 * The batch itself and each of its items that is tried again hold it open (n_open); whoever lets go last ends it.
 */
#ifndef RPI_POOL_RETRY_H
#define RPI_POOL_RETRY_H

#include "pool/call.h"

typedef struct rpi_retrier rpi_retrier;

/* A pool's. `backoff_s`: before an item's second try. Its thread starts with the first item that waits. NULL: no memory. */
rpi_retrier *rpi_retrier_create(double backoff_s);
/* Ends the thread. No item may be waiting. */
void rpi_retrier_stop(rpi_retrier *retrier);
/* NULL does nothing. */
void rpi_retrier_destroy(rpi_retrier *retrier);

/* A call was cancelled or stopped: items that wait don't wait any longer for it. Doesn't block; may be called with a call's mutex held. */
void rpi_retrier_look(rpi_retrier *retrier);

/* A batch with what becomes of the tries of its items; a call's, or a chunk's of an iterator. */
typedef struct rpi_tries {
    rpi_batch batch;                /* first: what executors see */
    rpi_retrier *retrier;           /* its pool's */
    void (*ends)(rpi_batch *batch); /* what follows the last try */
    /* guarded by the retrier's mutex */
    uint64_t n_open;             /* that go on: the batch's own, and single items' */
    rp_status status;            /* RP_OK, or why a try of a single item couldn't be run */
    rpi_failure *final_failures; /* apart until the end: the batch's `failures` are those that something is to be made of */
} rpi_tries;

/* NULL: no memory. */
rpi_tries *rpi_tries_create(void);
/* NULL does nothing. */
void rpi_tries_destroy(rpi_tries *tries);

/* Sets the batch's done function, before it is submitted: `ends` is called once, under no lock, when none of its items is tried again
 * any more; it may destroy the tries. The batch's call must be in its pool. */
void rpi_tries_prepare(rpi_tries *tries, rpi_retrier *retrier, void (*ends)(rpi_batch *batch));

#endif
