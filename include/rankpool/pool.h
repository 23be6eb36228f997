/*
 * pool.h: a pool of workers. Opened, given calls, closed or terminated, joined, freed.
 *
 *     open --close--> closed --join--> joined --free
 *     open, closed --terminate--> terminated --join--> joined
 *     open --stop--> closed, with calls that end soon
 *
 * All functions here may be called from any thread of the process that opened the pool (under MPI: rank 0, or the root),
 * several at once. Only rp_pool_free must come last. rankpool.h says what NULL does, and who must not wait.
 * Semantics: Python's multiprocessing.pool.Pool.
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
    RP_EXECUTOR_SERIAL,   /* one item after another; a blocking call runs them in the thread that makes it */
    RP_EXECUTOR_PTHREAD,  /* POSIX threads of this process: the baseline */
    RP_EXECUTOR_OPENMP,   /* an OpenMP team in this process */
    RP_EXECUTOR_MPI,      /* all ranks, one worker thread each */
    RP_EXECUTOR_HYBRID    /* all ranks, an OpenMP team in each */
} rp_executor;

/* How many items a worker is given at a time. N items in all, R items left, P workers. schedule.h in the library has the formulas
 * and their papers. */
typedef enum rp_schedule {
    RP_SCHEDULE_AUTO = 0,  /* from measured times: a chunk takes much longer than handing it out; fewer towards the end */
    RP_SCHEDULE_STATIC,    /* N / P, once */
    RP_SCHEDULE_FIXED,     /* always `chunk` items (1 when chunk is 0): self-scheduling */
    RP_SCHEDULE_GUIDED,    /* R / P */
    RP_SCHEDULE_TRAPEZOID, /* from N / 2P down to 1 in equal steps */
    RP_SCHEDULE_FACTORING, /* P chunks of R / 2P, then again */
    RP_SCHEDULE_MFSC, /* S / log2 S, S = N / P: as many chunks as factoring makes, all of one size (Banicescu, Ciorba & Srivastava 2013) */
    /* The next five go by the speed of each worker or rank, as measured in this call. imap and istarmap cut their chunks by
     * factoring instead. */
    RP_SCHEDULE_AWF_B, /* adaptive weighted factoring: factoring's chunk times the speed of the worker over the mean speed, as of when the
                          last P chunks began (Banicescu, Velusamy & Devaprasad 2003; B to E: Cariño & Banicescu 2008) */
    RP_SCHEDULE_AWF_C, /* as B, with R / 2P and the speed as of each chunk */
    RP_SCHEDULE_AWF_D, /* as B, but the time of messages counts in the speed of a rank */
    RP_SCHEDULE_AWF_E, /* as C, but the time of messages counts in the speed of a rank */
    RP_SCHEDULE_AF     /* adaptive factoring: from the mean and the variance of the times of each worker's items (Banicescu & Liu 2000) */
} rp_schedule;

typedef enum rp_on_error {
    RP_ON_ERROR_DEFAULT = 0, /* a call: as its pool has it; a pool: stop */
    RP_ON_ERROR_STOP,        /* after the first failure, nothing new starts */
    RP_ON_ERROR_COLLECT      /* the other items run; each failure is recorded */
} rp_on_error;

typedef enum rp_progress {
    RP_PROGRESS_NEVER = 0,
    RP_PROGRESS_AUTO,  /* a bar when the stream is a terminal, elsewhere a line per interval; a last line if there was one before */
    RP_PROGRESS_ALWAYS /* the same, and a last line in any case, also of calls that were over before the first one */
} rp_progress;

typedef enum rp_isolation {
    RP_ISOLATION_NONE = 0, /* tasks run in threads of the rank; a task that crashes or exits ends the rank */
    RP_ISOLATION_PROCESS   /* tasks run in child processes, one for each worker; a task that crashes or exits fails only its item */
} rp_isolation;

/* What is recorded of where the time went; see report.h. */
typedef enum rp_record {
    RP_RECORD_NONE = 0,
    RP_RECORD_TOTALS, /* a few sums for each worker */
    RP_RECORD_GRAINS  /* each grain too, with its begin and end */
} rp_record;

