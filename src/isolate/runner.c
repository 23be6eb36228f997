/*
 * runner.c: see runner.h.
 *
 * Up to two grains are out, so that the sandbox finds the next when it has finished one.
 */
#include "isolate/runner.h"

#include "base/c_locale.h"
#include "base/clock.h"
#include "isolate/grains.h"
#include "isolate/request.h"
#include "isolate/sandbox.h"
#include "task/claims.h"
#include "task/item_text.h"
#include "worker/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_TRIES = 5, IDLE_DEATHS = 3 };

#define NO_LATE_ITEM (RPI_NO_ITEM - 1)

struct rpi_runner {
    rpi_worker *worker;
    rpi_sandbox sandbox;
    uint64_t n_tasks;     /* items that the present sandbox was given */
    unsigned idle_deaths; /* sandboxes in a row that died before they began an item */
    uint64_t known_call;  /* the call whose description the sandbox has, when `knows_call` */
    bool knows_call;
    bool short_of_processes; /* the last start failed in all its tries */
    rp_error broken;         /* an initializer failed in a sandbox: no other sandbox is tried */
    /* the present batch */
    rpi_batch *batch;
    uint64_t n_run, busy_ns;
    rpi_grains grains;
    rpi_grain out[RPI_REQUESTS]; /* by the request's number */
    uint64_t posted_ns[RPI_REQUESTS];
    unsigned next_turn, n_out;
    pthread_mutex_t mutex;   /* guards what interrupt reads: */
    rpi_control *control;    /* the sandbox's; NULL: there is none */
    const rpi_work *running; /* the batch's */
};

static unsigned head_turn(const rpi_runner *self) { return (self->next_turn + RPI_REQUESTS - self->n_out) % RPI_REQUESTS; }

/* ---- which items are next ---- */

/* How many more items the present sandbox may be given. */
static uint64_t tasks_left(const rpi_runner *self)
{
    uint64_t tasks = self->worker->config->options.max_tasks_per_child;
    if (tasks == 0) return UINT64_MAX;
    return tasks > self->n_tasks ? tasks - self->n_tasks : 0;
}

static bool claim(rpi_runner *self)
{
    rpi_grain grain;
    if (rpi_worker_gives_way(self->worker, self->batch)) return false;
    if (!rpi_claims_take_for(self->batch, self->worker->context.index, RPI_CLAIM_S, &grain.begin, &grain.end)) return false;
    rpi_grains_add_claimed(&self->grains, grain);
    return true;
}

static bool next_grain(rpi_runner *self, rpi_grain *next)
{
    if (!rpi_grains_have(&self->grains) && !claim(self)) return false;
    *next = rpi_grains_take(&self->grains, tasks_left(self));
    return true;
}

/* Whether one more grain may go out. */
static bool may_send(const rpi_runner *self)
{
    if (self->n_out == 0) return true;
    return self->n_out < RPI_REQUESTS && tasks_left(self) > 0 && rpi_grains_may_wait(&self->grains);
}

/* ---- failures ---- */

static void fail_item(rpi_runner *self, uint64_t offset, rpi_failure_facts *facts, const char *message)
{
    facts->item = self->batch->first + offset;
    rpi_item_text_of_batch(self->batch, offset, facts->item_text, sizeof facts->item_text);
    rpi_context_fail_item(&self->worker->context, self->batch, facts, message);
    self->n_run++;
}

/* A worker's grains don't overlap in time, whatever times a sandbox reports. */
static void record(rpi_runner *self, uint64_t offset, uint64_t n, uint64_t begin_ns, uint64_t end_ns)
{
    rpi_recorder *recorder = self->worker->recorder;
    if (!recorder) return;
    uint64_t now = rpi_now_ns(), last = rpi_recorder_end_ns(recorder);
    if (end_ns > now || end_ns < last) end_ns = now;
    if (begin_ns < last) begin_ns = last;
    if (begin_ns > end_ns) begin_ns = end_ns;
    rpi_recorder_add(recorder, &(rpi_timed_grain){self->batch, offset, n, begin_ns, end_ns});
}

