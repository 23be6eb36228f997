/* cutoffs.h: calls whose cutoff was lowered, by a failure, a cancel, a stop or a loss. In the progress thread. */
#ifndef RPI_CLUSTER_CUTOFFS_H
#define RPI_CLUSTER_CUTOFFS_H

#include "cluster/coordinator_state.h"

/* Looks at all calls: those that are being drained end before their first item that no member was given, and cutoffs that were lowered are
 * told to the members. */
void rpi_cutoffs_look(rpi_coordinator_pool *pool);

/* Items of the call that didn't run must not pass for results, so that none from the first on does. */
void rpi_cutoffs_spoil(rpi_batch *batch, rp_status status);

#endif
