/*
 * pool.h: a pool of workers. Opened, given calls, closed or terminated, joined, freed.
 *
 *     open --close--> closed --join--> joined --free
 *     open, closed --terminate--> terminated --join--> joined
 *     open --stop--> closed, with calls that end soon
 *
 * All functions here may be called from any thread of the process that opened the pool (under MPI: rank 0, or the root), several at
 * once, but for rp_pool_free, which comes last. Semantics: Python's multiprocessing.pool.Pool.
 */
#ifndef RANKPOOL_POOL_H
#define RANKPOOL_POOL_H

#include <rankpool/task.h>

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_pool rp_pool;

/* Where chunks run. */
typedef enum rp_executor {
    RP_EXECUTOR_AUTO = 0, /* hybrid with several ranks, OpenMP with one */
    RP_EXECUTOR_SERIAL,   /* one item after another; blocking calls run in the thread that makes them */
    RP_EXECUTOR_PTHREAD,  /* POSIX threads of this process: the baseline */
    RP_EXECUTOR_OPENMP,   /* an OpenMP team in this process; its run time ends the process when the system gives it no thread */
    RP_EXECUTOR_MPI,      /* all ranks, one worker thread each */
    RP_EXECUTOR_HYBRID    /* all ranks, an OpenMP team in each */
} rp_executor;

/* How many items a worker is given at a time; R items are left, P workers, N items in all.
 * The formulas and their papers are in the library's schedule.h. */
typedef enum rp_schedule {
    RP_SCHEDULE_AUTO = 0,  /* so many that a chunk takes long compared with handing it out, fewer towards the end; from measured time */
    RP_SCHEDULE_STATIC,    /* N / P, once */
    RP_SCHEDULE_FIXED,     /* always `chunk` items (1 when chunk is 0): self-scheduling */
    RP_SCHEDULE_GUIDED,    /* R / P */
    RP_SCHEDULE_TRAPEZOID, /* from N / 2P down to 1 in equal steps */
    RP_SCHEDULE_FACTORING, /* P chunks of R / 2P, then again */
    RP_SCHEDULE_MFSC, /* S / log2 S, S = N / P: as many chunks as factoring makes, all of one size (Banicescu, Ciorba & Srivastava 2013) */
    /* By how fast each worker, or rank, was seen to be in this call; imap and its kin cut their chunks by factoring: */
    RP_SCHEDULE_AWF_B, /* adaptive weighted factoring: factoring's chunk times the worker's speed over the mean one, as it was when the
                          last P chunks began (Banicescu, Velusamy & Devaprasad 2003; B to E: Cariño & Banicescu 2008) */
    RP_SCHEDULE_AWF_C, /* the same with R / 2P and the speed as of each chunk */
    RP_SCHEDULE_AWF_D, /* as B, but that messages count in the speed of a rank */
    RP_SCHEDULE_AWF_E, /* as C, likewise */
    RP_SCHEDULE_AF     /* adaptive factoring, from the mean and the variance of each worker's items (Banicescu & Liu 2000) */
} rp_schedule;

typedef enum rp_on_error {
    RP_ON_ERROR_DEFAULT = 0, /* a call: as its pool has it; a pool: stop */
    RP_ON_ERROR_STOP,        /* after the first failure nothing new starts */
    RP_ON_ERROR_COLLECT      /* the other items run; each failure is recorded */
} rp_on_error;

typedef enum rp_progress {
    RP_PROGRESS_NEVER = 0,
    RP_PROGRESS_AUTO,  /* a bar when the stream is a terminal, otherwise nothing */
    RP_PROGRESS_ALWAYS /* a bar on a terminal, a line per interval elsewhere */
} rp_progress;

typedef enum rp_isolation {
    RP_ISOLATION_NONE = 0, /* tasks run in threads of the rank: one that crashes or exits takes the rank with it */
    RP_ISOLATION_PROCESS   /* tasks run in child processes, one a worker: whatever one does to its process is its item's failure */
} rp_isolation;

/* What is kept of where the time went; see report.h. */
typedef enum rp_record {
    RP_RECORD_NONE = 0,
    RP_RECORD_TOTALS, /* a few sums for each worker */
    RP_RECORD_GRAINS  /* each grain as well, with its begin and end */
} rp_record;

/* An initializer runs once in each worker before its first task. Like tasks they are known by name: RP_INITIALIZER at file scope. */
typedef struct rp_initializer {
    const char *name;
    /* `argument`: the pool's initializer_argument, valid during the call. May store a pointer in `*state`, later rp_worker_state().
     * Returns 0; anything else, or a call of rp_fail, makes opening the pool fail. */
    int (*start)(rp_bytes argument, void **state);
    /* Called in each worker whose start succeeded, when the pool ends; may be NULL. */
    void (*finish)(void *state);
} rp_initializer;

