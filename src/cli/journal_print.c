/* journal_print.c: see journal_print.h. */
#include "journal_print.h"
#include "program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const double mark_s = 2, soon_s = 0.05, later_s = 0.5;

static rp_status cant_sync(const run_journal *self, int code, rp_error *error)
{
    return rp_error_set(error, RP_SYSTEM, code, "can't write to %s: %s", self->out->name, strerror(code));
}

/* Only an output that can be cut is marked. */
static bool has_marks(const run_journal *self) { return self->is_ordered && self->setup->options.output; }

static rpi_printed printed_now(const run_journal *self)
{
    return (rpi_printed){self->turn, (uint64_t)streams_end(self->out->stream), streams_sum(self->out->stream)};
}

/* How far the output is, for the thread that waits for the disk. Without that thread the end is marked alone. */
static rp_status mark(run_journal *self, rp_error *error)
{
    self->marked_s = program_now_s();
    if (!has_marks(self) || self->marked == self->turn) return RP_OK;
    rp_status status = output_flush(self->out, error);
    if (status != RP_OK) return status;
    if (!self->marks) self->marks = output_marks_create(self->out->stream, self->journal);
    rpi_printed printed = printed_now(self);
    self->marked = self->turn;
    int code = self->marks ? output_marks_add(self->marks, &printed) : 0;
    return code ? cant_sync(self, code, error) : RP_OK;
}

rp_status journal_print_mark_end(run_journal *self, rp_error *error)
{
    if (!has_marks(self)) return RP_OK;
    rp_status status = output_flush(self->out, error);
    if (status != RP_OK) return status;
    if (!self->marks) self->marks = output_marks_create(self->out->stream, self->journal);
    rpi_printed printed = printed_now(self);
    int code = output_marks_finish(self->marks, &printed);
    self->marks = NULL;
    return code ? cant_sync(self, code, error) : RP_OK;
}

/* ---- printing ---- */

const void *journal_print_result(run_journal *self, const kept_outcome *kept)
{
    const rp_task *task = self->job->task;
    if (!kept->has_result) return NULL;
    if (task->result_type == RP_TYPE_BYTES) return &kept->result;
    if (!self->result) self->result = malloc(task->result_size > 0 ? task->result_size : 1);
    if (!self->result || kept->result.size != task->result_size) return NULL;
    return memcpy(self->result, kept->result.data, kept->result.size);
}

static rp_status settle(run_journal *self, uint64_t index, const kept_outcome *kept, int is_old)
{
    journal_row row = {.outcome = {.index = (int64_t)index,
                                   .item = kept->item,
                                   .result = self->prints_itself ? journal_print_result(self, kept) : NULL,
                                   .failure = kept->has_failure ? &kept->failure : NULL},
                       .text = self->prints_itself ? (rp_bytes){NULL, 0} : kept->row,
                       .is_printed = self->is_ordered && index < self->kept.rows,
                       .is_old = is_old};
    return self->ended = self->sink.settle(self->sink.argument, &row);
}

static rp_status damaged(const run_journal *self, uint64_t index, rp_error *error)
{
    return rp_error_set(error, RP_SYSTEM, EIO, "the journal %s has a record of item %" PRIu64 " that this build can't read",
                        self->setup->options.resume.path, index);
}

rp_status journal_print_read(run_journal *self, uint64_t index, kept_outcome *kept, rp_error *error)
{
    rpi_journal_record record;
    rp_status status = rpi_journal_read(self->journal, index, &record, error);
    if (status != RP_OK) return status;
    return kept_outcome_read((rp_bytes){record.data, record.size}, kept) ? RP_OK : damaged(self, index, error);
}

/* An item of an earlier run. One that is printed, and is nothing but that, needs no look. */
rp_status journal_print_old(run_journal *self, uint64_t index, rp_error *error)
{
    rpi_journal_entry entry;
    kept_outcome kept;
    if (self->is_ordered && index < self->kept.rows) {
        (void)rpi_journal_find(self->journal, index, &entry);
        if (entry.outcome == RPI_OUTCOME_DONE) return RP_OK;
    }
    rp_status status = journal_print_read(self, index, &kept, error);
    return status == RP_OK ? settle(self, index, &kept, 1) : status;
}

static rp_status settle_held(run_journal *self, rp_error *error)
{
    rp_bytes bytes;
    kept_outcome kept;
    uint64_t index = self->turn;
    if (!held_rows_read(&self->held, self->turn, &bytes))
        return rp_error_set(error, RP_SYSTEM, errno, "can't read results that wait: %s", strerror(errno));
    if (!self->is_ordered) { /* the index stands before it */
        memcpy(&index, bytes.data, sizeof index);
        bytes = (rp_bytes){(const char *)bytes.data + sizeof index, bytes.size - sizeof index};
    }
    if (!kept_outcome_read(bytes, &kept)) return damaged(self, index, error);
    rp_status status = settle(self, index, &kept, 0);
    held_rows_remove(&self->held, self->turn);
    return status;
}

/* Whether the next one may be printed: it is there, and its record is in the file. */
static held_state next_state(const run_journal *self, uint64_t n_written)
{
    uint64_t position = 0;
    held_state state = held_rows_look(&self->held, self->turn, &position);
    return state == HELD_THERE && position > n_written ? HELD_OUT : state;
}

static rp_status settle_all(run_journal *self, uint64_t n_written, rp_error *error)
{
    rp_status status = RP_OK;
    while (status == RP_OK) {
        held_state state = next_state(self, n_written);
        if (state == HELD_OUT || (state == HELD_NOT && (!self->is_ordered || self->turn >= self->items.n))) break;
        status = state == HELD_THERE ? settle_held(self, error) : journal_print_old(self, self->turn, error);
        self->turn++;
    }
    return status;
}

rp_status journal_print_settle(run_journal *self, rp_error *error)
{
    rpi_writer_state state;
    if (self->ended != RP_OK) return self->ended;
    rpi_journal_look_at_writer(self->journal, &state);
    if (state.error.status != RP_OK) {
        *error = state.error;
        return state.error.status;
    }
    rp_status status = settle_all(self, state.n_written, error);
    return status == RP_OK && program_now_s() - self->marked_s > mark_s ? mark(self, error) : status;
}

double journal_print_wait_s(const run_journal *self) { return self->held.n_rows > 0 ? soon_s : later_s; }
