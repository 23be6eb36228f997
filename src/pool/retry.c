/* retry.c: see retry.h. */
#include "pool/retry.h"

#include "base/clock.h"
#include "base/lines.h"
#include "base/thread.h"
#include "pool/retry_backoff.h"

#include <stdlib.h>
#include <string.h>

struct rpi_retrier {
    void (*retried)(void *argument, const rp_error *failure); /* NULL: nobody is told; neither changes once there are calls */
    void *retried_argument;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows, and the tries of batches */
    pthread_cond_t changed;
    rpi_retry_queue queue;
    bool started, stopping;
    bool looking; /* some items may have nothing to wait for any more */
};

static rpi_call *call_of(const rpi_batch *batch) { return (rpi_call *)batch->work; }
static rpi_tries *tries_of(const rpi_batch *batch) { return (rpi_tries *)(uintptr_t)batch; }
static rpi_retrier *retrier_of(const rpi_batch *batch) { return tries_of(batch)->retrier; }

void rpi_retrier_look(rpi_retrier *self)
{
    pthread_mutex_lock(&self->mutex);
    self->looking = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

/* ---- the ends of tries; in any thread ---- */

/* Ends one try of a batch. After the last one, its call and even the pool may be gone. */
static void end_try(rpi_batch *batch, rp_status status)
{
    rpi_tries *tries = tries_of(batch);
    rpi_retrier *self = retrier_of(batch);
    pthread_mutex_lock(&self->mutex);
    if (tries->status == RP_OK) tries->status = status;
    bool last = --tries->n_open == 0;
    pthread_mutex_unlock(&self->mutex);
    if (!last) return;
    for (rpi_failure *failure = tries->final_failures, *next; failure; failure = next) {
        next = failure->next;
        rpi_batch_add_failure(batch, failure);
    }
    if (batch->status == RP_OK) batch->status = tries->status;
    tries->ends(batch);
}

static void keep_failure(rpi_batch *batch, rpi_failure *failure)
{
    rpi_retrier *self = retrier_of(batch);
    pthread_mutex_lock(&self->mutex);
    failure->next = tries_of(batch)->final_failures;
    tries_of(batch)->final_failures = failure;
    pthread_mutex_unlock(&self->mutex);
}

static void end_retry(rpi_retry *retry, rp_status status)
{
    rpi_batch *origin = retry->origin;
    rpi_failure_free_list(retry->failure);
    free(retry);
    end_try(origin, status);
}

/* A failure or a lost rank may have lowered the cutoff. Other items of the call then stop waiting. */
static void look_if_cut_short(const rpi_batch *batch)
{
    const rpi_work *work = batch->work;
    if (atomic_load(&work->cutoff) != RPI_NO_CUTOFF || atomic_load(&work->draining)) rpi_retrier_look(retrier_of(batch));
}

/* The item isn't tried again, and this is its failure. */
static void let_stand(rpi_batch *origin, rpi_failure *failure)
{
    rpi_call_count_failure(call_of(origin), failure->facts.item);
    keep_failure(origin, failure);
    look_if_cut_short(origin);
}

/* Ends an item that had tries left. Its last failure stands. */
static void give_up(rpi_retry *retry)
{
    atomic_fetch_sub(&retry->origin->work->n_repeated, 1);
    let_stand(retry->origin, retry->failure);
    retry->failure = NULL;
    end_retry(retry, RP_OK);
}

static void *run(void *argument);

/* Begins a wait. If the call was stopped meanwhile, this function sees it, or rpi_retrier_look comes later. False: there is no thread to
 * end the wait. */
static bool begin_wait(rpi_retrier *self, rpi_retry *retry, bool first)
{
    pthread_mutex_lock(&self->mutex);
    if (!self->started) self->started = rpi_thread_create(&self->thread, 0, run, self) == 0;
    bool started = self->started;
    if (started) {
        if (first) tries_of(retry->origin)->n_open++;
        rpi_retry_queue_add(&self->queue, retry, rpi_now_ns());
        if (rpi_retry_fate_of(retry->origin->work, retry->failure->facts.item) != RPI_RETRY_GOES_ON) self->looking = true;
        pthread_cond_signal(&self->changed);
    }
    pthread_mutex_unlock(&self->mutex);
    return started;
}

static void record_try(const rpi_batch *batch, const rpi_failure *failure)
{
    rpi_call_journal *journal = rpi_call_journal_of(call_of(batch));
    if (journal) rpi_call_journal_retries(journal, failure);
}

/* Before the next try can begin, so that its end is told later. */
static void tell(const rpi_retrier *self, const rpi_failure *failure)
{
    rp_error error;
    if (!self->retried) return;
    (void)rpi_failure_to_error(failure, &error);
    self->retried(self->retried_argument, &error);
}

/* A try failed, and more are left. */
static void try_again(rpi_retry *retry, rpi_failure *failure)
{
    record_try(retry->origin, failure);
    tell(retrier_of(retry->origin), failure);
    rpi_failure_free_list(retry->failure);
    retry->failure = failure;
    (void)begin_wait(retrier_of(retry->origin), retry, false);
}

/* Its item was lost with its rank, or with so many ranks that it may be the reason; or it isn't run any more. */
static bool is_final(const rpi_failure *failure)
{
    rp_cause cause = failure->facts.cause;
    return cause == RP_CAUSE_LOST || cause == RP_CAUSE_CRASH || cause == RP_CAUSE_NOT_BEGUN || cause == RP_CAUSE_ENDED;
}

/* The batch of a retried item is done. */
static void try_done(rpi_batch *batch)
{
    rpi_retry *retry = batch->owner;
    rpi_failure *failure = atomic_exchange(&batch->failures, NULL);
    rp_status status = batch->status;
    bool ran = atomic_load(&batch->n_run) > 0;
    rpi_batch_destroy(batch);
    if (failure && !is_final(failure) && retry->n_tries < retry->origin->work->max_attempts) {
        try_again(retry, failure);
    } else if (failure) {
        keep_failure(retry->origin, failure); /* the rank that ran it has counted it */
        look_if_cut_short(retry->origin);
        end_retry(retry, status);
    } else if (!ran && rpi_retry_fate_of(retry->origin->work, retry->failure->facts.item) != RPI_RETRY_DROPPED) {
        give_up(retry);
    } else {
        look_if_cut_short(retry->origin);
        end_retry(retry, status);
    }
}

/* ---- the thread: waits that are over ---- */

static void start_try(rpi_retry *retry)
{
    rpi_batch *origin = retry->origin, *batch = rpi_batch_create();
    if (!batch) {
        give_up(retry);
        return;
    }
    rpi_batch_reset_part(batch, origin, retry->failure->facts.item - origin->first, 1);
    batch->schedule = (rpi_schedule){.kind = RP_SCHEDULE_FIXED,
                                     .n_items = 1,
                                     .chunk = 1,
                                     .n_workers = origin->schedule.n_workers,
                                     .target_s = origin->schedule.target_s};
    batch->attempt = ++retry->n_tries;
    batch->avoid_rank = retry->failure->facts.rank;
    batch->whole = batch->urgent = true;
    batch->owner = retry;
    batch->done = try_done;
    rpi_executor *executor = call_of(origin)->pool->executor;
    executor->ops->submit(executor, batch);
}

static void end_waits(rpi_list *over)
{
    for (rpi_retry *retry; (retry = rpi_retry_take_first(over));) {
        switch (rpi_retry_fate_of(retry->origin->work, retry->failure->facts.item)) {
        case RPI_RETRY_GOES_ON: start_try(retry); break;
        case RPI_RETRY_STANDS: give_up(retry); break;
        case RPI_RETRY_DROPPED: end_retry(retry, RP_OK); break;
        }
    }
}

static void *run(void *argument)
{
    rpi_retrier *self = argument;
    rpi_list over;
    rpi_list_init(&over);
    pthread_mutex_lock(&self->mutex);
    while (!self->stopping) {
        rpi_retry_queue_take(&self->queue, rpi_now_ns(), self->looking, &over);
        self->looking = false;
        if (rpi_list_is_empty(&over)) {
            (void)rpi_cond_wait_until(&self->changed, &self->mutex, rpi_retry_queue_next_ns(&self->queue));
            continue;
        }
        pthread_mutex_unlock(&self->mutex);
        end_waits(&over);
        pthread_mutex_lock(&self->mutex);
    }
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

/* ---- what comes from executors ---- */

/* Begins an item's wait after its first failure. False: no memory or no thread. */
static bool begin_retry(rpi_batch *batch, rpi_failure *failure)
{
    rpi_retry *retry = calloc(1, sizeof *retry);
    if (!retry) return false;
    *retry = (rpi_retry){.origin = batch, .failure = failure, .n_tries = batch->attempt};
    record_try(batch, failure);
    tell(retrier_of(batch), failure);
    if (begin_wait(retrier_of(batch), retry, true)) {
        call_of(batch)->pool->rests(call_of(batch)->pool, call_of(batch));
        return true;
    }
    free(retry);
    return false;
}

/* losses.c has counted those that aren't tried again. */
static void take_failure(rpi_batch *batch, rpi_failure *failure, bool done)
{
    rpi_retry_fate fate = rpi_retry_fate_of(batch->work, failure->facts.item);
    if (is_final(failure)) {
        keep_failure(batch, failure);
    } else if (fate == RPI_RETRY_GOES_ON && begin_retry(batch, failure)) {
        return;
    } else if (!done) {
        rpi_batch_add_failure(batch, failure);
    } else if (fate == RPI_RETRY_DROPPED) {
        free(failure);
    } else {
        atomic_fetch_sub(&batch->work->n_repeated, 1);
        let_stand(batch, failure);
    }
}

static void take_failures(rpi_batch *batch, bool done)
{
    rpi_failure *failure = rpi_failure_sort(atomic_exchange(&batch->failures, NULL)); /* so that items are retried in order */
    while (failure) {
        rpi_failure *next = failure->next;
        failure->next = NULL;
        take_failure(batch, failure, done);
        failure = next;
    }
}

static void items_failed(rpi_batch *batch) { take_failures(batch, false); }

static void batch_done(rpi_batch *batch)
{
    take_failures(batch, true);
    look_if_cut_short(batch);
    end_try(batch, RP_OK);
}

rpi_tries *rpi_tries_create(void) { return rpi_lines_alloc(sizeof(rpi_tries)); }

void rpi_tries_destroy(rpi_tries *tries)
{
    if (!tries) return;
    rpi_batch_fini(&tries->batch);
    rpi_lines_free(tries);
}

void rpi_tries_prepare(rpi_tries *tries, rpi_retrier *retrier, void (*ends)(rpi_batch *batch))
{
    rpi_batch *batch = &tries->batch;
    bool retries = batch->work->max_attempts > 1;
    batch->done = retries ? batch_done : ends;
    batch->items_failed = retries ? items_failed : NULL;
    tries->retrier = retrier;
    tries->ends = ends;
    tries->n_open = 1;
    tries->status = RP_OK;
    tries->final_failures = NULL;
}

/* ---- life ---- */

rpi_retrier *rpi_retrier_create(double backoff_s)
{
    rpi_retrier *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    rpi_retry_queue_init(&self->queue, backoff_s);
    pthread_mutex_init(&self->mutex, NULL);
    rpi_cond_init(&self->changed);
    return self;
}

void rpi_retrier_tell(rpi_retrier *self, void (*retried)(void *argument, const rp_error *failure), void *argument)
{
    self->retried = retried;
    self->retried_argument = argument;
}

void rpi_retrier_stop(rpi_retrier *self)
{
    pthread_mutex_lock(&self->mutex);
    bool started = self->started;
    self->started = false;
    self->stopping = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    if (started) pthread_join(self->thread, NULL);
}

void rpi_retrier_destroy(rpi_retrier *self)
{
    if (!self) return;
    rpi_retrier_stop(self);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}
