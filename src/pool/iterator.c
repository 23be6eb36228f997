/* iterator.c: delivers an iterator's results (in order or as they come), failures and end. See iter_state.h. */
#include "base/clock.h"
#include "pool/window.h"
#include "task/context.h"
#include "task/into.h"

#include <rankpool/iterator.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double source_poll_s = 5e-3; /* how soon a source that had no item is asked again */

static void finish_chunk(rp_iter *self, rpi_iter_chunk *chunk)
{
    self->delivered += chunk->batch->count;
    rpi_iter_chunk_clear_results(chunk);
    rpi_iter_put_back(self, chunk);
}

/* Takes the next chunk to read from. NULL: it isn't done yet. With the call's mutex held. */
static rpi_iter_chunk *take_done(rp_iter *self)
{
    rpi_iter_chunk *chunk = self->ordered ? RPI_ENTRY(rpi_list_first(&self->in_order), rpi_iter_chunk, link)
                                          : RPI_ENTRY(rpi_list_first(&self->shared.done), rpi_iter_chunk, done_link);
    if (!chunk || !chunk->done) return NULL;
    if (self->ordered) rpi_list_remove(&chunk->link);
    rpi_list_remove(&chunk->done_link);
    return chunk;
}

/* `at`: where the item's result is. What was emitted is taken out of it, as the chunk is used again. */
static void hold_emitted(rp_iter *self, char *at)
{
    if (!(self->call->work.task->flags & RP_TASK_KEEPS_EMITTED)) return;
    rp_bytes *emitted = (rp_bytes *)(void *)at;
    rp_bytes_free(&self->held_emitted, 1);
    self->held_emitted = *emitted;
    *emitted = (rp_bytes){NULL, 0};
}

static void hold_failure(rp_iter *self, rpi_iter_chunk *chunk, char *at)
{
    rpi_failure *failure = chunk->next_failure;
    chunk->failures = chunk->next_failure = failure->next;
    failure->next = NULL;
    if (!self->held || failure->facts.item < self->held->facts.item) {
        rpi_failure_free_list(self->held);
        self->held = failure;
        hold_emitted(self, at);
    } else {
        rpi_failure_free_list(failure);
    }
}

/* Passes over an item that didn't begin. In order, the results before it are the last. */
static void pass_over(rp_iter *self, rpi_iter_chunk *chunk, uint64_t item)
{
    if (self->ordered) rpi_work_lower_cutoff(&self->call->work, item);
    chunk->next_failure = chunk->next_failure->next;
}

/* Delivers the next item of the current chunk: RP_OK, RP_FAILED, RP_LOST. RP_AGAIN: all of the chunk was read. An item that was lost, or
 * ended, doesn't count for the stop policy. */
static rp_status deliver(rp_iter *self, void *result, rp_error *error)
{
    rpi_iter_chunk *chunk = self->current;
    rpi_work *work = &self->call->work;
    bool stops = work->on_error == RP_ON_ERROR_STOP;
    while (chunk->n_delivered < chunk->batch->count) {
        uint64_t k = chunk->n_delivered++, item = chunk->batch->first + k;
        char *at = chunk->results + (size_t)k * work->task->result_size;
        rpi_failure *failure = chunk->next_failure;
        if (failure && failure->facts.item == item && failure->facts.cause == RP_CAUSE_NOT_BEGUN) {
            pass_over(self, chunk, item);
            continue;
        }
        if (failure && failure->facts.item == item) {
            bool ends = stops && failure->facts.cause != RP_CAUSE_LOST && failure->facts.cause != RP_CAUSE_ENDED;
            if (ends && !self->ordered) {
                hold_failure(self, chunk, at);
                continue;
            }
            chunk->next_failure = failure->next;
            if (item > atomic_load(&work->cutoff)) continue; /* results before this item were dropped */
            self->index = (int64_t)item;
            if (ends) self->over = self->at_end = true;
            if (result && (work->task->flags & RP_TASK_KEEPS_EMITTED)) memcpy(result, at, work->task->result_size);
            return rpi_failure_to_error(failure, error);
        }
        if (rpi_work_stopped(work, item)) continue;
        self->index = (int64_t)item;
        if (result) memcpy(result, at, work->task->result_size);
        return RP_OK;
    }
    return RP_AGAIN;
}

