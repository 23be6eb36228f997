/* tbb_loop.cc: what someone would write with oneTBB: see peers.h. */
#include "peers.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

bool bench_peers_tbb_map(double (*function)(double), const double *items, double *results, size_t n, int n_threads)
{
    oneapi::tbb::task_arena arena(n_threads);
    arena.execute([&] {
        oneapi::tbb::parallel_for(oneapi::tbb::blocked_range<size_t>(0, n), [&](const oneapi::tbb::blocked_range<size_t> &range) {
            for (size_t i = range.begin(); i != range.end(); i++) results[i] = function(items[i]);
        });
    });
    return true;
}

bool bench_peers_tbb_steps(double (*function)(double), const double *items, double *results, int n, uint64_t n_steps)
{
    oneapi::tbb::task_arena arena(n);
    arena.execute([&] {
        for (uint64_t k = 0; k < n_steps; k++)
            oneapi::tbb::parallel_for(
                0, n, [&](int i) { results[i] = function(items[i]); }, oneapi::tbb::static_partitioner());
    });
    return true;
}
