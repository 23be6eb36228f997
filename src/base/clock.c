/* clock.c: see clock.h. */
#include "base/clock.h"

#include <errno.h>

uint64_t rpi_deadline_ns(double timeout_s)
{
    if (!(timeout_s >= 0) || timeout_s > 1e9) return RPI_NEVER;
    return rpi_now_ns() + rpi_nanoseconds(timeout_s);
}

int rpi_mutex_init(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    int code = pthread_mutexattr_init(&attributes);
    if (code) return code;
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
    code = pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return code;
}

int rpi_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    int code = pthread_condattr_init(&attributes);
    if (code) return code;
    code = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (!code) code = pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
    return code;
}

bool rpi_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline_ns)
{
    if (deadline_ns == RPI_NEVER) return pthread_cond_wait(cond, mutex) == 0;
    struct timespec until = {.tv_sec = (time_t)(deadline_ns / 1000000000u), .tv_nsec = (long)(deadline_ns % 1000000000u)};
    return pthread_cond_timedwait(cond, mutex, &until) != ETIMEDOUT;
}
