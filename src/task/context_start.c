/* context_start.c: see context_start.h. */
#include "task/context_start.h"

#include "base/thread.h"

#include <stdlib.h>

typedef struct start_call {
    rpi_context *context;
    const rp_initializer *initializer;
    rp_bytes argument;
    int code;
} start_call;

static void call_start(void *argument)
{
    start_call *call = argument;
    call->code = call->initializer->start(call->argument, &call->context->state);
}

static void call_finish(void *context) { ((rpi_context *)context)->initializer->finish(((rpi_context *)context)->state); }

rp_status rpi_context_start(rpi_context *context, const rp_initializer *initializer, rp_bytes argument, rp_error *error)
{
    start_call call = {context, initializer, argument, 0};
    if (!rpi_thread_guard(call_start, &call)) rp_fail(0, "it ended its thread");
    int code = call.code;
    if (!code && !context->failing) {
        context->initializer = initializer;
        return RP_OK;
    }
    rp_error_set(error, RP_FAILED, context->failing ? context->fail_code : code, "initializer %s failed on rank %d, host %s, worker %u: %s",
                 initializer->name, context->rank, context->host, context->index,
                 context->fail_message ? context->fail_message : "it returned a status other than 0");
    context->failing = false;
    context->run.attention = 0;
    free(context->fail_message);
    context->fail_message = NULL;
    return RP_FAILED;
}

void rpi_context_finish(rpi_context *context)
{
    const rp_initializer *initializer = context->initializer;
    if (initializer && initializer->finish) (void)rpi_thread_guard(call_finish, context);
    context->initializer = NULL;
}
