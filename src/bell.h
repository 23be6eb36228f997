/* bell.h: wakes one sleeper of another thread, or of another process that shares the bell's memory. */
#ifndef RPI_BELL_H
#define RPI_BELL_H

#include <stdatomic.h>
#include <stdint.h>

enum { RPI_SHARED_LINE = 64 }; /* what different sides write is so many bytes apart */

/* All zero: it never rang. */
typedef struct rpi_bell {
    _Atomic uint32_t count, sleeping;
} rpi_bell;

void rpi_bell_ring(rpi_bell *bell);

/* How often it rang. Read it before looking for what is awaited, then wait with it. */
static inline uint32_t rpi_bell_count(rpi_bell *bell) { return atomic_load(&bell->count); }

/* Until it rang again since the count was `seen`, or the deadline (clock.h). May return early. One waiter at a time. */
void rpi_bell_wait(rpi_bell *bell, uint32_t seen, uint64_t deadline_ns);

#endif
