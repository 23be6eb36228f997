/*
 * pool.h: a pool of workers. Opened, given calls, closed or terminated, joined, freed.
 *
 *     open --close--> closed --join--> joined --free
 *     open, closed --terminate--> terminated --join--> joined
 *     open --stop, finish_running, end_running--> closed, with calls that end soon
 *
 * All functions here may be called from any thread of the process that opened the pool (under MPI: rank 0, or the root),
 * several at once. Only rp_pool_free must come last. rankpool.h says what NULL does, and who must not wait.
 * Semantics: Python's multiprocessing.pool.Pool.
 */
#ifndef RANKPOOL_POOL_H
#define RANKPOOL_POOL_H

#include <rankpool/prepare.h>
#include <rankpool/task.h>

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A pool of workers. */
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

/* What a failed item leads to. */
typedef enum rp_on_error {
    RP_ON_ERROR_DEFAULT = 0, /* a call: as its pool has it; a pool: stop */
    RP_ON_ERROR_STOP,        /* after the first failure, nothing new starts */
    RP_ON_ERROR_COLLECT      /* the other items run; each failure is recorded */
} rp_on_error;

/* What the loss of a rank leads to, where several ranks make a pool. */
typedef enum rp_on_lost {
    RP_ON_LOST_DEFAULT = 0, /* stop */
    RP_ON_LOST_STOP,        /* nothing new starts; each call that needs the rank ends as RP_LOST */
    RP_ON_LOST_GO_ON        /* its items go to the other ranks; see rp_pool_options */
} rp_on_lost;

/* Whether the progress of calls is drawn. */
typedef enum rp_progress {
    RP_PROGRESS_NEVER = 0,
    RP_PROGRESS_AUTO,  /* a bar when the stream is a terminal, elsewhere a line per interval; a last line if there was one before */
    RP_PROGRESS_ALWAYS /* the same, and a last line in any case, also of calls that were over before the first one */
} rp_progress;

/* Where tasks run. */
typedef enum rp_isolation {
    RP_ISOLATION_NONE = 0, /* tasks run in threads of the rank; a task that crashes or exits ends the rank */
    RP_ISOLATION_PROCESS   /* tasks run in child processes, one for each worker; a task that crashes or exits fails only its item */
} rp_isolation;

/* What a call with a key does where an item isn't the one that the pool's journal has under its index: its arguments have other bytes. */
typedef enum rp_resume {
    RP_RESUME_SAME = 0, /* the call is refused as RP_USAGE, naming the item */
    RP_RESUME_CHANGED,  /* such items are run again */
    RP_RESUME_FORCE     /* what the journal has of an index counts, whatever the item is now */
} rp_resume;

/* What is recorded of where the time went; see report.h. */
typedef enum rp_record {
    RP_RECORD_NONE = 0,
    RP_RECORD_TOTALS, /* a few sums for each worker */
    RP_RECORD_GRAINS  /* each grain too, with its begin and end */
} rp_record;

/* How the pool's threads wait for each other between short calls. */
typedef enum rp_wait_policy {
    RP_WAIT_AUTO = 0, /* what RANKPOOL_WAIT_POLICY says, else OMP_WAIT_POLICY: active or passive. Else they spin for up to 0.3 ms while
                         calls follow each other closely and each worker has a core, and then sleep */
    RP_WAIT_ACTIVE,   /* they spin for up to 10 ms, and then sleep */
    RP_WAIT_PASSIVE   /* they sleep at once */
} rp_wait_policy;

