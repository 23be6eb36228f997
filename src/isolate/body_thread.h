/* body_thread.h: a second thread of the worker as a body, so that the worker can give up an item that takes too long. */
#ifndef RPI_ISOLATE_BODY_THREAD_H
#define RPI_ISOLATE_BODY_THREAD_H

#include "isolate/body.h"

typedef struct rpi_body_thread rpi_body_thread;

/* Starts a thread on the exchange. Its state is `state`, or, when `initializer` isn't NULL, what that makes: the exchange has the argument.
 * RP_OK, RP_FAILED (the initializer), RP_NO_MEMORY, RP_SYSTEM. Blocks until the thread is ready. */
rp_status rpi_body_thread_start(const rpi_exchange *exchange, void *state, bool initialize, rpi_body_thread **thread, rp_error *error);

/* What its initializer stored. */
void *rpi_body_thread_state(const rpi_body_thread *thread);

/* Waits for its end, once the exchange is closing, and frees it. */
void rpi_body_thread_join(rpi_body_thread *thread);

/* Its item takes too long: the thread calls `initializer`'s finish and frees itself when the item returns, if ever. It isn't touched
 * any more by the caller. */
void rpi_body_thread_abandon(rpi_body_thread *thread, const rp_initializer *initializer);

#endif
