/*
 * halt.h: when a run ends before its last item: after so many failed or successful ones. Pure functions.
 */
#ifndef RANKPOOL_CLI_HALT_H
#define RANKPOOL_CLI_HALT_H

#include <rankpool/error.h>

typedef enum halt_how {
    HALT_NEVER = 0,
    HALT_SOON, /* nothing new starts, what runs is finished */
    HALT_NOW   /* what runs is ended */
} halt_how;

typedef struct halt {
    halt_how how;
    int counts_successes; /* 0: failures */
    double count;         /* items; 0: `percent` counts */
    double percent;       /* of all items, or where their number isn't known, of those that have ended, counted as at least 100 */
} halt;

/* Reads "now,fail=1", "soon,fail=10%", "now,success=1" or "never". RP_OK; RP_USAGE. */
rp_status halt_parse(const char *text, halt *wanted, rp_error *error);

/* Whether the run has to end. `n_all` 0: not known. */
int halt_is_reached(const halt *wanted, uint64_t n_failed, uint64_t n_succeeded, uint64_t n_all);

#endif
