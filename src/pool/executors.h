/* executors.h: the executors that a pool may have. Each has one row: its name, its operations, and what it means for the pool's threads. */
#ifndef RPI_POOL_EXECUTORS_H
#define RPI_POOL_EXECUTORS_H

#include "base/names.h"
#include "worker/executor.h"

typedef struct rpi_executor_kind {
    rp_name is;                  /* first, see names.h */
    const rpi_executor_ops *ops; /* NULL: auto, which stands for one of the others */
    bool spans_ranks;            /* uses all ranks, and may have a coordinator of its own */
    bool one_worker;             /* in each rank, whatever the option threads says */
} rpi_executor_kind;

/* The row of an executor. A value that is no executor gets the name "unknown" and no operations. */
const rpi_executor_kind *rpi_executor_find(rp_executor kind);

/* Whether this build has the executor; false for auto. */
bool rpi_executor_is_built(rp_executor kind);

/* The executor that auto stands for. */
rp_executor rpi_executor_choose(bool has_ranks);

#endif
