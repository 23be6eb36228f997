/*
 * pool_life.h: how the state of a coordinator's pool changes (the states are in coordinator_state.h). The progress thread calls all
 * functions but rpi_pool_life_move and rpi_pool_life_check, which clients call too.
 */
#ifndef RPI_CLUSTER_POOL_LIFE_H
#define RPI_CLUSTER_POOL_LIFE_H

#include "cluster/coordinator_state.h"

/* Changes the state to one that may follow. With the mutex held. */
void rpi_pool_life_move(rpi_coordinator_pool *pool, coordinator_pool_state to);

/* Begins what a client asked for. True: there was something. The client may free the pool afterwards. */
bool rpi_pool_life_step(rpi_coordinator_pool *pool);

/* A member has its workers. */
void rpi_pool_life_opened(rpi_coordinator_pool *pool, int rank, const rp_rank_info *info);
/* A member couldn't make its workers. */
void rpi_pool_life_refused(rpi_coordinator_pool *pool, int rank, const rp_error *why);
/* A member's workers are gone. The client may free the pool afterwards. */
void rpi_pool_life_closed(rpi_coordinator_pool *pool, int rank);

/* A rank is lost, which ends the wait for answers: for all, or, where the pool goes on, for its own. The client may free the pool
 * afterwards. */
void rpi_pool_life_lose(rpi_coordinator_pool *pool, int rank);

/* Keeps the loss, if it is the pool's first. */
void rpi_pool_life_keep_loss(rpi_coordinator_pool *pool, const rp_error *loss);

/* RP_OK, or RP_LOST: a rank was lost, and `*error` says which one and what items it had. Any thread. */
rp_status rpi_pool_life_check(rpi_coordinator_pool *pool, rp_error *error);

#endif
