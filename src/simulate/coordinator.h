/* coordinator.h: the progress threads of simulated coordinators, and the links that they send over. */
#ifndef RPI_SIMULATE_COORDINATOR_H
#define RPI_SIMULATE_COORDINATOR_H

#include "simulate/sim_state.h"

/* Gives the coordinator something to do from `at_s` on. */
void rpi_sim_coordinator_wake(rpi_sim *self, uint32_t coordinator, double at_s);

/* One turn: takes in what arrived, and sends what follows from it. */
void rpi_sim_coordinator_turn(rpi_sim *self, uint32_t coordinator);

/* A message arrives: results, or, at the coordinator of a group, a chunk. */
void rpi_sim_coordinator_receive(rpi_sim *self, uint32_t coordinator, rpi_sim_chunk *message);

/* Sends the results of a chunk that a team has run. */
void rpi_sim_send_results(rpi_sim *self, rpi_sim_chunk *chunk);

#endif
