/* plain_loop.c: see plain_loop.h. */
#include "plain_loop.h"

void bench_plain_loop(double (*function)(int64_t item), const int64_t *items, double *results, size_t n, int n_threads)
{
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
    for (size_t i = 0; i < n; i++) results[i] = function(items[i]);
}