/* Like rp_task_register, for initializers. */
RP_API rp_status rp_initializer_register(const rp_initializer *initializer);
RP_API const rp_initializer *rp_initializer_find(const char *name);

#define RP_INITIALIZER(name, start_function, finish_function)                                                                              \
    static const rp_initializer name##_initializer[1] = {{#name, (start_function), (finish_function)}};                                    \
    __attribute__((constructor)) static void name##_initializer_register(void) { (void)rp_initializer_register(name##_initializer); }

/* All fields: 0 or NULL is the default. */
typedef struct rp_pool_options {
    rp_executor executor;
    int threads;                 /* workers of each rank; 0: RANKPOOL_THREADS, else OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else the
                             cores that this rank may use; negative: an error. Serial and MPI have one worker a rank whatever it says. */
    rp_schedule schedule;        /* of calls that don't say otherwise */
    uint64_t chunk;              /* items; 0: as the schedule sizes it; with auto a number makes it fixed */
    uint64_t window;             /* items that imap and its kin are ahead of their reader; 0: from workers and chunk */
    rp_on_error on_error;        /* default: stop; with a limit of failures: collect */
    uint64_t max_failures;       /* collect: once more items than this failed, nothing new starts (see rp_pool_stop); 0: no limit */
    double max_failures_percent; /* the same as a share of the call's items, or, where their number isn't known, of those finished (of the
                                     first 100 at least); 0: no limit */
    unsigned retries;       /* how often a failed item is tried again, on another rank where there is one, before it counts as failed */
    double retry_pause_s;   /* before the first retry of an item, twice as long before each that follows, up to 30 s; 0: 0.1 */
    double timeout_s;       /* an item that runs longer has failed; 0: none. See rp_isolation_prepare for what becomes of it */
    rp_isolation isolation; /* see rp_isolation_prepare */
    uint64_t max_tasks_per_child; /* isolation: a child is replaced after so many items; 0: never */
    rp_record record;
    uint64_t
        max_records; /* grains that are kept of each worker, and chunks of each rank, at 48 bytes; later ones are only counted; 0: 262144 */
    const rp_initializer *initializer;
    rp_bytes initializer_argument; /* copied */
    rp_progress progress;
    FILE *progress_stream;      /* NULL: stderr */
    const char *progress_name;  /* shown before the bar; NULL: the task's name. Copied */
    double progress_interval_s; /* between lines when the stream isn't a terminal; 0: 10 */
} rp_pool_options;

/* The program's commands, for rp_option_info. */
enum { RP_COMMAND_RUN = 1, RP_COMMAND_COMPARE = 2, RP_COMMAND_JOBS = 4, RP_COMMAND_INFO = 8, RP_COMMAND_SIMULATE = 16 };

/* An option that rp_pool_options_set takes. Static texts. */
typedef struct rp_option_info {
    const char *name;  /* as on the command line: "max-failures" */
    const char *value; /* what stands for its value in help texts: "N|P%"; NULL: no command has it under this name */
    const char *help;  /* what it does; NULL likewise */
    const char
        *enumeration; /* its values are the names that rp_enumeration gives for this type, as "rp_schedule"; NULL: they are numbers */
    const char *environment; /* the variable that counts when it isn't given; NULL: none */
    unsigned commands;       /* of the program, that take it: RP_COMMAND_… added up */
} rp_option_info;

/* What a pool turned out to be. */
typedef struct rp_pool_info {
    rp_executor executor; /* never AUTO */
    int ranks;
    int threads;              /* workers of the rank that opened the pool */
    int workers;              /* in all ranks */
    uint64_t window;          /* items, of a call that names none and has chunks of one */
    const char *threads_from; /* why so many threads, as "OMP_NUM_THREADS"; static */
} rp_pool_info;

typedef struct rp_rank_info {
    char host[RP_ERROR_HOST_SIZE];
    int threads;        /* workers of this pool on this rank */
    int cores;          /* that the rank may use: affinity within the cgroup's quota */
    char affinity[128]; /* the cores' numbers, as "0-3,8"; shortened with "…" */
} rp_rank_info;

/*
 * Opens a pool. `options` may be NULL. On success `*pool` is the caller's, to be given to rp_pool_free.
 * Blocks until all workers are there and their initializers have run. Under rp_main on several ranks, auto, MPI and hybrid use them all.
 * Returns RP_OK; RP_USAGE (a field is out of range; ranks that don't know the same tasks); RP_FAILED (an initializer failed);
 * RP_UNSUPPORTED (the executor isn't in this build; MPI gives too few thread rights); RP_NO_MEMORY; RP_SYSTEM; RP_LOST.
 */
