/* events.h: what will happen in simulated time, soonest first; what happens at the same time, in the order in which it was added. */
#ifndef RPI_SIMULATE_EVENTS_H
#define RPI_SIMULATE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rpi_sim_event {
    double at_s;
    uint64_t order; /* events.c's */
    void *subject;
    uint32_t kind, number; /* the caller's */
} rpi_sim_event;

typedef struct rpi_sim_events {
    rpi_sim_event *heap; /* binary: none is sooner than the one at (k - 1) / 2 */
    size_t n, room;
    uint64_t n_added;
} rpi_sim_events;

/* A zeroed struct is an empty one. */
void rpi_sim_events_fini(rpi_sim_events *events);

/* False: no memory. `order` needn't be set. */
bool rpi_sim_events_add(rpi_sim_events *events, rpi_sim_event event);

/* Takes the soonest one out; false: there is none. */
bool rpi_sim_events_next(rpi_sim_events *events, rpi_sim_event *event);

#endif
