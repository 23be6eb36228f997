/*
 * window.c: what an iterator sends out. The thread that reads pulls chunks as it takes results.
 *
 * A chunk goes out when the window has room for all of it, or when nothing is out. Otherwise each result that is read would send out a
 * chunk of one item. Chunks come back in executors' threads, which use only `shared`, under the call's mutex.
 */
#include "pool/window.h"

#include "task/columns.h"

#include <stdlib.h>
#include <string.h>

static const size_t most_bytes = 1 << 20; /* auto: a chunk holds no more than this */
static const size_t most_bytes_on_the_way = 64 << 20;
enum { MOST_KNOWN = 1 << 14 }; /* items of a chunk that is filled in from the journal */

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
    if (rpi_schedule_goes_by(self->schedule.kind, RPI_BY_TIME)) {
        uint64_t most = most_bytes / item_bytes(self);
        if (self->window && most > self->window / (2 * self->schedule.n_workers)) most = self->window / (2 * self->schedule.n_workers);
        if (size > most) size = most;
    }
    if (size < 1 && self->pulled < self->schedule.n_items) size = 1;
    return self->window && size > self->window ? self->window : size;
}

/* Items that all workers run while a message goes to the farthest rank and back. So many more are out, but no more than some memory holds.
 */
static uint64_t n_on_the_way(const rp_iter *self)
{
    rpi_work *work = &self->call->work;
    double item_s = rpi_work_item_s(work), trip_s = atomic_load(&work->round_trip_s);
    double most = (double)(most_bytes_on_the_way / item_bytes(self)), n = item_s > 0 ? trip_s / item_s * self->schedule.n_workers : 0;
    return (uint64_t)(n < most ? n : most);
}

static bool has_room(const rp_iter *self, uint64_t size)
{
    uint64_t chunks = (uint64_t)RPI_WINDOW_CHUNKS * self->schedule.n_workers, more = n_on_the_way(self);
    uint64_t window = self->window ? self->window : size < (UINT64_MAX - more) / chunks ? size * chunks + more : UINT64_MAX;
    uint64_t ahead = self->pulled - self->delivered;
    return ahead < window && size <= window - ahead;
}

/* The reader of results in order isn't woken for a chunk that it can't read yet. */
static bool chunk_done(rpi_batch *batch)
{
    rpi_iter_chunk *chunk = batch->owner;
    chunk->done = true;
    chunk->failures = rpi_failure_sort(atomic_exchange(&batch->failures, NULL));
    chunk->next_failure = chunk->failures;
    rpi_list_add_last(&chunk->shared->done, &chunk->done_link);
    return !chunk->shared->wanted || chunk->shared->wanted == chunk;
}

static void batch_ends(rpi_batch *batch)
{
    rpi_call *call = (rpi_call *)batch->work;
    if (call->more->journal) rpi_call_journal_record(call->more->journal, batch);
    rpi_call_batch_ends(call, batch, chunk_done);
}

static rpi_iter_chunk *take_chunk(rp_iter *self)
{
    rpi_iter_chunk *chunk = RPI_ENTRY(rpi_list_take_first(&self->idle), rpi_iter_chunk, link);
    return chunk ? chunk : rpi_iter_chunk_create();
}

void rpi_iter_put_back(rp_iter *self, rpi_iter_chunk *chunk) { rpi_list_add_first(&self->idle, &chunk->link); }

/* The pool was stopped: no more items are taken in. */
static void stop_source(rp_iter *self)
{
    self->source_status = rp_error_set(&self->source_error, RP_CANCELLED, 0, "%s before all items were started",
                                       rpi_call_failed_too_often(self->call) ? "too many items failed" : "the pool was stopped");
}

/* The pool was joined: no more items are taken in. */
static void cut_short(rp_iter *self)
{
    self->source_status = rp_error_set(&self->source_error, RP_CANCELLED, 0, "the pool was joined before all items were taken in");
}

/* A journal that can't be written ends the source. */
static void check_journal(rp_iter *self)
{
    rp_error why;
    if (rpi_call_journal_check(self->call->more->journal, &why) == RP_OK) return;
    self->source_error = why;
    self->source_status = why.status;
}

void rpi_iter_fail_source(rp_iter *self, rp_status status)
{
    self->source_status = rp_error_set(&self->source_error, status, 0, "%s", rp_status_text(status));
}

/* The item that was pulled as number n of the chunk belongs to another one: it is the first of that. */
static void put_ahead(rp_iter *self, const rpi_iter_chunk *chunk, uint64_t n)
{
    rpi_iter_chunk *ahead = take_chunk(self);
    if (ahead) rpi_iter_chunk_prepare(ahead, &self->call->work, self->place->index);
    if (ahead && rpi_iter_chunk_move(chunk, n, ahead)) {
        self->ahead = ahead;
        self->ahead_place = *self->place;
        self->ahead_n_died = self->n_died ? *self->n_died : 0;
        return;
    }
    if (ahead) rpi_iter_put_back(self, ahead);
    rpi_iter_fail_source(self, RP_NO_MEMORY);
}

