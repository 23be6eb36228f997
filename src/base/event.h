/*
 * event.h: a counter in memory that threads or processes share. One side signals it; the other sleeps until it is signalled.
 *
 *     waiter: seen = rpi_event_count(event); look for what is awaited; if it isn't there: rpi_event_wait(event, seen, deadline)
 *     waker:  put it there; rpi_event_signal(event)
 */
#ifndef RPI_BASE_EVENT_H
#define RPI_BASE_EVENT_H

#include <stdatomic.h>
#include <stdint.h>

enum { RPI_SHARED_LINE = 64 }; /* bytes that move between cores at a time */

/* An event that is all zero was never signalled. */
typedef struct rpi_event {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t count, sleeping;
} rpi_event;

/* Wakes the waiter, in this process or in another one. Doesn't block. Any thread. */
void rpi_event_signal(rpi_event *event);

/* The same for a waiter that something else may have made look awake. */
void rpi_event_wake(rpi_event *event);

/* How often the event was signalled. Read it before looking for what is awaited. */
static inline uint32_t rpi_event_count(rpi_event *event) { return atomic_load(&event->count); }

/* Blocks until the event's count isn't `seen` any more, or until the deadline (clock.h). May return early. One waiter at a time. */
void rpi_event_wait(rpi_event *event, uint32_t seen, uint64_t deadline_ns);

#endif
