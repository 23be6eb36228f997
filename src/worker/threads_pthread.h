/* threads_pthread.h: POSIX threads for a team: the single-node baseline. */
#ifndef RPI_WORKER_THREADS_PTHREAD_H
#define RPI_WORKER_THREADS_PTHREAD_H

#include "worker/team.h"

extern const rpi_threads_ops rpi_threads_pthread;

#endif
