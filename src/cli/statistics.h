/* statistics.h: mean, deviation and minimum of repeated timings. */
#ifndef RANKPOOL_CLI_STATISTICS_H
#define RANKPOOL_CLI_STATISTICS_H

typedef struct statistics {
    double mean, deviation, minimum; /* deviation: of the sample; 0 for a single value */
} statistics;

/* Of n values, n > 0. */
statistics statistics_of(const double *values, int n);

#endif
