/* tbb_loop.cc: what someone would write with oneTBB: see peers.h. */
#include "peers.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
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
