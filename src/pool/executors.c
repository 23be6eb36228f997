/* executors.c: see executors.h. */
#include "pool/executors.h"

#include "cluster/cluster_executor.h"
#include "worker/serial.h"
#include "worker/team_executor.h"

static const rpi_executor_kind rows[] = {
    {.is = {RP_EXECUTOR_AUTO, "auto", "hybrid with several ranks, openmp with one"}},
    {.is = {RP_EXECUTOR_SERIAL, "serial", "one item after another"}, .ops = &rpi_executor_serial, .one_worker = true},
    {.is = {RP_EXECUTOR_PTHREAD, "pthread", "POSIX threads of this process: the baseline"}, .ops = &rpi_executor_pthread},
    {.is = {RP_EXECUTOR_OPENMP, "openmp", "an OpenMP team in this process"}, .ops = &rpi_executor_openmp},
    {.is = {RP_EXECUTOR_MPI, "mpi", "all ranks, one worker thread each"},
     .ops = &rpi_executor_mpi,
     .spans_ranks = true,
     .one_worker = true},
    {.is = {RP_EXECUTOR_HYBRID, "hybrid", "all ranks, an OpenMP team in each"}, .ops = &rpi_executor_mpi, .spans_ranks = true},
};

const rpi_names rpi_executor_names = RPI_NAMES("rp_executor", rows);

const rpi_executor_kind *rpi_executor_find(rp_executor kind)
{
    static const rpi_executor_kind unknown = {.is = {-1, "unknown", ""}};
    const rp_name *row = rpi_names_of_value(&rpi_executor_names, (int)kind);
    return row ? (const rpi_executor_kind *)(const void *)row : &unknown;
}

bool rpi_executor_is_built(rp_executor kind)
{
    const rpi_executor_ops *ops = rpi_executor_find(kind)->ops;
    return ops && (!ops->is_built || ops->is_built());
}

rp_executor rpi_executor_choose(bool has_ranks)
{
    if (has_ranks) return RP_EXECUTOR_HYBRID;
    return rpi_executor_is_built(RP_EXECUTOR_OPENMP) ? RP_EXECUTOR_OPENMP : RP_EXECUTOR_PTHREAD;
}

const char *rp_executor_name(rp_executor executor) { return rpi_executor_find(executor)->is.name; }