/* Fails the grain's items, as no sandbox can run them. */
static void fail_grain(rpi_runner *self, rpi_grain what, const rp_error *error)
{
    uint64_t i = what.begin, began = rpi_now_ns();
    for (; i < what.end && !rpi_work_stopped(self->batch->work, self->batch->first + i); i++) {
        rpi_failure_facts facts = {.cause = RP_CAUSE_SYSTEM, .code = error->code};
        fail_item(self, i, &facts, rp_error_text(error));
    }
    record(self, what.begin, i - what.begin, began, rpi_now_ns());
}

/* ---- sandboxes ---- */

static void show(rpi_runner *self, rpi_control *control)
{
    pthread_mutex_lock(&self->mutex);
    self->control = control;
    pthread_mutex_unlock(&self->mutex);
}

static void close_sandbox(rpi_runner *self)
{
    show(self, NULL);
    rpi_sandbox_close(&self->sandbox);
    self->n_tasks = 0;
}

/* The system may be short of processes for a moment. The runner waits for that once, not for each grain. An initializer that failed once
 * isn't tried again. */
static rp_status try_to_start(rpi_runner *self, rp_error *error)
{
    if (self->broken.status != RP_OK) {
        *error = self->broken;
        return error->status;
    }
    rp_status status = rpi_sandbox_start(&self->sandbox, error);
    for (int i = 1; i < START_TRIES && status == RP_SYSTEM && !self->short_of_processes; i++) {
        nanosleep(&(struct timespec){0, 10000000L << i}, NULL);
        status = rpi_sandbox_start(&self->sandbox, error);
    }
    self->short_of_processes = status == RP_SYSTEM;
    if (status == RP_FAILED) self->broken = *error;
    return status;
}

static rp_status start_sandbox(rpi_runner *self, rp_error *error)
{
    rp_status status = try_to_start(self, error);
    if (status != RP_OK) return status;
    self->n_tasks = 0;
    self->next_turn = 0;
    self->knows_call = false;
    show(self, self->sandbox.mailbox.control);
    return RP_OK;
}

/* Ends a child that has run its number of tasks. The next grain starts another one. */
static void retire_sandbox(rpi_runner *self)
{
    if (tasks_left(self) == 0 && self->n_out == 0) close_sandbox(self);
}

/* ---- requests out ---- */

static void post(rpi_runner *self, rpi_grain what)
{
    static const char none[] = "out of memory for the arguments";
    rpi_control *control = self->sandbox.mailbox.control;
    rpi_request *request = &control->requests[self->next_turn];
    const rpi_work *work = self->batch->work;
    bool with_call = !self->knows_call || self->known_call != work->id;
    if (!rpi_request_write(&self->sandbox.mailbox, self->next_turn, self->batch, what, with_call)) {
        rp_error error;
        fail_grain(self, what, (rp_error_set(&error, RP_NO_MEMORY, ENOMEM, "%s", none), &error));
        return;
    }
    self->knows_call = true;
    self->known_call = work->id;
    self->out[self->next_turn] = what;
    if (self->worker->recorder) self->posted_ns[self->next_turn] = rpi_now_ns();
    atomic_store(&request->at, RPI_NO_ITEM);
    pthread_mutex_lock(&self->mutex); /* so that a lowered cutoff isn't missed in between */
    atomic_store(&request->cutoff, atomic_load(&work->cutoff));
    atomic_store(&request->state, RPI_REQUEST_POSTED);
    pthread_mutex_unlock(&self->mutex);
    rpi_event_signal(&control->for_sandbox);
    self->next_turn = (self->next_turn + 1) % RPI_REQUESTS;
    self->n_out++;
    self->n_tasks += rpi_grain_length(what);
}

static void send_grains(rpi_runner *self)
{
    rpi_grain next;
    rp_error error;
    for (retire_sandbox(self); may_send(self) && next_grain(self, &next); retire_sandbox(self)) {
        if (rpi_sandbox_is_there(&self->sandbox) || start_sandbox(self, &error) == RP_OK) post(self, next);
        else fail_grain(self, next, &error);
    }
}

