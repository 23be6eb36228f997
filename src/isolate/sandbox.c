/* sandbox.c: see sandbox.h. */
#include "isolate/sandbox.h"

#include "base/clock.h"
#include "isolate/zygote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const double look_s = 1, end_s = 10; /* how often the helper is checked; how long a child may take to end */

void rpi_sandbox_init(rpi_sandbox *sandbox, rpi_worker *worker) { *sandbox = (rpi_sandbox){.worker = worker, .mailbox.fd = -1}; }

static bool is_child(const rpi_sandbox *sandbox) { return sandbox->worker->config->options.isolation == RP_ISOLATION_PROCESS; }

/* ---- the start ---- */

/* Writes what the sandbox needs to know, beside the initializer. */
static void introduce(const rpi_sandbox *sandbox)
{
    rpi_control *control = sandbox->mailbox.control;
    const rpi_worker *worker = sandbox->worker;
    control->rank = worker->context.rank;
    control->worker = worker->context.index;
    control->options = sandbox->worker->config->options;
    snprintf(control->host, sizeof control->host, "%s", worker->context.host);
    if (sched_getaffinity(0, sizeof control->cpus, &control->cpus)) CPU_ZERO(&control->cpus);
    atomic_store(&control->started, RPI_START_PENDING);
}

static bool hand_over_initializer(const rpi_sandbox *sandbox)
{
    const rpi_worker_config *config = sandbox->worker->config;
    if (!config->initializer) return true;
    rpi_segment *to = (rpi_segment *)(uintptr_t)&sandbox->mailbox.requests[0];
    size_t name_size = strlen(config->initializer->name) + 1, size = config->initializer_argument.size;
    if (!rpi_segment_reserve(to, name_size + size)) return false;
    memcpy(to->base, config->initializer->name, name_size);
    if (size) memcpy(to->base + name_size, config->initializer_argument.data, size);
    sandbox->mailbox.control->initializer_size = name_size + size;
    return true;
}

static rp_status ended_early(const rpi_sandbox *sandbox, rp_error *error)
{
    char how[160];
    int code;
    (void)rpi_sandbox_exit_cause(sandbox, &code, how, sizeof how);
    return rp_error_set(error, RP_SYSTEM, 0, "a child process ended while it started: %s", how);
}

/* Waits until the child has started, has failed to, or has died, or until the helper is gone. */
static rp_status wait_for_child(rpi_sandbox *sandbox, rp_error *error)
{
    rpi_control *control = sandbox->mailbox.control;
    for (;;) {
        uint32_t seen = rpi_event_count(&control->for_worker);
        rpi_start_state state = (rpi_start_state)atomic_load(&control->started);
        if (state == RPI_START_OK) return RP_OK;
        if (state == RPI_START_FAILED) break;
        if (atomic_load(&control->ended)) return ended_early(sandbox, error);
        if (!rpi_zygote_lives()) return rp_error_set(error, RP_LOST, 0, "the helper process that children are forked from is gone");
        rpi_event_wait(&control->for_worker, seen, rpi_deadline_ns(look_s));
    }
    rpi_segment *from = &sandbox->mailbox.responses[0];
    if (!rpi_segment_reserve(from, sizeof *error)) return rpi_error_no_memory(error);
    if (error) memcpy(error, from->base, sizeof *error);
    return RP_FAILED;
}

static rp_status start_child(rpi_sandbox *sandbox, rp_error *error)
{
    rp_status status = rpi_zygote_fork(sandbox->mailbox.fd, &sandbox->child, error);
    return status == RP_OK ? wait_for_child(sandbox, error) : status;
}

/* The thread uses the worker's state. A thread that was given up keeps that state; the next thread then makes another. */
static rp_status start_thread(rpi_sandbox *sandbox, rp_error *error)
{
    rpi_worker *worker = sandbox->worker;
    bool initialize = worker->config->initializer && !worker->context.initializer;
    rp_status status = rpi_sandbox_thread_start(&sandbox->mailbox, &worker->context, initialize, &sandbox->thread, error);
    if (status != RP_OK || !initialize) return status;
    worker->context.state = rpi_sandbox_thread_state(sandbox->thread);
    worker->context.initializer = worker->config->initializer;
    return status;
}

rp_status rpi_sandbox_start(rpi_sandbox *sandbox, rp_error *error)
{
    rp_status status = rpi_mailbox_create(&sandbox->mailbox, error);
    if (status != RP_OK) return status;
    sandbox->child = 0;
    sandbox->thread = NULL;
    introduce(sandbox);
    if (!hand_over_initializer(sandbox)) status = rpi_error_no_memory(error);
    if (status == RP_OK) status = is_child(sandbox) ? start_child(sandbox, error) : start_thread(sandbox, error);
    if (status != RP_OK) rpi_sandbox_drop(sandbox);
    return status;
}

