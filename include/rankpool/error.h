/*
 * error.h: how calls report what went wrong.
 *
 * Every function that can fail returns an rp_status; the details go to an optional rp_error that the caller owns (NULL: not wanted).
 * An error object is written only when the status is neither RP_OK nor RP_END nor RP_AGAIN.
 */
#ifndef RANKPOOL_ERROR_H
#define RANKPOOL_ERROR_H

#include <rankpool/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rp_status {
    RP_OK = 0,
    RP_END,       /* an iterator or a source has no more items */
    RP_AGAIN,     /* a source has no item now, but may have one later */
    RP_FAILED,    /* an item failed: its task said so; the error names the item */
    RP_TIMEOUT,   /* the time-out passed first; nothing was lost, ask again */
    RP_CANCELLED, /* the call was cancelled, or its pool terminated, before this was finished */
    RP_CLOSED,    /* the pool takes no more calls */
    RP_USAGE,     /* an argument is wrong; the text says which, and what would be right */
    RP_NO_MEMORY,
    RP_SYSTEM,      /* an operating system or MPI call failed; the code is its errno or MPI error class */
    RP_UNSUPPORTED, /* this build or this MPI can't do it */
    RP_LOST         /* a rank, or the connection to it, was lost */
} rp_status;

/* What made an item fail, and what the error's code then is. */
typedef enum rp_cause {
    RP_CAUSE_NONE = 0, /* it isn't about an item */
    RP_CAUSE_TASK,     /* the task called rp_fail; code: what it gave */
    RP_CAUSE_TIMEOUT,  /* it ran longer than the time-out; code: 0 */
    RP_CAUSE_SIGNAL,   /* it ended its process by a crash, or was killed, under isolation; code: the signal */
    RP_CAUSE_EXIT,     /* it ended its process by exit, under isolation; code: the exit status */
    RP_CAUSE_LOST,     /* the rank that had it was lost; code: 0 */
    RP_CAUSE_SYSTEM    /* the library couldn't run it, for want of memory or processes; code: an errno, or 0 */
} rp_cause;

#define RP_ERROR_ITEM_SIZE    96
#define RP_ERROR_HOST_SIZE    64
#define RP_ERROR_MESSAGE_SIZE 512
#define RP_ERROR_TEXT_SIZE    768

typedef struct rp_error {
    rp_status status;
    rp_cause cause;
    int code;       /* of an item: as the cause says; else an errno; 0: none */
    int64_t item;   /* index of the item in its call, from 0; -1: it isn't about one item */
    int rank;       /* where the item ran, or that was lost; -1: not known or nowhere */
    int worker;     /* thread of that rank, from 0; -1: not known or nowhere */
    int attempt;    /* which try this was, from 1; 0: it isn't about one item */
    double seconds; /* how long the item ran, in chunks of several the mean of those up to it; 0 where it isn't about one item */
    char host[RP_ERROR_HOST_SIZE];
    char item_text[RP_ERROR_ITEM_SIZE]; /* the item's arguments that weren't bound, as "0.5, 17"; bytes as text; shortened; "": not known */
    char message[RP_ERROR_MESSAGE_SIZE]; /* what the task, or the library, said; shortened to fit */
    char text[RP_ERROR_TEXT_SIZE];       /* the whole line, see rp_error_text */
} rp_error;

/* A line for people, without a newline: "item 17 (urls/a) failed on rank 2, host n2, worker 1: no such file".
 * `error` may be NULL or zeroed (gives "no error"). The text lives as long as `*error`. Any thread. */
RP_API const char *rp_error_text(const rp_error *error);

/* The name of a status, as "cancelled". Never NULL, also for a number that is no status. Any thread. */
RP_API const char *rp_status_text(rp_status status);

/* The name of a cause, as "timeout"; RP_CAUSE_NONE: "". Never NULL, also for a number that is no cause. Any thread. */
RP_API const char *rp_cause_text(rp_cause cause);

/* One value of an enumeration: its name as on the command line and in messages ("": it has none), and what it means. Static texts. */
typedef struct rp_name {
    int value;
    const char *name, *text;
} rp_name;

/* Gives the values of an enumeration one by one, for lists and help texts. `enumeration`: its type's name, as "rp_schedule"; one of
 * rp_status, rp_cause, rp_executor, rp_schedule, rp_on_error, rp_progress, rp_isolation, rp_record. `k`: 0, 1 and so on.
 * Returns 1, or 0 when there are no more, or no such enumeration; `*name` is then as it was. Any thread. */
RP_API int rp_enumeration(const char *enumeration, size_t k, rp_name *name);

/* Fills `*error` for something that isn't about an item. `error` may be NULL. Returns `status`, so that a function can end with
 * `return rp_error_set(error, RP_USAGE, 0, "...")`. For sources, initializers and jobs that report their own errors. Any thread. */
RP_API rp_status rp_error_set(rp_error *error, rp_status status, int code, const char *format, ...) RP_PRINTF(4, 5);

#ifdef __cplusplus
}
#endif
#endif
