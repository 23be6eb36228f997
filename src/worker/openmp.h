/*
 * openmp.h: what the library needs of OpenMP: the threads of a team, and a version. Implemented in omp/openmp.c,
 * or in src/without/openmp.c when built without OpenMP.
 */
#ifndef RPI_WORKER_OPENMP_H
#define RPI_WORKER_OPENMP_H

#include "worker/team.h"

/* The OpenMP threads of a team. In a build without OpenMP `start` is NULL. */
extern const rpi_threads_ops rpi_threads_openmp;

/* The version of the OpenMP standard that the library was built with, as in _OPENMP: year and month; 0: built without. */
int rpi_openmp_version(void);

#endif
