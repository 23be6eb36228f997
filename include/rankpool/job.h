/*
 * job.h: ready-made work for the program `rankpool`: a task, its parameters and its items as text, its results as fields. A job sees only
 * the public headers. It is one file in jobs/, or in a shared library of its own, which RP_JOB makes known: `rankpool run ./my_job.so`.
 */
#ifndef RANKPOOL_JOB_H
#define RANKPOOL_JOB_H

#include <rankpool/pool.h>
#include <rankpool/source.h>
#include <rankpool/version.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a parameter is. A number is a double. */
typedef enum rp_param_type { RP_PARAM_INTEGER, RP_PARAM_NUMBER, RP_PARAM_TEXT } rp_param_type;

/* One parameter of a job, as the user sees it. */
typedef struct rp_param {
    const char *name;          /* as in `--param NAME=VALUE` */
    rp_param_type type;        /* what its value is */
    const char *default_value; /* as text; NULL: the user must give one */
    const char *help;          /* one line */
    double minimum, maximum;   /* of integers and numbers, both ends included; both 0: no limits */
} rp_param;

/* One parameter's value, in the member for its type. Text is valid as long as the values are. */
typedef union rp_value {
    int64_t integer;  /* RP_PARAM_INTEGER */
    double number;    /* RP_PARAM_NUMBER */
    const char *text; /* RP_PARAM_TEXT */
} rp_value;

/* One column of the job's results, for csv, jsonl and text. In text, blanks separate the columns. */
typedef struct rp_field {
    const char *name; /* none of the columns of a failed item: cause, code, message, rank, host, worker, attempt, elapsed_s */
    rp_type type;     /* of the member; bytes: only for emitting tasks, as the only field, or in a record */
    size_t offset;    /* of the member in the result, or in the record that `read` makes of it, in bytes */
} rp_field;

/* What the user asks of a job. Valid until `bind` has returned, but for the values, which are valid as long as the bound arguments. */
typedef struct rp_job_request {
    const rp_value *values; /* of the parameters, in the order of the table */
    /* For jobs that take a command: its words, ended by NULL; for others those that `words` of the job names. NULL: there are none. */
    char *const *words;
    /* For jobs whose items are texts: the names of an item's columns, NULL for one without a name; n_columns 0: they aren't known yet. */
    const char *const *columns;
    size_t n_columns; /* how many `columns` has */
    int repeats;      /* 1: the same items are run several times, to be timed: each run has to do all the work */
    double timeout_s; /* for jobs that end their items themselves: seconds that an item may take; 0: any time */
} rp_job_request;

/* What became of an item, for `arrive` and `write`. Valid during the call. */
typedef struct rp_job_outcome {
    int64_t index;           /* of the item, from 0 */
    rp_bytes item;           /* its text; of a row of csv, the row */
    const void *result;      /* of an emitting task an rp_bytes; NULL: none */
    const rp_error *failure; /* NULL: it succeeded */
} rp_job_outcome;

/* Bytes that `read` of a job may write. */
#define RP_JOB_RECORD_SIZE 256

/* What holds unless the user says otherwise. All 0: as for any work for a processor. */
typedef struct rp_job_defaults {
    unsigned threads; /* worker threads of each rank; 0: the cores */
    int mostly_waits; /* 1: an item waits for a network or a disk most of the time, so more workers than cores make sense */
    int on_error;     /* rp_on_error */
    unsigned retries; /* of a failed item; 0: none */
    uint64_t chunk;   /* items; 0: the schedule sizes it */
} rp_job_defaults;

