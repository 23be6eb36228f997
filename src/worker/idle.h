/* idle.h: what workers do while they wait for work and spin. */
#ifndef RPI_WORKER_IDLE_H
#define RPI_WORKER_IDLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * For whoever the next work comes from, a worker takes turns: a short one when a batch has ended, and whole ones while it spins. Where work
 * comes from others, one worker may sleep such that they wake it themselves. None of the functions but `doze` blocks; any worker may call
 * them, under no lock but where that is said. All NULL: nothing is to do.
 */
typedef struct rpi_idle {
    void (*hand_on)(void *argument); /* sees to what has ended in this process, and may submit work to the worker's team */
    void (*turn)(void *argument);    /* the same, and looks for what others sent */
    void (*begin)(void *argument);   /* from here on this worker takes turns … */
    void (*end)(void *argument);     /* … until here */
    /* Between begin and end; a turn comes next. NULL: it sleeps as other workers do. */
    bool (*may_doze)(void *argument, uint32_t *seen); /* whether it may; `*seen` is for doze. Also under the team's mutex */
    void (*doze)(void *argument, uint32_t seen);      /* sleeps until others send something, or rouse. May return early */
    void (*rouse)(void *argument);                    /* ends a doze, also one that hasn't begun. Also under the team's mutex */
    void *argument;
} rpi_idle;

#endif
