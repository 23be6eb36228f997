/*
 * leaderboard.h: contestants with their timings: rated against the serial loop and the pthread baseline, and given places. How they are
 * printed is up to leaderboard_table.h and leaderboard_data.h.
 */
#ifndef RANKPOOL_CLI_LEADERBOARD_H
#define RANKPOOL_CLI_LEADERBOARD_H

#include "statistics.h"

#include <stdint.h>

enum { LEADERBOARD_NAME_SIZE = 80 };

typedef struct leaderboard_row {
    const char *method; /* "serial loop" for the plain loop */
    const char *backend;
    char name[LEADERBOARD_NAME_SIZE]; /* for sentences: "map on hybrid (2 × 1)" */
    int is_loop;                      /* the serial loop, which speed-ups refer to */
    int progress;                     /* with a progress display */
    int ranks, threads, workers;
    const double *seconds, *sorted; /* of each run, as they came and sorted */
    size_t n_runs;                  /* 0: it failed, and has no times and no place */
    double warm_up_s;
    /* from here on by leaderboard_rate and leaderboard_place */
    spread times;
    double speedup;    /* of medians, over the serial loop; at most the number of workers; 0: not known */
    int is_capped;     /* the medians' ratio is above the number of workers, so `speedup` is that number */
    double to_pthread; /* median divided by that of the pthread baseline: less is faster; 0: not known */
    double efficiency; /* speed-up per worker */
    int place;         /* 1 for the best and all that aren't slower; 0: none */
} leaderboard_row;

typedef struct leaderboard {
    const char *job, *host;
    int cores;
    double load; /* of the machine before the first run; below 0: not known */
    uint64_t items;
    int runs;
    leaderboard_row *rows;
    size_t n_rows;
} leaderboard;

/* Computes spreads, speed-ups, ratios and efficiencies. The baseline of the ratio is the pthread row with the same method and progress, or
 * else that of map without progress, or of starmap. */
void leaderboard_rate(leaderboard *board);

/* Gives places, among the rows that there are. RP_OK is 1; 0: no memory. */
int leaderboard_place(leaderboard *board);

/* Sorts by place, then by median; rows without times come last. */
void leaderboard_sort(leaderboard *board);

/* Keeps of each back end the row of least median without a progress display, and the serial loop. Drops rows without times. */
void leaderboard_keep_best(leaderboard *board);

/* What the workers of a row are: "threads", "ranks", "ranks × 8 threads"; "serial loop" for that. Returns `text`. */
enum { LEADERBOARD_WORKERS_SIZE = 40 };
const char *leaderboard_workers(const leaderboard_row *row, char text[LEADERBOARD_WORKERS_SIZE]);

/* The unit of a table: all its times are multiplied with `scale` and printed with `decimals`. */
typedef struct leaderboard_unit {
    const char *name; /* "s", "ms", "us" */
    double scale;
    int decimals;
} leaderboard_unit;

/* That in which all times are easy to read: of their least and largest medians. */
leaderboard_unit leaderboard_unit_of(const leaderboard *board);

#endif
