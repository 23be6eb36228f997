/* context_start.h: the initializer of a context's worker, at its beginning and its end. */
#ifndef RPI_TASK_CONTEXT_START_H
#define RPI_TASK_CONTEXT_START_H

#include "task/context.h"

/* Runs the initializer in this thread, which must have entered the context. The state then belongs to the context. RP_OK, or RP_FAILED with
 * the initializer's message. */
rp_status rpi_context_start(rpi_context *context, const rp_initializer *initializer, rp_bytes argument, rp_error *error);
/* Runs the initializer's finish, if its start succeeded. In the same thread. */
void rpi_context_finish(rpi_context *context);

#endif
