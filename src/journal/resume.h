/*
 * resume.h: the rules by which a run goes on, as pure functions. Rule 1 is rpi_facts_compare (facts.h); rules 2 to 4 are here. They know
 * only what the index says of an item.
 */
#ifndef RPI_JOURNAL_RESUME_H
#define RPI_JOURNAL_RESUME_H

#include "journal/index.h"

typedef struct rpi_resume_rules {
    bool retry_failed; /* what has failed is run again */
    bool run_changed;  /* an item with other bytes than before is run again; otherwise the run is refused */
    bool take_all;     /* whatever the bytes are: a record of its index is that of the item */
    unsigned crashes;  /* so many make an item fail for good; 0: RPI_RESUME_CRASHES */
} rpi_resume_rules;

enum { RPI_RESUME_CRASHES = 3 };

typedef enum rpi_resume {
    RPI_RESUME_RUN,     /* to be run */
    RPI_RESUME_DONE,    /* its result is in the journal */
    RPI_RESUME_FAILED,  /* it has failed, and stays so; what is known of it is in the journal */
    RPI_RESUME_CRASHED, /* it has failed: too many runs or ranks died with it. No record says so */
    RPI_RESUME_CHANGED, /* it isn't the item that was recorded: refuse to go on, and name it */
} rpi_resume;

/* Rules 2 to 4: what becomes of an item. `entry` as rpi_index_find has filled it. */
rpi_resume rpi_resume_item(const rpi_journal_entry *entry, rpi_item_hash hash, const rpi_resume_rules *rules);

/* The number of the try that comes next, from 1: tries count over runs. */
unsigned rpi_resume_attempt(const rpi_journal_entry *entry);

/* Rule 2, at the end of an input of n items: the first item that the journal knows and the input hasn't; UINT64_MAX: there is none. Items
 * that were added are no matter. With run_changed or take_all there is none either, unless n is 0: an empty input is a mistake. */
uint64_t rpi_resume_missing(const rpi_index *index, uint64_t n, const rpi_resume_rules *rules);

#endif