/* ---- requests back ---- */

/* The sandbox couldn't run the items, or what it reports can't be true. */
static void refuse_rest(rpi_runner *self, unsigned turn, rpi_grain rest)
{
    rp_error error;
    rpi_request_refusal(&self->sandbox.mailbox, turn, &error);
    fail_grain(self, rest, &error);
}

static void take_done(rpi_runner *self, unsigned turn)
{
    rpi_mailbox *mailbox = &self->sandbox.mailbox;
    const rpi_request *request = &mailbox->control->requests[turn];
    rpi_grain what = self->out[turn];
    uint64_t n = request->n_done, size = request->results_size;
    bool sound = request->status == RP_OK && n <= rpi_grain_length(what) && size <= RPI_SEGMENT_ROOM;
    if (sound) sound = rpi_request_take_results(mailbox, turn, self->batch, (rpi_grain){what.begin, what.begin + n}, (size_t)size);
    if (sound) sound = rpi_request_take_failures(mailbox, turn, self->batch, what, &self->worker->context);
    if (sound) {
        self->n_run += n;
        self->busy_ns += request->busy_ns;
        rpi_work_measure(self->batch->work, n, request->busy_ns);
        rpi_claims_learn(self->batch, self->worker->context.index, n, request->busy_ns);
        record(self, what.begin, n, request->ended_ns - request->busy_ns, request->ended_ns);
        rpi_grains_keep_left(&self->grains, (rpi_grain){what.begin + n, what.end});
    } else {
        refuse_rest(self, turn, what);
        self->knows_call = false; /* the sandbox may have failed to take the call */
    }
    self->idle_deaths = 0;
    rpi_request_release(mailbox, turn);
}

/* Takes what a sandbox left of an unfinished request. `facts` and `message` are for the item that it ran. They don't apply when the item
 * that was found late ended at the last moment and another one runs. */
static void take_rest(rpi_runner *self, unsigned turn, uint64_t late_item, rpi_failure_facts *facts, const char *message)
{
    const rpi_request *request = &self->sandbox.mailbox.control->requests[turn];
    rpi_grain what = self->out[turn];
    uint64_t at = atomic_load(&request->at);
    bool begun = at < rpi_grain_length(what);
    if (!begun) at = 0;
    else self->idle_deaths = 0;
    bool blamed = begun && (late_item == RPI_NO_ITEM || late_item == at);
    if (!begun && ++self->idle_deaths >= IDLE_DEATHS) {
        blamed = true;
        facts->cause = RP_CAUSE_SYSTEM;
        message = "its child process ends before it begins";
    }
    rpi_grain finished = {what.begin, what.begin + at};
    size_t size = (size_t)at * self->batch->work->task->result_size;
    bool taken = rpi_request_take_results(&self->sandbox.mailbox, turn, self->batch, finished, size);
    if (taken) self->n_run += at;
    else refuse_rest(self, turn, finished);
    if (blamed) {
        double seconds = begun ? rpi_seconds(rpi_now_ns() - atomic_load(&request->began_ns)) : 0;
        if (seconds > facts->seconds) facts->seconds = seconds; /* a late sandbox may run its next item by now */
        fail_item(self, what.begin + at, facts, message);
    }
    record(self, taken ? what.begin : what.begin + at, taken ? at + blamed : blamed, self->posted_ns[turn], rpi_now_ns());
    rpi_grains_keep_left(&self->grains, (rpi_grain){what.begin + at + blamed, what.end});
}

/* After the sandbox is gone or given up: takes what it finished, fails the item that it ran, and keeps the rest to be run again. Only the
 * first request that isn't done can have begun. */
