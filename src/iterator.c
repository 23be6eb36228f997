/*
 * iterator.c: imap and its kin: a call whose batches are made chunk by chunk, in the thread that reads, as results are taken.
 *
 * A chunk goes out when the window has room for the whole of it (or nothing is out at all), so that reading one result doesn't send out one
 * item. Only `shared` is touched by executors' threads, under the call's mutex.
 */
#include "clock.h"
#include "pool_internal.h"
#include "slot.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_CHUNKS = 4 };               /* a worker: see rp_pool_get_info */
static const double chunk_s = 500e-6;     /* auto: a chunk takes at least so long */
static const size_t most_bytes = 4 << 20; /* auto: and holds no more than this */
static const double source_poll_s = 5e-3; /* how soon a source that had nothing is asked again */

struct rpi_iter_shared {
    rpi_slot *done_head, **done_tail;
};

struct rp_iter {
    rpi_call *call;
    struct rpi_iter_shared shared; /* guarded by the call's mutex */
    rp_source source;
    bool pulls; /* from a function; otherwise from columns in place */
    bool ordered;
    rpi_schedule schedule;
    uint64_t window; /* 0: follows the chunks */
    uint64_t pulled, delivered;
    int64_t index;
    rpi_slot *head, **tail;  /* slots in order of their items; unordered: not used */
    rpi_slot *current;       /* being delivered */
    rpi_slot *idle;          /* to be used again */
    rp_status source_status; /* RP_OK: may have more; RP_AGAIN: has none now; RP_END; a failure */
    rp_error source_error;
    rpi_failure *held;     /* unordered, stop: the first failure, until what succeeded is delivered */
    atomic_bool cancelled; /* by its user */
    bool over;             /* the end was delivered */
};

/* ---- filling the window ---- */

static size_t item_bytes(const rp_iter *self)
{
    const rp_task *task = self->call->work.task;
    size_t bytes = task->result_size;
    for (int k = 0; self->pulls && k < task->n_arguments; k++) bytes += task->argument_sizes[k];
    return bytes ? bytes : 1;
}

static uint64_t next_size(const rp_iter *self)
{
    uint64_t size = rpi_schedule_size(&self->schedule, self->pulled, rpi_work_item_s(&self->call->work));
    if (self->schedule.kind == RP_SCHEDULE_AUTO) {
        uint64_t most = most_bytes / item_bytes(self);
        if (self->window && most > self->window / (2 * self->schedule.n_workers)) most = self->window / (2 * self->schedule.n_workers);
        if (size > most) size = most;
    }
    if (size < 1 && self->pulled < self->schedule.n_items) size = 1;
    return self->window && size > self->window ? self->window : size;
}

static bool has_room(const rp_iter *self, uint64_t size)
{
    uint64_t chunks = (uint64_t)WINDOW_CHUNKS * self->schedule.n_workers;
    uint64_t window = self->window ? self->window : size < UINT64_MAX / chunks ? size * chunks : UINT64_MAX;
    uint64_t ahead = self->pulled - self->delivered;
    return ahead < window && size <= window - ahead;
}

static void slot_done(rpi_batch *batch)
{
    rpi_slot *slot = batch->owner;
    slot->done = true;
    slot->next_done = NULL;
    slot->failures = rpi_failure_sort(atomic_exchange(&batch->failures, NULL));
    for (rpi_failure *failure = slot->failures; failure; failure = failure->next) ((rpi_call *)batch->work)->n_failures++;
    slot->next_failure = slot->failures;
    *slot->shared->done_tail = slot;
    slot->shared->done_tail = &slot->next_done;
}

static void batch_done(rpi_batch *batch) { rpi_call_batch_ends((rpi_call *)batch->work, batch, slot_done); }

static rpi_slot *take_slot(rp_iter *self)
{
    rpi_slot *slot = self->idle;
    if (!slot) return rpi_slot_create();
    self->idle = slot->next_in_order;
    return slot;
}

static void put_back(rp_iter *self, rpi_slot *slot)
{
    slot->next_in_order = self->idle;
    self->idle = slot;
}

/* Takes up to `size` items in; returns how many it got, and keeps in source_status why there weren't more. */
static uint64_t pull(rp_iter *self, rpi_slot *slot, uint64_t size, bool may_wait)
{
    uint64_t n = 0;
    if (!self->pulls) {
        n = size;
        if (self->pulled + n >= self->source.n_items) self->source_status = RP_END;
    }
    while (self->pulls && n < size) {
        self->source_error.status = RP_OK;
        self->source_status = rpi_slot_pull(slot, &self->source, n, may_wait && n == 0, &self->source_error);
        if (self->source_status == RP_OK) n++;
        else break;
    }
    return n;
}

/* The pool was joined: nothing is taken in any more. */
static void cut_short(rp_iter *self)
{
    self->source_status = rp_error_set(&self->source_error, RP_CANCELLED, 0, "the pool was joined before all items were taken in");
}

