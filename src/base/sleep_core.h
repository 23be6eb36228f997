/*
 * sleep_core.h: the core that a worker sleeps on, and how workers that wait get out of each other's way. The kernel prefers to wake a
 * thread on the core where it ran last. When two workers had gone to sleep on one core, one of them began 0.6 to 5 ms after the other in
 * half of the calls, although another core was idle (Linux 6.18, two cores, both in use shortly before). Therefore each worker goes to
 * sleep on a core of its own. While workers run, the kernel moves them as it likes.
 */
#ifndef RPI_BASE_SLEEP_CORE_H
#define RPI_BASE_SLEEP_CORE_H

#include <stdbool.h>

/* The sleep core of worker `number` of `count` workers that share the cores of the calling thread. -1: it has none. Only where there are as
 * many workers as cores, and at least 2, does each have one. With fewer workers the kernel finds an idle core by itself, and may avoid
 * cores that are hyperthreads of one core. */
int rpi_sleep_core_find(unsigned number, unsigned count);

/* Whether the calling thread is on that core; true for -1. */
bool rpi_sleep_core_is_here(int core);

/* Moves the calling thread to that core; the kernel may move it on from there. False: the thread can't run there, or not any more. */
bool rpi_sleep_core_go(int core);

/* A core that the calling thread may run on and `is_taken` says nothing of. -1: there is none. */
int rpi_sleep_core_free(bool (*is_taken)(void *argument, int core), void *argument);

#endif
