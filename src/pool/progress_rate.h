/*
 * progress_rate.h: how fast a call goes now, from samples of its progress. The last 15 s or so count most, so that the time left follows a
 * change, and a stall makes it longer. Where items end more seldom than that, longer times count. Pure: the time comes with the samples.
 */
#ifndef RPI_POOL_PROGRESS_RATE_H
#define RPI_POOL_PROGRESS_RATE_H

#include <stdint.h>

enum { RPI_PROGRESS_SPANS = 6 }; /* 15 s, and each of the others is 4 times the one before: up to 4 hours */

/* All 0 is a call that has just begun. */
typedef struct rpi_progress_rate {
    double at_s;                        /* of the last sample */
    uint64_t n_done, n_changes;         /* items that had ended by then; samples with more of them than the one before */
    double average[RPI_PROGRESS_SPANS]; /* items a second, weighted over that span, as if there had been none before the call */
} rpi_progress_rate;

/* Adds a sample: so many items have ended, so many seconds after the call's beginning. */
void rpi_progress_rate_add(rpi_progress_rate *self, double elapsed_s, uint64_t n_done);

/* Items a second; 0: none has ended, or next to none for long. */
double rpi_progress_rate_now(const rpi_progress_rate *self);

/* Seconds until so many more items have ended; below 0: nothing can be told yet, as in the first 3 s. */
double rpi_progress_rate_left_s(const rpi_progress_rate *self, uint64_t n_left);

#endif
