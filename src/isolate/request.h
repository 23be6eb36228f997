/*
 * request.h: the worker's side of a request (mailbox.h): a grain of items goes in, results and failures come out. All functions are called
 * in the worker's thread.
 */
#ifndef RPI_ISOLATE_REQUEST_H
#define RPI_ISOLATE_REQUEST_H

#include "isolate/grains.h"
#include "isolate/mailbox.h"
#include "task/context.h"

/* Writes the grain's items into a free request, and with `with_call` the call's description before them. The caller then posts it.
 * False: no memory. */
bool rpi_request_write(rpi_mailbox *mailbox, unsigned turn, const rpi_batch *batch, rpi_grain grain, bool with_call);

/* Copies the results of the finished items, `size` bytes, into the batch. False: they aren't whole, or no memory. */
bool rpi_request_take_results(rpi_mailbox *mailbox, unsigned turn, rpi_batch *batch, rpi_grain finished, size_t size);

/* Records the failures of a request that is done, of items of the grain, in the batch. False: they aren't whole, or no memory. */
bool rpi_request_take_failures(rpi_mailbox *mailbox, unsigned turn, rpi_batch *batch, rpi_grain grain, rpi_context *context);

/* Why the sandbox couldn't run a request, or why its outcome can't be taken. */
void rpi_request_refusal(rpi_mailbox *mailbox, unsigned turn, rp_error *error);

/* Frees the request for the next grain, and gives large memory back to the system. */
void rpi_request_release(rpi_mailbox *mailbox, unsigned turn);

#endif
