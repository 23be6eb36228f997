/*
 * serial.c: the serial executor: one worker, one item after another. A blocking call runs in the thread that makes it, if that has the
 * stack that tasks are to have. For async calls and iterators a helper thread is started when the first one comes, so that their waits and
 * time-outs mean the same as elsewhere. A thread that runs items holds the worker meanwhile, so that only one thread does so at a time.
 */
#include "worker/serial.h"

#include "base/affinity.h"
#include "base/clock.h"
#include "base/nested.h"
#include "base/thread.h"
#include "record/report.h"
#include "task/claims.h"
#include "worker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct serial {
    rpi_executor base;
    rpi_worker *worker;
    rpi_worker_config worker_config;
    char host[RP_ERROR_HOST_SIZE];
    uint64_t stack_size;   /* that tasks are to have, bytes */
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    rpi_queue queue;           /* of batches */
    _Atomic unsigned n_urgent; /* in the queue; read without the mutex */
    rpi_batch *running;        /* the thread that holds the worker runs it, and urgent ones in between */
    bool held;                 /* a thread holds the worker */
    bool helper_started, closing;
    pthread_t helper;
} serial;

static serial *serial_of(rpi_executor *executor) { return (serial *)executor; }

static rpi_batch *batch_at(rpi_list_link *link) { return RPI_ENTRY(link, rpi_batch, link); }

/* The first batch of the queue; NULL: it is empty. With the mutex held, as for the next two functions. */
static rpi_batch *first_batch(const serial *self) { return batch_at(rpi_list_first(&self->queue.list)); }

static void add_batch(serial *self, rpi_batch *batch)
{
    rpi_queue_add(&self->queue, &batch->link, batch->urgent);
    if (batch->urgent) atomic_fetch_add(&self->n_urgent, 1);
}

static rpi_batch *take_first(serial *self)
{
    rpi_batch *batch = first_batch(self);
    if (!batch) return NULL;
    rpi_queue_remove(&self->queue, &batch->link);
    if (batch->urgent) atomic_fetch_sub(&self->n_urgent, 1);
    return batch;
}

static rpi_batch *take_urgent(serial *self)
{
    pthread_mutex_lock(&self->mutex);
    rpi_batch *first = first_batch(self), *batch = first && first->urgent ? take_first(self) : NULL;
    pthread_mutex_unlock(&self->mutex);
    return batch;
}

typedef struct batch_run {
    rpi_worker *worker;
    rpi_batch *batch;
} batch_run;

static void run_in_worker(void *argument)
{
    const batch_run *self = argument;
    (void)rpi_worker_run_batch(self->worker, self->batch);
}

static void run_batch(serial *self, rpi_batch *batch)
{
    batch_run run = {self->worker, batch};
    rpi_context_nest(&self->worker->context);
    unsigned nested = rpi_nested_set(self->worker_config.options.nested_threads);
    while (!rpi_thread_guard(run_in_worker, &run)) (void)rpi_worker_take_exit(self->worker);
    (void)rpi_nested_set(nested);
    rpi_context_leave(&self->worker->context);
}

/* Runs the batch in the thread that holds the worker, and lets go of the worker before it calls done. */
static void run_held(serial *self, rpi_batch *batch)
{
    rpi_batch *urgent;
    pthread_mutex_lock(&self->mutex);
    self->running = batch;
    if (atomic_load(&batch->work->draining)) (void)rpi_claims_drain(batch);
    pthread_mutex_unlock(&self->mutex);
    for (run_batch(self, batch); !rpi_claims_exhausted(batch); run_batch(self, batch)) {
        if (!(urgent = take_urgent(self))) continue;
        run_batch(self, urgent);
        rpi_batch_end(urgent);
    }
    pthread_mutex_lock(&self->mutex);
    self->running = NULL;
    self->held = false;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    rpi_batch_end(batch);
}

static rpi_batch *take_next(serial *self)
{
    pthread_mutex_lock(&self->mutex);
    while (first_batch(self) ? self->held : !self->closing) pthread_cond_wait(&self->changed, &self->mutex);
    rpi_batch *batch = take_first(self);
    if (batch) self->held = true;
    pthread_mutex_unlock(&self->mutex);
    return batch;
}

static void *help(void *argument)
{
    serial *self = argument;
    rpi_batch *batch;
    while ((batch = take_next(self))) run_held(self, batch);
    rpi_nested_end();
    return NULL;
}

/* With one worker, its static share is all items. */
static void prepare(rpi_batch *batch)
{
    batch->schedule.n_workers = 1;
    if (rpi_schedule_goes_by(batch->schedule.kind, RPI_EVEN_SHARES)) batch->schedule.kind = RP_SCHEDULE_GUIDED;
}

