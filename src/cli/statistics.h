/*
 * statistics.h: what repeated timings say: which of them are equally fast as far as was measured. Pure functions; nothing is assumed of how
 * the times are distributed. Values are positive.
 */
#ifndef RANKPOOL_CLI_STATISTICS_H
#define RANKPOOL_CLI_STATISTICS_H

#include <stddef.h>

typedef struct statistics {
    double mean, deviation, minimum; /* deviation: of the sample; 0 for a single value */
} statistics;

/* Of n values, n > 0. */
statistics statistics_of(const double *values, int n);

enum { STATISTICS_LEAST_RUNS = 6 }; /* with fewer values the interval of a median has no 95 % */

/* Median, and an interval that has the true median with at least 95 %: of two order statistics. With fewer values than that takes, the
 * smallest and the largest. */
typedef struct spread {
    double median, low, high, minimum, maximum;
} spread;

/* Sorts n values. */
void spread_sort(double *values, size_t n);

/* Of n sorted values, n > 0. */
spread spread_of(const double *sorted, size_t n);

/* The place k, counted from 1, such that the median of n values is between the k-th smallest and the k-th largest with at least 95 %;
 * 0: there is none. */
size_t spread_place(size_t n);

/* 1: the values of `slow` are larger than those of `fast`, and it isn't chance or noise. The interval of their difference (95 %, of the
 * order statistics of all pairs: Mann & Whitney 1947, Hodges & Lehmann 1963) is above 0, and the medians differ by 1 % or more. */
int spread_is_slower(const double *slow, size_t n_slow, const double *fast, size_t n_fast);

/* Of the n x m pairs of two samples, the largest number that may contradict a difference which still counts as one; -1: none does. */
long spread_most_contradictions(size_t n, size_t m);

/* Of n sorted values, how many are outliers: further from the quartiles than 1.5 times their distance (Tukey 1977), and further than 2 %
 * from the median. `*farthest`: the one whose ratio to the median is largest; unchanged when there is none. */
size_t spread_outliers(const double *sorted, size_t n, double *farthest);

/* Sorted values of one contestant; n 0: it isn't ranked. */
typedef struct spread_series {
    const double *sorted;
    size_t n;
} spread_series;

/* Places from 1. The best by median and all that aren't slower than it share place 1; so on with the others, as in 1 1 1 4. All places are
 * 0 when one series has some values but fewer than STATISTICS_LEAST_RUNS, and the place of a series without values is 0. */
void spread_places(const spread_series *series, size_t n, int *places);

#endif
