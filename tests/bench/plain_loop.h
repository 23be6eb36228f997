/* plain_loop.h: what someone would write without a pool: an OpenMP loop over the items. */
#ifndef BENCH_PLAIN_LOOP_H
#define BENCH_PLAIN_LOOP_H

#include <stddef.h>
#include <stdint.h>

/* results[i] = function(items[i]) on so many threads, schedule(dynamic). */
void bench_plain_loop(double (*function)(int64_t item), const int64_t *items, double *results, size_t n, int n_threads);

#endif
