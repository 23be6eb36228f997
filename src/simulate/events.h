/* events.h: future events in simulated time, soonest first. Events at the same time come in the order in which they were added. */
#ifndef RPI_SIMULATE_EVENTS_H
#define RPI_SIMULATE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rpi_sim_event {
    double at_s;
    uint64_t order; /* used by events.c */
    void *subject;
    uint32_t kind, number; /* used by the caller */
} rpi_sim_event;

typedef struct rpi_sim_events {
    rpi_sim_event *heap; /* binary: the entry k isn't sooner than the one at (k - 1) / 2 */
    size_t n, room;
    uint64_t n_added;
} rpi_sim_events;

/* Frees the events. A zeroed struct has none. */
void rpi_sim_events_fini(rpi_sim_events *events);

/* Adds an event; `order` needn't be set. False: no memory. */
bool rpi_sim_events_add(rpi_sim_events *events, rpi_sim_event event);

/* Removes the soonest event and gives it; false: there is none. */
bool rpi_sim_events_next(rpi_sim_events *events, rpi_sim_event *event);

#endif