static void submit(rpi_executor *executor, rpi_batch *batch)
{
    serial *self = serial_of(executor);
    prepare(batch);
    pthread_mutex_lock(&self->mutex);
    if (!self->helper_started)
        self->helper_started = rpi_thread_create(&self->helper, self->worker_config.options.stack_size, help, self) == 0;
    bool helped = self->helper_started;
    if (helped) {
        add_batch(self, batch);
        pthread_cond_broadcast(&self->changed);
    } else {
        while (self->held) pthread_cond_wait(&self->changed, &self->mutex);
        self->held = true;
    }
    pthread_mutex_unlock(&self->mutex);
    if (!helped) run_held(self, batch);
}

static void run(rpi_executor *executor, rpi_batch *batch)
{
    serial *self = serial_of(executor);
    bool has_stack = rpi_thread_has_stack(self->stack_size);
    pthread_mutex_lock(&self->mutex);
    bool free_now = has_stack && !self->held && !first_batch(self);
    if (free_now) self->held = true;
    pthread_mutex_unlock(&self->mutex);
    if (!free_now) {
        submit(executor, batch);
        return;
    }
    prepare(batch);
    run_held(self, batch);
}

static void stop(rpi_executor *executor, rpi_work *work) { rpi_worker_interrupt(serial_of(executor)->worker, work); }

static bool is_first_try_of(const rpi_batch *batch, const rpi_work *work) { return batch->work == work && batch->attempt == 1; }

static void drain(rpi_executor *executor, rpi_work *work)
{
    serial *self = serial_of(executor);
    pthread_mutex_lock(&self->mutex);
    rpi_batch *batch = self->running;
    if (batch && (!is_first_try_of(batch, work) || rpi_claims_exhausted(batch))) batch = NULL;
    for (rpi_list_link *at = rpi_list_first(&self->queue.list); at && !batch; at = rpi_list_next(&self->queue.list, at))
        if (is_first_try_of(batch_at(at), work)) batch = batch_at(at);
    if (batch) rpi_work_drain(work, batch->first + atomic_load(&batch->claims.next));
    pthread_mutex_unlock(&self->mutex);
}

static uint64_t n_done(rpi_executor *executor, const rpi_work *work)
{
    rpi_worker *worker = serial_of(executor)->worker;
    return atomic_load(&worker->current) == work ? atomic_load_explicit(&worker->n_done, memory_order_acquire) : 0;
}

static void free_serial(serial *self)
{
    if (self->worker) rpi_worker_fini(self->worker);
    rpi_worker_config_fini(&self->worker_config);
    free(self->worker);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

static rp_status close_serial(rpi_executor *executor, rp_error *error)
{
    serial *self = serial_of(executor);
    (void)error;
    pthread_mutex_lock(&self->mutex);
    self->closing = true;
    pthread_cond_broadcast(&self->changed);
    bool started = self->helper_started;
    pthread_mutex_unlock(&self->mutex);
    if (started) pthread_join(self->helper, NULL);
    rpi_context_nest(&self->worker->context);
    rpi_worker_close(self->worker);
    rpi_context_leave(&self->worker->context);
    free_serial(self);
    return RP_OK;
}

static rp_status open_serial(const rpi_executor_config *config, rpi_executor **executor, rp_error *error)
{
    serial *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    self->base = (rpi_executor){&rpi_executor_serial, 1};
    rpi_queue_init(&self->queue);
    snprintf(self->host, sizeof self->host, "%s", config->host);
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    self->worker = calloc(1, sizeof *self->worker);
    if (!self->worker || !rpi_worker_config_copy(&self->worker_config, &config->worker)) {
        free_serial(self);
        return rpi_error_no_memory(error);
    }
    rpi_worker_config_fit(&self->worker_config, 1, 1);
    self->stack_size = rpi_thread_stack_size(self->worker_config.options.stack_size);
    rpi_worker_init(self->worker, self, 0, 0, self->host);
    self->worker->config = &self->worker_config;
    self->worker->context.log = &self->worker_config.log;
    self->worker->context.pool = self->worker_config.pool;
    self->worker->n_urgent = &self->n_urgent;
    rpi_context_nest(&self->worker->context);
    rp_status status = rpi_worker_open(self->worker, error);
    rpi_context_leave(&self->worker->context);
    if (status == RP_OK) *executor = &self->base;
    else free_serial(self);
    return status;
}

static int n_ranks(const rpi_executor *executor)
{
    (void)executor;
    return 1;
}

static void rank_info(const rpi_executor *executor, int rank, rp_rank_info *info)
{
    (void)rank;
    rpi_affinity_rank_info(((const serial *)executor)->host, 1, info);
}

static rp_status report_rank(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error)
{
    (void)rank;
    return rpi_report_local(&serial_of(executor)->worker->recorder, 1, origin_ns, report, error);
}

const rpi_executor_ops rpi_executor_serial = {
    .name = "serial",
    .open = open_serial,
    .submit = submit,
    .run = run,
    .stop = stop,
    .drain = drain,
    .n_done = n_done,
    .close = close_serial,
    .n_ranks = n_ranks,
    .rank_info = rank_info,
    .report = report_rank,
};