RP_API rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error);

/*
 * Isolation: each worker has a child process that runs its items, so that exit(), abort(), a segmentation fault, a killing by the kernel
 * for want of memory, or (with a time-out) an endless loop is the failure of one item: a new child takes the place, and the other items
 * run. Children are forked from a helper process, which has to be started while this process has one thread and hasn't initialised MPI:
 * this function does that. rp_main calls it when its options ask for isolation; a program that opens isolated pools otherwise calls it
 * first thing in main, on all ranks. Opening an isolated pool without it tries the same, and fails with RP_UNSUPPORTED when it is too late.
 *
 * What is different in a child: it knows what the program had set up when the helper was started, and no later change of a variable; tasks
 * that are registered later are unknown; the initializer runs in each new child; a range task is given one item at a time. Arguments
 * and results are copied. A child that ends has 10 s for the initializer's finish. No child outlives its rank, nor what a task began in
 * the child's process group; should the helper itself be killed, items fail with cause system from then on.
 *
 * A time-out without isolation: items run in a second thread of the worker, on copies of arguments and results. A thread can't be stopped
 * from outside, so that of an item that timed out goes on, takes its share of a core and holds its copies until the item
 * returns; its result is dropped. The worker goes on with a new thread, in which the initializer runs again.
 *
 * Returns RP_OK, also when repeated; RP_UNSUPPORTED (there are threads already, or MPI is initialised); RP_SYSTEM.
 */
RP_API rp_status rp_isolation_prepare(rp_error *error);

/* No more calls; those that were made go on. Harmless when repeated, or after terminate. Doesn't block. `pool` may be NULL. */
RP_API void rp_pool_close(rp_pool *pool);

/* No more calls, and of those that were made nothing new starts: what ranks and workers were given already is finished, and its results are
 * delivered; items that failed and have retries left have failed for good. Then the calls end as RP_CANCELLED (their statuses say which
 * items ran), or, when nothing was left to start, as they would have. The gentle way to end early, on a signal say. Doesn't block. `pool`
 * may be NULL. */
RP_API void rp_pool_stop(rp_pool *pool);

/* No more calls, and those that were made end as RP_CANCELLED; only items that are running are finished. Doesn't block. `pool` may be NULL.
 */
RP_API void rp_pool_terminate(rp_pool *pool);

/* Whether all ranks are there, or, of a pool that was joined, were there until then. Once one is lost, its pools take no new items: each
 * call that needs it, or is made afterwards, ends as RP_LOST, after what other ranks have is finished. A launcher such as mpirun is likely
 * to end the job a second or two after a rank died. Returns RP_OK; RP_LOST: `*error` names the rank, its host, and the items that it had,
 * or of how many calls. Doesn't block. */
RP_API rp_status rp_pool_check(const rp_pool *pool, rp_error *error);

/* Waits until all calls and their callbacks are finished and all workers are gone. After close or terminate only (else RP_USAGE).
 * Not from a task or a callback. Returns RP_OK, also when repeated; RP_USAGE; RP_LOST (a rank was lost; it isn't waited for). */
RP_API rp_status rp_pool_join(rp_pool *pool, rp_error *error);

/* Terminates and joins when that hasn't been done, and frees the pool. NULL does nothing. Results and iterators of the pool stay valid. */
RP_API void rp_pool_free(rp_pool *pool);

/* Fills `*info`. */
RP_API void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info);

/* Fills `*info` for one rank of the pool, 0 <= rank < info.ranks. Returns RP_OK, RP_USAGE. */
RP_API rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info);

/*
 * Sets one option from text, for command lines and configuration. The names are those that rp_pool_option gives: "executor" or "backend",
 * "threads", "schedule" and so on. "chunk" and "window" may also be "auto", which is 0, and "max-failures" a percentage.
 * Returns RP_OK; RP_USAGE with a text that names the option and says what would be right; `*options` is then as it was.
 */
RP_API rp_status rp_pool_options_set(rp_pool_options *options, const char *name, const char *value, rp_error *error);

/* Tells of the options that rp_pool_options_set takes, one by one, for help texts. `k`: 0, 1 and so on. Returns 1, or 0 when there are no
 * more; `*info` is then as it was. Any thread. */
RP_API int rp_pool_option(size_t k, rp_option_info *info);

/* Names as on the command line: "openmp", "factoring". Never NULL. */
RP_API const char *rp_executor_name(rp_executor executor);
RP_API const char *rp_schedule_name(rp_schedule schedule);

#ifdef __cplusplus
}
#endif
#endif
