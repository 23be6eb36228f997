/* journal_calls.h: the calls that a pool's journal knows, by key and number: a table in memory. Not for several threads at once. */
#ifndef RPI_POOL_JOURNAL_CALLS_H
#define RPI_POOL_JOURNAL_CALLS_H

#include "journal/facts.h"

/* Items of a call whose number isn't known have so many indices. */
#define RPI_JOURNAL_MOST_ITEMS (UINT64_C(1) << 40)

typedef struct rpi_journal_call {
    rpi_item_hash id; /* of its key and number */
    uint64_t number;  /* which of its key, from 1; of the entry of a key: how many calls of it were made in this run */
    uint64_t slot;    /* the index of its record */
    uint64_t base;    /* of its first item */
    rpi_facts facts;  /* of an earlier run; none: the call is new */
} rpi_journal_call;

typedef struct rpi_journal_calls rpi_journal_calls;

/* NULL: no memory. */
rpi_journal_calls *rpi_journal_calls_create(void);
/* NULL does nothing. */
void rpi_journal_calls_destroy(rpi_journal_calls *self);

/* Takes in the record of a call. One that isn't as it should be is passed over: its items are then no call's. RP_NO_MEMORY. */
rp_status rpi_journal_calls_add(rpi_journal_calls *self, const rpi_journal_record *record, rp_error *error);

/* Items of new calls have at least this index. */
void rpi_journal_calls_set_end(rpi_journal_calls *self, uint64_t end);

/* The next call of a key in this run. A new one gets a slot, and room for n_items items (UINT64_MAX: not known). `*call` is valid until the
 * next use. RP_NO_MEMORY. */
rp_status rpi_journal_calls_next(rpi_journal_calls *self, const char *key, uint64_t n_items, rpi_journal_call **call, rp_error *error);

#endif
