/*
 * sleep_core.h: the core that a worker sleeps on. The kernel prefers to wake a thread on the core where it ran last. Of two workers that
 * went to sleep on one core, one was seen to begin 0.6 to 5 ms behind the other in half of the calls, beside an idle core (Linux 6.18, two
 * cores, with both in use shortly before). Therefore each goes to sleep on a core of its own, its core; while they run, the kernel moves
 * them as it likes.
 */
#ifndef RPI_BASE_SLEEP_CORE_H
#define RPI_BASE_SLEEP_CORE_H

#include <stdbool.h>

/* The core of worker `number` of `count` that have the calling thread's cores. -1: none; there are as many cores as cores, or nobody has
 * one, as with fewer workers the kernel finds an idle core, and may choose it with regard to cores that are one core's hyperthreads. */
int rpi_sleep_core_find(unsigned number, unsigned count);

/* Whether the calling thread is there. True where there is none. */
bool rpi_sleep_core_is_here(int core);

/* Moves the calling thread there, and leaves it free to be moved on. False: it can't go there (any more). */
bool rpi_sleep_core_go(int core);

#endif
