/* executors.c: see executors.h. */
#include "pool/executors.h"

#include "cluster/cluster_executor.h"
#include "worker/serial.h"
#include "worker/team_executor.h"

#include <stddef.h>

static const rpi_executor_ops *const all[] = {[RP_EXECUTOR_SERIAL] = &rpi_executor_serial,   [RP_EXECUTOR_PTHREAD] = &rpi_executor_pthread,
                                              [RP_EXECUTOR_OPENMP] = &rpi_executor_openmp,   [RP_EXECUTOR_MPI] = &rpi_executor_mpi,
                                              [RP_EXECUTOR_HYBRID] = &rpi_executor_mpi};

const rpi_executor_ops *rpi_executor_find(rp_executor kind)
{
    const rpi_executor_ops *ops = (size_t)kind < sizeof all / sizeof *all ? all[kind] : NULL;
    return ops && (!ops->is_built || ops->is_built()) ? ops : NULL;
}
