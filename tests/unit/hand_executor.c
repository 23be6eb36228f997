/* hand_executor.c: see hand_executor.h. */
#include "hand_executor.h"

static hand *hand_of(rpi_executor *executor) { return (hand *)executor; }

static void submit(rpi_executor *executor, rpi_batch *batch)
{
    hand *self = hand_of(executor);
    pthread_mutex_lock(&self->mutex);
    assert_true(self->n_out < HAND_MOST);
    self->out[self->n_out++] = batch;
    self->n_submitted++;
    self->n_items += batch->count;
    if (self->n_items > self->most_items_out) self->most_items_out = self->n_items;
    size_t last = self->n_out - 1;
    pthread_mutex_unlock(&self->mutex);
    if (!self->at_once) return;
    if (++self->depth > self->deepest) self->deepest = self->depth;
    hand_finish(self, last);
    self->depth--;
}

static void stop(rpi_executor *executor, rpi_work *work)
{
    (void)work;
    hand_of(executor)->n_stops++;
}

static void drain(rpi_executor *executor, rpi_work *work)
{
    (void)work;
    hand_of(executor)->n_drains++;
}

static void forget(rpi_executor *executor, rpi_work *work)
{
    (void)work;
    hand_of(executor)->n_forgets++;
}

static uint64_t n_done(rpi_executor *executor, const rpi_work *work)
{
    (void)work;
    return hand_of(executor)->n_done;
}

static const rpi_executor_ops hand_ops = {
    .name = "hand", .submit = submit, .stop = stop, .drain = drain, .forget = forget, .n_done = n_done};

hand *hand_open(unsigned n_workers) { return hand_open_with(n_workers, (rp_pool_options){.retries = 0}); }

hand *hand_open_with(unsigned n_workers, rp_pool_options options)
{
    hand *self = calloc(1, sizeof *self);
    assert_non_null(self);
    options.executor = RP_EXECUTOR_SERIAL;
    pthread_mutex_init(&self->mutex, NULL);
    assert_int_equal(rp_pool_open(&options, &self->pool, NULL), RP_OK);
    rpi_worker_init(&self->worker, self, 0, 0, "here");
    self->base = (rpi_executor){&hand_ops, n_workers};
    self->own = self->pool->for_calls.executor;
    self->pool->for_calls.executor = &self->base;
    self->pool->n_workers = n_workers;
    rpi_waiting_set_workers(&self->pool->waiting, n_workers);
    return self;
}

void hand_close(hand *self)
{
    while (self->n_out > 0) hand_finish(self, 0);
    self->pool->for_calls.executor = self->own;
    rp_pool_free(self->pool);
    pthread_mutex_destroy(&self->mutex);
    rpi_worker_fini(&self->worker);
    free(self);
}

static rpi_batch *take(hand *self, size_t k)
{
    pthread_mutex_lock(&self->mutex);
    assert_true(k < self->n_out);
    rpi_batch *batch = self->out[k];
    memmove(&self->out[k], &self->out[k + 1], (--self->n_out - k) * sizeof self->out[0]);
    self->n_items -= batch->count;
    pthread_mutex_unlock(&self->mutex);
    return batch;
}

static rpi_batch *last_of(hand *self, size_t n_out)
{
    pthread_mutex_lock(&self->mutex);
    rpi_batch *last = self->n_out >= n_out ? self->out[self->n_out - 1] : NULL;
    pthread_mutex_unlock(&self->mutex);
    return last;
}

rpi_batch *hand_await(hand *self, size_t n_out)
{
    rpi_batch *last;
    double deadline = unit_now() + UNIT_WAIT_S;
    while (!(last = last_of(self, n_out))) {
        if (unit_now() > deadline) fail_msg("waited for %zu batches", n_out);
        unit_sleep(0.0005);
    }
    return last;
}

void hand_finish(hand *self, size_t k)
{
    rpi_batch *batch = take(self, k);
    batch->schedule.n_workers = 1;
    rpi_context_enter(&self->worker.context);
    rpi_worker_run_batch(&self->worker, batch);
    rpi_context_enter(NULL);
    batch->done(batch);
}

void hand_drop(hand *self, size_t k, rp_status status)
{
    rpi_batch *batch = take(self, k);
    batch->status = status;
    rpi_work_lower_cutoff(batch->work, 0); /* as the coordinator does: none of its items counts as a result */
    batch->done(batch);
}

int hand_set_up(void **state)
{
    *state = hand_open(2);
    return 0;
}

int hand_tear_down(void **state)
{
    hand_close(*state);
    return 0;
}