static void begin_at(rpi_iter_chunk *chunk, const rp_source_place *place, unsigned n_died)
{
    chunk->batch->n_died = n_died;
    chunk->batch->first = place->index;
    chunk->batch->attempt = place->attempt > 0 ? place->attempt : 1;
}

/* An item was pulled as number n. Items of a chunk follow each other. False: it doesn't belong to the chunk. */
static bool belongs(rp_iter *self, rpi_iter_chunk *chunk, uint64_t n, uint64_t *size)
{
    const rp_source_place *place = self->place;
    if (!place) return true;
    if (n > 0 && (place->is_alone || place->index != chunk->batch->first + n)) {
        put_ahead(self, chunk, n);
        return false;
    }
    if (n == 0) begin_at(chunk, place, self->n_died ? *self->n_died : 0);
    if (place->is_alone) *size = 1;
    return true;
}

/* How many items a chunk may have that are filled in from the journal. */
static uint64_t most_known(const rp_iter *self, uint64_t size)
{
    uint64_t most = most_bytes / item_bytes(self), ahead = self->pulled - self->delivered;
    if (most > MOST_KNOWN) most = MOST_KNOWN;
    if (self->window && most > self->window - ahead) most = self->window - ahead;
    return most > size ? most : size;
}

static uint64_t pull_columns(rp_iter *self, rpi_iter_chunk *chunk, uint64_t size)
{
    rpi_journaled_source *journaled = self->journaled.journal ? &self->journaled : NULL;
    uint64_t left = self->source.n_items - self->pulled, known = journaled ? most_known(self, size) : size,
             wanted = known < left ? known : left;
    uint64_t n = rpi_columns_n_sound(self->call->work.arguments, self->call->work.task, self->pulled, wanted, &self->source_error);
    bool is_sound = n == wanted;
    if (journaled && n > 0) {
        n = rpi_journaled_source_cut(journaled, chunk->batch, size < n ? size : n, n, &self->source_status, &self->source_error);
        is_sound = true;
    }
    if (!is_sound) self->source_status = RP_USAGE;
    else if (self->source_status == RP_OK && self->pulled + n >= self->source.n_items) self->source_status = RP_END;
    return n;
}

/* An end that comes too early for the journal is an error. */
static void check_end(rp_iter *self, uint64_t n)
{
    uint64_t missing = rpi_call_journal_missing(self->call->more->journal, n);
    if (missing == UINT64_MAX) return;
    self->source_status =
        rp_error_set(&self->source_error, RP_USAGE, 0, "the source has given %llu items, and the journal has had item %llu",
                     (unsigned long long)n, (unsigned long long)missing);
}

/* Pulls items from the function, up to `size` with the n that the chunk has. Returns how many it has then. */
static uint64_t pull_items(rp_iter *self, rpi_iter_chunk *chunk, uint64_t n, uint64_t size, bool may_wait)
{
    const rpi_journaled_source *journaled = self->journaled.journal ? &self->journaled : NULL;
    uint64_t most = size;
    self->pulling = true;
    while (n < most) {
        self->source_error.status = RP_OK;
        self->source_status = rpi_iter_chunk_pull(chunk, &self->source, n, may_wait && n == 0, &self->source_error);
        if (self->source_status != RP_OK || !belongs(self, chunk, n, &size)) break;
        n++;
        most = journaled && journaled->chunk.fate == RPI_FATE_KNOWN ? most_known(self, size) : size;
    }
    self->pulling = false;
    if (journaled && self->source_status == RP_AGAIN && journaled->is_cut) self->source_status = RP_OK;
    if (journaled && self->source_status == RP_END) check_end(self, self->pulled + n);
    return n;
}

/* Pulls up to `size` items, or more that are known, and returns how many there are then. source_status says why there weren't more. `n`:
 * those that the chunk has. */
static uint64_t pull(rp_iter *self, rpi_iter_chunk *chunk, uint64_t n, uint64_t size, bool may_wait)
{
    bool may_be_alone = self->pulled - self->delivered < self->schedule.n_workers;
    if (self->journaled.journal) rpi_journaled_source_begin(&self->journaled, self->pulled, may_be_alone);
    return self->pulls ? pull_items(self, chunk, n, size, may_wait) : pull_columns(self, chunk, size);
}

