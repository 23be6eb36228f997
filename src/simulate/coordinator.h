/* coordinator.h: the progress threads of simulated coordinators, and the links that they send over. */
#ifndef RPI_SIMULATE_COORDINATOR_H
#define RPI_SIMULATE_COORDINATOR_H

#include "simulate/sim_state.h"

/* It has something to do from then on. */
void rpi_sim_coordinator_wake(rpi_sim *self, uint32_t coordinator, double at_s);

/* A turn: takes in what arrived, and sends what follows. */
void rpi_sim_coordinator_turn(rpi_sim *self, uint32_t coordinator);

/* A message arrives: results, or, at a group's coordinator, a chunk. */
void rpi_sim_coordinator_receive(rpi_sim *self, uint32_t coordinator, rpi_sim_chunk *message);

/* A team has run a chunk. */
void rpi_sim_send_results(rpi_sim *self, rpi_sim_chunk *chunk);

#endif
