/*
 * samples.h: what was measured: a series of values for each contestant of each part, and the few statistics that the report needs.
 * Filled by launch.c, read by report.c; one thread.
 */
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct bench_series {
    char *part, *contestant;
    double *values; /* in the order in which they were measured */
    size_t n;       /* at least 1 */
} bench_series;

typedef struct bench_samples {
    bench_series *series;
    size_t n;
} bench_samples;

typedef struct bench_summary {
    double median, minimum, maximum;
} bench_summary;

/* Appends a value. False: out of memory, and nothing was changed. */
bool bench_samples_add(bench_samples *samples, const char *part, const char *contestant, double value);

/* The series of that contestant, or NULL. Valid until the next bench_samples_add. */
const bench_series *bench_samples_find(const bench_samples *samples, const char *part, const char *contestant);

/* Of an even number of values, the median is the mean of the two in the middle. */
bench_summary bench_summarize(const bench_series *series);

void bench_samples_fini(bench_samples *samples);

#endif
