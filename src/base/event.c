/* event.c: see event.h. A futex on the count, after a moment of spinning. */
#include "base/event.h"

#include "base/clock.h"
#include "base/spin.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SPINS = 60 }; /* about a microsecond: what a waker that is already running takes */

static void wake(rpi_event event) { (void)syscall(SYS_futex, event.count, FUTEX_WAKE, 1, NULL, NULL, 0); }

void rpi_event_signal(rpi_event event) { rpi_event_signal_times(event, 1); }

void rpi_event_count_up(rpi_event event, uint32_t n) { atomic_fetch_add(event.count, n); }

void rpi_event_wake_sleeper(rpi_event event)
{
    if (atomic_load(event.sleeping)) wake(event);
}

void rpi_event_signal_times(rpi_event event, uint32_t n)
{
    rpi_event_count_up(event, n);
    rpi_event_wake_sleeper(event);
}

void rpi_event_wake(rpi_event event)
{
    atomic_fetch_add(event.count, 1);
    wake(event);
}

void rpi_event_sleep(rpi_event event, uint32_t seen, uint64_t deadline_ns)
{
    struct timespec until = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)};
    (void)syscall(SYS_futex, event.count, FUTEX_WAIT_BITSET, seen, deadline_ns == RPI_NEVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
}

void rpi_event_wait(rpi_event event, uint32_t seen, uint64_t deadline_ns)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(event.count, memory_order_acquire) != seen) return;
        rpi_spin_relax();
    }
    atomic_store(event.sleeping, RPI_EVENT_ASLEEP);
    rpi_event_sleep(event, seen, deadline_ns);
    atomic_store(event.sleeping, RPI_EVENT_AWAKE);
}
