/* plain_loop.c: see plain_loop.h. The schedule is set at run time: that costs a function call for each chunk, as schedule(dynamic) does. */
#include "plain_loop.h"

#include "trivial.h"

#include <omp.h>

static void set_schedule(const bench_loop *loop)
{
    static const omp_sched_t kinds[] = {omp_sched_static, omp_sched_dynamic, omp_sched_guided};
    omp_set_schedule(kinds[loop->schedule], loop->chunk);
}

void bench_plain_loop(const bench_loop *loop, double (*function)(double item), const double *items, double *results, size_t n)
{
    set_schedule(loop);
#pragma omp parallel for schedule(runtime) num_threads(loop->n_threads)
    for (size_t i = 0; i < n; i++) results[i] = function(items[i]);
}

void bench_plain_loop_inlined(const bench_loop *loop, const double *items, double *results, size_t n)
{
    set_schedule(loop);
#pragma omp parallel for schedule(runtime) num_threads(loop->n_threads)
    for (size_t i = 0; i < n; i++) results[i] = bench_trivial_value(items[i]);
}
