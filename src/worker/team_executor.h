/* team_executor.h: the executors that are a team in this process. They differ in what makes the threads of the team. */
#ifndef RPI_WORKER_TEAM_EXECUTOR_H
#define RPI_WORKER_TEAM_EXECUTOR_H

#include "worker/executor.h"

extern const rpi_executor_ops rpi_executor_pthread;
extern const rpi_executor_ops rpi_executor_openmp;

#endif
