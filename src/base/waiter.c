/* waiter.c: see waiter.h. A futex on the state. */
#include "base/waiter.h"

#include "base/clock.h"
#include "base/futex.h"

enum { WAITING, TOLD, SLEEPING };

void rpi_waiter_tell(rpi_waiter *waiter)
{
    _Atomic uint32_t *word = &waiter->state;
    if (atomic_exchange(word, TOLD) == SLEEPING) rpi_futex_wake(word, 1);
}

void rpi_waiter_sleep(rpi_waiter *waiter) { (void)rpi_waiter_sleep_until(waiter, RPI_NEVER); }

bool rpi_waiter_sleep_until(rpi_waiter *waiter, uint64_t deadline_ns)
{
    uint32_t before = WAITING;
    (void)atomic_compare_exchange_strong(&waiter->state, &before, SLEEPING);
    while (!rpi_waiter_is_told(waiter))
        if (!rpi_futex_wait(&waiter->state, SLEEPING, deadline_ns)) return rpi_waiter_is_told(waiter);
    return true;
}
