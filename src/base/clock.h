/* clock.h: monotonic time, in nanoseconds or seconds, and deadlines made from time-outs. */
#ifndef RPI_BASE_CLOCK_H
#define RPI_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

static inline uint64_t rpi_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline double rpi_seconds(uint64_t nanoseconds) { return (double)nanoseconds * 1e-9; }

/* Rounds up, so that what is more than 0 stays so. `seconds` from 0 to 1e9. */
static inline uint64_t rpi_nanoseconds(double seconds)
{
    double exact = seconds * 1e9;
    uint64_t whole = (uint64_t)exact;
    return (double)whole < exact ? whole + 1 : whole;
}

/* The point in time `timeout_s` from now; RPI_NEVER for a negative time-out. */
#define RPI_NEVER UINT64_MAX
uint64_t rpi_deadline_ns(double timeout_s);

/* A mutex that is held for moments only: a thread that finds it taken spins for some 100 turns before it sleeps, where the C library can.
 */
int rpi_mutex_init(pthread_mutex_t *mutex);

/* pthread_cond_init with the monotonic clock. */
int rpi_cond_init(pthread_cond_t *cond);

/* Waits for the condition until the deadline; false when the deadline has passed. */
bool rpi_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline_ns);

#endif
