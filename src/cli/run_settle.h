/* run_settle.h: what happens to the outcome of an item when its turn has come: its row is written, its failure is told, and it may end the
 * run. */
#ifndef RANKPOOL_CLI_RUN_SETTLE_H
#define RANKPOOL_CLI_RUN_SETTLE_H

#include "run_state.h"

/* An item has ended: settles it, and those that waited for it; or keeps it until its turn. Returns RP_OK; RP_FAILED, RP_CANCELLED: the run
 * ends with it; or the error of the output, which is in the run. */
rp_status run_settle(run_state *run, const rp_job_outcome *outcome);

/* Settles what waits and whose turn has come. Returns likewise. */
rp_status run_settle_waiting(run_state *run);

/* journal_sink.settle; the argument is the run. */
rp_status run_settle_row(void *argument, const journal_row *row);

/* Whether an item was ended before it was done; then it counts as not run. NULL: it didn't fail. */
int run_settle_was_ended(const rp_error *failure);

/* Shows what the item whose turn it is has printed by now, where the job can and the user wants that. Returns RP_OK, or the error of the
 * output or the job, which is in the run. */
rp_status run_settle_look(run_state *run);

#endif
