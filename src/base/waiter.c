/* waiter.c: see waiter.h. A futex on the state. */
#include "base/waiter.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WAITING, TOLD, SLEEPING };

/* The word may be another thing by the time of the wake. Whoever sleeps on that looks again. */
void rpi_waiter_tell(rpi_waiter *waiter)
{
    _Atomic uint32_t *word = &waiter->state;
    if (atomic_exchange(word, TOLD) == SLEEPING) (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void rpi_waiter_sleep(rpi_waiter *waiter) { (void)rpi_waiter_sleep_until(waiter, RPI_NEVER); }

bool rpi_waiter_sleep_until(rpi_waiter *waiter, uint64_t deadline_ns)
{
    struct timespec until = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)}, *timeout = &until;
    uint32_t before = WAITING;
    if (deadline_ns == RPI_NEVER) timeout = NULL;
    (void)atomic_compare_exchange_strong(&waiter->state, &before, SLEEPING);
    while (!rpi_waiter_is_told(waiter)) {
        long result = syscall(SYS_futex, &waiter->state, FUTEX_WAIT_BITSET_PRIVATE, SLEEPING, timeout, NULL, FUTEX_BITSET_MATCH_ANY);
        if (result != 0 && errno == ETIMEDOUT) return rpi_waiter_is_told(waiter);
    }
    return true;
}
