/*
 * runner.c: see runner.h.
 *
 * Up to two grains are out, so that the sandbox finds the next when it has finished one.
 */
#include "isolate/runner.h"

#include "base/c_locale.h"
#include "base/clock.h"
#include "isolate/progress.h"
#include "isolate/request.h"
#include "isolate/take_back.h"
#include "task/claims.h"
#include "task/not_begun.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { START_TRIES = 5 };

static const double longest_request_s = 0.1;

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
    rpi_grain grain = {0};
    if (rpi_worker_gives_way(self->worker, self->batch)) return false;
    if (!rpi_claims_take_for(self->batch, self->worker->context.index, RPI_CLAIM_S, &grain.begin, &grain.end)) return false;
    rpi_grains_add_claimed(&self->grains, grain);
    return true;
}

/* How many items may go out at a time. Where time has an end, none of several may be a long one: how long each took isn't known. */
static uint64_t most_items(const rpi_runner *self)
{
    double item_s = rpi_work_item_s(self->batch->work);
    uint64_t most = tasks_left(self);
    if (self->worker->config->options.time_limit_s <= 0) return most;
    if (item_s <= 0 || item_s * (double)most < longest_request_s) return item_s > 0 ? most : 1;
    return item_s < longest_request_s ? (uint64_t)(longest_request_s / item_s) : 1;
}

/* What may not begin any more is taken to say so. */
static bool next_grain(rpi_runner *self, rpi_grain *next)
{
    for (;;) {
        if (!rpi_grains_have(&self->grains) && !claim(self)) return false;
        *next = rpi_grains_take(&self->grains, most_items(self));
        if (!rpi_work_begins_none(self->batch->work)) return true;
        rpi_not_begun(self->batch, next->begin, next->end);
    }
}

/* Whether one more grain may go out. */
static bool may_send(rpi_runner *self)
{
    if (self->n_out == 0) return true;
    if (self->alone || (rpi_grains_have(&self->grains) && rpi_grains_are_careful(&self->grains))) return false;
    return self->n_out < RPI_REQUESTS && tasks_left(self) > 0 && rpi_grains_may_wait(&self->grains);
}

/* ---- sandboxes ---- */

static void show(rpi_runner *self, rpi_mailbox *mailbox)
{
    pthread_mutex_lock(&self->mutex);
    self->mailbox = mailbox;
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
    self->next = 1;
    self->knows_call = false;
    show(self, self->sandbox.mailbox);
    return RP_OK;
}

/* Ends a child that has run its number of tasks. The next grain starts another one. */
static void retire_sandbox(rpi_runner *self)
{
    if (tasks_left(self) == 0 && self->n_out == 0) close_sandbox(self);
}

/* ---- requests out ---- */

static void tell_sandbox(rpi_order *order, const rpi_work *work)
{
    atomic_store(&order->cutoff, atomic_load(&work->cutoff));
    atomic_store(&order->begins_none, rpi_work_begins_none(work));
    atomic_store(&order->ends_running, atomic_load(&work->ends_running));
}

/* Makes the request known to the sandbox. */
static void publish(rpi_runner *self, rpi_order *order, uint64_t number)
{
    pthread_mutex_lock(&self->mutex); /* so that a lowered cutoff isn't missed in between */
    tell_sandbox(order, self->batch->work);
    atomic_store(&order->posted, number);
    pthread_mutex_unlock(&self->mutex);
    rpi_event_signal(self->sandbox.mailbox->for_sandbox);
}

static void post(rpi_runner *self, rpi_grain what)
{
    static const char none[] = "out of memory for the arguments";
    rpi_mailbox *mailbox = self->sandbox.mailbox;
    const rpi_work *work = self->batch->work;
    uint64_t number = self->next;
    bool with_call = !self->knows_call || self->known_call != work->id;
    if (!rpi_request_write(mailbox, number, self->batch, what, with_call)) {
        rp_error error;
        rpi_take_back_failing(self, what, (rp_error_set(&error, RP_NO_MEMORY, ENOMEM, "%s", none), &error));
        return;
    }
    self->knows_call = true;
    self->known_call = work->id;
    self->out[rpi_request_place(number)] = what;
    if (self->worker->recorder || self->n_out == 0) self->posted_ns[rpi_request_place(number)] = rpi_now_ns();
    self->sandbox.idle = self->n_out == 0;
    self->alone = what.careful;
    publish(self, &mailbox->orders->requests[rpi_request_place(number)], number);
    self->next++;
    self->n_out++;
    self->n_tasks += rpi_grain_length(what);
}

static void send_grains(rpi_runner *self)
{
    rpi_grain next;
    rp_error error;
    for (retire_sandbox(self); may_send(self) && next_grain(self, &next); retire_sandbox(self)) {
        if (rpi_sandbox_is_there(&self->sandbox) || start_sandbox(self, &error) == RP_OK) post(self, next);
        else rpi_take_back_failing(self, next, &error);
    }
}

/* ---- a batch ---- */

static void begin(rpi_runner *self, rpi_batch *batch)
{
    self->batch = batch;
    self->n_run = self->busy_ns = 0;
    rpi_grains_begin(&self->grains, batch);
    pthread_mutex_lock(&self->mutex);
    self->running = batch->work;
    atomic_store(&self->sandbox.dropped, atomic_load(&batch->work->cutoff) == 0);
    pthread_mutex_unlock(&self->mutex);
}

/* Waits until something becomes of the first request that is out. */
static void await_head(rpi_runner *self)
{
    uint64_t number = rpi_runner_head(self), late_item = RPI_NO_ITEM, count = rpi_grain_length(self->out[rpi_request_place(number)]);
    rpi_sandbox_event event = rpi_sandbox_wait(&self->sandbox, number, count, self->batch->work->timeout_ns, &late_item);
    if (event != RPI_SANDBOX_DONE) rpi_take_back_lost(self, event, late_item);
    else if (!rpi_take_back_done(self)) rpi_take_back_damaged(self);
}

static uint64_t run_batch(rpi_runner *self, rpi_batch *batch, uint64_t *busy_ns)
{
    begin(self, batch);
    for (send_grains(self); self->n_out > 0; send_grains(self)) {
        await_head(self);
        atomic_store_explicit(&self->worker->n_done, self->n_run, memory_order_release);
        if (batch->items_failed && atomic_load(&batch->failures)) batch->items_failed(batch);
    }
    pthread_mutex_lock(&self->mutex);
    self->running = NULL;
    pthread_mutex_unlock(&self->mutex);
    *busy_ns += self->busy_ns;
    return self->n_run;
}

/* A cutoff of 0 means that none of the call's items counts any more. */
static void pass_on(rpi_runner *self, const rpi_work *work)
{
    uint64_t cutoff = atomic_load(&work->cutoff);
    if (cutoff == 0) atomic_store(&self->sandbox.dropped, true);
    if (!self->mailbox) return;
    for (unsigned r = 0; r < RPI_REQUESTS; r++) tell_sandbox(&self->mailbox->orders->requests[r], work);
    if (cutoff == 0) rpi_event_wake(self->mailbox->for_worker);
}

static void interrupt(rpi_runner *self, const rpi_work *work)
{
    pthread_mutex_lock(&self->mutex);
    if (self->running == work) pass_on(self, work);
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
