/*
 * pool_journal_state.h: what a pool's journal is for its calls. Each call has a range of indices in it. Which one, and what the call is, is
 * kept in records of the first indices: one for each call, whose data are facts (journal/facts.h).
 */
#ifndef RPI_POOL_POOL_JOURNAL_STATE_H
#define RPI_POOL_POOL_JOURNAL_STATE_H

#include "journal/journal.h"
#include "pool/journal_calls.h"

#include <rankpool/error.h>

#include <pthread.h>
#include <stdatomic.h>

typedef struct rpi_pool_journal rpi_pool_journal;

struct rpi_pool_journal {
    rpi_journal *journal;
    char *path;
    rpi_resume_rules rules;
    bool is_careful; /* the run before died: what begins is in the file before it begins */
    rp_begun *board; /* what each of n_board workers runs; NULL: not all of them can tell */
    unsigned n_board;
    pthread_mutex_t mutex; /* guards reading of earlier runs, and what follows */
    rpi_journal_calls *calls;
    atomic_bool has_failed; /* then `why` doesn't change any more */
    rp_error why;
};

/* Where a call has its items. */
typedef struct rpi_journal_range {
    uint64_t base;     /* item i has the index base + i */
    bool is_known;     /* an earlier run has made the call */
    uint64_t position; /* of the record that says so; 0: it was there */
} rpi_journal_range;

/* Finds the next call of a key, or records it. `facts`: what it is; with a fact "items". RP_USAGE: the journal has another one, and the
 * text says what differs. `*number`: which call of its key it is, from 1. Any thread. */
rp_status rpi_pool_journal_find(rpi_pool_journal *self, const char *key, const rpi_fact *facts, size_t n_facts, uint64_t n_items,
                                rpi_journal_range *range, uint64_t *number, rp_error *error);

/* Appends records. RP_OK, or why nothing is written any more. `*position`: of the last one. Any thread. */
rp_status rpi_pool_journal_append(rpi_pool_journal *self, const rpi_journal_record *records, size_t n, uint64_t *position, rp_error *error);

#endif
