/* executors.c: see executors.h. */
#include "pool/executors.h"

#ifdef RPI_WITH_OPENMP
#define OPENMP_OPS &rpi_executor_openmp
#else
#define OPENMP_OPS NULL
#endif
#ifdef RPI_WITH_MPI
#define MPI_OPS &rpi_executor_mpi
#else
#define MPI_OPS NULL
#endif

static const rpi_executor_kind rows[] = {
    {.is = {RP_EXECUTOR_AUTO, "auto", "hybrid with several ranks, openmp with one"}},
    {.is = {RP_EXECUTOR_SERIAL, "serial", "one item after another"}, .ops = &rpi_executor_serial, .one_worker = true},
    {.is = {RP_EXECUTOR_PTHREAD, "pthread", "POSIX threads of this process: the baseline"}, .ops = &rpi_executor_pthread},
    {.is = {RP_EXECUTOR_OPENMP, "openmp", "an OpenMP team in this process"}, .ops = OPENMP_OPS},
    {.is = {RP_EXECUTOR_MPI, "mpi", "all ranks, one worker thread each"}, .ops = MPI_OPS, .spans_ranks = true, .one_worker = true},
    {.is = {RP_EXECUTOR_HYBRID, "hybrid", "all ranks, an OpenMP team in each"}, .ops = MPI_OPS, .spans_ranks = true},
};

const rpi_names rpi_executor_names = RPI_NAMES("rp_executor", rows);

const rpi_executor_kind *rpi_executor_find(rp_executor kind)
{
    static const rpi_executor_kind unknown = {.is = {-1, "unknown", ""}};
    const rp_name *row = rpi_names_of_value(&rpi_executor_names, (int)kind);
    return row ? (const rpi_executor_kind *)(const void *)row : &unknown;
}

rp_executor rpi_executor_choose(bool has_ranks)
{
    if (has_ranks) return RP_EXECUTOR_HYBRID;
    return rpi_executor_find(RP_EXECUTOR_OPENMP)->ops ? RP_EXECUTOR_OPENMP : RP_EXECUTOR_PTHREAD;
}

const char *rp_executor_name(rp_executor executor) { return rpi_executor_find(executor)->is.name; }
