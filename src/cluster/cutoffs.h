/* cutoffs.h: calls whose cutoff was lowered by a failure, a cancel, a stop or a loss. All functions run in the progress thread. */
#ifndef RPI_CLUSTER_CUTOFFS_H
#define RPI_CLUSTER_CUTOFFS_H

#include "cluster/coordinator_state.h"

/* Looks at all calls. A call that is being drained ends before its first item that no member has. Members are told of lowered cutoffs. */
void rpi_cutoffs_look(rpi_coordinator_pool *pool);

/* A batch failed as a whole. Its status is set, and the call's cutoff becomes 0, so that no item that didn't run counts as a result. */
void rpi_cutoffs_spoil(rpi_batch *batch, rp_status status);

#endif
