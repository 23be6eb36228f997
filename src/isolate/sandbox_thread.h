/* sandbox_thread.h: a second thread of the worker as its sandbox, so that the worker can give up an item that takes too long. */
#ifndef RPI_ISOLATE_SANDBOX_THREAD_H
#define RPI_ISOLATE_SANDBOX_THREAD_H

#include "isolate/sandbox_server.h"

typedef struct rpi_sandbox_thread rpi_sandbox_thread;

/* Starts a thread on the mailbox, which it shares. Its state is that of the worker's context, or, with `initialize`, what the initializer
 * that the mailbox names makes. Blocks until the thread is ready. RP_OK, RP_FAILED (the initializer), RP_NO_MEMORY, RP_SYSTEM. */
rp_status rpi_sandbox_thread_start(rpi_mailbox *mailbox, const rpi_context *worker, bool initialize, rpi_sandbox_thread **thread,
                                   rp_error *error);

/* The state that its initializer made. */
void *rpi_sandbox_thread_state(const rpi_sandbox_thread *thread);

/* Waits until the thread has ended, and frees it. The mailbox must be closing. */
void rpi_sandbox_thread_join(rpi_sandbox_thread *thread);

/* Gives up a thread whose item of request `number` takes too long. When the item returns, if ever, the thread calls `initializer`'s finish
 * and frees itself. The caller must not use it any more. False: the request is done, and the thread goes on. */
bool rpi_sandbox_thread_abandon(rpi_sandbox_thread *thread, uint64_t number, const rp_initializer *initializer);

#endif