/* A job: a task and what people have to be told of it. What is NULL or 0 isn't there. */
typedef struct rp_job {
    const char *name;       /* as behind `rankpool run` */
    const char *help;       /* one line */
    const char *item_help;  /* what an item is, as "a number x" */
    const rp_task *task;    /* its first arguments are bound from the parameters, the others are the item */
    const rp_param *params; /* ended by one with name NULL. NULL: there are none */
    /* Ended by one with name NULL; numbers have enough digits to be read back exactly. NULL: the result itself, if there is one, as
     * `value`; it can't be a record. */
    const rp_field *fields;
    const rp_initializer *initializer; /* NULL: none; its argument is empty */
    /* Makes the bound arguments from what the user asks: allocates, writes and checks (as: a directory that can be written to). Runs on
     * rank 0, before any rank computes. `*bound`: constants, in memory that `unbind` frees;
     * `*state` goes to `unbind`. Returns RP_OK; RP_USAGE (names the parameter and what would be right); RP_NO_MEMORY; RP_SYSTEM. NULL: no
     * argument is bound. */
    rp_status (*bind)(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error);
    void (*unbind)(void *state); /* frees what `bind` made */
    int skips_blanks;            /* 1: a line with nothing but blanks is no item, as in a list of addresses; 0: it is one, or a mistake */
    int skips_comments;          /* 1: a line that begins with # is no item either */
    /* For jobs whose items are one text: 1 if it can only be the name of a column. As the first line it is then no item, unless the user
     * says otherwise. NULL: never. */
    int (*is_header)(rp_bytes text);
    rp_job_defaults defaults; /* of options that the user doesn't give */
    int takes_words;          /* 1: words behind `--` are a command for the job; 0: they are items */
    /* What the first arguments behind the job's name are, which are no items, as "FILE"; ended by NULL. Not together with takes_words.
     * NULL: all are items. */
    const char *const *words;
    /* For a job whose task depends on what the user asks: sets it, and the fields, the item's help and whatever else depends on it, in
     * `*made`, a copy of this job. All ranks call it, before MPI starts, and rank 0 again later; each time for the same request. It
     * registers the task. Returns RP_OK; RP_USAGE (the same on all ranks: a word is wrong); RP_UNSUPPORTED (this rank can't, as it lacks a
     * library; all ranks then end). NULL: nothing depends on it. */
    rp_status (*resolve)(const rp_job_request *request, struct rp_job *made, rp_error *error);
    int may_crash; /* 1: an item may end its process, so the program advises people to isolate items */
    /* 1: an item is one or more texts, whatever they mean: a line, a row, a combination of a grid. The task's one argument for the item is
     * bytes: each text and a NUL. A text has no NUL. */
    int items_are_texts;
    int ends_items;          /* 1: the job ends an item at its time-out (rp_job_request), and needs no isolation: its items are processes */
    int items_are_addresses; /* 1: the program writes an item without the user information of its address (text.h); 0: as it is */
    /* How many items there are unless the user gives others: the numbers 0 to n - 1. NULL: the user has to give them. */
    uint64_t (*n_items)(const rp_value *values);
    /* For a task that has many items at once (RP_TASK_OVERLAP): the integer parameter that says how many a worker has. NULL: none. */
    const char *overlap_param;
    /* When the pool is there, before any item runs: the bound arguments may depend on how many workers there are (rp_pool_get_info,
     * rp_pool_get_rank_info). Items that are timed are run again and again, by pools of different sizes: it is called before each time, so
     * what it makes has to come from what `bind` found, and not from what an earlier call made. NULL: nothing depends on that. Returns
     * RP_OK, or an error that ends the run. */
    rp_status (*opened)(void *state, rp_pool *pool, rp_error *error);
    /* On each rank first thing, while the process has one thread and no MPI: for helper processes, which are forked then or never. NULL:
     * there are none. Returns RP_OK or an error, which ends the program. */
    rp_status (*start_helpers)(rp_error *error);
    /* For emitting tasks whose results are more than one text: makes the record of at most RP_JOB_RECORD_SIZE bytes that the fields are
     * members of, aligned as for any type. Its texts may point into the result. Returns 0: the result is none. NULL: the fields are those
     * of the result itself. */
    int (*read)(rp_bytes result, void *record);
    /* On rank 0, each NULL when not wanted. `state`: of `bind`. All return RP_OK, or an error that ends the run.
     * This one: an item has ended; in the order in which items do. */
    rp_status (*arrive)(void *state, const rp_job_outcome *outcome, rp_error *error);
    /* In text format, in place of the line with its fields, to `out`; also of a failed item. In the order of the items, unless the user
     * asked for another. */
    rp_status (*write)(void *state, const rp_job_outcome *outcome, FILE *out, rp_error *error);
    /* The run has ended, in whatever way, and nothing more arrives; once. Its error is told, and the run's status is not 0 then. */
    rp_status (*finish)(void *state, rp_error *error);
    /* Names of parameters, each ended by NULL; NULL: none. With a journal a run goes on only if the parameters are those of the runs
     * before. free_params: those that change nothing in results and may be others then, as how many connections there are, or how long they
     * wait. secret_params: texts of which the journal keeps a hash alone. */
    const char *const *free_params, *const *secret_params;
    /* On rank 0: a try of an item has failed, and another one follows; before the item arrives. ended_s: seconds since 1970. NULL: not
     * wanted. Returns RP_OK, or an error that ends the run. */
    rp_status (*retried)(void *state, const rp_error *failure, double ended_s, rp_error *error);
    /* On rank 0, for jobs that have `write` and `arrive`: while nothing arrives, several times a second. `next` is the item that `write`
     * will be called for next, without result and failure; it may run, wait, or not have been given yet (its text is then NULL). What is
     * written to `out` stands before what `write` writes of it, and has to end with whole lines. With `out` NULL it is a question: RP_OK:
     * there is something to write, RP_AGAIN: there isn't. NULL: not wanted. Returns as `write`. */
    rp_status (*look)(void *state, const rp_job_outcome *next, FILE *out, rp_error *error);
    /* The integer parameter without which, or with 0 for it, `look` isn't called. With it the user has to take text, in the order of the
     * items, without a journal and without retries. NULL: none, and it isn't called. */
    const char *live_param;
} rp_job;

/* The jobs of this program, ended by NULL. Never NULL itself. Any thread. */
const rp_job *const *rp_jobs(void);

/* ---- a job in a shared library of its own ---- */

/* One higher with each change of a struct above, but for fields that are added to the end of rp_job. */
#define RP_JOB_VERSION 1

/* What a library with a job tells the program. The first two stay what they are in all versions. */
typedef struct rp_job_library {
    const char *built_with;                         /* RP_VERSION */
    int version;                                    /* RP_JOB_VERSION */
    size_t job_size;                                /* sizeof(rp_job) */
    const rp_job *job;                              /* what it has */
    int (*fail)(int code, const char *format, ...); /* rp_fail: a library that brought its own would fail items that nobody looks at */
} rp_job_library;

#ifdef __cplusplus
}
#endif

/* Makes a job known, once in the library, at file scope, with no semicolon. Build it by `cc -shared -fPIC`, without librankpool: the
 * program has these functions. All ranks load it from the same path. Its task, and its initializer, are registered if they aren't yet. */
#ifdef __cplusplus
#define RP_JOB(job)                                                                                                                        \
    extern "C" {                                                                                                                           \
    RPI__JOB(job)                                                                                                                          \
    }
#else
#define RP_JOB(job) RPI__JOB(job)
#endif
#define RPI__JOB(job)                                                                                                                      \
    extern RP_API const rp_job_library rankpool_job;                                                                                       \
    const rp_job_library rankpool_job = {RP_VERSION, RP_JOB_VERSION, sizeof(rp_job), &(job), rp_fail};
#endif
