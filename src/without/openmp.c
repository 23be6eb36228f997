/* openmp.c: stands in for omp/openmp.c in a build without OpenMP. */
#include "worker/openmp.h"

const rpi_threads_ops rpi_threads_openmp = {.name = "openmp"}; /* no start: it has no threads */

int rpi_openmp_version(void) { return 0; }
