/* coordinator_turn.h: a turn of the progress thread for one pool. Events go into the distribution, and the actions that it returns are
 * carried out. */
#ifndef RPI_CLUSTER_COORDINATOR_TURN_H
#define RPI_CLUSTER_COORDINATOR_TURN_H

#include "cluster/coordinator_state.h"

/* Sets up the pool's distribution. False: no memory. */
bool rpi_coordinator_init_distribution(rpi_coordinator_pool *pool);

/* What other threads left for a pool. */
typedef struct rpi_left {
    rpi_list submitted; /* batches */
    rpi_list back;      /* chunks that the local team has finished */
    rpi_list forgotten; /* calls that are over */
    bool cutoffs_changed;
    bool has_wishes;            /* of clients: a report, copies, the beginning or the end of the pool */
    rpi_coordinator_pool *next; /* the pool after it; NULL: none */
} rpi_left;

/* Takes that out of the pool. `pool` NULL: the first one. Returns the pool; NULL: there is none. */
rpi_coordinator_pool *rpi_coordinator_take_left(rpi_coordinator *coordinator, rpi_coordinator_pool *pool, rpi_left *left);

/* Takes it in, all but the wishes. True: there was any. */
bool rpi_coordinator_take_in(rpi_coordinator_pool *pool, rpi_left *left);

/* Carries out the distribution's actions. True: there was any. */
bool rpi_coordinator_carry_out(rpi_coordinator_pool *pool);

/* A member has finished a chunk. The batch has its results and failures already. What it ran is counted in the batch and its work. */
void rpi_coordinator_take_back(rpi_coordinator_pool *pool, rpi_chunk *chunk, uint64_t n_run, uint64_t busy_ns);

/* Adds the pool's state to what decides how long the progress thread sleeps. */
void rpi_coordinator_poll_state(const rpi_coordinator_pool *pool, rpi_poll_state *poll);

#endif
