/*
 * losses.h: a rank that is lost, and what it had: chunks that don't come back, and calls that can't be finished without it. The lost items
 * become failures; the calls that they, or items not handed out yet, are of end as RP_LOST, once what other ranks have is back.
 */
#ifndef RPI_CLUSTER_LOSSES_H
#define RPI_CLUSTER_LOSSES_H

#include "cluster/coordinator_state.h"

void rpi_losses_of_rank(rpi_coordinator_pool *pool, int rank, const rp_error *loss);

/* After a loss: a batch that isn't begun any more. Calls its done. */
void rpi_losses_refuse(rpi_coordinator_pool *pool, rpi_batch *batch);

#endif