/* ---- while it runs ---- */

/* Returns when the running item will be late, and sets `*item` to it. RPI_NEVER: no item has begun. */
static uint64_t lateness(const rpi_request *request, uint64_t timeout_ns, uint64_t *item)
{
    uint64_t began;
    do {
        *item = atomic_load(&request->at);
        began = atomic_load(&request->began_ns);
    } while (atomic_load(&request->at) != *item);
    return *item == RPI_NO_ITEM ? RPI_NEVER : began + timeout_ns;
}

rpi_sandbox_event rpi_sandbox_wait(rpi_sandbox *sandbox, unsigned turn, uint64_t timeout_ns, uint64_t *item)
{
    rpi_control *control = sandbox->mailbox.control;
    rpi_request *request = &control->requests[turn];
    for (;;) {
        uint32_t seen = rpi_event_count(&control->for_worker);
        bool ended = atomic_load(&control->ended);
        if (atomic_load(&request->state) == RPI_REQUEST_DONE) return RPI_SANDBOX_DONE;
        if (ended) return RPI_SANDBOX_ENDED;
        uint64_t now = rpi_now_ns(), look = now + (uint64_t)(look_s * 1e9), late = RPI_NEVER;
        if (timeout_ns) {
            late = lateness(request, timeout_ns, item);
            if (late == RPI_NEVER && now + timeout_ns < look) look = now + timeout_ns;
        }
        if (now >= late) return RPI_SANDBOX_LATE;
        rpi_event_wait(&control->for_worker, seen, late < look ? late : look);
        if (sandbox->child && rpi_now_ns() >= look && !rpi_zygote_lives()) return RPI_SANDBOX_ENDED;
    }
}

/* ---- the end ---- */

/* False: it hasn't ended in time. */
static bool wait_for_end(rpi_control *control)
{
    uint64_t deadline = rpi_deadline_ns(end_s);
    for (;;) {
        uint32_t seen = rpi_event_count(&control->for_worker);
        if (atomic_load(&control->ended)) return true;
        if (rpi_now_ns() >= deadline || !rpi_zygote_lives()) return false;
        uint64_t look = rpi_deadline_ns(look_s);
        rpi_event_wait(&control->for_worker, seen, look < deadline ? look : deadline);
    }
}

void rpi_sandbox_give_up(rpi_sandbox *sandbox)
{
    rpi_control *control = sandbox->mailbox.control;
    if (sandbox->child) {
        rpi_zygote_kill(sandbox->child);
        (void)wait_for_end(control);
    } else {
        rpi_sandbox_thread_abandon(sandbox->thread, sandbox->worker->context.initializer);
        sandbox->worker->context.initializer = NULL; /* the thread finishes its state */
        sandbox->worker->context.state = NULL;
        rpi_event_signal(&control->for_sandbox);
        sandbox->thread = NULL;
    }
}

rp_cause rpi_sandbox_exit_cause(const rpi_sandbox *sandbox, int *code, char *text, size_t size)
{
    const rpi_control *control = sandbox->mailbox.control;
    int status = control->wait_status;
    *code = 0;
    if (!atomic_load(&control->ended)) {
        snprintf(text, size, "the helper process that children are forked from is gone, and its child process with it");
        return RP_CAUSE_SYSTEM;
    }
    if (WIFEXITED(status)) {
        *code = WEXITSTATUS(status);
        snprintf(text, size, "it ended its process with exit status %d", *code);
        return RP_CAUSE_EXIT;
    }
    *code = WTERMSIG(status);
    const char *name = strsignal(*code);
    snprintf(text, size, "its process was killed by signal %d (%s)%s", *code, name ? name : "unknown",
             *code == SIGKILL ? ", which the kernel sends when memory runs out" : "");
    return RP_CAUSE_SIGNAL;
}

void rpi_sandbox_drop(rpi_sandbox *sandbox)
{
    rpi_mailbox_fini(&sandbox->mailbox);
    sandbox->child = 0;
    sandbox->thread = NULL;
}

void rpi_sandbox_close(rpi_sandbox *sandbox)
{
    if (!rpi_sandbox_is_there(sandbox)) return;
    rpi_control *control = sandbox->mailbox.control;
    atomic_store(&control->closing, 1);
    rpi_event_signal(&control->for_sandbox);
    if (sandbox->thread) rpi_sandbox_thread_join(sandbox->thread);
    else if (sandbox->child && !wait_for_end(control)) rpi_zygote_kill(sandbox->child);
    rpi_sandbox_drop(sandbox);
}