static void fail_source(rp_iter *self, rp_status status)
{
    self->source_status = rp_error_set(&self->source_error, status, 0, "%s", rp_status_text(status));
}

/* Sends out one chunk of up to `size` items. False when there was none to send. */
static bool send_chunk(rp_iter *self, uint64_t size, bool may_wait)
{
    rpi_call *call = self->call;
    rpi_slot *slot = take_slot(self);
    if (!slot) {
        fail_source(self, RP_NO_MEMORY);
        return false;
    }
    rpi_slot_prepare(slot, &call->work, self->pulled);
    uint64_t n = pull(self, slot, size, may_wait);
    if (n > 0 && !rpi_slot_fill(slot, n, self->pulls)) {
        fail_source(self, RP_NO_MEMORY);
        n = 0;
    }
    if (n == 0 || !rpi_call_batch_begins(call)) {
        put_back(self, slot);
        if (n > 0) cut_short(self);
        return false;
    }
    self->pulled += n;
    slot->shared = &self->shared;
    slot->batch->schedule = self->schedule;
    slot->batch->schedule.n_items = n;
    slot->batch->schedule.target_s = RPI_GRAIN_S;
    if (slot->batch->schedule.kind == RP_SCHEDULE_FIXED && slot->batch->schedule.chunk > n) slot->batch->schedule.chunk = n;
    slot->batch->done = batch_done;
    slot->batch->owner = slot;
    slot->batch->whole = true;
    if (self->ordered) {
        *self->tail = slot;
        self->tail = &slot->next_in_order;
    }
    rpi_executor *executor = call->pool->executor;
    executor->ops->submit(executor, slot->batch);
    return true;
}

static bool source_is_over(const rp_iter *self) { return self->source_status != RP_OK && self->source_status != RP_AGAIN; }

static bool nothing_out(const rp_iter *self) { return self->pulled == self->delivered; }

static bool is_sealed(rp_iter *self)
{
    pthread_mutex_lock(&self->call->mutex);
    bool sealed = self->call->sealed;
    pthread_mutex_unlock(&self->call->mutex);
    return sealed;
}

/* `may_wait`: the reader has no time-out, so when nothing is out the source may take its time. */
static void fill_window(rp_iter *self, bool may_wait)
{
    if (!source_is_over(self) && is_sealed(self)) cut_short(self);
    while (!source_is_over(self) && !rpi_work_stopped(&self->call->work, self->pulled)) {
        uint64_t size = next_size(self);
        if (!has_room(self, size) && !nothing_out(self)) break;
        if (!send_chunk(self, size, may_wait && nothing_out(self))) break;
    }
    if (source_is_over(self) || rpi_work_stopped(&self->call->work, self->pulled)) rpi_call_seal(self->call);
}

/* ---- delivering ---- */

static void finish_slot(rp_iter *self, rpi_slot *slot)
{
    self->delivered += slot->batch->count;
    rpi_slot_clear_results(slot);
    put_back(self, slot);
}

/* The next slot to read from, taken out of its list; NULL: it isn't done yet. With the call's mutex held. */
static rpi_slot *take_done(rp_iter *self)
{
    rpi_slot *slot = self->ordered ? self->head : self->shared.done_head;
    if (!slot || !slot->done) return NULL;
    if (self->ordered) {
        self->head = slot->next_in_order;
        if (!self->head) self->tail = &self->head;
        self->shared.done_head = NULL; /* ordered: that list isn't read */
        self->shared.done_tail = &self->shared.done_head;
    } else {
        self->shared.done_head = slot->next_done;
        if (!self->shared.done_head) self->shared.done_tail = &self->shared.done_head;
    }
    return slot;
}

static void hold_failure(rp_iter *self, rpi_slot *slot)
{
    rpi_failure *failure = slot->next_failure;
    slot->failures = slot->next_failure = failure->next;
    failure->next = NULL;
    if (!self->held || failure->item < self->held->item) {
        rpi_failure_free_list(self->held);
        self->held = failure;
    } else {
        rpi_failure_free_list(failure);
    }
}

/* The next item of the current slot: RP_OK, RP_FAILED; RP_AGAIN when the slot is read to its end. */
static rp_status deliver(rp_iter *self, void *result, rp_error *error)
{
    rpi_slot *slot = self->current;
    rpi_work *work = &self->call->work;
    bool stops = work->on_error == RP_ON_ERROR_STOP;
    while (slot->n_delivered < slot->batch->count) {
        uint64_t k = slot->n_delivered++, item = slot->batch->first + k;
        char *at = slot->results + (size_t)k * work->task->result_size;
        rpi_failure *failure = slot->next_failure;
        if (failure && failure->item == item) {
            if (stops && !self->ordered) {
                hold_failure(self, slot);
                continue;
            }
            slot->next_failure = failure->next;
            self->index = (int64_t)item;
            if (stops) self->over = true;
            return rpi_failure_to_error(failure, error);
        }
        if (rpi_work_stopped(work, item)) continue;
        self->index = (int64_t)item;
        if (result) memcpy(result, at, work->task->result_size);
        return RP_OK;
    }
    return RP_AGAIN;
}

