/*
 * backoff.h: how long the thread that talks to MPI sleeps when there was nothing to do. Pure.
 *
 * It looks again at once for a moment after something happened, then sleeps half as long as it has been poll for, up to a bound. A
 * spinning thread would take a core from the workers; one that sleeps for a millisecond takes 1 to 2 % of it. As it is the number of naps
 * that costs, some 20 us of processor time each, it takes a quarter of the time at once for which all workers have enough to do.
 */
#ifndef RPI_CLUSTER_BACKOFF_H
#define RPI_CLUSTER_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_poll_state {
    uint64_t idle_ns;  /* since anything happened */
    uint64_t slack_ns; /* for about so long the workers that a message could help have enough to do; 0: not known, or they haven't */
    bool moving;       /* a message is half way */
    bool starving;     /* a worker has nothing to do, or will soon, and the next message may change that */
    bool working;      /* workers are busy */
} rpi_poll_state;

/* Nanoseconds to sleep; 0: look again at once. */
uint64_t rpi_backoff_ns(const rpi_poll_state *poll);

#endif
