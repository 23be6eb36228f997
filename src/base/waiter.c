/* waiter.c: see waiter.h. A futex on the state. */
#include "base/waiter.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAITING, TOLD, SLEEPING };

/* The word may be another thing by the time of the wake. Whoever sleeps on that looks again. */
void rpi_waiter_tell(rpi_waiter *waiter)
{
    _Atomic uint32_t *word = &waiter->state;
    if (atomic_exchange(word, TOLD) == SLEEPING) (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void rpi_waiter_sleep(rpi_waiter *waiter)
{
    uint32_t before = WAITING;
    (void)atomic_compare_exchange_strong(&waiter->state, &before, SLEEPING);
    while (!rpi_waiter_is_told(waiter)) (void)syscall(SYS_futex, &waiter->state, FUTEX_WAIT_PRIVATE, SLEEPING, NULL, NULL, 0);
}
