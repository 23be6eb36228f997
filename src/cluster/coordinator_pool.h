/* coordinator_pool.h: how a pool of a coordinator begins and ends (the states are in coordinator_state.h). In the progress thread. */
#ifndef RPI_CLUSTER_COORDINATOR_POOL_H
#define RPI_CLUSTER_COORDINATOR_POOL_H

#include "cluster/coordinator_state.h"

/* Takes up what a client asked for. True: there was something. The client may free the pool afterwards. */
bool rpi_coordinator_pool_step(rpi_coordinator_pool *pool);

/* A member has its workers. */
void rpi_coordinator_pool_opened(rpi_coordinator_pool *pool, int rank, const rp_rank_info *info);
/* A member can't have them. */
void rpi_coordinator_pool_refused(rpi_coordinator_pool *pool, const rp_error *why);
/* A member's workers are gone. The client may free the pool afterwards. */
void rpi_coordinator_pool_closed(rpi_coordinator_pool *pool);

/* A rank is lost: no answer is waited for any more. The client may free the pool afterwards. */
void rpi_coordinator_pool_lose(rpi_coordinator_pool *pool);

/* Keeps the first loss that is told of the pool. */
void rpi_coordinator_pool_keep_loss(rpi_coordinator_pool *pool, const rp_error *loss);

#endif