/* The chunk that is sent next, and how many items it has already. NULL: no memory. */
static rpi_iter_chunk *begin_chunk(rp_iter *self, uint64_t *n, uint64_t *size)
{
    rpi_iter_chunk *chunk = self->ahead;
    *n = chunk ? 1 : 0;
    if (chunk) {
        begin_at(chunk, &self->ahead_place, self->ahead_n_died);
        if (self->ahead_place.is_alone) *size = 1;
        self->ahead = NULL;
        return chunk;
    }
    chunk = take_chunk(self);
    if (chunk) rpi_iter_chunk_prepare(chunk, &self->call->work, self->next);
    else rpi_iter_fail_source(self, RP_NO_MEMORY);
    return chunk;
}

/* Where ranks talk, this thread does it itself rather than wake another. The call can't finish meanwhile, so its pool stays. */
static void submit(rpi_call *call, rpi_batch *batch)
{
    rpi_executor *executor = call->pool->executor;
    if (!executor->ops->put || !rpi_call_batch_begins(call)) {
        executor->ops->submit(executor, batch);
        return;
    }
    executor->ops->put(executor, batch);
    executor->ops->carry_out(executor);
    rpi_call_release(call);
}

static void set_batch(rp_iter *self, rpi_iter_chunk *chunk, uint64_t n)
{
    rpi_batch *batch = chunk->batch;
    batch->schedule = self->schedule;
    batch->schedule.n_items = n;
    batch->schedule.target_s = RPI_GRAIN_S;
    batch->schedule.short_s = RPI_SHORT_GRAIN_S;
    if (batch->schedule.kind == RP_SCHEDULE_FIXED && batch->schedule.chunk > n) batch->schedule.chunk = n;
    batch->owner = chunk;
    batch->whole = true;
    rpi_tries_prepare(chunk->tries, self->pool->retrier, batch_ends);
    if (!self->journaled.journal || self->journaled.chunk.fate == RPI_FATE_KNOWN) return;
    batch->earlier = self->journaled.chunk.earlier;
    batch->n_died = self->journaled.chunk.n_died;
    rpi_call_journal_begins(self->journaled.journal, batch, self->journaled.chunk.fate == RPI_FATE_ALONE);
}

/* Takes a chunk from the journal. When it can't, the source has failed there. */
static void fill_in(rp_iter *self, rpi_iter_chunk *chunk)
{
    rpi_batch *batch = chunk->batch;
    rp_status status = rpi_call_journal_fill(self->call->more->journal, batch, &self->source_error);
    if (status != RP_OK) {
        self->source_status = status;
        rpi_work_lower_cutoff(&self->call->work, batch->first);
    }
    for (rpi_failure *failure = atomic_load(&batch->failures); failure && status == RP_OK; failure = failure->next)
        rpi_call_count_failure(self->call, failure->facts.item);
    rpi_call_batch_ends(self->call, batch, chunk_done);
}

/* Sends out one chunk of up to `size` items. False: there was none to send. */
static bool send_chunk(rp_iter *self, uint64_t size, bool may_wait)
{
    rpi_call *call = self->call;
    uint64_t n;
    rpi_iter_chunk *chunk = begin_chunk(self, &n, &size);
    if (!chunk) return false;
    n = pull(self, chunk, n, size, may_wait);
    if (n > 0 && !rpi_iter_chunk_fill(chunk, n, self->pulls)) {
        rpi_iter_fail_source(self, RP_NO_MEMORY);
        n = 0;
    }
    if (n == 0 || !rpi_call_batch_begins(call)) {
        rpi_iter_put_back(self, chunk);
        if (n > 0) cut_short(self);
        return false;
    }
    self->pulled += n;
    self->next = chunk->batch->first + n;
    chunk->shared = &self->shared;
    set_batch(self, chunk, n);
    if (self->ordered) rpi_list_add_last(&self->in_order, &chunk->link);
    if (self->journaled.journal && self->journaled.chunk.fate == RPI_FATE_KNOWN) fill_in(self, chunk);
    else submit(call, chunk->batch);
    return true;
}

bool rpi_iter_is_closed(rp_iter *self)
{
    rpi_call_lock(self->call);
    bool closed = self->call->state != RPI_CALL_OPEN;
    rpi_call_unlock(self->call);
    return closed;
}

void rpi_iter_fill_window(rp_iter *self, bool may_wait)
{
    if (!rpi_iter_source_is_over(self) && atomic_load(&self->call->work.draining)) stop_source(self);
    if (!rpi_iter_source_is_over(self) && rpi_iter_is_closed(self)) cut_short(self);
    if (!rpi_iter_source_is_over(self) && self->call->more->journal) check_journal(self);
    while (!rpi_iter_source_is_over(self) && !rpi_work_stopped(&self->call->work, self->next)) {
        uint64_t size = next_size(self);
        if (!has_room(self, size) && !rpi_iter_nothing_out(self)) break;
        if (!send_chunk(self, size, may_wait && rpi_iter_nothing_out(self))) break;
    }
    if (rpi_iter_source_is_over(self) || rpi_work_stopped(&self->call->work, self->next)) rpi_call_close(self->call);
}
