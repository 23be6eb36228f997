/* closing.h: the last line of a run that ended before its last item: how far it is, why it ended, and how to go on. Pure. */
#ifndef RANKPOOL_CLI_CLOSING_H
#define RANKPOOL_CLI_CLOSING_H

#include <stdint.h>

typedef struct closing {
    const char *why;  /* "stopped for the time limit", "drained after SIGUSR1" */
    const char *also; /* one more thing to know, as "items that were running are given up"; NULL: nothing */
    uint64_t done;    /* items that have an outcome, in this run or, with a journal, an earlier one */
    uint64_t failed;  /* of them */
    uint64_t all;     /* 0: not known */
    int goes_on;      /* the same command goes on: there is a journal */
} closing;

enum { CLOSING_SIZE = 512 };

/* "stopped for the time limit: 98211 of 120000 items done, 21789 to do; the same command goes on". Returns `text`. */
const char *closing_text(const closing *end, char text[CLOSING_SIZE]);

#endif
