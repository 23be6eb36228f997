/* bell.c: see bell.h. */
#include "bell.h"

#include "clock.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SPINS = 60 }; /* about a microsecond: what a waker takes that is already running */

void rpi_bell_ring(rpi_bell *bell)
{
    atomic_fetch_add(&bell->count, 1);
    if (atomic_load(&bell->sleeping)) (void)syscall(SYS_futex, &bell->count, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

void rpi_bell_wait(rpi_bell *bell, uint32_t seen, uint64_t deadline_ns)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&bell->count, memory_order_acquire) != seen) return;
        relax();
    }
    struct timespec until = {(time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000)};
    atomic_store(&bell->sleeping, 1);
    (void)syscall(SYS_futex, &bell->count, FUTEX_WAIT_BITSET, seen, deadline_ns == RPI_NEVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
    atomic_store(&bell->sleeping, 0);
}
