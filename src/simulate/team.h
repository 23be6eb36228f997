/* team.h: the workers of simulated ranks. */
#ifndef RPI_SIMULATE_TEAM_H
#define RPI_SIMULATE_TEAM_H

#include "simulate/sim_state.h"

/* A chunk arrives at the team. */
void rpi_sim_team_receive(rpi_sim *self, rpi_sim_team *team, rpi_sim_chunk *chunk);

/* A worker has finished its grain. */
void rpi_sim_team_end_grain(rpi_sim *self, rpi_sim_team *team, rpi_sim_chunk *chunk, uint32_t worker);

#endif
