/* pause.c: see pause.h. */
#include "base/pause.h"

#include "base/clock.h"

#include <stdatomic.h>

static const uint64_t longest_between_ns = 3000000000u; /* as the failure detector's pause_s: a busy machine holds a thread up for less */

static _Atomic uint64_t last_look_ns, stood_still_ns;

uint64_t rpi_pause_between(uint64_t looked_ns, uint64_t now_ns)
{
    bool stood = looked_ns > 0 && now_ns > looked_ns && now_ns - looked_ns > longest_between_ns;
    return stood ? now_ns - looked_ns : 0;
}

/* The exchange leaves each gap to one thread. */
uint64_t rpi_pause_look(void)
{
    uint64_t now = rpi_now_ns(), stood = rpi_pause_between(atomic_exchange(&last_look_ns, now), now);
    return stood > 0 ? atomic_fetch_add(&stood_still_ns, stood) + stood : atomic_load(&stood_still_ns);
}
