/* idle.h: what workers do while they wait for work and spin. */
#ifndef RPI_WORKER_IDLE_H
#define RPI_WORKER_IDLE_H

#include <stdbool.h>

/* For whoever the next work comes from, a worker takes one turn after another. */
typedef struct rpi_idle {
    /* Doesn't block, and may submit work to the worker's team. Any of its workers may call it. True: something happened. NULL: nothing is
     * to do. */
    bool (*turn)(void *argument);
    void *argument;
} rpi_idle;

#endif
