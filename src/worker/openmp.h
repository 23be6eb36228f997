/* openmp.h: what the library sees of OpenMP, in builds with it: a team's threads, and a version. Implemented in omp/openmp.c. */
#ifndef RPI_WORKER_OPENMP_H
#define RPI_WORKER_OPENMP_H

#include "worker/team.h"

extern const rpi_threads_ops rpi_threads_openmp;

/* The version of the standard that it was built with, as _OPENMP has it: year and month. */
int rpi_openmp_version(void);

#endif
