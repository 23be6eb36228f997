/*
 * retry.h: tries failed items again. It is a layer between executors and collectors, in the client's process. For the collector, a batch is
 * done once all its items have succeeded or failed for good.
 *
 * A failed item with tries left waits (retry_backoff.h). Then it runs as a batch of its own, which goes before other batches and avoids the
 * rank where it failed. What follows the end of a try:
 *
 *     it succeeded                                     its result is in its place, the item is finished
 *     it failed, tries are left                        the item waits again
 *     it failed, none is left                          the failure is the item's
 *     its rank was lost                                the failure is the item's, whatever tries are left
 *     the call was stopped meanwhile (draining)        the last failure is the item's, and counts from here on
 *     cancelled, or ended by a failure before it       the item counts as not run
 *     no memory or no thread for another try           the last failure is the item's
 *
 * The batch itself and each retried item count in n_open. The batch ends when n_open is 0.
 */
#ifndef RPI_POOL_RETRY_H
#define RPI_POOL_RETRY_H

#include "pool/call.h"

typedef struct rpi_retrier rpi_retrier;

/* Makes a pool's retrier. `backoff_s`: the wait before a second try. Its thread starts when the first item waits. NULL: no memory. */
rpi_retrier *rpi_retrier_create(double backoff_s);
/* Has a function told of failed tries that are followed by another one; before the first call. NULL: nobody is. */
void rpi_retrier_tell(rpi_retrier *retrier, void (*retried)(void *argument, const rp_error *failure), void *argument);
/* Ends the thread. No item may be waiting. */
void rpi_retrier_stop(rpi_retrier *retrier);
/* NULL does nothing. */
void rpi_retrier_destroy(rpi_retrier *retrier);

/* A call was cancelled or stopped: its items stop waiting. Doesn't block. May be called with a call's mutex held. */
void rpi_retrier_look(rpi_retrier *retrier);

/* A batch with the outcome of its items' tries. A call has one, and each chunk of an iterator. */
typedef struct rpi_tries {
    rpi_batch batch;                /* first: what executors see */
    rpi_retrier *retrier;           /* its pool's */
    void (*ends)(rpi_batch *batch); /* called after the last try */
    /* guarded by the retrier's mutex */
    uint64_t n_open;             /* tries that go on: the batch's own, and single items' */
    rp_status status;            /* RP_OK, or why a try of a single item couldn't be run */
    rpi_failure *final_failures; /* failures that stand; the batch's `failures` are those not handled yet */
} rpi_tries;

/* NULL: no memory. */
rpi_tries *rpi_tries_create(void);
/* NULL does nothing. */
void rpi_tries_destroy(rpi_tries *tries);

/* Sets the batch's done function, before the batch is submitted. `ends` is called once, under no lock, when all tries are over, and may
 * destroy the tries. The batch's call must be in its pool. */
void rpi_tries_prepare(rpi_tries *tries, rpi_retrier *retrier, void (*ends)(rpi_batch *batch));

#endif