/* Everything that was pulled is delivered, and no more comes. */
static rp_status deliver_end(rp_iter *self, rp_error *error)
{
    self->over = true;
    if (self->held) {
        rpi_failure *failure = self->held;
        self->held = NULL;
        self->index = (int64_t)failure->item;
        rpi_failure_to_error(failure, error);
        rpi_failure_free_list(failure);
        return RP_FAILED;
    }
    pthread_mutex_lock(&self->call->mutex);
    rp_status status = self->call->status;
    if (self->call->cancelled) status = RP_CANCELLED;
    if (status != RP_OK) rpi_call_outcome(self->call, error);
    pthread_mutex_unlock(&self->call->mutex);
    if (status != RP_OK) return status;
    if (self->source_status == RP_END || self->source_status == RP_OK) return RP_END;
    if (self->source_error.status == RP_OK) fail_source(self, self->source_status); /* it gave no reason of its own */
    if (error) *error = self->source_error;
    return self->source_status;
}

/* Waits until a slot is done, the call is cancelled, or the source is worth asking again. False: the time-out has passed. */
static bool wait_for_slot(rp_iter *self, uint64_t deadline_ns)
{
    rpi_call *call = self->call;
    bool polls = self->source_status == RP_AGAIN;
    uint64_t until = deadline_ns, again = polls ? rpi_deadline_ns(source_poll_s) : RPI_NEVER;
    if (again < until) until = again;
    bool in_time = true;
    pthread_mutex_lock(&call->mutex);
    while (in_time && !call->cancelled && !call->finished && !(self->current = take_done(self)))
        in_time = rpi_cond_wait_until(&call->changed, &call->mutex, until);
    if (!self->current) self->current = take_done(self);
    pthread_mutex_unlock(&call->mutex);
    return self->current || in_time || rpi_now_ns() < deadline_ns;
}

/* Cancelling lowers the limit to 0; so does a failure of item 0, hence the second look. */
static bool is_cancelled(rp_iter *self)
{
    if (atomic_load(&self->cancelled)) return true;
    if (!rpi_work_stopped(&self->call->work, 0)) return false;
    pthread_mutex_lock(&self->call->mutex);
    bool cancelled = self->call->cancelled;
    pthread_mutex_unlock(&self->call->mutex);
    return cancelled;
}

static rp_status next_result(rp_iter *self, void *result, double timeout_s, rp_error *error)
{
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    for (;;) {
        if (is_cancelled(self)) return rp_error_set(error, RP_CANCELLED, 0, "the iterator was cancelled, or its pool terminated");
        if (self->current) {
            rp_status status = deliver(self, result, error);
            if (status != RP_AGAIN) return status;
            finish_slot(self, self->current);
            self->current = NULL;
        }
        fill_window(self, deadline == RPI_NEVER);
        if (nothing_out(self) && (source_is_over(self) || is_sealed(self))) return deliver_end(self, error);
        if (!wait_for_slot(self, deadline)) return rp_error_set(error, RP_TIMEOUT, 0, "no result after %g s", timeout_s);
    }
}

rp_status rp_iter_next(rp_iter *self, void *result, double timeout_s, rp_error *error)
{
    if (!self->over) return next_result(self, result, timeout_s, error);
    return is_cancelled(self) ? rp_error_set(error, RP_CANCELLED, 0, "the iterator was cancelled, or its pool terminated") : RP_END;
}

int64_t rp_iter_index(const rp_iter *self) { return self->index; }
uint64_t rp_iter_pulled(const rp_iter *self) { return self->pulled; }

void rp_iter_cancel(rp_iter *self)
{
    atomic_store(&self->cancelled, true);
    rpi_call_cancel(self->call);
}

/* ---- life ---- */

static void free_slots(rpi_slot *slot)
{
    while (slot) {
        rpi_slot *next = slot->next_in_order;
        rpi_slot_destroy(slot);
        slot = next;
    }
}

void rp_iter_free(rp_iter *self)
{
    if (!self) return;
    if (!rp_result_ready(self->call)) {
        rpi_call_cancel(self->call);
        rp_result_wait(self->call, -1);
    }
    while ((self->current = self->current ? self->current : take_done(self))) {
        put_back(self, self->current);
        self->current = NULL;
    }
    free_slots(self->idle);
    rpi_failure_free_list(self->held);
    rpi_call_unref(self->call);
    free(self);
}

