/* sandbox_thread.c: see sandbox_thread.h. A thread owns its state and shares the mailbox, so an abandoned one can go on. */
#include "isolate/sandbox_thread.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/nested.h"
#include "base/thread.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rpi_sandbox_thread {
    rpi_sandbox_server server;
    pthread_t thread;
    bool initialize;
    _Atomic(const rp_initializer *) to_finish; /* once abandoned, the thread calls its finish */
};

static void live(rpi_sandbox_thread *self)
{
    rpi_context_enter(&self->server.context);
    (void)rpi_nested_set(self->server.mailbox->orders->options.nested_threads);
    bool ready = true;
    if (self->initialize) ready = rpi_sandbox_server_start(&self->server);
    else rpi_sandbox_server_report(&self->server, RPI_START_OK);
    if (ready) rpi_sandbox_server_serve(&self->server);
    rpi_context_enter(NULL);
    if (!ready || !rpi_mailbox_is_abandoned(self->server.mailbox)) return;
    const rp_initializer *initializer = atomic_load(&self->to_finish);
    rpi_context_enter(&self->server.context);
    if (initializer && initializer->finish) initializer->finish(self->server.context.state);
    rpi_context_enter(NULL);
    rpi_sandbox_server_fini(&self->server);
    free(self);
}

static void *run(void *argument)
{
    live(argument);
    rpi_nested_end();
    return NULL;
}

static rp_status make(rpi_mailbox *mailbox, rpi_sandbox_thread **out, rp_error *error)
{
    rpi_sandbox_thread *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->server.mailbox = rpi_mailbox_share(mailbox);
    if (rpi_sandbox_server_init(&self->server)) {
        *out = self;
        return RP_OK;
    }
    rpi_mailbox_release(mailbox);
    free(self);
    return rpi_error_no_memory(error);
}

static rpi_start_state wait_until_started(const rpi_mailbox *mailbox)
{
    for (;;) {
        uint32_t seen = rpi_event_count(mailbox->for_worker);
        rpi_start_state state = (rpi_start_state)atomic_load(&mailbox->answers->started);
        if (state != RPI_START_PENDING) return state;
        rpi_event_wait(mailbox->for_worker, seen, RPI_NEVER);
    }
}

rp_status rpi_sandbox_thread_start(rpi_mailbox *mailbox, const rpi_context *worker, bool initialize, rpi_sandbox_thread **out,
                                   rp_error *error)
{
    rpi_sandbox_thread *self = NULL;
    rp_status status = make(mailbox, &self, error);
    if (status != RP_OK) return status;
    self->server.context.state = worker->state;
    self->server.context.pool = worker->pool;
    self->initialize = initialize;
    int code = rpi_thread_create_here(&self->thread, mailbox->orders->options.stack_size, run, self);
    if (code) {
        rpi_sandbox_server_fini(&self->server);
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *out = self;
    if (wait_until_started(mailbox) == RPI_START_OK) return RP_OK;
    rp_error *told = (rp_error *)(void *)mailbox->responses[0].base;
    if (told && error) *error = *told;
    else (void)rpi_error_no_memory(error);
    rpi_sandbox_thread_join(self);
    return RP_FAILED;
}

void *rpi_sandbox_thread_state(const rpi_sandbox_thread *self) { return self->server.context.state; }

void rpi_sandbox_thread_join(rpi_sandbox_thread *self)
{
    pthread_join(self->thread, NULL);
    rpi_sandbox_server_fini(&self->server);
    free(self);
}

bool rpi_sandbox_thread_abandon(rpi_sandbox_thread *self, uint64_t number, const rp_initializer *initializer)
{
    rpi_mailbox *mailbox = self->server.mailbox;
    atomic_store(&self->to_finish, initializer);
    pthread_t thread = self->thread;
    if (!rpi_mailbox_abandon(mailbox, number)) return false;
    pthread_detach(thread); /* it may have freed itself by now */
    rpi_event_signal(mailbox->for_sandbox);
    return true;
}
