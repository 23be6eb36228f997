/*
 * simulator.h: a pool in simulated time: coordinators, teams of workers, and the network between them. What goes where is decided by the
 * distribution that a real coordinator asks (cluster/distribution.h), grains are sized by the schedule that real workers use (schedule.h),
 * so that what is learnt here holds there. simulator.c has the clock, coordinator.c the talking threads and messages, team.c the workers.
 *
 * The model. A message keeps the coordinator's talking thread busy for message_s, at each end that is a coordinator; it then waits for the
 * coordinator's link, which carries bytes_per_s in each direction, and arrives latency_s later. Who was asleep notices it after a time
 * drawn evenly from 0 to wake_s, or to half the time that was quiet before, if that is less; that is how talking threads sleep. A
 * coordinator takes in up to 64 messages, sends what the dispatcher wants sent, and begins anew. Its own team needs no messages. A worker
 * takes claim_s to claim a grain.
 *
 * With `group` 0, rank 0 talks to all teams. Otherwise each `group` of teams has a coordinator, beside the first of them, which gets large
 * chunks from rank 0 and hands them out like calls; rank 0 talks to those alone.
 */
#ifndef RPI_SIMULATE_SIMULATOR_H
#define RPI_SIMULATE_SIMULATOR_H

#include "simulate/sim_state.h"

/* A simulator at time 0; NULL: no memory. The config's lists are only needed during the call. */
rpi_sim *rpi_sim_create(const rpi_sim_config *config);
void rpi_sim_destroy(rpi_sim *self);

/* A call is made, now. It stays the caller's, in member until the simulator is destroyed. */
void rpi_sim_add(rpi_sim *self, rpi_sim_call *call);

/* Goes to the next event; false: there is none, or out_of_memory. */
bool rpi_sim_step(rpi_sim *self);
/* Until nothing happens any more; false: out of memory. */
bool rpi_sim_run(rpi_sim *self);

/* The speed of a rank's thread. */
double rpi_sim_speed(const rpi_sim_speeds *speeds, uint64_t rank, uint64_t thread);

#endif
