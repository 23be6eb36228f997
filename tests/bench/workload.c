/* workload.c: see workload.h. */
#include "workload.h"

#include <math.h>

enum { MOST_WORKERS = 1024, TAIL_SHARE = 50, TAIL_FACTOR = 20, GIANT_SHARE = 10, COLUMNS = 64, MOST_ITERATIONS = 256 };

const char *bench_workload_name(bench_workload workload)
{
    static const char *const names[BENCH_N_WORKLOADS] = {"constant", "uniform",   "exponential", "tail",
                                                         "giant",    "ascending", "descending",  "mandelbrot"};
    return names[workload];
}

/* SplitMix64 of the index (Steele, Lea & Flood, OOPSLA 2014). */
double bench_workload_spread(uint64_t index)
{
    uint64_t z = (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

static int mandelbrot_iterations(double real, double imaginary)
{
    double x = 0, y = 0;
    int iterations = 1;
    while (x * x + y * y <= 4 && iterations < MOST_ITERATIONS) {
        double next = x * x - y * y + real;
        y = 2 * x * y + imaginary;
        x = next;
        iterations++;
    }
    return iterations;
}

/* Of the picture from -2 - 1.25i to 0.5 + 1.25i. */
static double mandelbrot_row(size_t row, size_t n_rows)
{
    double imaginary = -1.25 + 2.5 * (double)row / (double)(n_rows - 1);
    int sum = 0;
    for (int column = 0; column < COLUMNS; column++) sum += mandelbrot_iterations(-2 + 2.5 * column / (COLUMNS - 1), imaginary);
    return sum;
}

/* In any unit. */
static double duration_of(bench_workload workload, size_t i, size_t n)
{
    switch (workload) {
    case BENCH_UNIFORM: return bench_workload_spread(i);
    case BENCH_EXPONENTIAL: return -log(1 - bench_workload_spread(i));
    case BENCH_TAIL: return i >= n - (n + TAIL_SHARE - 1) / TAIL_SHARE ? TAIL_FACTOR : 1;
    case BENCH_GIANT: return i == n - 1 ? (double)(n - 1) / (GIANT_SHARE - 1) : 1;
    case BENCH_ASCENDING: return (double)i + 1;
    case BENCH_DESCENDING: return (double)(n - i);
    case BENCH_MANDELBROT: return mandelbrot_row(i, n);
    default: return 1;
    }
}

void bench_workload_fill(bench_workload workload, double *durations, size_t n, double mean_s)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += durations[i] = duration_of(workload, i, n);
    for (size_t i = 0; i < n; i++) durations[i] *= mean_s * (double)n / sum;
}

double bench_workload_ideal_s(const double *durations, size_t n, int n_workers)
{
    double ends[MOST_WORKERS] = {0}, last = 0;
    for (size_t i = 0; i < n; i++) {
        int first = 0;
        for (int worker = 1; worker < n_workers; worker++)
            if (ends[worker] < ends[first]) first = worker;
        ends[first] += durations[i];
        if (ends[first] > last) last = ends[first];
    }
    return last;
}
