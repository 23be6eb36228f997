/*
 * backoff.h: how long the progress thread sleeps when there is nothing to do. Pure.
 *
 * For a moment after an event it looks again at once. Then it sleeps half as long as it has been idle, up to a bound. A spinning thread
 * would take a core from the workers; a thread that sleeps for a millisecond at a time takes 1 to 2 % of one. Each sleep costs some 20 us
 * of processor time. So while all workers have enough to do for a known time, it sleeps for a quarter of that time at once. Where others
 * ring, it sleeps until then, and looks only for what nobody rings for.
 */
#ifndef RPI_CLUSTER_BACKOFF_H
#define RPI_CLUSTER_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_poll_state {
    uint64_t idle_ns;  /* since the last event */
    uint64_t slack_ns; /* about how long the workers that a message could help have enough to do; 0: not known, or not enough */
    bool rings;        /* whoever sends a message wakes this thread */
    bool sending;      /* a message is still going out */
    bool moving;       /* a message has come in or gone out in part */
    bool starving;     /* a worker has nothing to do, or soon will have, and the next message may help */
    bool working;      /* workers are busy */
} rpi_poll_state;

/* Nanoseconds to sleep; 0: look again at once. */
uint64_t rpi_backoff_ns(const rpi_poll_state *poll);

#endif
