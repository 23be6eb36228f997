/* idle.h: what workers do while they wait for work and spin. */
#ifndef RPI_WORKER_IDLE_H
#define RPI_WORKER_IDLE_H

#include <stdbool.h>

/*
 * For whoever the next work comes from, a worker takes turns: a short one when a batch has ended, and whole ones while it spins. None of
 * the functions blocks; any worker may call them, under no lock. All NULL: nothing is to do.
 */
typedef struct rpi_idle {
    void (*hand_on)(void *argument);     /* sees to what has ended in this process, and may submit work to the worker's team */
    void (*turn)(void *argument);        /* the same, and looks for what others sent */
    void (*begin)(void *argument);       /* from here on this worker takes turns … */
    void (*end)(void *argument);         /* … until here */
    bool (*has_put_off)(void *argument); /* NULL: never. Whether there is something to settle; under any lock */
    void (*settle)(void *argument);      /* sees to what a turn has put off, before a worker sleeps that takes none */
    void *argument;
} rpi_idle;

#endif
