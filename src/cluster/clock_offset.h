/*
 * clock_offset.h: how far another rank's clock is from this one's, measured by a question and its answer, as in NTP (Mills, RFC 5905,
 * section 8). Pure.
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
    uint64_t error_ns; /* at most: half the time of both ways together */
} rpi_offset;

rpi_offset rpi_offset_of(const rpi_clock_sample *times);

/* The more exact of two offsets. */
rpi_offset rpi_offset_better(rpi_offset a, rpi_offset b);

/* On one host all processes have the same clock, so the offset is 0. As different hosts may have the same name, this holds only where the
 * measurement agrees with it. */
rpi_offset rpi_offset_settle(rpi_offset measured, bool same_host);

#endif
