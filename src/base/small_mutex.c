/* small_mutex.c: see small_mutex.h. */
#include "base/small_mutex.h"

#include "base/clock.h"
#include "base/futex.h"
#include "base/spin.h"

#include <limits.h>

enum { FREE, HELD, WANTED };
enum { MOST_TURNS = 100 };

static bool try_lock(rpi_small_mutex *mutex)
{
    uint32_t state = FREE;
    if (atomic_load_explicit(&mutex->state, memory_order_relaxed) != FREE) return false;
    return atomic_compare_exchange_weak_explicit(&mutex->state, &state, HELD, memory_order_acquire, memory_order_relaxed);
}

/* Who has slept doesn't know whether others still do, so it takes the mutex as one that is wanted. */
void rpi_small_mutex_lock_taken(rpi_small_mutex *mutex)
{
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        if (try_lock(mutex)) return;
        rpi_spin_relax();
    }
    while (atomic_exchange_explicit(&mutex->state, WANTED, memory_order_acquire) != FREE)
        (void)rpi_futex_wait(&mutex->state, WANTED, RPI_NEVER);
}

void rpi_small_mutex_wake_one(rpi_small_mutex *mutex) { rpi_futex_wake(&mutex->state, 1); }

bool rpi_small_cond_wait_until(rpi_small_cond *cond, rpi_small_mutex *mutex, uint64_t deadline_ns)
{
    uint32_t awaited = atomic_fetch_or_explicit(&cond->state, 1, memory_order_relaxed) | 1;
    rpi_small_mutex_unlock(mutex);
    bool in_time = rpi_futex_wait(&cond->state, awaited, deadline_ns);
    rpi_small_mutex_lock(mutex);
    return in_time;
}

/* Those that wait see another number, also those that have yet to fall asleep. */
void rpi_small_cond_broadcast(rpi_small_cond *cond)
{
    uint32_t state = atomic_load_explicit(&cond->state, memory_order_relaxed);
    if (!(state & 1)) return;
    atomic_store_explicit(&cond->state, state + 1, memory_order_relaxed);
    rpi_futex_wake(&cond->state, INT_MAX);
}
