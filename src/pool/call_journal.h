/*
 * call_journal.h: what a call with a key has in its pool's journal: before items are sent out, what earlier runs know of them; when a batch
 * has ended, a record for each of its items. It knows nothing of how batches are made: map_parts.h and window.h do that.
 */
#ifndef RPI_POOL_CALL_JOURNAL_H
#define RPI_POOL_CALL_JOURNAL_H

#include "pool/pool_journal.h"
#include "task/batch.h"

typedef struct rpi_call_journal rpi_call_journal;

/* What becomes of an item. */
typedef enum rpi_fate {
    RPI_FATE_RUN,
    RPI_FATE_ALONE, /* it is run in a batch of its own: it was tried before, or an earlier run died with it */
    RPI_FATE_KNOWN  /* its result or its failure is in the journal */
} rpi_fate;

/* Items that follow each other and have one fate. */
typedef struct rpi_stretch {
    rpi_fate fate;
    uint64_t n;
    unsigned earlier; /* alone: how often it was tried before */
    unsigned n_died;  /* alone: how many ranks or processes have died with it */
} rpi_stretch;

/* Finds the call in the journal, or begins it. `n_items`: UINT64_MAX: not known. The work, and the journal, are borrowed. RP_USAGE: the
 * journal has another call of that key. RP_SYSTEM, RP_LOST, RP_NO_MEMORY. */
rp_status rpi_call_journal_open(rpi_pool_journal *journal, const char *key, const rpi_work *work, uint64_t n_items, rpi_call_journal **out,
                                rp_error *error);

/* Has workers tell what they begin of the call, where all of its items run in threads of this process, one at a time in each. Once, before
 * it has a batch. Errors are found by rpi_call_journal_check. */
void rpi_call_journal_watch(rpi_call_journal *self, rpi_work_hooks *hooks);
/* NULL does nothing. */
void rpi_call_journal_destroy(rpi_call_journal *self);

/* The fate of an item, by its arguments: those that aren't constants. RP_USAGE: it isn't the item that the journal has. */
rp_status rpi_call_journal_fate(rpi_call_journal *self, uint64_t item, const void *const *arguments, rpi_stretch *fate, rp_error *error);

/* How many items of a batch, from its first one on, have one fate, and which: at most `most`, or most_known where they are known. The batch
 * has its views, and need not have a count. RP_USAGE: its first item isn't the one that the journal has. */
rp_status rpi_call_journal_stretch(rpi_call_journal *self, const rpi_batch *batch, uint64_t most, uint64_t most_known, rpi_stretch *stretch,
                                   rp_error *error);

/* Whether an earlier run has made the call, so that its items may be known. */
bool rpi_call_journal_knows(const rpi_call_journal *self);
/* Whether sending out batches may have to wait for the file, or to read it. */
bool rpi_call_journal_commits(const rpi_call_journal *self);
/* How long a batch should take, where `usual_s` is enough otherwise: more after a run that died, as each batch then waits for the file. */
double rpi_call_journal_batch_s(const rpi_call_journal *self, double usual_s);
/* The first item from `item` on that the journal has and a source hasn't, where that is a mistake; UINT64_MAX: there is none. */
uint64_t rpi_call_journal_missing(const rpi_call_journal *self, uint64_t item);

/* Ends a batch of known items without running it: fills in its results, and adds its failures, which aren't counted yet. RP_SYSTEM: the
 * journal can't be read any more. RP_NO_MEMORY. */
rp_status rpi_call_journal_fill(rpi_call_journal *self, rpi_batch *batch, rp_error *error);

/* A batch is about to be submitted: where workers don't tell what they begin, all of it counts as begun from now on. After a run that died
 * this waits until the file says so. Errors are found by rpi_call_journal_check. */
void rpi_call_journal_begins(rpi_call_journal *self, const rpi_batch *batch, bool is_alone);
/* A rank was lost with items of the call, which go to others. Waits until the file says so. Any thread. */
void rpi_call_journal_loses(rpi_call_journal *self, uint64_t first, uint64_t count, int rank);
/* A try has failed, and another one follows. Any thread. */
void rpi_call_journal_retries(rpi_call_journal *self, const rpi_failure *failure);
/* A batch has ended, with all tries of its items: records what became of them. Its failures are sorted. Any thread. */
void rpi_call_journal_record(rpi_call_journal *self, rpi_batch *batch);

/* Waits until all records of the call are in the file. RP_OK, or why they aren't. */
rp_status rpi_call_journal_commit(rpi_call_journal *self, rp_error *error);
/* RP_OK, or why nothing is written any more. */
rp_status rpi_call_journal_check(const rpi_call_journal *self, rp_error *error);

#endif
