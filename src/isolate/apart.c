/* apart.c: see apart.h. */
#include "isolate/apart.h"

#include "base/clock.h"
#include "isolate/zygote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const double look_s = 1, end_s = 10; /* how often a live counterpart is looked for; how long a child may take to end */

void rpi_apart_init(rpi_apart *apart, rpi_worker *worker) { *apart = (rpi_apart){.worker = worker, .exchange.fd = -1}; }

static bool is_child(const rpi_apart *apart) { return apart->worker->config->isolation == RP_ISOLATION_PROCESS; }

/* ---- the start ---- */

/* What the body has to know, beside the initializer. */
static void introduce(const rpi_apart *apart)
{
    rpi_control *control = apart->exchange.control;
    const rpi_worker *worker = apart->worker;
    control->rank = worker->rank;
    control->worker = worker->index;
    snprintf(control->host, sizeof control->host, "%s", worker->host);
    if (sched_getaffinity(0, sizeof control->cpus, &control->cpus)) CPU_ZERO(&control->cpus);
    atomic_store(&control->started, RPI_START_PENDING);
}

static bool hand_over_initializer(const rpi_apart *apart)
{
    const rpi_worker_config *config = apart->worker->config;
    if (!config->initializer) return true;
    rpi_segment *to = (rpi_segment *)(uintptr_t)&apart->exchange.requests[0];
    size_t name_size = strlen(config->initializer->name) + 1, size = config->initializer_argument.size;
    if (!rpi_segment_reserve(to, name_size + size)) return false;
    memcpy(to->base, config->initializer->name, name_size);
    if (size) memcpy(to->base + name_size, config->initializer_argument.data, size);
    apart->exchange.control->initializer_size = name_size + size;
    return true;
}

static rp_status ended_early(const rpi_apart *apart, rp_error *error)
{
    char how[160];
    int code;
    (void)rpi_apart_how_it_ended(apart, &code, how, sizeof how);
    return rp_error_set(error, RP_SYSTEM, 0, "a child process ended while it started: %s", how);
}

/* The child lives, has started or failed to; or it has died, or the helper has. */
static rp_status wait_for_child(rpi_apart *apart, rp_error *error)
{
    rpi_control *control = apart->exchange.control;
    for (;;) {
        uint32_t seen = rpi_bell_count(&control->for_worker);
        rpi_start_state state = (rpi_start_state)atomic_load(&control->started);
        if (state == RPI_START_OK) return RP_OK;
        if (state == RPI_START_FAILED) break;
        if (atomic_load(&control->ended)) return ended_early(apart, error);
        if (!rpi_zygote_lives()) return rp_error_set(error, RP_LOST, 0, "the helper process that children are forked from is gone");
        rpi_bell_wait(&control->for_worker, seen, rpi_deadline_ns(look_s));
    }
    rpi_segment *from = &apart->exchange.responses[0];
    if (!rpi_segment_reserve(from, sizeof *error)) return rpi_error_no_memory(error);
    if (error) memcpy(error, from->base, sizeof *error);
    return RP_FAILED;
}

static rp_status start_child(rpi_apart *apart, rp_error *error)
{
    rp_status status = rpi_zygote_fork(apart->exchange.fd, &apart->child, error);
    return status == RP_OK ? wait_for_child(apart, error) : status;
}

/* The thread has the worker's state; when one whose item took too long has kept that, it makes another. */
static rp_status start_thread(rpi_apart *apart, rp_error *error)
{
    rpi_worker *worker = apart->worker;
    bool initialize = worker->config->initializer && !worker->initializer;
    rp_status status = rpi_body_thread_start(&apart->exchange, worker->state, initialize, &apart->thread, error);
    if (status != RP_OK || !initialize) return status;
    worker->state = rpi_body_thread_state(apart->thread);
    worker->initializer = worker->config->initializer;
    return status;
}