/* How the pool's threads wait for each other between short calls. */
typedef enum rp_wait_policy {
    RP_WAIT_AUTO = 0, /* what RANKPOOL_WAIT_POLICY says, else OMP_WAIT_POLICY: active or passive. Else they spin for up to 0.1 ms while
                         calls follow each other closely and each worker has a core, and then sleep */
    RP_WAIT_ACTIVE,   /* they spin for up to 10 ms, and then sleep */
    RP_WAIT_PASSIVE   /* they sleep at once */
} rp_wait_policy;

/* An initializer runs once in each worker before its first task. Initializers are known by name, as tasks are:
 * RP_INITIALIZER at file scope. */
typedef struct rp_initializer {
    const char *name;
    /* `argument`: the pool's initializer_argument, valid during the call. May store a pointer in `*state`, which tasks get from
     * rp_worker_state(). Returns 0; any other value, or a call of rp_fail, makes opening the pool fail. */
    int (*start)(rp_bytes argument, void **state);
    /* Called when the pool ends, in each worker whose start succeeded. May be NULL. */
    void (*finish)(void *state);
} rp_initializer;

/* As rp_task_register and rp_task_find, for initializers. */
RP_API rp_status rp_initializer_register(const rp_initializer *initializer);
RP_API const rp_initializer *rp_initializer_find(const char *name);

#define RP_INITIALIZER(name, start_function, finish_function)                                                                              \
    static const rp_initializer name##_initializer[1] = {{#name, (start_function), (finish_function)}};                                    \
    __attribute__((__constructor__)) static void rpi__register_initializer_##name(void)                                                    \
    {                                                                                                                                      \
        (void)rp_initializer_register(name##_initializer);                                                                                 \
    }

/* All fields: 0 or NULL means the default. */
typedef struct rp_pool_options {
    rp_executor executor;
    int ranks;   /* MPI and hybrid: the pool has the ranks 0 to ranks - 1, and the others nothing to do with it; more than there are is an
                    error; 0: all */
    int threads; /* workers of each rank; 0: RANKPOOL_THREADS, else OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else the cores that this rank
                    may use; negative: an error. Serial and MPI always have one worker a rank. */
    uint64_t stack_size; /* bytes of each thread that runs tasks; 0: the largest of a finite limit (ulimit -s), OMP_STACKSIZE and 8 MiB */
    unsigned nested_threads;    /* of a parallel region of OpenMP in a task; 0: the second number of OMP_NUM_THREADS, else the rank's cores
                                   over     its workers, at least 1 */
    rp_wait_policy wait_policy; /* where there are more workers than cores, all sleep at once */
    rp_schedule schedule;       /* of calls that name none */
    uint64_t chunk;             /* items; 0: the schedule sizes it; with the schedule auto, a number makes the schedule fixed */
    uint64_t window;            /* how many items imap and istarmap run ahead of their reader; 0: from workers and chunk */
    unsigned
        overlap; /* items that a worker has at once, where tasks are of the overlapping form (task.h): so many more are sent ahead; 0: 1 */
    rp_on_error on_error;        /* default: stop, or collect when a limit of failures is set */
    uint64_t max_failures;       /* collect: nothing new starts once more items than this failed (see rp_pool_stop); 0: no limit */
    double max_failures_percent; /* the same as a share of the call's items; where their number isn't known, of the finished items, counted
                                    as at least 100; 0: no limit */
    unsigned retries;     /* how often a failed item is tried again before it counts as failed; on another rank, where there is one */
    double retry_pause_s; /* backoff: the wait before the first retry of an item, doubled before each further one, up to 30 s; 0: 0.1 */
    /* A try of an item has failed, and another one will be made: called before that, in any thread of this process, which mustn't wait or
     * use the pool. `*failure` is valid during the call. NULL: nobody is told. */
    void (*retried)(void *argument, const rp_error *failure);
    void *retried_argument;
    double timeout_s;             /* an item that runs longer has failed; 0: no time-out. See rp_isolation_prepare for what happens to it */
    rp_isolation isolation;       /* see rp_isolation_prepare */
    uint64_t max_tasks_per_child; /* isolation: a child is replaced after this many items; 0: never */
    rp_record record;
    uint64_t max_records; /* grains kept of each worker, and chunks of each rank, at 48 bytes; later ones are only counted; 0: 262144 */
    const rp_initializer *initializer;
    rp_bytes initializer_argument; /* copied */
    rp_progress progress;
    FILE *progress_stream;      /* NULL: stderr */
    const char *progress_name;  /* shown before the bar; NULL: the task's name. Copied */
    double progress_interval_s; /* between lines when the stream isn't a terminal; 0: 10 */
} rp_pool_options;

/* The program's commands, for rp_option_info. */
enum {
    RP_COMMAND_RUN = 1,
    RP_COMMAND_COMPARE = 2,
    RP_COMMAND_JOBS = 4,
    RP_COMMAND_INFO = 8,
    RP_COMMAND_SIMULATE = 16,
    RP_COMMAND_SCALE = 32,
    RP_COMMAND_JOURNAL = 64
};

/* An option that rp_pool_options_set takes. Static texts. */
typedef struct rp_option_info {
    const char *name;        /* as on the command line: "max-failures" */
    const char *value;       /* the placeholder for its value in help texts: "N|P%"; NULL: no command has the option under this name */
    const char *help;        /* what it does; NULL: as for `value` */
    const char *enumeration; /* the type whose names (rp_enumeration) are its values, as "rp_schedule"; NULL: its values are numbers */
    const char *environment; /* the environment variable that counts when the option isn't given; NULL: none */
    unsigned commands;       /* which of the program's commands take it: RP_COMMAND_… added up */
} rp_option_info;

/* What a pool turned out to be. */
typedef struct rp_pool_info {
    rp_executor executor; /* never AUTO */
    int ranks;
    int threads;              /* workers of the rank that opened the pool */
    int workers;              /* in all ranks */
    uint64_t window;          /* items; for a call that names no window and has chunks of one item, unless a rank is far away */
    const char *threads_from; /* where the number of threads comes from, as "OMP_NUM_THREADS"; static text */
} rp_pool_info;

typedef struct rp_rank_info {
    char host[RP_ERROR_HOST_SIZE];
    int threads;        /* workers of this pool on this rank */
    int cores;          /* cores that the rank may use: its affinity within the quota of its cgroup */
    int host_cores;     /* cores that the rank could use if its launcher had not bound it: those of the host, container or batch job */
    char affinity[128]; /* the cores' numbers, as "0-3,8"; shortened with "…" */
    int shares_memory;  /* 1: memory of rp_alloc is the same there as in the client's process; 0: what is in it is sent to the rank */
} rp_rank_info;

/*
 * Opens a pool. `options` may be NULL: all defaults. Blocks until all workers are there and their initializers have run. Under rp_main on
 * several ranks, auto, MPI and hybrid use all of them. On success `*pool` is the caller's, to be freed by rp_pool_free.
 * Returns RP_OK; RP_USAGE (a field is out of range; the ranks don't know the same tasks); RP_FAILED (an initializer failed); RP_UNSUPPORTED
 * (the executor isn't in this build; the thread level of MPI is too low); RP_NO_MEMORY; RP_SYSTEM; RP_LOST.
 */
RP_API rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error);

