/*
 * misdeeds.h: tasks that end the process they run in, or never return, and one that tells which process it ran in. For the tests of
 * isolation and of time-outs.
 */
#ifndef MISDEEDS_H
#define MISDEEDS_H

#include <rankpool/rankpool.h>

typedef enum misdeed {
    GOOD = 0,
    CALLS_EXIT,
    CALLS_EXIT_0,
    CALLS_EXIT_AT_ONCE,
    ABORTS,
    CRASHES,
    IS_KILLED,
    TERMINATES_ITSELF,
    LOOPS
} misdeed;

/* What the item's failure has to say. */
typedef struct verdict {
    misdeed deed;
    rp_cause cause;
    int code;
} verdict;

enum { N_DEADLY = 7 };
extern const verdict deadly[N_DEADLY]; /* all but GOOD and LOOPS */

typedef struct misdeed_tasks {
    const rp_task *misbehave;     /* int64 (int32 deed, int64 x): x, unless the deed is bad */
    const rp_task *misbehave_all; /* the same in range form */
    const rp_task *emit_and_misbehave;
    const rp_task *which_process; /* int64 (double seconds): the process's number, after that time */
    const rp_task *loop_for_ever; /* int64 (bytes path, int64): adds a byte to the file, and never returns */
    const rp_initializer *exits;  /* an initializer that ends its process */
} misdeed_tasks;

extern const misdeed_tasks misdeeds;

#endif
