/*
 * event.h: a counter in memory that threads or processes share: one side signals it, the other sleeps until it was signalled.
 *
 *     waiter: seen = rpi_event_count(event); look for what is awaited; if it isn't there: rpi_event_wait(event, seen, deadline)
 *     waker:  put it there; rpi_event_signal(event)
 */
#ifndef RPI_BASE_EVENT_H
#define RPI_BASE_EVENT_H

#include <stdatomic.h>
#include <stdint.h>

enum { RPI_SHARED_LINE = 64 }; /* bytes that one core takes from another at a time */

/* All zero is an event that was never signalled. */
typedef struct rpi_event {
    _Alignas(RPI_SHARED_LINE) _Atomic uint32_t count, sleeping;
} rpi_event;

/* Wakes the waiter, in this process or in another one. Doesn't block. Any thread. */
void rpi_event_signal(rpi_event *event);

/* How often it was signalled. To be read before looking for what is awaited. */
static inline uint32_t rpi_event_count(rpi_event *event) { return atomic_load(&event->count); }

/* Blocks until the event is signalled again since its count was `seen`, or until the deadline (clock.h). May return early. One waiter at a
 * time. */
void rpi_event_wait(rpi_event *event, uint32_t seen, uint64_t deadline_ns);

#endif
