/*
 * journaled_source.h: the source of an iterator whose call has a journal. It cuts chunks where the fate of items changes. An item that was
 * pulled and belongs to the next chunk is kept until then; what it points to stays valid, as the user's source isn't asked meanwhile.
 */
#ifndef RPI_POOL_JOURNALED_SOURCE_H
#define RPI_POOL_JOURNALED_SOURCE_H

#include "pool/call_journal.h"

typedef struct rpi_journaled_source {
    rpi_call_journal *journal; /* NULL: the call has none, and nothing else here counts */
    const rpi_work *work;
    rp_source own;     /* the user's */
    rpi_stretch chunk; /* the present chunk; n 0: it has no item yet */
    uint64_t item;     /* the index of the next item to be given */
    bool may_be_alone; /* an item that is run alone may go out now */
    bool is_cut;       /* the chunk ends, as the next item doesn't belong to it */
    bool keeps;        /* that item is kept */
    rpi_stretch kept;  /* its fate */
    char *values;      /* its values, one after another, each in VALUE_ROOM; owned */
    size_t value_room;
} rpi_journaled_source;

/* RP_NO_MEMORY. */
rp_status rpi_journaled_source_init(rpi_journaled_source *self, rpi_call_journal *journal, const rpi_work *work, const rp_source *own,
                                    rp_error *error);
/* One that was zeroed is allowed. */
void rpi_journaled_source_fini(rpi_journaled_source *self);

/* Begins a chunk with that item. */
void rpi_journaled_source_begin(rpi_journaled_source *self, uint64_t item, bool may_be_alone);

/* For columns: how many items of a batch, at most `most`, or most_known where they are known, make the chunk, which is described by
 * self->chunk then. 0: none now; or an error, with *status. */
uint64_t rpi_journaled_source_cut(rpi_journaled_source *self, const rpi_batch *batch, uint64_t most, uint64_t most_known, rp_status *status,
                                  rp_error *error);

/* For a function: an rp_source_next, whose state is an rpi_journaled_source. RP_AGAIN with is_cut: the chunk ends. */
rp_status rpi_journaled_source_next(void *state, void *const *arguments, int may_wait, rp_error *error);

#endif