/*
 * Isolation: each worker has a child process that runs its items. An item that calls exit() or abort(), crashes, is killed by the kernel
 * when memory runs out, or (with a time-out) loops for ever fails alone. A new child replaces the old one, and the other items run.
 * Children are forked from a helper process. The helper has to be started while this process has one thread and hasn't initialised MPI;
 * this function starts it. rp_main calls it when its options ask for isolation. A program that opens isolated pools in another way calls it
 * first thing in main, on all ranks. Opening an isolated pool without it tries the same, and fails with RP_UNSUPPORTED when it is too late.
 *
 * What is different in a child:
 * - It has the variables as they were when the helper was started, and sees no later change.
 * - Tasks that are registered later are unknown.
 * - The initializer runs in each new child. When a child ends, the initializer's finish has 10 s.
 * - A range task is given one item at a time.
 * - Arguments and results are copied.
 *
 * When a call is cancelled, or nothing of it can count any more for another reason, as when its item 0 failed under the policy stop, the
 * children that run its items are killed. These items count as not run.
 *
 * No child outlives its rank, nor does any process that a task started in the child's process group. When the helper itself is killed,
 * items fail with the cause system from then on.
 *
 * A time-out without isolation: items run in a second thread of the worker, on copies of arguments and results. A thread can't be stopped
 * from outside. So the thread of an item that timed out goes on: it takes its share of a core and holds its copies until the item returns.
 * Its result is dropped. The worker goes on with a new thread, in which the initializer runs again.
 *
 * `error` may be NULL. Returns RP_OK, also when repeated; RP_UNSUPPORTED (there are threads already, or MPI is initialised); RP_SYSTEM.
 */
