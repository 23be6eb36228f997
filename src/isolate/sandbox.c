/* sandbox.c: see sandbox.h. */
#include "isolate/sandbox.h"

#include "base/clock.h"
#include "base/pause.h"
#include "base/regions.h"
#include "isolate/answer.h"
#include "isolate/zygote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* How often the helper is checked, and the child woken in case it missed that; how long a child may take to end, and to begin a request. */
static const double look_s = 1, end_s = 10, begin_s = 60;

void rpi_sandbox_init(rpi_sandbox *sandbox, rpi_worker *worker)
{
    memset(sandbox, 0, sizeof *sandbox);
    sandbox->worker = worker;
}

static bool is_child(const rpi_sandbox *sandbox) { return sandbox->worker->config->options.isolation == RP_ISOLATION_PROCESS; }

/* ---- the start ---- */

/* Writes what the sandbox needs to know, beside the initializer. */
static void introduce(const rpi_sandbox *sandbox)
{
    rpi_orders *orders = sandbox->mailbox->orders;
    const rpi_worker *worker = sandbox->worker;
    orders->rank = worker->context.rank;
    orders->worker = worker->context.index;
    orders->options = sandbox->worker->config->options;
    snprintf(orders->host, sizeof orders->host, "%s", worker->context.host);
    if (sched_getaffinity(0, sizeof orders->cpus, &orders->cpus)) CPU_ZERO(&orders->cpus);
}

static bool hand_over_initializer(const rpi_sandbox *sandbox)
{
    const rpi_worker_config *config = sandbox->worker->config;
    if (!config->initializer) return true;
    rpi_segment *to = &sandbox->mailbox->requests[0];
    size_t name_size = strlen(config->initializer->name) + 1, size = config->initializer_argument.size;
    if (!rpi_segment_reserve(to, name_size + size)) return false;
    memcpy(to->base, config->initializer->name, name_size);
    if (size) memcpy(to->base + name_size, config->initializer_argument.data, size);
    sandbox->mailbox->orders->initializer_size = name_size + size;
    return true;
}

static rp_status ended_early(const rpi_sandbox *sandbox, rp_error *error)
{
    char how[160];
    int code;
    (void)rpi_sandbox_exit_cause(sandbox, &code, how, sizeof how);
    return rp_error_set(error, RP_SYSTEM, 0, "a child process ended while it started: %s", how);
}

/* An initializer that never returns isn't waited for either. */
static rp_status give_up_start(rpi_sandbox *sandbox, rp_error *error)
{
    (void)rpi_sandbox_give_up(sandbox, 0);
    return rp_error_set(error, RP_CANCELLED, 0, "its items were cancelled while a child process started");
}

/* The initializer failed, and the sandbox says why. */
static rp_status take_reason(const rpi_sandbox *sandbox, rp_error *error)
{
    rp_error why;
    rpi_segment *from = &sandbox->mailbox->responses[0];
    if (!rpi_segment_reserve(from, sizeof why)) return rpi_error_no_memory(error);
    rpi_copy_out(&why, from->base, sizeof why);
    why.text[sizeof why.text - 1] = why.message[sizeof why.message - 1] = why.host[sizeof why.host - 1] = '\0';
    why.item_text[sizeof why.item_text - 1] = '\0';
    why.status = RP_FAILED;
    if (error) *error = why;
    return RP_FAILED;
}

/* Waits until the child has started, has failed to, or has died, or until the helper is gone. */
static rp_status wait_for_child(rpi_sandbox *sandbox, rp_error *error)
{
    const rpi_mailbox *mailbox = sandbox->mailbox;
    for (;;) {
        uint32_t seen = rpi_event_count(mailbox->for_worker), state = atomic_load(&mailbox->answers->started);
        if (state == RPI_START_OK) return RP_OK;
        if (state == RPI_START_FAILED) return take_reason(sandbox, error);
        if (atomic_load(&mailbox->fate->ended)) return ended_early(sandbox, error);
        if (atomic_load(&sandbox->dropped)) return give_up_start(sandbox, error);
        if (!rpi_zygote_lives()) return rp_error_set(error, RP_LOST, 0, "the helper process that children are forked from is gone");
        rpi_event_wait(mailbox->for_worker, seen, rpi_deadline_ns(look_s));
    }
}