/* Whether items that were taken in didn't begin, as the pool was stopped. */
static bool is_stopped_short(const rp_iter *self)
{
    const rpi_work *work = &self->call->work;
    if (!atomic_load(&work->draining) || self->pulled == 0) return false;
    return rpi_work_stopped(work, self->next - 1) || (rpi_work_begins_none(work) && atomic_load(&work->drained));
}

/* How it ended. An end before the last item is told each time, or a reader could take it for the whole. */
static rp_status tell_end(rp_iter *self, rp_error *error)
{
    if (self->at_end) return RP_END;
    rpi_call_lock(self->call);
    rp_status status = self->call->status;
    if (rpi_call_is_cancelled(self->call)) status = RP_CANCELLED;
    if (status != RP_OK) rpi_call_outcome(self->call, error);
    rpi_call_unlock(self->call);
    if (status != RP_OK) return status;
    if (is_stopped_short(self))
        return rp_error_set(error, RP_CANCELLED, 0, "%s before all items were started",
                            rpi_call_failed_too_often(self->call) ? "too many items failed" : "the pool was stopped");
    self->at_end = self->source_status != RP_CANCELLED;
    if (self->source_status == RP_END || self->source_status == RP_OK) return RP_END;
    if (self->source_error.status == RP_OK) rpi_iter_fail_source(self, self->source_status); /* the source gave no reason */
    if (error) *error = self->source_error;
    return self->source_status;
}

/* What was recorded is in the journal's file before the end is told. Its failure is that of the source, unless that had one. */
static void commit_journal(rp_iter *self)
{
    rpi_call_journal *journal = self->call->more->journal;
    rp_error why;
    if (!journal || rpi_call_journal_commit(journal, &why) == RP_OK) return;
    if (self->source_status != RP_OK && self->source_status != RP_END) return;
    self->source_error = why;
    self->source_status = why.status;
}

/* Delivers the end, when all pulled items are delivered and no more come. */
static rp_status deliver_end(rp_iter *self, void *result, rp_error *error)
{
    self->over = true;
    commit_journal(self);
    if (!self->held) return tell_end(self, error);
    rpi_failure *failure = self->held;
    self->held = NULL;
    self->at_end = true;
    self->index = (int64_t)failure->facts.item;
    if (result && (self->call->work.task->flags & RP_TASK_KEEPS_EMITTED)) memcpy(result, &self->held_emitted, sizeof self->held_emitted);
    rpi_failure_to_error(failure, error);
    rpi_failure_free_list(failure);
    return RP_FAILED;
}

/* Sleeps until a chunk that can be read is done, or the call's state changes. False: the time-out has passed. With the call's mutex held.
 */
static bool sleep_until_woken(rp_iter *self, uint64_t until)
{
    rpi_call *call = self->call;
    rpi_waiter waiter = {0};
    call->more->reader = &waiter;
    self->shared.wanted = self->ordered ? RPI_ENTRY(rpi_list_first(&self->in_order), rpi_iter_chunk, link) : NULL;
    rpi_call_unlock(call);
    bool is_told = rpi_waiter_sleep_until(&waiter, until);
    rpi_call_lock(call);
    bool is_taken = !is_told && call->more->reader != &waiter; /* somebody is about to tell it */
    if (!is_told && !is_taken) call->more->reader = NULL;
    if (is_taken) rpi_waiter_sleep(&waiter);
    return is_told || is_taken;
}

/* Waits until a chunk is done, the call is cancelled, or it is time to ask the source again. False: the time-out has passed. */
static bool wait_for_chunk(rp_iter *self, uint64_t deadline_ns)
{
    rpi_call *call = self->call;
    bool polls = self->source_status == RP_AGAIN;
    uint64_t until = deadline_ns, again = polls ? rpi_deadline_ns(source_poll_s) : RPI_NEVER;
    if (again < until) until = again;
    bool in_time = true;
    rpi_call_lock(call);
    while (in_time && !rpi_call_is_cancelled(call) && !rpi_call_is_finished(call) && !(self->current = take_done(self)))
        in_time = sleep_until_woken(self, until);
    if (!self->current) self->current = take_done(self);
    rpi_call_unlock(call);
    return self->current || in_time || rpi_now_ns() < deadline_ns;
}