/* Column kinds of what a function makes: arrays, one item apart, whose memory is the slots'. */
static rp_status generated_columns(const rp_task *task, size_t n_bound, rp_column *columns, rp_columns *out, rp_error *error)
{
    if (n_bound >= (size_t)task->n_arguments)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d arguments, and all are bound", task->name, task->n_arguments);
    size_t n = (size_t)task->n_arguments - n_bound;
    for (size_t k = 0; k < n; k++) {
        size_t size = task->argument_sizes[n_bound + k];
        columns[k] = (rp_column){RP_COLUMN_ARRAY, task->argument_types[n_bound + k], size, size, NULL, 0, 0};
    }
    *out = (rp_columns){n, columns};
    return RP_OK;
}

static rp_status check(const rp_pool *pool, const rp_task *task, const rp_source *source, rp_iter *const *iterator, rp_error *error)
{
    if (!pool || !task || !iterator) return rp_error_set(error, RP_USAGE, 0, "the pool, the task or the iterator's place is NULL");
    bool arrays = false;
    for (size_t k = 0; k < source->columns.n; k++) {
        const rp_column *column = &source->columns.columns[k];
        arrays = arrays || column->kind == RP_COLUMN_ARRAY;
        if (column->kind == RP_COLUMN_ARRAY && !column->data && source->n_items > 0)
            return rp_error_set(error, RP_USAGE, 0, "column %zu of the source is NULL", k + 1);
    }
    if (arrays && source->n_items == UINT64_MAX) return rp_error_set(error, RP_USAGE, 0, "an endless source can't have arrays");
    return RP_OK;
}

static void set_up(rp_iter *self, const rp_source *source, const rp_call_options *options, bool ordered)
{
    rp_pool *pool = self->call->pool;
    self->source = *source;
    self->pulls = source->next != NULL;
    self->ordered = ordered;
    self->index = -1;
    self->tail = &self->head;
    self->shared.done_tail = &self->shared.done_head;
    self->window = options && options->window ? options->window : pool->options.window;
    self->schedule = rpi_pool_schedule(pool, options, self->call->n_items);
    self->schedule.target_s = chunk_s;
    bool sized_by_the_end = self->schedule.kind != RP_SCHEDULE_FIXED && self->schedule.kind != RP_SCHEDULE_AUTO;
    if (self->call->n_items == UINT64_MAX && sized_by_the_end) self->schedule.kind = RP_SCHEDULE_AUTO;
}

static rp_status open_iterator(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, bool ordered,
                               rp_iter **iterator, rp_error *error)
{
    rp_column generated[RP_MAX_ARGUMENTS];
    rp_columns columns = source.columns;
    rp_status status = check(pool, task, &source, iterator, error);
    if (status == RP_OK && source.next) status = generated_columns(task, options ? options->bound.n : 0, generated, &columns, error);
    if (status == RP_OK) status = rpi_pool_check_caller(pool, error);
    if (status != RP_OK) return status;
    rp_iter *self = calloc(1, sizeof *self);
    if (!self) return rpi_error_no_memory(error);
    status = rpi_call_create(pool, task, columns, options, &self->call, error);
    if (status == RP_OK) {
        self->call->statuses = NULL;
        self->call->callback = self->call->error_callback = NULL;
        self->call->n_items = source.next ? UINT64_MAX : source.n_items;
        self->call->n_outstanding = 1; /* so that no join finishes it before it is set up */
        status = rpi_pool_begin(pool, self->call, error);
        if (status == RP_OK) set_up(self, &source, options, ordered);
        else rpi_call_unref(self->call);
    }
    if (status != RP_OK) {
        free(self);
        return status;
    }
    if (!self->pulls && source.n_items == 0) self->source_status = RP_END;
    fill_window(self, false);
    rpi_call_release(self->call);
    *iterator = self;
    return RP_OK;
}

static rp_status open_single(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, bool ordered,
                             rp_iter **iterator, rp_error *error)
{
    size_t n_bound = options ? options->bound.n : 0;
    if (task && (size_t)task->n_arguments != n_bound + 1)
        return rp_error_set(error, RP_USAGE, 0, "imap needs a task of one argument that isn't bound; %s has %d, %zu bound (see istarmap)",
                            task->name, task->n_arguments, n_bound);
    return open_iterator(pool, task, source, options, ordered, iterator, error);
}

rp_status rp_imap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator, rp_error *error)
{
    return open_single(pool, task, source, options, true, iterator, error);
}

rp_status rp_imap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                            rp_error *error)
{
    return open_single(pool, task, source, options, false, iterator, error);
}

rp_status rp_istarmap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                      rp_error *error)
{
    return open_iterator(pool, task, source, options, true, iterator, error);
}

rp_status rp_istarmap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                                rp_error *error)
{
    return open_iterator(pool, task, source, options, false, iterator, error);
}
