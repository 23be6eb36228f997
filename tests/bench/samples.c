/* samples.c: see samples.h. */
#include "samples.h"

#include <stdlib.h>
#include <string.h>

static bench_series *find(const bench_samples *samples, const char *part, const char *contestant)
{
    for (size_t i = 0; i < samples->n; i++)
        if (!strcmp(samples->series[i].part, part) && !strcmp(samples->series[i].contestant, contestant)) return &samples->series[i];
    return NULL;
}

static bench_series *new_series(bench_samples *samples, const char *part, const char *contestant)
{
    bench_series *grown = realloc(samples->series, (samples->n + 1) * sizeof *grown);
    if (!grown) return NULL;
    samples->series = grown;
    bench_series *new = &grown[samples->n];
    *new = (bench_series){strdup(part), strdup(contestant), NULL, 0};
    if (!new->part || !new->contestant) {
        free(new->part);
        free(new->contestant);
        return NULL;
    }
    samples->n++;
    return new;
}

static void drop_last(bench_samples *samples)
{
    bench_series *last = &samples->series[--samples->n];
    free(last->part);
    free(last->contestant);
    free(last->values);
}

bool bench_samples_add(bench_samples *samples, const char *part, const char *contestant, double value)
{
    bench_series *series = find(samples, part, contestant);
    if (!series) series = new_series(samples, part, contestant);
    double *grown = series ? realloc(series->values, (series->n + 1) * sizeof *grown) : NULL;
    if (!grown) {
        if (series && series->n == 0) drop_last(samples);
        return false;
    }
    series->values = grown;
    grown[series->n++] = value;
    return true;
}

const bench_series *bench_samples_find(const bench_samples *samples, const char *part, const char *contestant)
{
    return find(samples, part, contestant);
}

/* How many values are below `value`, or equal to it and earlier: its place when sorted. */
static size_t place_of(const bench_series *series, size_t index)
{
    size_t place = 0;
    for (size_t i = 0; i < series->n; i++)
        place += series->values[i] < series->values[index] || (!(series->values[i] > series->values[index]) && i < index);
    return place;
}

bench_summary bench_summarize(const bench_series *series)
{
    size_t last = series->n - 1;
    double low_middle = 0, high_middle = 0;
    bench_summary summary = {0, series->values[0], series->values[0]};
    for (size_t i = 0; i <= last; i++) {
        double value = series->values[i];
        size_t place = place_of(series, i);
        if (place == last / 2) low_middle = value;
        if (place == series->n / 2) high_middle = value;
        if (value < summary.minimum) summary.minimum = value;
        if (value > summary.maximum) summary.maximum = value;
    }
    summary.median = (low_middle + high_middle) / 2;
    return summary;
}

void bench_samples_fini(bench_samples *samples)
{
    while (samples->n > 0) drop_last(samples);
    free(samples->series);
    *samples = (bench_samples){NULL, 0};
}
