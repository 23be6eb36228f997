/*
 * failures.h: the failed items of a run, counted by cause; which of them get a line on standard error; and the lines. Pure functions;
 * nothing is written here.
 */
#ifndef RANKPOOL_CLI_FAILURES_H
#define RANKPOOL_CLI_FAILURES_H

#include <rankpool/rankpool.h>

/* At most this many failures get a line when the output has a row for each. In a run that fails everywhere, lines for all would bury
 * everything else. */
enum { FAILURES_MOST_SHOWN = 20 };

/* More than there are causes. */
enum { FAILURES_CAUSES = 32 };

typedef struct failures {
    uint64_t by_cause[FAILURES_CAUSES];
    uint64_t failed; /* without the lost and the unread ones */
    uint64_t lost;   /* lost with their rank */
    uint64_t unread; /* failed while the run ended for another reason; only their number is known */
} failures;

typedef enum failures_say {
    FAILURES_SAY_LINE, /* a line about this item */
    FAILURES_SAY_MORE, /* that later ones get no line: failures_more */
    FAILURES_SAY_NOTHING
} failures_say;

/* Counts a failure and returns what to say about it. `has_rows`: the output has a row for each failed item. Nothing is said about lost
 * items: one line tells of their rank. */
failures_say failures_add(failures *all, const rp_error *failure, int has_rows);

/* Makes the line "item 3 (abc) failed on rank 1, host n2, worker 0, attempt 2, after 1.50 s: … (code 7)". `item` is its text, as shown to
 * people. The line has the time if it is long enough to be noticed, and the code if the message doesn't have it. Returns `text`. */
#define FAILURES_LINE_SIZE (RP_ERROR_TEXT_SIZE + 256)
const char *failures_line(int64_t index, const char *item, const rp_error *failure, char text[FAILURES_LINE_SIZE]);

/* The line for FAILURES_SAY_MORE. */
const char *failures_more(void);

/* Makes "3 of 17 items failed (2 timeout, 1 signal) in 12.34 s". n_ran includes failed and lost items, but not unread ones. Causes are
 * named if there is one other than the task's own. Returns `text`. */
#define FAILURES_SUMMARY_SIZE 256
const char *failures_summary(const failures *all, uint64_t n_ran, double seconds, char text[FAILURES_SUMMARY_SIZE]);

#endif
