/* executors.h: the executors that a pool may have, one row each: name, operations, and what follows for the pool's threads. */
#ifndef RPI_POOL_EXECUTORS_H
#define RPI_POOL_EXECUTORS_H

#include "base/names.h"
#include "worker/executor.h"

typedef struct rpi_executor_kind {
    rp_name is;                  /* first, see names.h */
    const rpi_executor_ops *ops; /* NULL: it is auto, in whose place another one is chosen */
    bool spans_ranks;            /* uses all ranks, and can have a coordinator of its own */
    bool one_worker;             /* of each rank, whatever the option threads says */
} rpi_executor_kind;

/* Any value: that of no executor is called "unknown", and has no operations. */
const rpi_executor_kind *rpi_executor_find(rp_executor kind);

/* Whether this build has it; false for auto. */
bool rpi_executor_is_built(rp_executor kind);

/* What auto stands for. */
rp_executor rpi_executor_choose(bool has_ranks);

#endif
