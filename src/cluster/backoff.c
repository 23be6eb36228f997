/* backoff.c: see backoff.h. */
#include "cluster/backoff.h"

enum {
    SPIN_NS = 5 * 1000,
    MOVING_NS = 50 * 1000,
    HUNGRY_NS = 200 * 1000,
    WORKING_NS = 1000 * 1000,
    PATIENT_NS = 2 * 1000 * 1000,
    RECENT_NS = 1000 * 1000,
    IDLE_NS = 5 * 1000 * 1000,
    RECENT_QUIET_NS = 1000 * 1000 * 1000
};

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most) { return value < least ? least : value > most ? most : value; }

static uint64_t bound(const rpi_quiet *quiet)
{
    if (quiet->moving) return MOVING_NS;
    if (quiet->working && quiet->hungry) return clamp(quiet->quiet_ns / 16, HUNGRY_NS, WORKING_NS);
    if (quiet->working) return WORKING_NS;
    return quiet->quiet_ns < RECENT_QUIET_NS ? RECENT_NS : IDLE_NS;
}

uint64_t rpi_backoff_ns(const rpi_quiet *quiet)
{
    if (quiet->quiet_ns < SPIN_NS) return 0;
    uint64_t patience = quiet->moving ? 0 : clamp(quiet->slack_ns / 4, 0, PATIENT_NS);
    uint64_t nap = clamp(quiet->quiet_ns / 2, 0, bound(quiet));
    return nap > patience ? nap : patience;
}
