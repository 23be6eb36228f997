/*
 * low_latency.h: what a thread asks of the kernel so that it wakes on time although all cores are busy: timers of 1 us precision, and short
 * slices of processor time. Since Linux 6.12 a thread with a shorter slice than the running one's (sched_runtime in sched_setattr(2)) gets
 * the core at once; else it waits for the end of that one's, up to a tick of 4 ms. Older kernels take no notice. Neither needs a privilege.
 */
#ifndef RPI_BASE_LOW_LATENCY_H
#define RPI_BASE_LOW_LATENCY_H

#include <stdint.h>

typedef struct rpi_low_latency {
    unsigned long timer_slack_ns;
    uint64_t slice_ns; /* 0: the kernel's default */
} rpi_low_latency;

/* For the calling thread. Returns what it was before. What the kernel refuses stays as it is. */
rpi_low_latency rpi_low_latency_begin(void);
void rpi_low_latency_end(const rpi_low_latency *before);

#endif
