/* idle.h: what workers do while they wait for work and spin. */
#ifndef RPI_WORKER_IDLE_H
#define RPI_WORKER_IDLE_H

#include <stdbool.h>

/*
 * For whoever the next work comes from, a worker takes turns: a short one when a batch has ended, and whole ones while it spins. None of
 * the functions blocks; any worker may call them, under no lock where nothing else is said. All NULL: nothing is to do.
 */
typedef struct rpi_idle {
    void (*hand_on)(void *argument); /* sees to what has ended in this process, and may submit work to the worker's team */
    void (*turn)(void *argument);    /* the same, and looks for what others sent */
    void (*begin)(void *argument);   /* from here on this worker takes turns … */
    void (*end)(void *argument);     /* … until here */
    void (*settle)(void *argument);  /* NULL: never. Sees to what turns have put off, as this worker sleeps now; under the team's lock */
    /* For teams of one worker, or NULL: who runs its items, a client or its own thread, is on that core; and whether another process is. */
    void (*come)(void *argument, int core);
    bool (*is_taken)(void *argument, int core);
    void *argument;
} rpi_idle;

#endif
