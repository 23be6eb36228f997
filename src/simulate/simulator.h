/*
 * simulator.h: a pool in simulated time: coordinators, teams of workers, and the network between them. The distribution that a real
 * coordinator asks (cluster/distribution.h) decides what goes where, and the schedule of real workers (schedule/schedule.h) sizes grains.
 * So what is learnt here holds there. simulator.c has the clock, coordinator.c the progress threads and messages, team.c the workers.
 *
 * The model. A message takes message_s of the progress thread at each end that is a coordinator. Then it waits for the link of the
 * coordinator, which carries bytes_per_s in each direction, and arrives latency_s later. A progress thread that was asleep notices it after
 * a random time, drawn evenly from 0 to wake_s, or to half the idle time before it if that is less; real progress threads sleep that way. A
 * coordinator takes in up to 64 messages, sends what the dispatcher decides, message by message, and begins again. Its own team needs no
 * messages. A worker takes claim_s to claim a grain.
 *
 * With `group` 0, rank 0 talks to all teams. Otherwise each `group` of teams has a coordinator beside the first team of the group. It gets
 * large chunks from rank 0 and hands them out like calls; rank 0 talks only to these coordinators.
 */
#ifndef RPI_SIMULATE_SIMULATOR_H
#define RPI_SIMULATE_SIMULATOR_H

#include "simulate/sim_state.h"

/* A simulator at time 0; NULL: no memory. The lists of the configuration are only needed during the call. */
rpi_sim *rpi_sim_create(const rpi_sim_config *config);
void rpi_sim_destroy(rpi_sim *self);

/* Makes a call now. It belongs to the caller, and must stay in memory until the simulator is destroyed. */
void rpi_sim_add(rpi_sim *self, rpi_sim_call *call);

/* Runs the next event; false: there is none, or out_of_memory is set. */
bool rpi_sim_step(rpi_sim *self);
/* Runs all events; false: out of memory. */
bool rpi_sim_run(rpi_sim *self);

/* The speed of a thread of a rank. */
double rpi_sim_speed(const rpi_sim_speeds *speeds, uint64_t rank, uint64_t thread);

#endif