rp_status rpi_apart_start(rpi_apart *apart, rp_error *error)
{
    rp_status status = rpi_exchange_create(&apart->exchange, error);
    if (status != RP_OK) return status;
    apart->child = 0;
    apart->thread = NULL;
    introduce(apart);
    if (!hand_over_initializer(apart)) status = rpi_error_no_memory(error);
    if (status == RP_OK) status = is_child(apart) ? start_child(apart, error) : start_thread(apart, error);
    if (status != RP_OK) rpi_apart_drop(apart);
    return status;
}

/* ---- while it runs ---- */

/* When the item that runs will be late, and which that is; RPI_NEVER: none was begun. */
static uint64_t lateness(const rpi_request *request, uint64_t timeout_ns, uint64_t *item)
{
    uint64_t began;
    do {
        *item = atomic_load(&request->at);
        began = atomic_load(&request->began_ns);
    } while (atomic_load(&request->at) != *item);
    return *item == RPI_NO_ITEM ? RPI_NEVER : began + timeout_ns;
}

rpi_apart_event rpi_apart_wait(rpi_apart *apart, unsigned turn, uint64_t timeout_ns, uint64_t *item)
{
    rpi_control *control = apart->exchange.control;
    rpi_request *request = &control->requests[turn];
    for (;;) {
        uint32_t seen = rpi_bell_count(&control->for_worker);
        bool ended = atomic_load(&control->ended);
        if (atomic_load(&request->state) == RPI_REQUEST_DONE) return RPI_APART_DONE;
        if (ended) return RPI_APART_ENDED;
        uint64_t now = rpi_now_ns(), look = now + (uint64_t)(look_s * 1e9), late = RPI_NEVER;
        if (timeout_ns) {
            late = lateness(request, timeout_ns, item);
            if (late == RPI_NEVER && now + timeout_ns < look) look = now + timeout_ns;
        }
        if (now >= late) return RPI_APART_LATE;
        rpi_bell_wait(&control->for_worker, seen, late < look ? late : look);
        if (apart->child && rpi_now_ns() >= look && !rpi_zygote_lives()) return RPI_APART_ENDED;
    }
}

/* ---- the end ---- */

/* False: not within the time. */
static bool wait_for_end(rpi_control *control)
{
    uint64_t deadline = rpi_deadline_ns(end_s);
    for (;;) {
        uint32_t seen = rpi_bell_count(&control->for_worker);
        if (atomic_load(&control->ended)) return true;
        if (rpi_now_ns() >= deadline || !rpi_zygote_lives()) return false;
        uint64_t look = rpi_deadline_ns(look_s);
        rpi_bell_wait(&control->for_worker, seen, look < deadline ? look : deadline);
    }
}

void rpi_apart_give_up(rpi_apart *apart)
{
    rpi_control *control = apart->exchange.control;
    if (apart->child) {
        rpi_zygote_kill(apart->child);
        (void)wait_for_end(control);
    } else {
        rpi_body_thread_abandon(apart->thread, apart->worker->initializer);
        apart->worker->initializer = NULL; /* the thread finishes its state */
        apart->worker->state = NULL;
        rpi_bell_ring(&control->for_body);
        apart->thread = NULL;
    }
}

rp_cause rpi_apart_how_it_ended(const rpi_apart *apart, int *code, char *text, size_t size)
{
    const rpi_control *control = apart->exchange.control;
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

void rpi_apart_drop(rpi_apart *apart)
{
    rpi_exchange_fini(&apart->exchange);
    apart->child = 0;
    apart->thread = NULL;
}

void rpi_apart_close(rpi_apart *apart)
{
    if (!rpi_apart_is_there(apart)) return;
    rpi_control *control = apart->exchange.control;
    atomic_store(&control->closing, 1);
    rpi_bell_ring(&control->for_body);
    if (apart->thread) rpi_body_thread_join(apart->thread);
    else if (apart->child && !wait_for_end(control)) rpi_zygote_kill(apart->child);
    rpi_apart_drop(apart);
}
