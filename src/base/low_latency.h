/*
 * low_latency.h: what a thread asks of the kernel so that it wakes on time although all cores are busy: timers of 1 us precision, and short
 * slices of processor time. Since Linux 6.12 a thread that wakes gets the core at once if its slice is shorter than the slice of the
 * running thread (sched_runtime in sched_setattr(2)). Otherwise it waits until that slice ends, up to a tick of 4 ms. Older kernels ignore
 * the slice. Neither needs a privilege.
 */
#ifndef RPI_BASE_LOW_LATENCY_H
#define RPI_BASE_LOW_LATENCY_H

#include <stdint.h>

typedef struct rpi_low_latency {
    unsigned long timer_slack_ns;
    uint64_t slice_ns; /* 0: the kernel's default */
} rpi_low_latency;

/* For the calling thread. Returns the settings before it. What the kernel refuses stays unchanged. */
rpi_low_latency rpi_low_latency_begin(void);
/* Restores the settings that rpi_low_latency_begin returned. In the same thread. */
void rpi_low_latency_end(const rpi_low_latency *before);

#endif
