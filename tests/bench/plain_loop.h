/* plain_loop.h: what someone would write without a pool: an OpenMP loop over the items. */
#ifndef BENCH_PLAIN_LOOP_H
#define BENCH_PLAIN_LOOP_H

#include <stddef.h>

typedef enum bench_loop_schedule { BENCH_LOOP_STATIC, BENCH_LOOP_DYNAMIC, BENCH_LOOP_GUIDED } bench_loop_schedule;

typedef struct bench_loop {
    bench_loop_schedule schedule;
    int chunk; /* 0: OpenMP's default, 1 with dynamic and guided */
    int n_threads;
} bench_loop;

/* results[i] = function(items[i]). */
void bench_plain_loop(const bench_loop *loop, double (*function)(double item), const double *items, double *results, size_t n);

/* The same of bench_trivial_value, which the compiler sees. */
void bench_plain_loop_inlined(const bench_loop *loop, const double *items, double *results, size_t n);

#endif
