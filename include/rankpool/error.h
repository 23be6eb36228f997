/*
 * error.h: how calls report what went wrong.
 *
 * Every function that can fail returns an rp_status. The details go to an rp_error that the caller owns; NULL: not wanted. An error object
 * is written only when the status is none of RP_OK, RP_END and RP_AGAIN. Its texts may hold what others wrote (tasks, other hosts), and are
 * as rp_printable (text.h) makes them: UTF-8 on one line, without control characters and without the passwords of addresses.
 * Numbers in its texts have a decimal point, whatever locale the program has set; rp_pool_options_set reads them so too.
 */
#ifndef RANKPOOL_ERROR_H
#define RANKPOOL_ERROR_H

#include <rankpool/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a call went. */
typedef enum rp_status {
    RP_OK = 0,
    RP_END,       /* an iterator or a source has no more items */
    RP_AGAIN,     /* a source has no item now, but may have one later */
    RP_FAILED,    /* an item failed: its task said so; the error names the item */
    RP_TIMEOUT,   /* the time-out passed first; nothing is lost, ask again */
    RP_CANCELLED, /* the call was cancelled, or its pool was terminated, before this was finished */
    RP_CLOSED,    /* the pool takes no more calls */
    RP_USAGE,     /* an argument is wrong; the text says which, and what would be right */
    RP_NO_MEMORY,
    RP_SYSTEM,      /* an operating system or MPI call failed; the code is its errno or MPI error class */
    RP_UNSUPPORTED, /* this build or this MPI can't do it */
    RP_LOST         /* a rank, or the connection to it, was lost */
} rp_status;

/* What made an item fail, and what the code of its error means. */
typedef enum rp_cause {
    RP_CAUSE_NONE = 0, /* the error isn't about an item */
    RP_CAUSE_TASK,     /* the task called rp_fail; code: the one that it passed */
    RP_CAUSE_TIMEOUT,  /* the item ran longer than its time-out; code: 0 */
    RP_CAUSE_SIGNAL,   /* its process crashed or was killed: its child process with isolation, or a command that it ran; code: the signal */
    RP_CAUSE_EXIT,     /* its process ended by itself (code: the exit status), or it ended its thread (code: 0) */
    RP_CAUSE_LOST,     /* the rank that had the item was lost; code: 0 */
    RP_CAUSE_SYSTEM,   /* the library couldn't run the item: memory or processes ran out; code: an errno, or 0 */
    RP_CAUSE_CRASH,    /* too many ranks or runs died with the item, so it isn't run any more; code: 0 */
    RP_CAUSE_NOT_BEGUN, /* the item didn't begin before the end of its pool's time: within the library; users see the status RP_CANCELLED */
    RP_CAUSE_ENDED /* the task ended the item before it was done, as its pool wanted that (rp_pool_end_running); code: as the task says */
} rp_cause;

/* Bytes of the texts of an rp_error, with the 0 at their end. */
#define RP_ERROR_ITEM_SIZE    96
#define RP_ERROR_HOST_SIZE    64
#define RP_ERROR_MESSAGE_SIZE 512
#define RP_ERROR_TEXT_SIZE    640

/* What went wrong. */
typedef struct rp_error {
    rp_status status;              /* what the function returned */
    rp_cause cause;                /* of a failed item */
    int code;                      /* about an item: as the cause says; otherwise an errno; 0: none */
    int64_t item;                  /* index of the item in its call, from 0; -1: the error isn't about one item */
    int rank;                      /* the rank where the item ran, or the rank that was lost; -1: not known, or none */
    int worker;                    /* worker of that rank, from 0; -1: not known, or none */
    int attempt;                   /* which try of the item failed, from 1; 0: the error isn't about one item */
    double seconds;                /* of the item; in a chunk of several, the mean of those up to it; 0: the error isn't about one item */
    char host[RP_ERROR_HOST_SIZE]; /* of that rank; "": none */
    char item_text[RP_ERROR_ITEM_SIZE];  /* its arguments, without the bound ones, as "0.5, 17"; bytes as text; shortened; "": not known */
    char message[RP_ERROR_MESSAGE_SIZE]; /* the message of the task or of the library; shortened to fit */
    char text[RP_ERROR_TEXT_SIZE];       /* the whole line, as rp_error_text gives it; shortened to fit */
    uint64_t reserved[16];               /* all 0: here later versions say more, as the struct stays as large as it is */
} rp_error;

/* A line for people, without a newline: "item 17 (urls/a) failed on rank 2, host n2, worker 1: no such file". `error` may be NULL or
 * zeroed; the text is then "no error". Never NULL. The text lives as long as `*error`. Any thread. */
RP_API const char *rp_error_text(const rp_error *error);

/* The name of a status, as "cancelled". Never NULL, also for a number that is no status. Static text. Any thread. */
RP_API const char *rp_status_text(rp_status status);

/* The name of a cause, as "timeout"; "" for RP_CAUSE_NONE. Never NULL, also for a number that is no cause. Static text. Any thread. */
RP_API const char *rp_cause_text(rp_cause cause);

/* One value of an enumeration: its name, as on the command line and in messages ("": it has none), and what it means. Static texts. */
typedef struct rp_name {
    int value;               /* its number */
    const char *name, *text; /* its name, and what it means */
} rp_name;

/* Gives the values of an enumeration one by one, for lists and help texts. `enumeration` is the name of its type, one of "rp_status",
 * "rp_cause", "rp_executor", "rp_schedule", "rp_on_error", "rp_progress", "rp_isolation", "rp_resume", "rp_record", "rp_on_lost". `k`
 * counts from 0. Returns 1; or 0 when there are no more values or no such enumeration, and then `*name` is unchanged. Any thread. */
RP_API int rp_enumeration(const char *enumeration, size_t k, rp_name *name);

/* Fills `*error` for something that isn't about an item. For sources, initializers and jobs that report their own errors. `error` may be
 * NULL. Returns `status`, so that a function can end with `return rp_error_set(error, RP_USAGE, 0, "...")`. Any thread. */
RP_API rp_status rp_error_set(rp_error *error, rp_status status, int code, const char *format, ...) RP_PRINTF(4, 5);

#ifdef __cplusplus
}
#endif
#endif
