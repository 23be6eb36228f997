/*
 * executor.h: where batches run, behind one table of operations. Only executors block or start threads; what they are given was decided
 * before. There are two kinds: local ones, a team in this process, and the MPI one, which has such a team on each rank.
 */
#ifndef RPI_WORKER_EXECUTOR_H
#define RPI_WORKER_EXECUTOR_H

#include "worker/worker_config.h"

typedef struct rpi_executor rpi_executor;

typedef struct rpi_executor_config {
    unsigned n_threads; /* workers of this rank; other ranks find theirs by the same rules when `threads_given` is not set */
    bool threads_given;
    const char *host;
    rpi_worker_config worker;
    struct rpi_coordinator
        *coordinator; /* MPI: the coordinator to use, which then ends with the executor, also when opening fails; NULL: rp_main's */
} rpi_executor_config;

typedef struct rpi_executor_ops {
    const char *name;
    /* Whether this build has it. NULL: all builds have. */
    bool (*is_built)(void);
    /* Returns when all workers are ready. RP_OK, RP_FAILED, RP_USAGE, RP_UNSUPPORTED, RP_NO_MEMORY, RP_SYSTEM, RP_LOST. */
    rp_status (*open)(const rpi_executor_config *config, rpi_executor **executor, rp_error *error);
    /* Takes a batch; can't fail and doesn't block. Its done function is called exactly once, from a thread of the executor's or from
     * within submit, with no lock held. Batches of one call are started in the order of submission, urgent ones before the others. */
    void (*submit)(rpi_executor *executor, rpi_batch *batch);
    /* The same for a caller that waits for this batch anyway and may lend its thread. NULL: submit does. */
    void (*run)(rpi_executor *executor, rpi_batch *batch);
    /* The limit of the work was lowered: running workers shall notice. Doesn't block. May be called with the call's mutex held. */
    void (*stop)(rpi_executor *executor, rpi_work *work);
    /* work->draining was set: lowers its limit to the first item that no worker or rank was given, soon. Doesn't block. May be called with
     * the call's mutex held. */
    void (*drain)(rpi_executor *executor, rpi_work *work);
    /* No batch of this work is left and none will come: lets go of what is kept for it. Doesn't block. NULL: nothing is kept. */
    void (*forget)(rpi_executor *executor, rpi_work *work);
    /* Items of `work` finished, but not yet added to work->n_finished. Doesn't block. */
    uint64_t (*n_done)(rpi_executor *executor, const rpi_work *work);
    /* Ends the workers, when no batch is left, and frees the executor. RP_OK, RP_LOST. */
    rp_status (*close)(rpi_executor *executor, rp_error *error);
    /* RP_OK, or RP_LOST: a rank was lost. Doesn't block. NULL: there is none to be lost. */
    rp_status (*check)(rpi_executor *executor, rp_error *error);
    /* Ranks, and what is known of one. */
    int (*n_ranks)(const rpi_executor *executor);
    void (*rank_info)(const rpi_executor *executor, int rank, rp_rank_info *info);
    /* What a rank recorded, its times counted from `origin_ns` of this process's clock. Only of executors that record. Blocks until the
     * rank has answered. RP_OK, RP_LOST, RP_NO_MEMORY. */
    rp_status (*report)(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error);
} rpi_executor_ops;

struct rpi_executor {
    const rpi_executor_ops *ops;
    unsigned n_workers; /* in all ranks */
};

/* Threads of the team that each rank has: OpenMP's, or, in a build without it, POSIX threads. */
const struct rpi_threads_ops *rpi_threads_default(void);

/* How long a grain should take at least: so long that what it begins with does not show. That is some 100 ns for a claim under contention,
 * and a microsecond where the items stream from memory: reading ahead begins anew. Grains of 20 us of such items took 10 % longer in all.
 */
#define RPI_GRAIN_S       200e-6
/* Where so long a grain would be much of what is left, as in a call that is over in a millisecond. */
#define RPI_SHORT_GRAIN_S 20e-6

#endif
