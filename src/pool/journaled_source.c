/* journaled_source.c: see journaled_source.h. */
#include "pool/journaled_source.h"

#include "base/error.h"
#include "task/columns.h"

#include <stdlib.h>
#include <string.h>

rp_status rpi_journaled_source_init(rpi_journaled_source *self, rpi_call_journal *journal, const rpi_work *work, const rp_source *own,
                                    rp_error *error)
{
    const rp_task *task = work->task;
    *self = (rpi_journaled_source){.journal = journal, .work = work, .own = *own};
    for (int k = 0; k < task->n_arguments; k++)
        if (task->argument_sizes[k] > self->value_room) self->value_room = task->argument_sizes[k];
    if (!own->next) return RP_OK;
    self->values = calloc(RP_MAX_ARGUMENTS, self->value_room + 1);
    return self->values ? RP_OK : rpi_error_no_memory(error);
}

void rpi_journaled_source_fini(rpi_journaled_source *self) { free(self->values); }

void rpi_journaled_source_begin(rpi_journaled_source *self, uint64_t item, bool may_be_alone)
{
    self->chunk = (rpi_stretch){RPI_FATE_RUN, 0, 0, 0};
    self->item = item;
    self->may_be_alone = may_be_alone;
    self->is_cut = false;
}

uint64_t rpi_journaled_source_cut(rpi_journaled_source *self, const rpi_batch *batch, uint64_t most, uint64_t most_known, rp_status *status,
                                  rp_error *error)
{
    *status = rpi_call_journal_stretch(self->journal, batch, most, most_known, &self->chunk, error);
    return *status == RP_OK && (self->chunk.fate != RPI_FATE_ALONE || self->may_be_alone) ? self->chunk.n : 0;
}

/* Copies values between the arguments of a call and the place of the kept item. */
static void copy_values(const rpi_journaled_source *self, void *const *arguments, bool to_kept)
{
    const rpi_work *work = self->work;
    for (int k = 0, n = 0; k < work->task->n_arguments; k++) {
        if (work->arguments[k].kind == RP_COLUMN_CONSTANT) continue;
        char *kept = self->values + (size_t)n * self->value_room;
        if (to_kept) memcpy(kept, arguments[n], work->task->argument_sizes[k]);
        else memcpy(arguments[n], kept, work->task->argument_sizes[k]);
        n++;
    }
}

static bool fits(const rpi_journaled_source *self, const rpi_stretch *fate)
{
    if (self->chunk.n == 0) return fate->fate != RPI_FATE_ALONE || self->may_be_alone;
    return fate->fate == self->chunk.fate && fate->fate != RPI_FATE_ALONE;
}

/* Arguments that point to nothing are found where they are copied. */
static bool are_sound(const rpi_journaled_source *self, void *const *arguments)
{
    const rpi_work *work = self->work;
    for (int k = 0, n = 0; k < work->task->n_arguments; k++) {
        if (work->arguments[k].kind == RP_COLUMN_CONSTANT) continue;
        if (!rpi_value_is_sound(work->task->argument_types[k], arguments[n++])) return false;
    }
    return true;
}

rp_status rpi_journaled_source_next(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    rpi_journaled_source *self = state;
    rpi_stretch fate = self->kept;
    rp_status status = RP_OK;
    if (self->keeps) copy_values(self, arguments, false);
    else status = self->own.next(self->own.state, arguments, may_wait, error);
    if (status != RP_OK || (!self->keeps && !are_sound(self, arguments))) return status;
    if (!self->keeps) status = rpi_call_journal_fate(self->journal, self->item, (const void *const *)arguments, &fate, error);
    if (status != RP_OK) return status;
    self->keeps = self->is_cut = !fits(self, &fate);
    if (self->is_cut) {
        copy_values(self, arguments, true);
        self->kept = fate;
        return RP_AGAIN;
    }
    fate.n = self->chunk.n + 1;
    self->chunk = fate;
    self->item++;
    return RP_OK;
}
