/* method.h: ways to apply a function to an array of doubles, for the parts that compare them: a pool, OpenMP loops, oneTBB. */
#ifndef BENCH_METHOD_H
#define BENCH_METHOD_H

#include "plain_loop.h"
#include "rounds.h"

typedef struct bench_method bench_method;
struct bench_method {
    /* results[i] = function(items[i]) for 0 <= i < n. False: it failed, and has said why. */
    bool (*map)(const bench_method *self, const double *items, double *results, size_t n);
    const bench_contestant *contestant;
    rp_pool *pool; /* these two of a pool; its chunk is the contestant's argument, 0 for the default schedule */
    const rp_task *task;
    double (*function)(double item); /* these two of the others */
    bench_loop loop;
};

bool bench_map_by_pool(const bench_method *self, const double *items, double *results, size_t n);
bool bench_map_by_loop(const bench_method *self, const double *items, double *results, size_t n);

/* The function is bench_trivial_value, inlined. */
bool bench_map_by_inlined_loop(const bench_method *self, const double *items, double *results, size_t n);

/* False where oneTBB isn't in this build. */
bool bench_map_by_tbb(const bench_method *self, const double *items, double *results, size_t n);

#endif
