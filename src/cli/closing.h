/*
 * closing.h: the last line of a run that ended before its last item: why it ended, how far it is, and how to go on. Each such run has one,
 * whatever ended it. Pure.
 */
#ifndef RANKPOOL_CLI_CLOSING_H
#define RANKPOOL_CLI_CLOSING_H

#include <stdint.h>

/* What ended the run, for how to go on: a limit that earlier runs have reached ends the next one too. */
typedef enum closing_cause {
    CLOSING_OUTSIDE = 0, /* a signal, the time, a loss, a disk: the same command goes on, where there is a journal */
    CLOSING_FIRST_FAILURE,
    CLOSING_MAX_FAILURES,
    CLOSING_HALT_FAILURES, /* --halt …,fail= */
    CLOSING_HALT_SUCCESSES /* --halt …,success= */
} closing_cause;

typedef struct closing {
    const char *why;  /* "stopped for the time limit", "drained after SIGUSR1" */
    const char *also; /* one more thing to know, as "items that were running are given up"; NULL: nothing */
    uint64_t done;    /* items that have an outcome, in this run or, with a journal, an earlier one */
    uint64_t failed;  /* of them; 0 too where `why` has the number */
    uint64_t all;     /* 0: not known */
    int has_journal;
    closing_cause cause;
} closing;

enum { CLOSING_SIZE = 768 };

/* "stopped for the time limit: 98211 of 120000 items done, 21789 to do; the same command goes on". Returns `text`. */
const char *closing_text(const closing *end, char text[CLOSING_SIZE]);

#endif
