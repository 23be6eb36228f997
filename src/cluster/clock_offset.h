/*
 * offset.h: how far another rank's clock is from this one's, from a question and its answer (as NTP has it: Mills, RFC 5905, section 8).
 * Pure.
 */
#ifndef RPI_CLUSTER_CLOCK_OFFSET_H
#define RPI_CLUSTER_CLOCK_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rpi_clock_sample {
    uint64_t asked_ns, back_ns; /* by our clock: the question went out, the answer came in */
    uint64_t came_ns, went_ns;  /* by the other's: the question came in, the answer went out */
} rpi_clock_sample;

typedef struct rpi_offset {
    int64_t offset_ns; /* the other clock minus ours */
    uint64_t error_ns; /* at most: half of what both ways took together */
} rpi_offset;

rpi_offset rpi_offset_of(const rpi_clock_sample *times);

/* Of two, the one that is known better. */
rpi_offset rpi_offset_better(rpi_offset a, rpi_offset b);

/* On one host all processes have the same clock. Names of hosts may mislead, so that is believed only where the measurement doesn't
 * contradict it. */
rpi_offset rpi_offset_settle(rpi_offset measured, bool same_host);

#endif
