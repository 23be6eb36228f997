/* parts.c: see parts.h. The limits are what the project wants to reach; a row without one is there to compare with. */
#include "parts.h"

#include <string.h>

const bench_part bench_parts[] = {
    {"compute", 2, 0, "200 items of 1 to 5 ms on 2 workers, against the pthread pool and a plain OpenMP loop", bench_part_compute},
    {"dispatch", 2, 0, "empty task, chunk 1, 2 ranks, against a hand-written master/worker", bench_part_dispatch},
    {"items", 2, 0, "empty task, a million items, default schedule, 2 ranks", bench_part_items},
    {"isolation", 2, BENCH_ISOLATES, "empty items and items of 100 us in child processes, against without", bench_part_isolation},
    {"stream", 2, 0, "10^8 items from a function through imap_unordered, 2 ranks: time and memory", bench_part_stream},
#ifdef BENCH_WITH_JOBS
    {"sigterm", 4, BENCH_ALONE, "from SIGTERM at mpirun to its exit, 4 ranks, items of 100 ms", bench_part_sigterm},
    {"fetch", 2, BENCH_NEEDS_PAGES, "16 pages of 100 ms latency each, 16 workers against serial", bench_part_fetch},
#endif
    {"idle", 4, 0, "processor time of an idle pool of 4 ranks", bench_part_idle},
    {NULL, 0, 0, NULL, NULL},
};

static const char compute[] = "200 items of 1-5 ms, 2 workers";
static const char dispatch[] = "empty task, chunk 1, 2 ranks";
static const char items[] = "empty task, 1e6 items, 2 ranks";
static const char isolation[] = "empty task, chunk 1, 2 workers";
static const char isolation_100_us[] = "5000 items of 100 us, 2 workers";
static const char stream[] = "1e8 items, imap_unordered, 2 ranks";
static const char sigterm[] = "SIGTERM at mpirun until its exit";
static const char fetch[] = "fetch of 16 pages, 100 ms latency";
static const char fetch_50[] = "the same, each written 50 times";
static const char idle[] = "idle pool of 4 ranks, busiest rank";

const bench_row bench_rows[] = {
    {"compute", compute, "OpenMP loop", "ms", BENCH_VALUE, NULL, 0},
    {"compute", compute, "pthread", "ms", BENCH_TIME_RATIO, "OpenMP loop", 1.03},
    {"compute", compute, "openmp", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"compute", compute, "hybrid 1 x 2", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"compute", compute, "hybrid 2 x 1", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"dispatch", dispatch, "master/worker", "ns/item", BENCH_VALUE, NULL, 0},
    {"dispatch", dispatch, "mpi", "ns/item", BENCH_TIME_RATIO, "master/worker", 1.00},
    {"items", items, "mpi", "ns/item", BENCH_VALUE, NULL, 100},
    {"isolation", isolation, "pthread", "ns/item", BENCH_VALUE, NULL, 0},
    {"isolation", isolation, "pthread isolated", "ns/item", BENCH_EXCESS, "pthread", 2000},
    {"isolation", isolation, "hybrid 2 x 1", "ns/item", BENCH_VALUE, NULL, 0},
    {"isolation", isolation, "hybrid 2 x 1 isolated", "ns/item", BENCH_EXCESS, "hybrid 2 x 1", 2000},
    {"isolation", isolation_100_us, "pthread 100 us", "ms", BENCH_VALUE, NULL, 0},
    {"isolation", isolation_100_us, "pthread isolated 100 us", "ms", BENCH_TIME_RATIO, "pthread 100 us", 1.03},
    {"isolation", isolation_100_us, "hybrid 2 x 1 100 us", "ms", BENCH_VALUE, NULL, 0},
    {"isolation", isolation_100_us, "hybrid 2 x 1 isolated 100 us", "ms", BENCH_TIME_RATIO, "hybrid 2 x 1 100 us", 1.03},
    {"stream", stream, "mpi", "ns/item", BENCH_VALUE, NULL, 200},
    {"stream", stream, "memory of rank 0", "MiB more", BENCH_VALUE, NULL, 64},
    {"stream", stream, "memory of rank 1", "MiB more", BENCH_VALUE, NULL, 64},
    {"sigterm", sigterm, "rankpool run", "s", BENCH_VALUE, NULL, 2.5},
    {"fetch", fetch, "serial", "ms", BENCH_VALUE, NULL, 0},
    {"fetch", fetch, "pthread 16", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch, "openmp 16", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch, "hybrid 2 x 8", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch_50, "serial, 50 writes", "ms", BENCH_VALUE, NULL, 0},
    {"fetch", fetch_50, "hybrid 2 x 8, 50 writes", "ms", BENCH_SPEEDUP, "serial, 50 writes", 0},
    {"idle", idle, "hybrid 4 x 2", "% of a core", BENCH_VALUE, NULL, 5},
};
const size_t bench_n_rows = sizeof bench_rows / sizeof bench_rows[0];

const bench_part *bench_part_find(const char *name)
{
    for (const bench_part *part = bench_parts; part->name; part++)
        if (!strcmp(part->name, name)) return part;
    return NULL;
}
