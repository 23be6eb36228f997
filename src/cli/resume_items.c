/* resume_items.c: see resume_items.h. */
#include "resume_items.h"

#include <inttypes.h>
#include <string.h>

static rp_status take_loaded(const resume_items *self, void *const *arguments)
{
    rp_columns columns = items_columns(self->items);
    if (self->n == items_count(self->items)) return RP_END;
    for (size_t k = 0; k < columns.n; k++)
        memcpy(arguments[k], (const char *)columns.columns[k].data + self->n * columns.columns[k].stride_bytes, columns.columns[k].size);
    return RP_OK;
}

/* Items that were removed, or an input that isn't there this time, as standard input in a batch job. */
static rp_status check_end(const resume_items *self, rp_error *error)
{
    uint64_t missing = rpi_resume_missing(rpi_journal_index(self->journal), self->n, &self->rules);
    if (missing == UINT64_MAX) return RP_END;
    if (self->n == 0)
        return rp_error_set(error, RP_USAGE, 0, "%s, and the journal has item %" PRIu64 ": give the input of the runs before again",
                            items_input_was_empty(self->items) ? "standard input is empty" : "there are no items", missing);
    return rp_error_set(error, RP_USAGE, 0,
                        "there are %" PRIu64 " items, and the journal has item %" PRIu64
                        ": the input of the runs before is needed; --resume changed goes on with this one",
                        self->n, missing);
}

static rp_status refuse(const resume_items *self, uint64_t index, rp_error *error)
{
    char room[VALUE_TEXT_SIZE], shown[VALUE_SHOWN_SIZE];
    rp_bytes text = items_text(self->items, (int64_t)index, room);
    return rp_error_set(error, RP_USAGE, 0,
                        "item %" PRIu64 " (%s) isn't the one that the journal has: --resume changed runs those again that changed", index,
                        text.data ? value_shown(text, shown) : "");
}

static unsigned crash_limit(const resume_items *self) { return self->rules.crashes > 0 ? self->rules.crashes : RPI_RESUME_CRASHES; }

/* What earlier runs may have died with has a chunk of its own. Before the last of its chances it waits until nothing is out, so that
 * nothing that only ran beside it is held to account. */
static rp_status give(resume_items *self, uint64_t index, rpi_item_hash hash, const rpi_journal_entry *entry, rp_error *error)
{
    unsigned attempt = rpi_resume_attempt(entry) + entry->n_crashes;
    self->place = (rp_source_place){.index = index, .attempt = attempt, .is_alone = attempt > 1};
    self->n_died = crash_limit(self) <= RPI_RESUME_CRASHES ? entry->n_crashes : 0;
    self->is_lone = entry->n_crashes + 1 >= crash_limit(self);
    self->n_out++;
    return self->given(self->argument, index, hash, entry, error);
}

static bool has_to_wait(const resume_items *self, const rpi_journal_entry *entry)
{
    return self->n_out > 0 && (self->is_lone || entry->n_crashes + 1 >= crash_limit(self));
}

static void copy_values(const resume_items *self, void *const *from, void *const *to)
{
    for (size_t k = 0; k < items_width(self->items); k++) memcpy(to[k], from[k], self->sizes[k]);
}

static rp_status keep_waiting(resume_items *self, rpi_item_hash hash, void *const *arguments)
{
    void *places[RP_MAX_ARGUMENTS];
    for (size_t k = 0; k < RP_MAX_ARGUMENTS; k++) places[k] = self->waiting[k];
    if (!self->waits) copy_values(self, arguments, places);
    self->waits = true;
    self->waiting_hash = hash;
    return RP_AGAIN;
}

/* The item that was read last, and had to wait. */
static rp_status take_waiting(resume_items *self, void *const *arguments, rp_error *error)
{
    rpi_journal_entry entry;
    void *places[RP_MAX_ARGUMENTS];
    uint64_t index = self->n;
    (void)rpi_journal_find(self->journal, index, &entry);
    if (has_to_wait(self, &entry)) return RP_AGAIN;
    for (size_t k = 0; k < RP_MAX_ARGUMENTS; k++) places[k] = self->waiting[k];
    copy_values(self, places, arguments);
    self->waits = false;
    self->n++;
    return give(self, index, self->waiting_hash, &entry, error);
}

static rp_status leave_out(resume_items *self, uint64_t index, rpi_resume what, const rpi_journal_entry *entry, rp_error *error)
{
    rp_status status = self->known(self->argument, index, what, entry, error);
    items_forget(self->items, (int64_t)index);
    self->is_over = self->ends_at_failure && what != RPI_RESUME_DONE;
    return status;
}

static rp_status next(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    resume_items *self = state;
    rpi_journal_entry entry;
    if (self->waits) return take_waiting(self, arguments, error);
    for (rp_status status = RP_OK; status == RP_OK;) {
        if (self->is_over) return RP_END;
        status = items_are_loaded(self->items) ? take_loaded(self, arguments) : items_next(self->items, arguments, may_wait, error);
        if (status == RP_END) return check_end(self, error);
        if (status != RP_OK) return status;
        uint64_t index = self->n;
        rpi_item_hash hash = items_hash(self->items, (int64_t)index);
        (void)rpi_journal_find(self->journal, index, &entry);
        rpi_resume what = rpi_resume_item(&entry, hash, &self->rules);
        if (what == RPI_RESUME_CHANGED) return refuse(self, index, error);
        if (what == RPI_RESUME_RUN && self->gives_nothing) return RP_END;
        if (what == RPI_RESUME_RUN && has_to_wait(self, &entry)) return keep_waiting(self, hash, arguments);
        self->n++;
        if (what == RPI_RESUME_RUN) return give(self, index, hash, &entry, error);
        status = leave_out(self, index, what, &entry, error);
        if (status != RP_OK) return status;
    }
    return RP_OK;
}

rp_source resume_items_source(resume_items *self) { return (rp_source){.n_items = items_total(self->items), .next = next, .state = self}; }