/* All fields: 0 or NULL means the default. */
typedef struct rp_pool_options {
    rp_executor executor; /* where items run */
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
    unsigned retries;       /* how often a failed item is tried again before it counts as failed; on another rank, where there is one */
    double retry_pause_s;   /* backoff: the wait before the first retry of an item, doubled before each further one, up to 30 s; 0: 0.1 */
    double timeout_s;       /* an item that runs longer has failed; 0: no time-out. See rp_isolation_prepare for what happens to it */
    rp_isolation isolation; /* see rp_isolation_prepare */
    uint64_t max_tasks_per_child; /* isolation: a child is replaced after this many items; 0: never */
    rp_record record;             /* of where the time went */
    uint64_t max_records; /* grains kept of each worker, and chunks of each rank, at 48 bytes; later ones are only counted; 0: 262144 */
    const rp_initializer *initializer; /* NULL: none */
    rp_bytes initializer_argument;     /* copied */
    rp_progress progress;              /* whether it is drawn */
    FILE *progress_stream;             /* NULL: stderr */
    const char *progress_name;         /* shown before the bar; NULL: the task's name. Copied */
    double progress_interval_s;        /* between lines when the stream isn't a terminal; 0: 10 */
    uint64_t seed;                     /* for rp_item_seed (task.h), of calls that have none of their own; any number */
    /* Bytes. A rank has as many workers as its memory has room for, at most the number that it would have anyway: its even share, with the
     * other ranks of its host, of the least of MemAvailable, the limits of its control groups, and what Slurm gave the job there. Not even
     * one: RP_USAGE. With isolation a child may have so much in addition to what it has at its start (RLIMIT_DATA): what asks for more gets
     * none, and the failure of an item whose process ends says how much it had. 0: no limit */
    uint64_t memory_per_item;
    uint64_t gpus_per_rank; /* so many GPUs of its host each rank shows to its tasks, see rp_gpus_prepare; 0: all, as they are */
    const char *journal; /* folder that keeps what becomes of items, for calls with a key (see rp_call_options); NULL: none. It is made, but
                            not its parent. One pool at a time has it. In the client's process alone. Copied */
    rp_resume resume;    /* with a journal */
    int retry_failed;    /* 1: items that the journal has as failed are run again; 0: they stay failed */
    /* stop: see rp_pool_check. go on: what a lost rank had runs again on others, each result counts once, and calls end as if nothing had
     * happened. So a task may have run more than once, and its side effects with it. rp_attempt() stays: this is no retry. An item that was
     * with 3 ranks that died has failed, with the cause crash. The launcher must let the other ranks live: mpirun --enable-recovery on one
     * host, srun --no-kill --kill-on-bad-exit=0. The loss of rank 0 always ends the job. */
    rp_on_lost on_lost;
    /* Called with a line for each loss after which the others go on. In a thread of the pool, under a lock of its own: it must not use the
     * pool, nor block for long. NULL: rp_pool_warning alone says it. */
    void (*lost)(void *argument, const char *line);
    /* What it is given. */
    void *lost_argument;
    /* A try of an item has failed, and another one will be made: called before that, in any thread of this process, which mustn't wait or
     * use the pool. `*failure` is valid during the call. NULL: nobody is told. */
    void (*retried)(void *argument, const rp_error *failure);
    /* What it is given. */
    void *retried_argument;
    double time_limit_s;   /* how long from its opening the pool may run: see rp_pool_set_time_left; 0: no limit */
    double time_request_s; /* with a limit: how long an item may take; 0: as long as the longest so far */
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
    const char *name;  /* as on the command line: "max-failures" */
    const char *value; /* the placeholder for its value in help texts: "N|P%"; NULL: no command has the option under this name */
    const char *help;  /* what it does; NULL: as for `value` */
    const char
        *enumeration; /* the type whose names (rp_enumeration) are its values, as "rp_schedule"; NULL: its values are numbers, or texts */
    const char *environment; /* the environment variable that counts when the option isn't given; NULL: none */
    unsigned commands;       /* which of the program's commands take it: RP_COMMAND_… added up */
} rp_option_info;

/* What a pool turned out to be. */
typedef struct rp_pool_info {
    rp_executor executor;     /* never AUTO */
    int ranks;                /* of the pool, this process one of them */
    int threads;              /* workers of the rank that opened the pool */
    int workers;              /* in all ranks */
    uint64_t window;          /* items; for a call that names no window and has chunks of one item, unless a rank is far away */
    const char *threads_from; /* where the number of threads comes from, as "OMP_NUM_THREADS"; static text */
} rp_pool_info;