/* The child tries a region of the rank's memory. What it says of that is only heeded now, before it has run any task. */
static rp_status start_child(rpi_sandbox *sandbox, rp_error *error)
{
    rpi_mailbox *mailbox = sandbox->mailbox;
    char *offered = NULL;
    uint64_t offset;
    if (rpi_regions_make(1, NULL, true, &offered, NULL) == RP_OK) (void)rpi_regions_name(offered, 1, &mailbox->orders->offered, &offset);
    rp_status status = rpi_zygote_fork(mailbox->fd, &sandbox->child, error);
    if (status == RP_OK) status = wait_for_child(sandbox, error);
    mailbox->attaches = status == RP_OK && atomic_load(&mailbox->answers->attaches) == 1;
    rpi_regions_free(offered);
    return status;
}

/* The thread uses the worker's state. A thread that was given up keeps that state; the next thread then makes another. */
static rp_status start_thread(rpi_sandbox *sandbox, rp_error *error)
{
    rpi_worker *worker = sandbox->worker;
    bool initialize = worker->config->initializer && !worker->context.initializer;
    rp_status status = rpi_sandbox_thread_start(sandbox->mailbox, &worker->context, initialize, &sandbox->thread, error);
    if (status != RP_OK || !initialize) return status;
    worker->context.state = rpi_sandbox_thread_state(sandbox->thread);
    worker->context.initializer = worker->config->initializer;
    return status;
}

rp_status rpi_sandbox_start(rpi_sandbox *sandbox, rp_error *error)
{
    bool child = is_child(sandbox);
    rp_status status = child ? rpi_mailbox_create(&sandbox->mailbox, error) : rpi_mailbox_create_local(&sandbox->mailbox, error);
    if (status != RP_OK) return status;
    sandbox->child = 0;
    sandbox->thread = NULL;
    sandbox->watch = (rpi_watch){.looked_ns = rpi_now_ns()};
    sandbox->log = (rpi_child_log_seen){0, 0};
    introduce(sandbox);
    if (!hand_over_initializer(sandbox)) status = rpi_error_no_memory(error);
    if (status == RP_OK) status = child ? start_child(sandbox, error) : start_thread(sandbox, error);
    if (status != RP_OK) rpi_sandbox_drop(sandbox);
    return status;
}

/* ---- while it runs ---- */

/* Begins to watch another request. While none was out, time passed that no item took. */
static void watch_request(rpi_watch *watch, uint64_t number, bool was_idle)
{
    uint64_t now = rpi_now_ns();
    if (watch->number == number) return;
    *watch = (rpi_watch){.number = number, .since_ns = now, .looked_ns = was_idle ? now : watch->looked_ns, .item = RPI_NO_ITEM};
}

/* Items run one after another. So an item that is seen for the first time began after the last look, whatever the sandbox says. */
static void watch_item(rpi_watch *watch, uint64_t item, uint64_t began_ns, uint64_t now_ns, uint64_t timeout_ns)
{
    if (watch->item != RPI_NO_ITEM && item <= watch->item) return;
    if (began_ns < watch->looked_ns) began_ns = watch->looked_ns;
    if (began_ns > now_ns) began_ns = now_ns;
    watch->item = item;
    watch->late_ns = began_ns + timeout_ns;
}

/* How long a request may take to begin. When it may have begun, the time-out of its item counts. */
static uint64_t begin_ns(rpi_stage stage, uint64_t timeout_ns)
{
    uint64_t most = (uint64_t)(begin_s * 1e9);
    if (timeout_ns == 0) return most;
    return stage == RPI_STAGE_UNKNOWN || timeout_ns > most ? timeout_ns : most;
}

static bool is_done(const rpi_mailbox *mailbox, uint64_t number)
{
    return atomic_load(&mailbox->answers->requests[rpi_request_place(number)].done) == number;
}

static rpi_sandbox_event what_is_late(const rpi_watch *watch, rpi_stage stage, uint64_t timeout_ns)
{
    if (watch->item != RPI_NO_ITEM) return RPI_SANDBOX_LATE;
    if (stage == RPI_STAGE_BEFORE) return RPI_SANDBOX_STUCK;
    return timeout_ns ? RPI_SANDBOX_LATE : RPI_SANDBOX_DAMAGED;
}

