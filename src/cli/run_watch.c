/* run_watch.c: see run_watch.h. */
#include "run_watch.h"
#include "journal_notes.h"
#include "run_journal_state.h"

/* An rp_items_lost. Who has them next may be this process, so it waits until the file says so. */
static void lose_items(void *argument, uint64_t first, uint64_t count, int rank)
{
    run_journal *self = argument;
    uint64_t position = 0;
    rp_error error; /* the run finds it by itself */
    for (uint64_t k = 0; k < count; k++) {
        rpi_journal_record lost = {.kind = RPI_RECORD_CRASHED, .index = first + k, .rank = rank};
        (void)rpi_journal_append(self->journal, &lost, 1, &position, &error);
    }
    (void)rpi_journal_commit(self->journal, position, false, &error);
}

void run_watch_begin(run_journal *self, const rp_pool *pool, method_call *call)
{
    call->items_lost = lose_items;
    call->items_lost_argument = self;
    call->n_died = &self->items.n_died;
    rp_pool_info info;
    rp_pool_get_info(pool, &info);
    call->n_begun = info.threads > 0 ? (unsigned)info.threads : 1;
    call->begun = rpi_journal_begun(self->journal, call->n_begun);
    if (!call->begun) journal_notes_no_begun(&self->setup->options);
    journal_notes_begun(self->journal, &self->setup->options, pool);
}

static rp_status record_stop(run_journal *self, rp_error *error)
{
    rpi_journal_record end = {.kind = RPI_RECORD_END, .cause = RPI_RUN_STOPPED};
    return rpi_journal_append(self->journal, &end, 1, NULL, error);
}

/* Never waits for the disk, so that a second signal is taken. */
void run_watch_stops(run_journal *self)
{
    rpi_writer_state state;
    rp_error error;
    if (!self || !atomic_load(&self->has_begun)) return;
    rpi_journal_look_at_writer(self->journal, &state);
    if (!state.is_waiting && record_stop(self, &error) == RP_OK) rpi_journal_hurry(self->journal);
}

void run_watch_give_up(run_journal *self)
{
    rp_error error;
    if (!self || !atomic_load(&self->has_begun)) return;
    if (record_stop(self, &error) == RP_OK) (void)rpi_journal_commit(self->journal, UINT64_MAX, true, &error);
}
