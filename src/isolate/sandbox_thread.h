/* sandbox_thread.h: a second thread of the worker as its sandbox, so that the worker can give up an item that takes too long. */
#ifndef RPI_ISOLATE_SANDBOX_THREAD_H
#define RPI_ISOLATE_SANDBOX_THREAD_H

#include "isolate/sandbox_server.h"

typedef struct rpi_sandbox_thread rpi_sandbox_thread;

/* Starts a thread on the mailbox. Its state is `state`, or, when `initializer` isn't NULL, what that makes: the mailbox has the argument.
 * RP_OK, RP_FAILED (the initializer), RP_NO_MEMORY, RP_SYSTEM. Blocks until the thread is ready. */
rp_status rpi_sandbox_thread_start(const rpi_mailbox *mailbox, void *state, bool initialize, rpi_sandbox_thread **thread, rp_error *error);

/* What its initializer stored. */
void *rpi_sandbox_thread_state(const rpi_sandbox_thread *thread);

/* Waits for its end, once the mailbox is closing, and frees it. */
void rpi_sandbox_thread_join(rpi_sandbox_thread *thread);

/* Its item takes too long: the thread calls `initializer`'s finish and frees itself when the item returns, if ever. It isn't touched
 * any more by the caller. */
void rpi_sandbox_thread_abandon(rpi_sandbox_thread *thread, const rp_initializer *initializer);

#endif
