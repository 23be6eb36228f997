/* backoff.c: see backoff.h. */
#include "cluster/backoff.h"

enum {
    SPIN_NS = 5 * 1000,
    MOVING_NS = 50 * 1000,
    STARVING_NS = 200 * 1000,
    WORKING_NS = 1000 * 1000,
    PATIENT_NS = 2 * 1000 * 1000,
    RECENT_NS = 1000 * 1000,
    IDLE_NS = 5 * 1000 * 1000,
    RINGING_NS = 25 * 1000 * 1000,
    RECENT_IDLE_NS = 1000 * 1000 * 1000
};

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most) { return value < least ? least : value > most ? most : value; }

static uint64_t bound(const rpi_poll_state *poll)
{
    if (poll->moving) return MOVING_NS;
    if (poll->working && poll->starving) return clamp(poll->idle_ns / 16, STARVING_NS, WORKING_NS);
    if (poll->working) return WORKING_NS;
    return poll->idle_ns < RECENT_IDLE_NS ? RECENT_NS : IDLE_NS;
}

uint64_t rpi_backoff_ns(const rpi_poll_state *poll)
{
    if (poll->rings && !poll->moving && !poll->sending) return RINGING_NS;
    if (poll->idle_ns < SPIN_NS) return 0;
    uint64_t patience = poll->moving ? 0 : clamp(poll->slack_ns / 4, 0, PATIENT_NS);
    uint64_t nap = clamp(poll->idle_ns / 2, 0, bound(poll));
    return nap > patience ? nap : patience;
}
