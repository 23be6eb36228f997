/* waiter.c: see waiter.h. A futex on the state. */
#include "base/waiter.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAITING, TOLD, SLEEPING, ELSEWHERE };

/* The word may be another thing by the time of the wake. Whoever sleeps on that looks again. */
void rpi_waiter_tell(rpi_waiter *waiter)
{
    _Atomic uint32_t *word = &waiter->state;
    void (*wake)(void *argument) = waiter->wake;
    void *argument = waiter->argument;
    uint32_t before = atomic_exchange(word, TOLD);
    if (before == SLEEPING) (void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    if (before == ELSEWHERE) wake(argument);
}

void rpi_waiter_sleep(rpi_waiter *waiter)
{
    uint32_t before = WAITING;
    (void)atomic_compare_exchange_strong(&waiter->state, &before, SLEEPING);
    while (!rpi_waiter_is_told(waiter)) (void)syscall(SYS_futex, &waiter->state, FUTEX_WAIT_PRIVATE, SLEEPING, NULL, NULL, 0);
}

bool rpi_waiter_leave(rpi_waiter *waiter)
{
    uint32_t before = WAITING;
    return atomic_compare_exchange_strong(&waiter->state, &before, ELSEWHERE);
}

void rpi_waiter_return(rpi_waiter *waiter)
{
    uint32_t before = ELSEWHERE;
    (void)atomic_compare_exchange_strong(&waiter->state, &before, WAITING);
}
