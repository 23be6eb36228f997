/*
 * run_journal.h: the journal of a run: which of its items are run, what is recorded of those, and which rows are printed when. An outcome
 * is recorded as it comes. Its row is printed when the record is in the file, and in the order of the items where that is wanted. Rows of
 * earlier runs come from their records. One thread.
 */
#ifndef RANKPOOL_CLI_RUN_JOURNAL_H
#define RANKPOOL_CLI_RUN_JOURNAL_H

#include "journal_row.h"
#include "setup.h"

/* How far a run with a journal is: over all runs. */
typedef struct journal_counts {
    uint64_t n_done, n_failed; /* outcomes that are recorded */
    uint64_t n_old_failed;     /* of those that failed, in earlier runs */
} journal_counts;

/* Opens the journal that the options name, decides whether the run may go on with it, and says what it has. `is_ordered`: rows are printed
 * in the order of the items. RP_OK; RP_USAGE: another run has it, or it is of another run; RP_UNSUPPORTED, RP_SYSTEM, RP_NO_MEMORY. */
rp_status run_journal_open(const setup *made, int is_ordered, run_journal **journal, rp_error *error);

/* Opens the output as the journal has it: cut to what is known to be printed, or anew. Returns as setup_open_output. */
rp_status run_journal_open_output(run_journal *journal, output *out, rp_error *error);

/* Begins the run in the journal. Returns as rpi_journal_begin. */
rp_status run_journal_begin(run_journal *journal, journal_sink sink, rp_error *error);

/* Nothing is run any more; what earlier runs have is printed. */
void run_journal_give_nothing(run_journal *journal);

/* The items that are to be run: takes the place of the call's own. */
rp_source run_journal_source(run_journal *journal);

/* For rp_call_options.place: which item it is that the source has made. */
const rp_source_place *run_journal_place(const run_journal *journal);

/* An item has ended. `seconds` and `rank`: 0 and -1: not known. Returns the journal's error, or what the sink returned. */
rp_status run_journal_take(run_journal *journal, const rp_job_outcome *outcome, double seconds, int rank, rp_error *error);

/* Prints what may be printed. Returns as run_journal_take. */
rp_status run_journal_settle(run_journal *journal, rp_error *error);

/* How long to wait at most for the next result. */
double run_journal_wait_s(const run_journal *journal);

void run_journal_count(const run_journal *journal, journal_counts *counts);

/* The call has ended: waits for the journal, prints what may be printed, and records how far the output is. */
rp_status run_journal_finish(run_journal *journal, rp_error *error);

/* The output is closed before the journal. After run_journal_finish it makes no difference. */
void run_journal_leave_output(run_journal *journal);

/* The longest time so far in which what was recorded came to the disk, in seconds. */
double run_journal_sync_s(const run_journal *journal);

/* Closes the journal: all items have an outcome, or the run was stopped, or it is broken, as a rank or a disk was lost. RP_OK, or the first
 * error of writing; what is safe is said. NULL does nothing. */
rp_status run_journal_close(run_journal *journal, int is_broken, rp_error *error);

#endif
