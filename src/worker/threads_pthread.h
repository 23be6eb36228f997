/* threads_pthread.h: a team's threads from POSIX threads, which makes the single-node baseline. */
#ifndef RPI_WORKER_THREADS_PTHREAD_H
#define RPI_WORKER_THREADS_PTHREAD_H

#include "worker/team.h"

extern const rpi_threads_ops rpi_threads_pthread;

#endif
