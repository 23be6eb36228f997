/*
 * small_mutex.h: a mutex and a condition that take 4 bytes each, for objects of which there may be very many. The mutex is held for moments
 * only: a thread that finds it taken spins for a while before it sleeps. Nothing has to be freed. Zeroed memory is a free mutex, and a
 * condition that nobody waits for.
 *
 * Whoever unlocks the mutex touches it no more afterwards. So the thread that locks it last may free the memory that it is in.
 */
#ifndef RPI_BASE_SMALL_MUTEX_H
#define RPI_BASE_SMALL_MUTEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_small_mutex {
    _Atomic uint32_t state; /* 0: free; 1: held; 2: held, and others may sleep */
} rpi_small_mutex;

/* One mutex guards it: all functions are called with that held. */
typedef struct rpi_small_cond {
    _Atomic uint32_t state; /* odd: some wait; grows with each broadcast that finds them */
} rpi_small_cond;

void rpi_small_mutex_lock_taken(rpi_small_mutex *mutex);
void rpi_small_mutex_wake_one(rpi_small_mutex *mutex);

static inline void rpi_small_mutex_lock(rpi_small_mutex *mutex)
{
    uint32_t state = 0;
    if (!atomic_compare_exchange_strong_explicit(&mutex->state, &state, 1, memory_order_acquire, memory_order_relaxed))
        rpi_small_mutex_lock_taken(mutex);
}

static inline void rpi_small_mutex_unlock(rpi_small_mutex *mutex)
{
    if (atomic_exchange_explicit(&mutex->state, 0, memory_order_release) == 2) rpi_small_mutex_wake_one(mutex);
}

/* Waits for a broadcast until the deadline (clock.h); false when the deadline has passed. It may return without a broadcast. */
bool rpi_small_cond_wait_until(rpi_small_cond *cond, rpi_small_mutex *mutex, uint64_t deadline_ns);

void rpi_small_cond_broadcast(rpi_small_cond *cond);

#endif
