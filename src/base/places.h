/* places.h: what is needed of OpenMP to know this process's cores. Implemented in omp/openmp.c, or in src/without/openmp.c when built
 * without OpenMP. */
#ifndef RPI_BASE_PLACES_H
#define RPI_BASE_PLACES_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/* Writes the cores of all places that OpenMP binds this process's threads to into a mask of `size` bytes. False: it binds none, and the
 * mask is undefined. Any thread. */
bool rpi_places_cores(cpu_set_t *cores, size_t size);

#endif
