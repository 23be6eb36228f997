/*
 * request.h: the worker's side of a request (mailbox.h): a grain of items goes in, results and failures come out. What comes out is copied
 * first and checked then, as a task may have written over it. All functions are called in the worker's thread.
 */
#ifndef RPI_ISOLATE_REQUEST_H
#define RPI_ISOLATE_REQUEST_H

#include "isolate/grains.h"
#include "isolate/mailbox.h"
#include "task/context.h"

/* Writes the grain's items into the place of request `number`, and with `with_call` the call's description before them. The caller then
 * posts it. False: no memory. */
bool rpi_request_write(rpi_mailbox *mailbox, uint64_t number, const rpi_batch *batch, rpi_grain grain, bool with_call);

typedef enum rpi_taken {
    RPI_TAKEN_WHOLE,
    RPI_TAKEN_REFUSED, /* the sandbox couldn't run the items, or there is no memory for what it made */
    RPI_TAKEN_DAMAGED  /* something isn't as the sandbox wrote it */
} rpi_taken;

/* What was taken of a request: how many of its items are finished and have their results or failures in the batch, from the first on. */
typedef struct rpi_taking {
    uint64_t n, busy_ns, ended_ns;
} rpi_taking;

/* Takes a request that is done. Results of a batch that has partials are folded. `*why` is set where it was refused. Of one that is damaged
 * the items before the damage are taken. */
rpi_taken rpi_request_take(rpi_mailbox *mailbox, uint64_t number, rpi_batch *batch, rpi_grain grain, rpi_context *context,
                           rpi_taking *taking, rp_error *why);

/* Takes what is finished of a request that isn't done: at most the first `most` items, up to one whose receipt isn't right. Returns how
 * many. None of a task that emits, as its results come when the request is done. */
uint64_t rpi_request_take_finished(rpi_mailbox *mailbox, uint64_t number, rpi_batch *batch, rpi_grain grain, rpi_context *context,
                                   uint64_t most);

/* Gives much memory back. The request was taken. */
void rpi_request_release(rpi_mailbox *mailbox, uint64_t number);

#endif
