/*
 * failures.h: the failed items of a run, counted by cause; which of them get a line on standard error; and the lines themselves. Plain
 * functions, nothing is written here.
 */
#ifndef RANKPOOL_CLI_FAILURES_H
#define RANKPOOL_CLI_FAILURES_H

#include <rankpool/rankpool.h>

/* So many failures are told one by one where the output has a row for each; a run that fails all over would bury everything else. */
enum { FAILURES_MOST_SHOWN = 20 };

/* More than any cause. */
enum { FAILURES_CAUSES = 32 };

typedef struct failures {
    uint64_t by_cause[FAILURES_CAUSES];
    uint64_t failed; /* without the following */
    uint64_t lost;   /* with their rank */
    uint64_t unread; /* failed while the run ended for another reason: known by number only */
} failures;

typedef enum failures_say {
    FAILURES_SAY_LINE, /* of this item */
    FAILURES_SAY_MORE, /* that further ones aren't told one by one: failures_more */
    FAILURES_SAY_NOTHING
} failures_say;

/* Takes one in, and tells what to say about it; `has_rows`: the output has a row for each failed item. Of lost items nothing is said: there
 * is one line about their rank. */
failures_say failures_add(failures *all, const rp_error *failure, int has_rows);

/* "item 3 (abc) failed on rank 1, host n2, worker 0, attempt 2, after 1.50 s: … (code 7)": `item` is its text, as shown to people. The time
 * stands there when it is one that people notice, the code when the message doesn't have it. Returns `text`. */
#define FAILURES_LINE_SIZE (RP_ERROR_TEXT_SIZE + 256)
const char *failures_line(int64_t index, const char *item, const rp_error *failure, char text[FAILURES_LINE_SIZE]);

/* What FAILURES_SAY_MORE says. */
const char *failures_more(void);

/* "3 of 17 items failed (2 timeout, 1 signal) in 12.34 s": of n_ran items, the failed and the lost ones among them, but not the unread.
 * Causes are named when there is another than that the task said so. Returns `text`. */
#define FAILURES_SUMMARY_SIZE 256
const char *failures_summary(const failures *all, uint64_t n_ran, double seconds, char text[FAILURES_SUMMARY_SIZE]);

#endif
