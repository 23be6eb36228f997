/*
 * executor.h: where batches run, behind one table of operations. There are executors of one process (serial: one worker; pthread and
 * openmp: a team), and the one over ranks, which has a team on each rank.
 */
#ifndef RPI_WORKER_EXECUTOR_H
#define RPI_WORKER_EXECUTOR_H

#include "worker/worker_config.h"

typedef struct rpi_executor rpi_executor;

/* What the loss of a rank leads to. */
typedef struct rpi_on_loss {
    bool goes_on;                                   /* the others do; else nothing new starts */
    void (*tell)(void *argument, const char *line); /* of each loss then; in the progress thread, under no lock. NULL: nobody */
    void *argument;
} rpi_on_loss;

typedef struct rpi_executor_config {
    unsigned n_threads; /* workers of this rank; when `threads_given` isn't set, other ranks find their own number by the same rules */
    bool threads_given;
    int n_ranks; /* MPI: how many of the ranks take part; 0: all */
    const char *host;
    rpi_worker_config worker;
    rpi_on_loss on_loss; /* MPI */
    /* MPI: the coordinator to use, which ends with the executor, also when opening fails; NULL: that of rp_main */
    struct rpi_coordinator *coordinator;
} rpi_executor_config;

typedef struct rpi_executor_ops {
    const char *name;
    /* Whether this build has the executor. NULL: all builds have it. */
    bool (*is_built)(void);
    /* Opens the executor; returns when all workers are ready. RP_OK, RP_FAILED, RP_USAGE, RP_UNSUPPORTED, RP_NO_MEMORY,
     * RP_SYSTEM, RP_LOST. */
    rp_status (*open)(const rpi_executor_config *config, rpi_executor **executor, rp_error *error);
    /* Takes a batch; can't fail. Doesn't block, but the serial executor runs the batch within submit when it can't make a thread. The done
     * function of the batch is called exactly once, from a thread of the executor or from within submit, with no lock held. Batches of one
     * call start in the order of submission, urgent ones before the others. */
    void (*submit)(rpi_executor *executor, rpi_batch *batch);
    /* The same for a caller that has time: nobody is woken for the batch, so it may not begin before `carry_out`. That one carries out what
     * was submitted, in the calling thread if no other does so just now. Neither blocks. carry_out may call done functions, so no lock may
     * be held. NULL, both: use submit. */
    void (*put)(rpi_executor *executor, rpi_batch *batch);
    void (*carry_out)(rpi_executor *executor);
    /* The same as submit for a caller that waits for this batch anyway and may lend its thread. NULL: use submit. */
    void (*run)(rpi_executor *executor, rpi_batch *batch);
    /* Runs items of a batch that is likely to be over in most_ns, in the calling thread, before it is submitted. True: all of them; the
     * caller calls its done. False: those that are left are to be submitted. NULL: it can't. */
    bool (*run_first)(rpi_executor *executor, rpi_batch *batch, uint64_t most_ns);
    /* The cutoff of the work was lowered, or it begins none: makes running workers look at it. Doesn't block. May be called with the mutex
     * of the call held. */
    void (*stop)(rpi_executor *executor, rpi_work *work);
    /* work->draining was set: soon lowers the cutoff of the work to the first item that no worker or rank was given. Doesn't block. May be
     * called with the mutex of the call held. */
    void (*drain)(rpi_executor *executor, rpi_work *work);
    /* No batch of this work is left and none will come: frees what is kept for it. Doesn't block. NULL: nothing is kept. */
    void (*forget)(rpi_executor *executor, rpi_work *work);
    /* How many items of `work` are finished but not yet added to work->n_finished. Doesn't block. */
    uint64_t (*n_done)(rpi_executor *executor, const rpi_work *work);
    /* Ends the workers and frees the executor. No batch may be left. RP_OK, RP_LOST. */
    rp_status (*close)(rpi_executor *executor, rp_error *error);
    /* RP_OK; RP_LOST: a rank was lost. Doesn't block. NULL: there is no rank that can be lost. */
    rp_status (*check)(rpi_executor *executor, rp_error *error);
    /* How many ranks there are, and what is known of one. */
    int (*n_ranks)(const rpi_executor *executor);
    void (*rank_info)(const rpi_executor *executor, int rank, rp_rank_info *info);
    /* What a rank recorded; its times count from `origin_ns` of the clock of this process. Only for executors that record. Blocks until the
     * rank has answered. RP_OK, RP_LOST, RP_NO_MEMORY. */
    rp_status (*report)(rpi_executor *executor, int rank, uint64_t origin_ns, rp_rank_report **report, rp_error *error);
    /* Makes the sealed region at `base` (base/regions.h) one that ranks of other hosts have a copy of. Blocks until they have. RP_OK,
     * RP_NO_MEMORY, RP_LOST. NULL: there are no other hosts. */
    rp_status (*share)(rpi_executor *executor, const char *base, rp_error *error);
} rpi_executor_ops;

struct rpi_executor {
    const rpi_executor_ops *ops;
    unsigned n_workers; /* in all ranks */
};

/* The threads of the team that each rank has: of OpenMP, or, in a build without it, POSIX threads. */
const struct rpi_threads_ops *rpi_threads_default(void);

/* How long a grain takes at least, so that its start doesn't show. The start costs some 100 ns for a claim under contention, and a
 * microsecond where items stream from memory, as prefetching begins anew. With grains of 20 us such items took 10 % longer in all. */
#define RPI_GRAIN_S       200e-6
/* The same where a grain of that length would be much of what is left, as in a call that takes a millisecond. */
#define RPI_SHORT_GRAIN_S 20e-6

#endif
