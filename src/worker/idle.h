/* idle.h: what workers do while they wait for work and spin. */
#ifndef RPI_WORKER_IDLE_H
#define RPI_WORKER_IDLE_H

/*
 * For whoever the next work comes from, a worker takes turns: one when it has left a batch, and one after another while it spins. None of
 * the functions blocks; any worker may call them, under no lock. All NULL: nothing is to do.
 */
typedef struct rpi_idle {
    void (*turn)(void *argument);  /* may submit work to the worker's team */
    void (*begin)(void *argument); /* from here on this worker takes turns … */
    void (*end)(void *argument);   /* … until here */
    void *argument;
} rpi_idle;

#endif
