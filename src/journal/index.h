/*
 * index.h: what a journal says of each item, in memory: 13 bytes an item, in blocks, so that gaps cost nothing. Made from records in the
 * order in which they were written.
 */
#ifndef RPI_JOURNAL_INDEX_H
#define RPI_JOURNAL_INDEX_H

#include "journal/format.h"

typedef enum rpi_outcome {
    RPI_OUTCOME_NONE = 0, /* to be run */
    RPI_OUTCOME_DONE,
    RPI_OUTCOME_FAILED,
} rpi_outcome;

typedef struct rpi_journal_entry {
    rpi_outcome outcome;
    unsigned n_crashes; /* runs and ranks that died while the item may have run there; 3 at most */
    unsigned n_tries;   /* that have ended, over all runs */
    bool is_out;        /* begun by the last run that was read, and not ended */
    bool has_hash;
    uint64_t hash;  /* the first word of the item's hash */
    uint32_t frame; /* the number of the frame that has its outcome; counted by the caller */
} rpi_journal_entry;

typedef struct rpi_index_block rpi_index_block;

typedef struct rpi_index {
    rpi_index_block **slots; /* a hash table of blocks, open addressing */
    size_t n_slots, n_blocks;
    rpi_index_block *last; /* the one that was used last by rpi_index_apply */
    uint64_t n_done, n_failed;
    uint64_t end; /* above the highest index that a record names; 0: none does */
} rpi_index;

void rpi_index_init(rpi_index *index);
void rpi_index_fini(rpi_index *index);

/* Takes in a record of frame `frame`; kinds that aren't about items are passed over. A record that says the same of an item again changes
 * nothing. RP_NO_MEMORY: the record is not taken in, or, one of RPI_RECORD_BEGUN, not the whole of it. */
rp_status rpi_index_apply(rpi_index *index, const rpi_journal_record *record, uint32_t frame, rp_error *error);

/* The records of a run are at an end. What it had out counts as crashed, if it died; otherwise as never begun. */
void rpi_index_end_run(rpi_index *index, bool died);

/* What is known of an item. False: nothing; then *entry is zeroed. Any thread, while nothing is taken in. */
bool rpi_index_find(const rpi_index *index, uint64_t item, rpi_journal_entry *entry);

/* The lowest item, from `item` on, of which something is known; UINT64_MAX: there is none. */
uint64_t rpi_index_next(const rpi_index *index, uint64_t item);

/* For going through records in the order of the journal: an item has one that counts, the first of its outcome in its frame. `visit` says
 * whether the item wasn't visited since the last `unvisit`, of all items. */
bool rpi_index_visit(rpi_index *index, uint64_t item);
void rpi_index_unvisit(rpi_index *index);

#endif
