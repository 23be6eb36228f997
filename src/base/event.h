/*
 * event.h: a counter that threads or processes share. One side signals it; the other sleeps until it is signalled.
 *
 *     waiter: seen = rpi_event_count(event); look for what is awaited; if it isn't there: rpi_event_wait(event, seen, deadline)
 *     waker:  put it there; rpi_event_signal(event)
 *
 * The waker writes the count alone, and the waiter the flag alone. So each word may lie in memory that the other side can only read.
 */
#ifndef RPI_BASE_EVENT_H
#define RPI_BASE_EVENT_H

#include <stdatomic.h>
#include <stdint.h>

enum { RPI_SHARED_LINE = 64 }; /* bytes that move between cores at a time */

/* The waiter's flag. OUT: it sleeps, but another thread of its side looks before long, so that a waker may be patient. */
enum { RPI_EVENT_AWAKE, RPI_EVENT_ASLEEP, RPI_EVENT_OUT };

/* Where the words of an event are, as one side sees them. Words that are zero: it was never signalled. */
typedef struct rpi_event {
    _Atomic uint32_t *count, *sleeping;
} rpi_event;

/* Wakes the waiter, in this process or in another one. Doesn't block. Any thread. */
void rpi_event_signal(rpi_event event);

/* The same, as if it had been signalled so often. */
void rpi_event_signal_times(rpi_event event, uint32_t n);

/* The first half, and the second: counts, and wakes the waiter if it sleeps. */
void rpi_event_count_up(rpi_event event, uint32_t n);
void rpi_event_wake_sleeper(rpi_event event);

/* rpi_event_signal without a look at the waiter's flag, for one whose flag may be wrong. */
void rpi_event_wake(rpi_event event);

/* How often the event was signalled. Read it before looking for what is awaited. */
static inline uint32_t rpi_event_count(rpi_event event) { return atomic_load(event.count); }

/* Sleeps as rpi_event_wait does, but at once, and the caller has set the flag. */
void rpi_event_sleep(rpi_event event, uint32_t seen, uint64_t deadline_ns);

/* Blocks until the event's count isn't `seen` any more, or until the deadline (clock.h). May return early. One waiter at a time. */
void rpi_event_wait(rpi_event event, uint32_t seen, uint64_t deadline_ns);

#endif