static void bury(rpi_runner *self, uint64_t late_item, rpi_failure_facts *facts, const char *message)
{
    for (bool first = true; self->n_out > 0; self->n_out--) {
        unsigned turn = head_turn(self);
        if (atomic_load(&self->sandbox.mailbox.control->requests[turn].state) == RPI_REQUEST_DONE) {
            take_done(self, turn);
            if (late_item != RPI_NO_ITEM) late_item = NO_LATE_ITEM;
        } else if (first) {
            take_rest(self, turn, late_item, facts, message);
            first = false;
        } else {
            rpi_grains_keep_left(&self->grains, self->out[turn]);
        }
    }
    show(self, NULL);
    rpi_sandbox_drop(&self->sandbox);
    self->n_tasks = 0;
}

static void bury_late(rpi_runner *self, uint64_t late_item)
{
    bool child = self->sandbox.child != 0;
    char message[128];
    rpi_snprintf(message, sizeof message, "it took longer than the time-out of %g s%s", rpi_seconds(self->batch->work->timeout_ns),
                 child ? "; its process was killed" : "; its thread can't be stopped, and goes on");
    rpi_failure_facts facts = {.cause = RP_CAUSE_TIMEOUT, .seconds = rpi_seconds(self->batch->work->timeout_ns)};
    rpi_sandbox_give_up(&self->sandbox);
    bury(self, late_item, &facts, message);
}

static void bury_ended(rpi_runner *self)
{
    char message[160];
    rpi_failure_facts facts = {0};
    facts.cause = rpi_sandbox_exit_cause(&self->sandbox, &facts.code, message, sizeof message);
    bury(self, RPI_NO_ITEM, &facts, message);
}

/* ---- a batch ---- */

static void begin(rpi_runner *self, rpi_batch *batch)
{
    self->batch = batch;
    self->n_run = self->busy_ns = 0;
    rpi_grains_begin(&self->grains, batch);
    pthread_mutex_lock(&self->mutex);
    self->running = batch->work;
    pthread_mutex_unlock(&self->mutex);
}

static uint64_t run_batch(rpi_runner *self, rpi_batch *batch, uint64_t *busy_ns)
{
    begin(self, batch);
    for (send_grains(self); self->n_out > 0; send_grains(self)) {
        unsigned turn = head_turn(self);
        uint64_t late_item;
        rpi_sandbox_event event = rpi_sandbox_wait(&self->sandbox, turn, batch->work->timeout_ns, &late_item);
        if (event == RPI_SANDBOX_DONE) {
            take_done(self, turn);
            self->n_out--;
        } else if (event == RPI_SANDBOX_LATE) {
            bury_late(self, late_item);
        } else {
            bury_ended(self);
        }
        atomic_store_explicit(&self->worker->n_done, self->n_run, memory_order_release);
        if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
    }
    pthread_mutex_lock(&self->mutex);
    self->running = NULL;
    pthread_mutex_unlock(&self->mutex);
    *busy_ns += self->busy_ns;
    return self->n_run;
}

static void interrupt(rpi_runner *self, const rpi_work *work)
{
    pthread_mutex_lock(&self->mutex);
    uint64_t cutoff = self->running == work ? atomic_load(&work->cutoff) : RPI_NO_CUTOFF;
    for (unsigned r = 0; self->running == work && self->control && r < RPI_REQUESTS; r++)
        atomic_store(&self->control->requests[r].cutoff, cutoff);
    pthread_mutex_unlock(&self->mutex);
}

/* ---- life ---- */

static void destroy(rpi_runner *self)
{
    close_sandbox(self);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

static rp_status create(rpi_worker *worker, rpi_runner **runner, rp_error *error)
{
    rpi_runner *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->worker = worker;
    rpi_sandbox_init(&self->sandbox, worker);
    pthread_mutex_init(&self->mutex, NULL);
    rp_error why;
    rp_status status = worker->config->options.isolation ? start_sandbox(self, &why) : RP_OK;
    if (status == RP_OK) {
        *runner = self;
        return RP_OK;
    }
    if (error) *error = why;
    destroy(self);
    return status;
}

const rpi_runner_ops rpi_runner_sandboxes = {.create = create, .destroy = destroy, .run_batch = run_batch, .interrupt = interrupt};
