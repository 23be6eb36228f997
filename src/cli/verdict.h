/*
 * verdict.h: what a table of timings means, in sentences: what is fastest and what is as fast, whether the runs are enough to tell,
 * outliers, and what made the times unsure.
 */
#ifndef RANKPOOL_CLI_VERDICT_H
#define RANKPOOL_CLI_VERDICT_H

#include "leaderboard.h"
#include "machine.h"

enum { VERDICT_SIZE = 1024 };

typedef struct verdict {
    const leaderboard *board; /* rated and placed */
    const machine_state *before, *after;
    int wants_fewest; /* the rows are numbers of workers: the fewest that are as fast as the best are named */
    size_t n_hidden;  /* rows that were measured and that the board doesn't have any more */
} verdict;

/* Writes sentence k, counted from 0 without gaps, to `text`. `is_doubt`: it tells what makes the times unsure. Returns `text`, or NULL when
 * there are no more. */
const char *verdict_sentence(const verdict *about, int k, int *is_doubt, char text[VERDICT_SIZE]);

#endif
