/* sandbox_thread.c: see sandbox_thread.h. A thread owns its view of the shared memory and its state, so an abandoned one can go on. */
#include "isolate/sandbox_thread.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/nested.h"
#include "base/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct rpi_sandbox_thread {
    rpi_sandbox_server server;
    pthread_t thread;
    bool initialize;
    _Atomic(const rp_initializer *) to_finish; /* once abandoned, the thread calls its finish */
};

static void *run(void *argument)
{
    rpi_sandbox_thread *self = argument;
    rpi_context_enter(&self->server.context);
    (void)rpi_nested_set(self->server.mailbox.control->options.nested_threads);
    bool ready = true;
    if (self->initialize) ready = rpi_sandbox_server_start(&self->server);
    else rpi_sandbox_server_report(&self->server, RPI_START_OK);
    if (ready) rpi_sandbox_server_serve(&self->server);
    rpi_context_enter(NULL);
    if (!ready || !atomic_load(&self->server.mailbox.control->abandoned)) return NULL;
    const rp_initializer *initializer = atomic_load(&self->to_finish);
    rpi_context_enter(&self->server.context);
    if (initializer && initializer->finish) initializer->finish(self->server.context.state);
    rpi_context_enter(NULL);
    rpi_sandbox_server_fini(&self->server);
    free(self);
    return NULL;
}

static rp_status make(const rpi_mailbox *mailbox, rpi_sandbox_thread **out, rp_error *error)
{
    rpi_sandbox_thread *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    int fd = fcntl(mailbox->fd, F_DUPFD_CLOEXEC, 0), code = errno;
    rp_status status = fd < 0 ? rpi_error_system(error, code, "dup") : rpi_mailbox_attach(&self->server.mailbox, fd, error);
    if (status == RP_OK && !rpi_sandbox_server_init(&self->server)) {
        rpi_mailbox_fini(&self->server.mailbox);
        status = rpi_error_no_memory(error);
    }
    if (status == RP_OK) *out = self;
    else free(self);
    return status;
}

static rpi_start_state wait_until_started(rpi_control *control)
{
    for (;;) {
        uint32_t seen = rpi_event_count(&control->for_worker);
        rpi_start_state state = (rpi_start_state)atomic_load(&control->started);
        if (state != RPI_START_PENDING) return state;
        rpi_event_wait(&control->for_worker, seen, RPI_NEVER);
    }
}

rp_status rpi_sandbox_thread_start(const rpi_mailbox *mailbox, void *state, bool initialize, rpi_sandbox_thread **out, rp_error *error)
{
    rpi_sandbox_thread *self = NULL;
    rp_status status = make(mailbox, &self, error);
    if (status != RP_OK) return status;
    self->server.context.state = state;
    self->initialize = initialize;
    int code = rpi_thread_create_here(&self->thread, mailbox->control->options.stack_size, run, self);
    if (code) {
        rpi_sandbox_server_fini(&self->server);
        free(self);
        return rpi_error_system(error, code, "pthread_create");
    }
    *out = self;
    if (wait_until_started(mailbox->control) == RPI_START_OK) return RP_OK;
    rp_error *told = (rp_error *)(void *)self->server.mailbox.responses[0].base;
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

void rpi_sandbox_thread_abandon(rpi_sandbox_thread *self, const rp_initializer *initializer)
{
    atomic_store(&self->to_finish, initializer);
    pthread_detach(self->thread);
    rpi_control *control = self->server.mailbox.control; /* in the thread's own view of the mailbox */
    atomic_store(&control->abandoned, 1);
}
