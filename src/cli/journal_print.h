/* journal_print.h: prints what a run's journal has, in turn: new outcomes once their records are in the file, and those of earlier runs. */
#ifndef RANKPOOL_CLI_JOURNAL_PRINT_H
#define RANKPOOL_CLI_JOURNAL_PRINT_H

#include "run_journal_state.h"

/* Prints what may be printed. RP_OK, the journal's error, or what the sink returned. */
rp_status journal_print_settle(run_journal *self, rp_error *error);

/* How long to wait at most for the next result. */
double journal_print_wait_s(const run_journal *self);

/* Records how far the output is at the end, when it is on the disk. RP_OK, RP_SYSTEM, or the journal's error. */
rp_status journal_print_mark_end(run_journal *self, rp_error *error);

/* Reads what an earlier run has recorded of an item; valid until the next call. As rpi_journal_read. */
rp_status journal_print_read(run_journal *self, uint64_t index, kept_outcome *kept, rp_error *error);

/* Prints an item of an earlier run. Returns as journal_print_settle. */
rp_status journal_print_old(run_journal *self, uint64_t index, rp_error *error);

/* A result as the job gets it: what was emitted, or a copy that is aligned, until the next call. NULL: there is none. */
const void *journal_print_result(run_journal *self, const kept_outcome *kept);

#endif