/* Looks at how far the sandbox is. Returns DONE, LATE, DAMAGED or STUCK; else ENDED, and in `*until` when to look again. */
static rpi_sandbox_event look(rpi_sandbox *sandbox, uint64_t count, uint64_t timeout_ns, uint64_t now, uint64_t *until)
{
    const rpi_mailbox *mailbox = sandbox->mailbox;
    rpi_watch *watch = &sandbox->watch;
    uint64_t item = 0;
    rpi_stage stage = rpi_progress_read(atomic_load(&mailbox->answers->progress), watch->number, count, &item);
    if (stage == RPI_STAGE_IN) watch_item(watch, item, atomic_load(&mailbox->answers->began_ns), now, timeout_ns);
    if (is_done(mailbox, watch->number)) return RPI_SANDBOX_DONE; /* after the look at the progress, which may be in the next request */
    if (stage == RPI_STAGE_AFTER) return RPI_SANDBOX_DAMAGED;
    uint64_t late = RPI_NEVER;
    if (watch->item == RPI_NO_ITEM && sandbox->child) late = watch->since_ns + begin_ns(stage, timeout_ns);
    if (watch->item != RPI_NO_ITEM && timeout_ns) late = watch->late_ns;
    if (now >= late) return what_is_late(watch, stage, timeout_ns);
    watch->looked_ns = now;
    *until = now + (uint64_t)(look_s * 1e9);
    if (watch->item == RPI_NO_ITEM && timeout_ns && now + timeout_ns < *until) *until = now + timeout_ns;
    if (late < *until) *until = late;
    return RPI_SANDBOX_ENDED;
}

static void take_log(rpi_sandbox *sandbox) { rpi_child_log_take(sandbox->mailbox, &sandbox->log, sandbox->worker->context.log); }

/* A wait that was to end by `until`, a second later at most. When it took much longer, this process stood still, and its children with it:
 * no item took that time. */
static void forgive(rpi_watch *watch, uint64_t begun, uint64_t until)
{
    uint64_t now = rpi_now_ns(), stood_ns = now - until;
    if (rpi_pause_between(begun, now) == 0) return;
    watch->since_ns += stood_ns;
    watch->looked_ns += stood_ns;
    watch->late_ns += stood_ns;
}

static rpi_sandbox_event await_event(rpi_sandbox *sandbox, uint64_t number, uint64_t count, uint64_t timeout_ns, uint64_t *item)
{
    const rpi_mailbox *mailbox = sandbox->mailbox;
    bool was_idle = sandbox->idle;
    sandbox->idle = false;
    if (is_done(mailbox, number)) return RPI_SANDBOX_DONE;
    watch_request(&sandbox->watch, number, was_idle);
    for (;;) {
        uint32_t seen = rpi_event_count(mailbox->for_worker);
        bool ended = atomic_load(&mailbox->fate->ended);
        uint64_t now = rpi_now_ns(), until = 0;
        rpi_sandbox_event event = look(sandbox, count, timeout_ns, now, &until);
        *item = sandbox->watch.item;
        if (event == RPI_SANDBOX_DONE || ended) return event == RPI_SANDBOX_DONE ? event : RPI_SANDBOX_ENDED;
        if (sandbox->child && atomic_load(&sandbox->dropped)) return RPI_SANDBOX_DROPPED; /* a thread can't be stopped */
        if (event != RPI_SANDBOX_ENDED) return event;
        take_log(sandbox);
        rpi_event_wait(mailbox->for_worker, seen, until);
        forgive(&sandbox->watch, now, until);
        if (rpi_now_ns() < now + (uint64_t)(look_s * 1e9)) continue;
        if (sandbox->child && !rpi_zygote_lives()) return RPI_SANDBOX_ENDED;
        rpi_event_wake(mailbox->for_sandbox);
    }
}

rpi_sandbox_event rpi_sandbox_wait(rpi_sandbox *sandbox, uint64_t number, uint64_t count, uint64_t timeout_ns, uint64_t *item)
{
    rpi_sandbox_event event = await_event(sandbox, number, count, timeout_ns, item);
    take_log(sandbox);
    return event;
}

