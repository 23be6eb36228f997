/* trivial.h: a function that takes about as long as calling it: what per-item cost is measured with. */
#ifndef BENCH_TRIVIAL_H
#define BENCH_TRIVIAL_H

static inline double bench_trivial_value(double x) { return 1.5 * x + 0.25; }

/* The same behind a pointer that is defined in another file, so that no compiler inlines the function. */
extern double (*const bench_trivial)(double x);

#endif
