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

/* An answer arrives: a member has given items back, or none. */
void rpi_sim_coordinator_answered(rpi_sim *self, rpi_sim_chunk *chunk);

/* It looks whether there is something to take back, unless it has something to do anyway. */
void rpi_sim_coordinator_look(rpi_sim *self, uint32_t coordinator);

/* The chunk's member takes a question in: it gives back what it was asked for, as far as it hasn't begun it, and says how much it keeps. */
void rpi_sim_answer_recall(rpi_sim *self, rpi_sim_chunk *chunk);

/* Sends the results of a chunk that a team has run. */
void rpi_sim_send_results(rpi_sim *self, rpi_sim_chunk *chunk);

#endif
