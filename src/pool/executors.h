/* executors.h: the executors that there are. */
#ifndef RPI_POOL_EXECUTORS_H
#define RPI_POOL_EXECUTORS_H

#include "worker/executor.h"

/* The operations for that executor, or NULL when this build hasn't got it. Not for RP_EXECUTOR_AUTO. */
const rpi_executor_ops *rpi_executor_find(rp_executor kind);

#endif
