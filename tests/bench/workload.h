/* workload.h: how long the items of a call take, by several distributions, and what an ideal scheduler would make of them. Pure. */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

typedef enum bench_workload {
    BENCH_CONSTANT,
    BENCH_UNIFORM,     /* between 0 and twice the mean */
    BENCH_EXPONENTIAL, /* by chance */
    BENCH_TAIL,        /* the last 2 % take 20 times as long as the others */
    BENCH_GIANT,       /* the last takes a tenth of all the time */
    BENCH_ASCENDING,   /* linearly from nearly 0 */
    BENCH_DESCENDING,
    BENCH_MANDELBROT, /* rows of the picture: as many iterations as the row takes */
    BENCH_N_WORKLOADS
} bench_workload;

/* As "uniform". Never NULL. */
const char *bench_workload_name(bench_workload workload);

/* Fills durations[n], 2 or more, always the same; their mean is mean_s. */
void bench_workload_fill(bench_workload workload, double *durations, size_t n, double mean_s);

/* When the last item ends, if items are handed out one by one, in this order and at no cost, to the first free one of n_workers (1 to
 * 1024). */
double bench_workload_ideal_s(const double *durations, size_t n, int n_workers);

/* Evenly spread between 0 and 1, always the same for an index. */
double bench_workload_spread(uint64_t index);

#endif