/* ---- the end ---- */

/* False: it hasn't ended in time. */
static bool wait_for_end(const rpi_mailbox *mailbox)
{
    uint64_t deadline = rpi_deadline_ns(end_s);
    for (;;) {
        uint32_t seen = rpi_event_count(mailbox->for_worker);
        if (atomic_load(&mailbox->fate->ended)) return true;
        if (rpi_now_ns() >= deadline || !rpi_zygote_lives()) return false;
        uint64_t until = rpi_deadline_ns(look_s);
        rpi_event_wait(mailbox->for_worker, seen, until < deadline ? until : deadline);
        rpi_event_wake(mailbox->for_sandbox);
    }
}

bool rpi_sandbox_give_up(rpi_sandbox *sandbox, uint64_t number)
{
    rpi_worker *worker = sandbox->worker;
    if (sandbox->child) {
        rpi_zygote_kill(sandbox->child);
        (void)wait_for_end(sandbox->mailbox);
        return true;
    }
    if (!rpi_sandbox_thread_abandon(sandbox->thread, number, worker->context.initializer)) return false;
    for (unsigned r = 0; r < RPI_REQUESTS; r++) atomic_store(&sandbox->mailbox->orders->requests[r].cutoff, 0); /* its item may ask */
    worker->context.initializer = NULL; /* the thread finishes its state */
    worker->context.state = NULL;
    sandbox->thread = NULL;
    return true;
}

bool rpi_sandbox_wrote_over(const rpi_sandbox *sandbox) { return sandbox->child && rpi_answers_are_touched(sandbox->mailbox->answers); }

/* A process that gets no more memory often crashes. */
static void say_memory(const rpi_sandbox *sandbox, char *text, size_t size)
{
    uint64_t allowed = sandbox->worker->config->options.memory_per_item, had = sandbox->mailbox->fate->most_memory;
    text[0] = '\0';
    if (allowed == 0) return;
    snprintf(text, size, "; it had %llu MiB of memory, and memory_per_item allows %llu MiB more than at its start",
             (unsigned long long)(had >> 20), (unsigned long long)(allowed >> 20));
}

rp_cause rpi_sandbox_exit_cause(const rpi_sandbox *sandbox, int *code, char *text, size_t size)
{
    const rpi_fate *fate = sandbox->mailbox->fate;
    int status = fate->wait_status;
    const char *before = rpi_sandbox_wrote_over(sandbox) ? "it wrote over the memory that its process shares with its worker; " : "";
    *code = 0;
    if (!atomic_load(&fate->ended)) {
        snprintf(text, size, "the helper process that children are forked from is gone, and its child process with it");
        return RP_CAUSE_SYSTEM;
    }
    if (WIFEXITED(status)) {
        *code = WEXITSTATUS(status);
        snprintf(text, size, "%sit ended its process with exit status %d", before, *code);
        return RP_CAUSE_EXIT;
    }
    *code = WTERMSIG(status);
    char memory[128];
    say_memory(sandbox, memory, sizeof memory);
    const char *name = strsignal(*code);
    snprintf(text, size, "%sits process was killed by signal %d (%s)%s%s", before, *code, name ? name : "unknown",
             *code == SIGKILL ? ", which the kernel sends when memory runs out" : "", memory);
    return RP_CAUSE_SIGNAL;
}

void rpi_sandbox_drop(rpi_sandbox *sandbox)
{
    take_log(sandbox);
    rpi_mailbox_release(sandbox->mailbox);
    sandbox->mailbox = NULL;
    sandbox->child = 0;
    sandbox->thread = NULL;
}

void rpi_sandbox_close(rpi_sandbox *sandbox)
{
    if (!rpi_sandbox_is_there(sandbox)) return;
    atomic_store(&sandbox->mailbox->orders->closing, 1);
    rpi_event_wake(sandbox->mailbox->for_sandbox);
    if (sandbox->thread) rpi_sandbox_thread_join(sandbox->thread);
    else if (sandbox->child && !wait_for_end(sandbox->mailbox)) (void)rpi_sandbox_give_up(sandbox, 0); /* waits until it is gone */
    rpi_sandbox_drop(sandbox);
}