RP_API rp_status rp_isolation_prepare(rp_error *error);

/* The pool takes no more calls; those that were made go on. Harmless when repeated or after terminate. Doesn't block. NULL does nothing. */
RP_API void rp_pool_close(rp_pool *pool);

/* The gentle way to end early, for example on a signal. The pool takes no more calls, and nothing new of the earlier calls starts. Ranks
 * and workers finish what they were given already, and its results are delivered. Items that failed and have retries left have failed for
 * good. Then the calls end as RP_CANCELLED, also when items failed (their statuses say which items ran), or, when nothing was left to
 * start, as they would have ended without this. Doesn't block. NULL does nothing. */
RP_API void rp_pool_stop(rp_pool *pool);

/* The pool takes no more calls, and those that were made end as RP_CANCELLED; only running items are finished, and with isolation not even
 * these: their processes are killed. Doesn't block. NULL does nothing. */
RP_API void rp_pool_terminate(rp_pool *pool);

/* Whether all ranks are there, or, for a joined pool, were there until it was joined. Once a rank is lost, its pools hand out no new items:
 * each call that needs the rank, or is made afterwards, ends as RP_LOST once the other ranks have finished what they have. A launcher such
 * as mpirun is likely to end the job a second or two after a rank died. Returns RP_OK; RP_LOST: `*error` names the rank, its host, and the
 * items that it had or of how many calls they were. Doesn't block. */
RP_API rp_status rp_pool_check(const rp_pool *pool, rp_error *error);

/* Blocks until all calls and their callbacks are finished and all workers are gone. Only after close, stop or terminate. Not from a task or
 * a callback of the pool. Returns RP_OK, also when repeated; RP_USAGE (the pool is open; a task or callback of it waits for itself);
 * RP_LOST (a rank was lost; it isn't waited for). */
RP_API rp_status rp_pool_join(rp_pool *pool, rp_error *error);

/* Frees the pool; terminates and joins it first if that hasn't been done. NULL does nothing. Results and iterators of the
 * pool stay valid. In a task or a callback of the pool it only terminates. */
RP_API void rp_pool_free(rp_pool *pool);

/*
 * For a program that writes to the terminal on which the pool's progress is drawn. `hide` takes the bar away, and nothing is drawn until
 * the same thread calls `show`; the bar comes back by itself. From the first `hide` on, the last line of a call waits until the pool is
 * freed, as results may still be on their way to the terminal. Not to be nested. `hide` may wait for the terminal. NULL does nothing.
 */
RP_API void rp_pool_progress_hide(rp_pool *pool);
RP_API void rp_pool_progress_show(rp_pool *pool);

/* Fills `*info`. Doesn't block. */
RP_API void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info);

/* Fills `*info` for one rank of the pool, 0 <= rank < ranks of rp_pool_info. Doesn't block. Returns RP_OK; RP_USAGE (no such rank;
 * `*info` is unchanged). */
RP_API rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info);

/*
 * Sets one option from text, for command lines and configuration. The names are those that rp_pool_option gives: "executor" or "backend",
 * "threads", "schedule" and so on. "chunk" and "window" may also be "auto", which is 0, and "max-failures" a percentage. Returns RP_OK;
 * RP_USAGE: the text of `*error` names the option and says what would be right, and `*options` is unchanged.
 */
RP_API rp_status rp_pool_options_set(rp_pool_options *options, const char *name, const char *value, rp_error *error);

/* Gives the options that rp_pool_options_set takes one by one, for help texts. `k` counts from 0. Returns 1; or 0 when there are no more,
 * and then `*info` is unchanged. */
RP_API int rp_pool_option(size_t k, rp_option_info *info);

/* The name as on the command line: "openmp", "factoring". Never NULL, also for a number that is no value. Static text. */
RP_API const char *rp_executor_name(rp_executor executor);
RP_API const char *rp_schedule_name(rp_schedule schedule);

#ifdef __cplusplus
}
#endif
#endif
