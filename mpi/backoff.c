/* backoff.c: see backoff.h. */
#include "backoff.h"

enum {
    SPIN_NS = 5 * 1000,
    MOVING_NS = 50 * 1000,
    HUNGRY_NS = 200 * 1000,
    WORKING_NS = 1000 * 1000,
    RECENT_NS = 1000 * 1000,
    IDLE_NS = 5 * 1000 * 1000,
    RECENT_QUIET_NS = 1000 * 1000 * 1000
};

static uint64_t bound(const rpi_quiet *quiet)
{
    if (quiet->moving) return MOVING_NS;
    if (quiet->working) return quiet->hungry ? HUNGRY_NS : WORKING_NS;
    return quiet->quiet_ns < RECENT_QUIET_NS ? RECENT_NS : IDLE_NS;
}

uint64_t rpi_backoff_ns(const rpi_quiet *quiet)
{
    if (quiet->quiet_ns < SPIN_NS) return 0;
    uint64_t most = bound(quiet), nap = quiet->quiet_ns / 2;
    return nap < most ? nap : most;
}
