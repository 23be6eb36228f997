/*
 * report.h: the table: for each row the median and the spread of a contestant, its ratio to the one that it is compared with, and a
 * verdict. Two contestants whose spreads overlap are never called faster or slower. Pure, but for the printing.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "samples.h"

#include <stdio.h>

/* What is judged of a contestant. */
typedef enum bench_measure {
    BENCH_VALUE,      /* its own median; at most the limit */
    BENCH_TIME_RATIO, /* its median by the other's; at most the limit */
    BENCH_SPEEDUP,    /* the other's median by its own; at least the limit */
    BENCH_EXCESS,     /* its median less the other's; at most the limit */
    BENCH_RATE,       /* its own median; at least the limit. Of the two rates larger is better, of all the others smaller */
    BENCH_RATE_RATIO  /* its median by the other's; at least the limit */
} bench_measure;

/* One line of the table; or, with a contestant "NAME*", one for each that begins so and has no row of its own, in the order measured. */
typedef struct bench_row {
    const char *part, *what, *contestant, *unit;
    bench_measure measure;
    const char *against; /* another contestant of the part; "NAME*": the best of the others whose names begin so; NULL: none */
    double limit;        /* 0: none */
} bench_row;

enum { BENCH_FEWEST_RUNS = 5 }; /* of both, for a difference to be called one */

typedef enum bench_difference { BENCH_NOT_COMPARED, BENCH_TOO_FEW_RUNS, BENCH_WITHIN_SPREAD, BENCH_FASTER, BENCH_SLOWER } bench_difference;

typedef struct bench_outcome {
    bench_summary own;
    size_t n_runs;
    const char *against; /* as the samples name it; NULL: none */
    double ratio;        /* or speed-up, or excess; 0 with nothing to compare with */
    bool meets_limit;    /* true without a limit */
    bench_difference difference;
} bench_outcome;

/* False: the row's contestant, or the one that it is compared with, has no samples. */
bool bench_judge(const bench_row *row, const bench_samples *samples, bench_outcome *outcome);

typedef enum bench_format { BENCH_TABLE, BENCH_CSV } bench_format;

/* Prints the rows that have samples. */
void bench_report(FILE *stream, bench_format format, const bench_row *rows, size_t n_rows, const bench_samples *samples);

#endif
