/*
 * simulator.h: members and workers in simulated time (src/simulate/), to which the dispatcher gives items. Every chunk is checked when it
 * is planned, and every item is counted when it begins. A message takes `latency_s`; only messages and items take time.
 */
#ifndef UNIT_SIMULATOR_H
#define UNIT_SIMULATOR_H

#include "unit.h"

#include "simulate/simulator.h"

enum { SIM_MOST_MEMBERS = 16 };

typedef struct sim_entry {
    rpi_sim_call call;         /* first */
    rpi_dispatch_entry *entry; /* what the dispatcher has of it */
    double (*duration)(uint64_t item);
    unsigned char *hits; /* how often each item ran */
} sim_entry;

typedef struct sim {
    rpi_sim *world;
    rpi_dispatch *dispatch; /* of rank 0, as the members */
    rpi_dispatch_member *members;
    void (*look)(struct sim *self); /* after each round of dispatching; may be NULL */
} sim;

/* A simulator of members with so many workers. */
sim *sim_create(int n_members, const unsigned *n_workers, double latency_s);
/* When all is done: nothing is left anywhere. */
void sim_destroy(sim *self);

/* Adds an entry of n items. It is freed by sim_entry_free after the simulator's end. */
sim_entry *sim_add(sim *self, uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item));
void sim_entry_free(sim_entry *entry);

/* Adds an item that is tried again: urgent, and, from 0 on, not at member `avoided`. */
sim_entry *sim_add_retry(sim *self, int avoided, double (*duration)(uint64_t item));

/* Goes to the next event; false: there is none. */
bool sim_step(sim *self);
/* Until nothing happens any more. */
void sim_run(sim *self);

/* Items that a member ran. */
uint64_t sim_n_items(const sim *self, int member);

#endif