/* A cancel lowers the cutoff to 0. A failure of item 0 does too, so the call's state is read as well. */
static bool is_cancelled(rp_iter *self)
{
    if (atomic_load(&self->cancelled)) return true;
    if (!rpi_work_stopped(&self->call->work, 0)) return false;
    rpi_call_lock(self->call);
    bool cancelled = rpi_call_is_cancelled(self->call);
    rpi_call_unlock(self->call);
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
            finish_chunk(self, self->current);
            self->current = NULL;
        }
        rpi_iter_fill_window(self, deadline == RPI_NEVER);
        if (rpi_iter_nothing_out(self) && (rpi_iter_source_is_over(self) || rpi_iter_is_closed(self)))
            return deliver_end(self, result, error);
        if (!wait_for_chunk(self, deadline)) return rp_error_set(error, RP_TIMEOUT, 0, "no result after %g s", timeout_s);
    }
}

rp_status(rp_iter_next)(rp_iter *self, void *result, double timeout_s, rp_error *error)
{
    return rp_iter_next_into(self, result, RP_TYPE_RECORD, 0, SIZE_MAX, timeout_s, error);
}

/* NULL drops the result, so it has no type. */
static rp_status check_result(const rp_iter *self, void *result, rp_type type, size_t size, size_t room, rp_error *error)
{
    const rp_task *task = self->call->work.task;
    if (!result || (type == task->result_type && size == task->result_size && size <= room)) return RP_OK;
    return rpi_into_check(&(rp_into){result, type, size, size, room}, task, 1, error);
}

rp_status rp_iter_next_into(rp_iter *self, void *result, rp_type type, size_t size, size_t room, double timeout_s, rp_error *error)
{
    if (!self) return rp_error_set(error, RP_USAGE, 0, "the iterator is NULL");
    rp_status status = check_result(self, result, type, size, room, error);
    if (status != RP_OK) return status;
    if (isnan(timeout_s)) return rp_error_set(error, RP_USAGE, 0, "the time-out is not a number");
    if (self->pulling) return rp_error_set(error, RP_USAGE, 0, "a source can't read its own iterator");
    if (timeout_s < 0 && rpi_context_current() && !self->over) status = rpi_call_check_wait(self->call->pool, error);
    if (status != RP_OK) return status;
    if (!self->over) return next_result(self, result, timeout_s, error);
    if (is_cancelled(self)) return rp_error_set(error, RP_CANCELLED, 0, "the iterator was cancelled, or its pool terminated");
    return tell_end(self, error);
}

int64_t rp_iter_index(const rp_iter *self) { return self ? self->index : -1; }

double rp_iter_seconds(const rp_iter *self, int *rank)
{
    const rpi_batch *batch = self && self->current ? self->current->batch : NULL;
    uint64_t n = batch ? atomic_load(&batch->n_run) : 0;
    if (rank) *rank = batch ? batch->ran_on : -1;
    return n > 0 ? rpi_seconds(atomic_load(&batch->busy_ns)) / (double)n : 0;
}

uint64_t rp_iter_pulled(const rp_iter *self) { return self ? self->pulled : 0; }

void rp_iter_cancel(rp_iter *self)
{
    if (!self) return;
    atomic_store(&self->cancelled, true);
    rpi_call_cancel(self->call);
}

/* ---- life ---- */

static void free_chunks(rpi_list *chunks)
{
    for (rpi_iter_chunk *chunk; (chunk = RPI_ENTRY(rpi_list_take_first(chunks), rpi_iter_chunk, link));) rpi_iter_chunk_destroy(chunk);
}

void rp_iter_free(rp_iter *self)
{
    if (!self) return;
    bool waits_for_itself = self->pulling || rpi_call_check_wait(self->call->pool, NULL) != RP_OK;
    if (waits_for_itself || !rp_result_ready(self->call)) rp_iter_cancel(self);
    if (waits_for_itself) return; /* also when it is finished: the caller couldn't know */
    rp_result_wait(self->call, -1);
    while ((self->current = self->current ? self->current : take_done(self))) {
        rpi_iter_put_back(self, self->current);
        self->current = NULL;
    }
    if (self->ahead) rpi_iter_put_back(self, self->ahead);
    free_chunks(&self->idle);
    rpi_failure_free_list(self->held);
    rp_bytes_free(&self->held_emitted, 1);
    rpi_journaled_source_fini(&self->journaled);
    rpi_call_unref(self->call);
    free(self);
}
