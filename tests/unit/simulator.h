/*
 * simulator.h: places and workers in simulated time (src/simulate/), fed by the dispatcher, for tests: every parcel is checked as it is
 * planned, and every item counted as it begins. Each message takes `latency_s`, and nothing else takes time but the items.
 */
#ifndef UNIT_SIMULATOR_H
#define UNIT_SIMULATOR_H

#include "unit.h"

#include "simulate/simulator.h"

enum { SIM_MOST_PLACES = 16 };

typedef struct sim_job {
    rpi_sim_call call; /* first */
    rpi_job *job;      /* what the dispatcher has of it */
    double (*duration)(uint64_t item);
    unsigned char *hits; /* how often each item ran */
} sim_job;

typedef struct sim {
    rpi_sim *world;
    rpi_dispatch *dispatch; /* of rank 0, as the places */
    rpi_place *places;
    void (*look)(struct sim *self); /* after each round of dispatching; may be NULL */
} sim;

/* A simulator of places with so many workers. */
sim *sim_create(int n_places, const unsigned *n_workers, double latency_s);
/* When all is done: nothing is left anywhere. */
void sim_destroy(sim *self);

/* Adds a job of n items. It is freed by sim_job_free after the simulator's end. */
sim_job *sim_add(sim *self, uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item));
void sim_job_free(sim_job *job);

/* Adds an item that is tried again: urgent, and, from 0 on, not at place `avoided`. */
sim_job *sim_add_retry(sim *self, int avoided, double (*duration)(uint64_t item));

/* Goes to the next event; false: there is none. */
bool sim_step(sim *self);
/* Until nothing happens any more. */
void sim_run(sim *self);

/* Items that a place ran. */
uint64_t sim_n_items(const sim *self, int place);

#endif
