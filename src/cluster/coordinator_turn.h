/* coordinator_turn.h: a turn of the progress thread for one pool: what happened goes into the distribution, what follows is carried out. */
#ifndef RPI_CLUSTER_COORDINATOR_TURN_H
#define RPI_CLUSTER_COORDINATOR_TURN_H

#include "cluster/coordinator_state.h"

/* False: no memory. */
bool rpi_coordinator_init_distribution(rpi_coordinator_pool *pool);

/* Takes in what other threads left: batches, chunks that the local team has finished, cutoffs, calls that are over. True: there was some.
 */
bool rpi_coordinator_take_in(rpi_coordinator_pool *pool);

/* Carries out what follows. True: something did. */
bool rpi_coordinator_carry_out(rpi_coordinator_pool *pool);

/* A member is done with a chunk: results and failures are in its batch, what it ran counts in the batch and its work. */
void rpi_coordinator_take_back(rpi_coordinator_pool *pool, rpi_chunk *chunk, uint64_t n_run, uint64_t busy_ns);

/* How the pool stands, for the progress thread's sleep. */
void rpi_coordinator_poll_state(const rpi_coordinator_pool *pool, rpi_poll_state *poll);

#endif
