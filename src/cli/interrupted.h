/*
 * interrupted.h: items that failed as a signal that stops or drains the run ended what they had started. Batch systems and launchers send
 * such a signal to all processes of a job. These items haven't failed: they are to be run again.
 */
#ifndef RANKPOOL_CLI_INTERRUPTED_H
#define RANKPOOL_CLI_INTERRUPTED_H

#include <rankpool/error.h>

/* Whether it was that. As the signal may come here a moment later than there, waits a little for it, but not for each of many items:
 * `*n_waits` counts, from 0. */
int interrupted_is(const rp_error *failure, unsigned *n_waits);

#endif
