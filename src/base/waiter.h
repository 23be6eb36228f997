/*
 * waiter.h: one thread waits until another one tells it, once. It lies on the stack of the thread that waits: whoever tells it touches it
 * no more afterwards.
 */
#ifndef RPI_BASE_WAITER_H
#define RPI_BASE_WAITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_waiter {
    _Atomic uint32_t state; /* 0: not told yet */
} rpi_waiter;

/* Tells the waiter, and wakes it if it sleeps. Doesn't block. Any thread, once. The waiter may be gone when this returns. */
void rpi_waiter_tell(rpi_waiter *waiter);

/* Whether it was told. What was written before the telling is then there to be read. */
static inline bool rpi_waiter_is_told(const rpi_waiter *waiter) { return atomic_load_explicit(&waiter->state, memory_order_acquire) == 1; }

/* Sleeps until it is told. In the one thread that waits. */
void rpi_waiter_sleep(rpi_waiter *waiter);

/* The same, or until the deadline (clock.h). False: it isn't told yet. Whoever has the waiter may still tell it: it stays until it is told,
 * or nobody has it. */
bool rpi_waiter_sleep_until(rpi_waiter *waiter, uint64_t deadline_ns);

#endif