/* One rank of a pool. */
typedef struct rp_rank_info {
    char host[RP_ERROR_HOST_SIZE]; /* its name */
    int threads;                   /* workers of this pool on this rank */
    int cores;                     /* cores that the rank may use: its affinity within the quota of its cgroup */
    int host_cores;     /* cores that the rank could use if its launcher had not bound it: those of the host, container or batch job */
    char affinity[128]; /* the cores' numbers, as "0-3,8"; shortened with "…" */
    int shares_memory;  /* 1: memory of rp_alloc is the same there as in the client's process; 0: what is in it is sent to the rank */
} rp_rank_info;

/*
 * Opens a pool. `options` may be NULL: all defaults. Blocks until all workers are there and their initializers have run. Under rp_main on
 * several ranks, auto, MPI and hybrid use all of them. On success `*pool` is the caller's, to be freed by rp_pool_free.
 * Returns RP_OK; RP_USAGE (a field is out of range; the ranks don't know the same tasks); RP_FAILED (an initializer failed); RP_UNSUPPORTED
 * (the executor isn't in this build; the thread level of MPI is too low); RP_NO_MEMORY; RP_SYSTEM; RP_LOST. With a journal also RP_USAGE
 * (another program has it; the folder is something else), RP_UNSUPPORTED (another version of the library wrote it) and RP_SYSTEM (it can't
 * be read or written).
 */
RP_API rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error);

/* The pool takes no more calls; those that were made go on. Harmless when repeated or after terminate. Doesn't block. NULL does nothing. */
RP_API void rp_pool_close(rp_pool *pool);

/* The gentle way to end early, for example on a signal. The pool takes no more calls, and nothing new of the earlier calls starts. Ranks
 * and workers finish what they were given already, and its results are delivered. Items that failed and have retries left have failed for
 * good. Then the calls end as RP_CANCELLED, also when items failed (their statuses say which items ran), or, when nothing was left to
 * start, as they would have ended without this. Doesn't block. NULL does nothing. */
RP_API void rp_pool_stop(rp_pool *pool);

/* As rp_pool_stop, but only items that run are finished: what ranks and workers were given and haven't begun doesn't begin either, wherever
 * it is in the order. Such items count as not run: their status is RP_CANCELLED. An ordered iterator ends before the first of them; an
 * unordered one delivers all that ran. For a program whose time is nearly over. Doesn't block. NULL does nothing. */
RP_API void rp_pool_finish_running(rp_pool *pool);

/* As rp_pool_finish_running, but where a task can end its items early (RP_TASK_ENDS_ITEMS), those that run are ended: rp_cancelled is 1 in
 * them; with `at_once` it is 2, and the task gives what it has started no more time. Unlike rp_pool_terminate this tells what became of
 * what was begun: an item that ended so has failed with the cause RP_CAUSE_ENDED. It doesn't count as failed, neither in rp_pool_failures
 * nor for the policy, it isn't tried again, and a journal has it as not run. One that is done in time is done. Other tasks are
 * finished. May be called again. Doesn't block. NULL does nothing. */
RP_API void rp_pool_end_running(rp_pool *pool, int at_once);

/*
 * A pool whose time has an end, as in a batch job. One that is opened with the option time_limit_s begins no item that can't end in time:
 * when less is left than a reserve, it does by itself what rp_pool_finish_running does. The reserve is 10 s, plus what the client needs for
 * its own end (closing_s), plus how long an item may take: the option time_request_s, or the longest item so far. Items of one call whose
 * times aren't known one by one count as taking up to 0.1 s more. While the process is stopped, the time goes on, but no item's.
 *
 * This function says anew how many seconds are left, more or less than before, and sets closing_s. Nothing begins again that was ended.
 * Doesn't block. RP_OK; RP_USAGE: a number is negative or not a number, or the pool was opened without time_limit_s (1e9 stands for a limit
 * that isn't known yet).
 */
RP_API rp_status rp_pool_set_time_left(rp_pool *pool, double left_s, double closing_s, rp_error *error);

