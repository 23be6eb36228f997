/*
 * leaderboard.h: contestants with their timings, ranked, and printed as a table, csv or JSON lines.
 */
#ifndef RANKPOOL_CLI_LEADERBOARD_H
#define RANKPOOL_CLI_LEADERBOARD_H

#include "output.h"
#include "statistics.h"

typedef struct leaderboard_row {
    const char *method; /* "serial loop" for the plain loop */
    const char *backend;
    int progress; /* with a progress display */
    int ranks, threads, workers;
    statistics seconds;
    double speedup;    /* over the serial loop */
    double to_pthread; /* time divided by that of the pthread baseline: less is faster */
    double efficiency; /* speed-up per worker */
} leaderboard_row;

typedef struct leaderboard {
    const char *job, *host;
    int cores;
    uint64_t items;
    int runs;
    leaderboard_row *rows;
    size_t n_rows;
    size_t serial_loop; /* the row that speed-ups refer to */
} leaderboard;

/* Computes speed-ups, ratios and efficiencies, and sorts the rows by mean. The baseline of the ratio is the pthread row with the same
 * method and progress, or else that of map without progress. */
void leaderboard_rank(leaderboard *board);

void leaderboard_write(const leaderboard *board, output *out);

#endif
