/*
 * simulator.h: places and workers in simulated time, fed by the dispatcher: a coordinator without MPI and without waiting. Each message
 * takes `latency_s`; a worker takes one item at a time from the first parcel of its place that has one.
 */
#ifndef SIMULATOR_H
#define SIMULATOR_H

#include "unit.h"

#include "dispatch.h"

enum { SIM_MOST_PLACES = 16, SIM_MOST_WORKERS = 16, SIM_MOST_EVENTS = 4096 };

typedef struct sim_job {
    rpi_job job; /* first */
    uint64_t n;
    double (*duration)(uint64_t item);
    unsigned char *hits; /* how often each item ran */
    double busy_s;       /* of all its items so far, with their number: the measured time */
    uint64_t n_run;
    uint64_t n_parcels, most_parcel;
    double started_s, finished_s; /* first item, last item */
} sim_job;

typedef struct sim_parcel {
    struct sim_parcel *next;
    rpi_parcel_plan plan;
    uint64_t n_claimed, n_finished;
} sim_parcel;

typedef struct sim_event {
    double at_s;
    int place, worker; /* worker -1: a parcel arrives there; -2: it comes back */
    sim_parcel *parcel;
    double began_s;
} sim_event;

typedef struct sim {
    double now_s, latency_s;
    rpi_dispatch dispatch;
    rpi_place places[SIM_MOST_PLACES];
    sim_parcel *queue[SIM_MOST_PLACES];
    bool busy[SIM_MOST_PLACES][SIM_MOST_WORKERS];
    uint64_t n_items[SIM_MOST_PLACES]; /* run there */
    sim_event events[SIM_MOST_EVENTS];
    size_t n_events;
    void (*look)(struct sim *self); /* after each round of dispatching; may be NULL */
} sim;

/* A simulator of places with so many workers. */
sim *sim_create(int n_places, const unsigned *n_workers, double latency_s);
void sim_destroy(sim *self);

/* Adds a job of n items. It is freed by sim_job_free after the simulator's end. */
sim_job *sim_add(sim *self, uint64_t n, rp_schedule kind, uint64_t chunk, double (*duration)(uint64_t item));
void sim_job_free(sim_job *job);

/* Adds an item that is tried again: urgent, and, from 0 on, not at place `avoided`. */
sim_job *sim_add_retry(sim *self, int avoided, double (*duration)(uint64_t item));

/* Sends out parcels, then goes to the next event; false: there is none. */
bool sim_step(sim *self);
/* Until nothing happens any more. */
void sim_run(sim *self);

#endif