/* How the time of a pool stands. */
typedef struct rp_pool_time {
    double left_s;    /* until the end; may be negative */
    double reserve_s; /* with less than that left nothing begins */
    double longest_s; /* how long an item took so far; 0: none has ended */
    int64_t is_over;  /* 1: nothing begins any more, as the time is over; else 0 */
} rp_pool_time;

/* Fills `*time`; all 0 for a pool without time_limit_s. Doesn't block. */
RP_API void rp_pool_get_time(const rp_pool *pool, rp_pool_time *time);

/* The pool takes no more calls, and those that were made end as RP_CANCELLED; only running items are finished, and with isolation not even
 * these: their processes are killed. Doesn't block. NULL does nothing. */
RP_API void rp_pool_terminate(rp_pool *pool);

/* Whether all ranks are there, or, for a joined pool, were there until it was joined. A pool that goes on without a lost rank says RP_OK,
 * and has a warning of it (rp_pool_warning). Otherwise, once a rank is lost, its pools hand out no new items:
 * each call that needs the rank, or is made afterwards, ends as RP_LOST once the other ranks have finished what they have. A launcher such
 * as mpirun is likely to end the job a second or two after a rank died. Returns RP_OK; RP_LOST: `*error` names the rank, its host, and the
 * items that it had or of how many calls they were. Doesn't block. */
RP_API rp_status rp_pool_check(const rp_pool *pool, rp_error *error);

/* Blocks until all calls and their callbacks are finished and all workers are gone. Only after close, stop or terminate. Not from a task or
 * a callback of the pool. Returns RP_OK, also when repeated; RP_USAGE (the pool is open; a task or callback of it waits for itself);
 * RP_LOST (a rank was lost; it isn't waited for); RP_SYSTEM (the journal couldn't be written to its end; all else is done). */
RP_API rp_status rp_pool_join(rp_pool *pool, rp_error *error);

/*
 * Blocks until all that the pool's journal was given so far is in its file, where it is safe from a kill of the process; with `on_disk` not
 * 0, until it is on the disk, where it is safe from a loss of power. For a program that acts on single results of an iterator, before it
 * acts. Any thread. A pool without a journal: RP_OK at once. Returns RP_OK; RP_SYSTEM (writing failed; nothing of what came later is safe);
 * RP_LOST (another program has taken the journal); RP_USAGE (the pool is NULL).
 */
RP_API rp_status rp_pool_sync_journal(rp_pool *pool, int on_disk, rp_error *error);

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

/* Not for use by hand: what the functions of these names become, see export.h. */
RP_API rp_status rp_pool_open_sized(const rp_pool_options *options, size_t options_size, rp_pool **pool, rp_error *error);
RP_API void rp_pool_get_info_sized(const rp_pool *pool, rp_pool_info *info, size_t info_size);
RP_API rp_status rp_pool_get_rank_info_sized(const rp_pool *pool, int rank, rp_rank_info *info, size_t info_size);
RP_API rp_status rp_pool_options_set_sized(rp_pool_options *options, size_t options_size, const char *name, const char *value,
                                           rp_error *error);
RP_API int rp_pool_option_sized(size_t k, rp_option_info *info, size_t info_size);

#ifndef RPI__LIBRARY
RPI__SIZED rp_status rp_pool_open(const rp_pool_options *options, rp_pool **pool, rp_error *error)
{
    return rp_pool_open_sized(options, sizeof(rp_pool_options), pool, error);
}
RPI__SIZED void rp_pool_get_info(const rp_pool *pool, rp_pool_info *info) { rp_pool_get_info_sized(pool, info, sizeof(rp_pool_info)); }
RPI__SIZED rp_status rp_pool_get_rank_info(const rp_pool *pool, int rank, rp_rank_info *info)
{
    return rp_pool_get_rank_info_sized(pool, rank, info, sizeof(rp_rank_info));
}
RPI__SIZED rp_status rp_pool_options_set(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    return rp_pool_options_set_sized(options, sizeof(rp_pool_options), name, value, error);
}
RPI__SIZED int rp_pool_option(size_t k, rp_option_info *info) { return rp_pool_option_sized(k, info, sizeof(rp_option_info)); }
#endif

#ifdef __cplusplus
}
#endif
#endif
