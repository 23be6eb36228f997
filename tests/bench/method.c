/* method.c: see method.h. */
#include "method.h"

#include "peers.h"

bool bench_map_by_pool(const bench_method *self, const double *items, double *results, size_t n)
{
    rp_call_options options = {.chunk = (uint64_t)self->contestant->argument};
    rp_error error = {0};
    rp_status status = rp_map(self->pool, self->task, results, n, RP_COLUMN(items), &options, &error);
    return bench_succeeded(self->contestant, status, &error);
}

bool bench_map_by_loop(const bench_method *self, const double *items, double *results, size_t n)
{
    bench_plain_loop(&self->loop, self->function, items, results, n);
    return true;
}

bool bench_map_by_inlined_loop(const bench_method *self, const double *items, double *results, size_t n)
{
    bench_plain_loop_inlined(&self->loop, items, results, n);
    return true;
}

bool bench_map_by_tbb(const bench_method *self, const double *items, double *results, size_t n)
{
    return bench_peers_tbb_map(self->function, items, results, n, self->loop.n_threads);
}
