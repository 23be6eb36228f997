/* cluster_executor.h: the executor of several ranks: "mpi", and, with a team of several threads in each rank, "hybrid". */
#ifndef RPI_CLUSTER_CLUSTER_EXECUTOR_H
#define RPI_CLUSTER_CLUSTER_EXECUTOR_H

#include "worker/executor.h"

extern const rpi_executor_ops rpi_executor_mpi;

#endif
