/*
 * openmp.h: what the library needs of OpenMP: a team's threads, and a version. omp/openmp.c has them; a build without OpenMP has
 * src/without/openmp.c in its place.
 */
#ifndef RPI_WORKER_OPENMP_H
#define RPI_WORKER_OPENMP_H

#include "worker/team.h"

/* Without OpenMP it has no `start`. */
extern const rpi_threads_ops rpi_threads_openmp;

/* The version of the standard that it was built with, as _OPENMP has it: year and month; 0: built without. */
int rpi_openmp_version(void);

#endif
