/*
 * losses.h: a lost rank, and what it had: chunks that don't come back, and calls that can't be finished without it. The lost items become
 * failures. Their calls, and calls with items that weren't handed out yet, end as RP_LOST once what other ranks have is back.
 */
#ifndef RPI_CLUSTER_LOSSES_H
#define RPI_CLUSTER_LOSSES_H

#include "cluster/coordinator_state.h"

void rpi_losses_of_rank(rpi_coordinator_pool *pool, int rank, const rp_error *loss);

/* The same where the pool goes on: others get what the rank had. Items that were with RPI_MOST_LOSSES ranks that died have failed. */
void rpi_losses_take_over(rpi_coordinator_pool *pool, int rank, const rp_error *loss);

/* Refuses a batch that comes after a loss. Calls its `done`. */
void rpi_losses_refuse(rpi_coordinator_pool *pool, rpi_batch *batch);

#endif
