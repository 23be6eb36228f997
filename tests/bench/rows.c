/* rows.c: what the table shows. The limits are what the project wants to reach; a row without one is there to compare with. */
#include "parts.h"

static const char item[] = "trivial items, item form, 2 workers";
static const char item_range[] = "trivial items, range form, 2 workers";
static const char compute[] = "200 items of 1-5 ms, 2 workers";
static const char compute_short[] = "5,000 items of 0.1 ms, 2 workers";
static const char reduce[] = "sum of 2e7 numbers, 2 workers";
static const char items[] = "empty task, 1e6 items, 2 ranks";
static const char metg[] = "METG(50 %), 2 workers";
static const char metg_1[] = "METG(50 %), 2 workers, chunk 1";
static const char data[] = "64 records of 16 MB, 2 ranks";
static const char ranks[] = "64 ranks, items asleep for 20 ms";
static const char isolation[] = "empty task, chunk 1, 2 workers";
static const char isolation_100_us[] = "5000 items of 100 us, 2 workers";
static const char stream[] = "1e8 items, imap_unordered, 2 ranks";
static const char trace_long[] = "recorded, 5,000 items of 0.1 ms";
static const char trace_trivial[] = "recorded, 2e7 trivial items";
static const char trace_empty[] = "recorded, 2e5 empty items, chunk 1";
static const char startup[] = "from start to end, one item";
static const char sigterm[] = "SIGTERM at mpirun until its exit";
static const char exec_true[] = "2,000 commands that do nothing, 2 workers";
static const char exec_more[] = "the same, with 4 GB, and on 2 ranks";
static const char exec_prints[] = "1,000 commands that print 1 MB, the first one slow";
static const char call[] = "call of pow, 1e6 rows of csv";
static const char fetch[] = "fetch of 16 pages, 100 ms latency";
static const char fetch_50[] = "the same, each written 50 times";
static const char step_none[] = "a step without work";
static const char step_10_us[] = "a step of 10 us";
static const char step_100_us[] = "a step of 100 us";
static const char step_1_ms[] = "a step of 1 ms";
static const char rest[] = "a call after 20 ms of rest";
static const char apply[] = "1e4 apply_async, 2 workers";
static const char words[] = "words of 1,000 files, 2 workers";
static const char imap[] = "200 items of 0.4 ms, 2 workers";
static const char constant[] = "a constant of 500 MB, 4 ranks";
static const char journal_10_us[] = "1e6 items of 10 us, 2 workers";
static const char journal_1_ms[] = "5,000 items of 1 ms, 2 workers";
static const char journal_empty[] = "1e6 empty items, 2 workers";
static const char journal_done[] = "going on with 1e7 items done";
static const char journal_exec[] = "2,000 commands that do nothing, kept";
static const char idle[] = "idle pool of 4 ranks, busiest rank";

/* clang-format off */

/* The limits: how much faster than each peer. */
#define DISPATCH_ROWS(part, what, than_master, than_cpython, than_mpi4py) \
    {part, what, "master/worker", "ns/item", BENCH_VALUE, NULL, 0}, \
    {part, what, "CPython Pool.map", "ns/item", BENCH_VALUE, NULL, 0}, \
    {part, what, "mpi4py.futures", "ns/item", BENCH_VALUE, NULL, 0}, \
    {part, what, "mpi", "ns/item", BENCH_SPEEDUP, "master/worker", than_master}, \
    {part, what, "mpi", "ns/item", BENCH_SPEEDUP, "CPython Pool.map", than_cpython}, \
    {part, what, "mpi", "ns/item", BENCH_SPEEDUP, "mpi4py.futures", than_mpi4py},

/* Each schedule; auto near the ideal, and hardly behind the best of the others. */
#define IMBALANCE_ROWS(part, what, work) \
    {part, what, work ": *", "of ideal", BENCH_VALUE, NULL, 0}, \
    {part, what, work ": auto", "of ideal", BENCH_VALUE, NULL, 1.03}, \
    {part, what, work ": auto", "of ideal", BENCH_TIME_RATIO, work ": *", 1.02},

#define IMBALANCE_PART(part, where) \
    IMBALANCE_ROWS(part, "makespan, " where, "constant") \
    IMBALANCE_ROWS(part, "makespan, " where, "uniform") \
    IMBALANCE_ROWS(part, "makespan, " where, "exponential") \
    IMBALANCE_ROWS(part, "makespan, " where, "tail") \
    IMBALANCE_ROWS(part, "makespan, " where, "giant") \
    IMBALANCE_ROWS(part, "makespan, " where, "ascending") \
    IMBALANCE_ROWS(part, "makespan, " where, "descending") \
    IMBALANCE_ROWS(part, "makespan, " where, "mandelbrot")

/* Recorded over not recorded. */
#define TRACE_ROWS(what, contestant, unit, most) \
    {"trace", what, contestant, unit, BENCH_VALUE, NULL, 0}, \
    {"trace", what, contestant ": totals", unit, BENCH_TIME_RATIO, contestant, most}, \
    {"trace", what, contestant ": grains", unit, BENCH_TIME_RATIO, contestant, most},

/* Without work: the time itself, and by that of a peer; with the limits of each. */
#define NO_WORK_STEP(part, what, contestant, peer, most_us, most) \
    {part, what, "none: " contestant, "us/step", BENCH_VALUE, NULL, most_us}, \
    {part, what, "none: " contestant, "us/step", BENCH_TIME_RATIO, "none: " peer, most},

/* With work: the efficiency, with its limit, and the time by that of a peer. */
#define STEP(part, what, work, contestant, peer, efficiency) \
    {part, what, work ": " contestant, "us/step", BENCH_SPEEDUP, work ": work alone", efficiency}, \
    {part, what, work ": " contestant, "us/step", BENCH_TIME_RATIO, work ": " peer, 0},

#define THREAD_STEPS(what, work, efficiency) \
    {"steps", what, work ": OpenMP loop", "us/step", BENCH_SPEEDUP, work ": work alone", 0}, \
    {"steps", what, work ": oneTBB", "us/step", BENCH_SPEEDUP, work ": work alone", 0}, \
    STEP("steps", what, work, "pthread 1 x 2", "OpenMP loop", efficiency) \
    {"steps", what, work ": pthread 1 x 2", "us/step", BENCH_TIME_RATIO, work ": oneTBB", 0}, \
    STEP("steps", what, work, "openmp 1 x 2", "OpenMP loop", efficiency) \
    {"steps", what, work ": openmp 1 x 2", "us/step", BENCH_TIME_RATIO, work ": oneTBB", 0}, \
    {"steps", what, work ": openmp 1 x 2 auto", "us/step", BENCH_SPEEDUP, work ": work alone", 0},

#define RANK_STEPS(part, what, work, efficiency) \
    {part, what, work ": MPI_Allgather", "us/step", BENCH_SPEEDUP, work ": work alone", 0}, \
    STEP(part, what, work, "mpi 2 x 1", "MPI_Allgather", efficiency) \
    STEP(part, what, work, "hybrid 2 x 1", "MPI_Allgather", efficiency) \
    {part, what, work ": hybrid 2 x 1 auto", "us/step", BENCH_SPEEDUP, work ": work alone", 0},

#define NO_WORK_RANK_STEPS(part, what, most_us, most) \
    {part, what, "none: MPI_Allgather", "us/step", BENCH_VALUE, NULL, 0}, \
    NO_WORK_STEP(part, what, "mpi 2 x 1", "MPI_Allgather", most_us, most) \
    NO_WORK_STEP(part, what, "hybrid 2 x 1", "MPI_Allgather", most_us, most) \
    {part, what, "none: hybrid 2 x 1 auto", "us/step", BENCH_VALUE, NULL, most_us},

#define STEPS(what, work, of_threads, of_ranks) \
    {"steps", what, work ": work alone", "us/step", BENCH_VALUE, NULL, 0}, \
    THREAD_STEPS(what, work, of_threads) \
    RANK_STEPS("steps", what, work, of_ranks) \
    {"steps", what, work ": hybrid 2 x 1", "us/step", BENCH_TIME_RATIO, work ": OpenMP loop", 0},

#define STEPS_OVER_TCP(what, work) \
    {"steps-tcp", what, work ": work alone", "us/step", BENCH_VALUE, NULL, 0}, \
    RANK_STEPS("steps-tcp", what, work, 0)

const bench_row bench_rows[] = {
    {"item", item, "OpenMP static", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item, "OpenMP dynamic,1024", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item, "OpenMP guided", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item, "oneTBB", "ns/item", BENCH_TIME_RATIO, "OpenMP *", 0},
    {"item", item, "pthread", "ns/item", BENCH_TIME_RATIO, "OpenMP *", 1.3},
    {"item", item, "openmp", "ns/item", BENCH_TIME_RATIO, "OpenMP *", 1.3},
    {"item", item, "hybrid 2 x 1", "ns/item", BENCH_TIME_RATIO, "OpenMP *", 0},
    {"item", item, "hybrid 2 x 1, rp_alloc", "ns/item", BENCH_TIME_RATIO, "OpenMP *", 1.2},
    {"item", item_range, "inlined OpenMP static", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item_range, "inlined OpenMP dynamic,1024", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item_range, "inlined OpenMP guided", "ns/item", BENCH_VALUE, NULL, 0},
    {"item", item_range, "range pthread", "ns/item", BENCH_TIME_RATIO, "inlined *", 1.05},
    {"item", item_range, "range openmp", "ns/item", BENCH_TIME_RATIO, "inlined *", 1.05},
    {"item", item_range, "range hybrid 2 x 1", "ns/item", BENCH_TIME_RATIO, "inlined *", 0},
    {"item", item_range, "range hybrid 2 x 1, rp_alloc", "ns/item", BENCH_TIME_RATIO, "inlined *", 1.2},
    {"compute-long", compute, "OpenMP loop", "ms", BENCH_VALUE, NULL, 0},
    {"compute-long", compute, "pthread", "ms", BENCH_TIME_RATIO, "OpenMP loop", 1.03},
    {"compute-long", compute, "openmp", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"compute-long", compute, "hybrid 1 x 2", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"compute-long", compute, "hybrid 2 x 1", "ms", BENCH_TIME_RATIO, "pthread", 1.03},
    {"compute-short", compute_short, "OpenMP loop", "ms", BENCH_VALUE, NULL, 0},
    {"compute-short", compute_short, "pthread", "ms", BENCH_TIME_RATIO, "OpenMP loop", 0},
    {"compute-short", compute_short, "openmp", "ms", BENCH_TIME_RATIO, "OpenMP loop", 1.01},
    {"compute-short", compute_short, "hybrid 1 x 2", "ms", BENCH_TIME_RATIO, "OpenMP loop", 0},
    {"compute-short", compute_short, "hybrid 2 x 1", "ms", BENCH_TIME_RATIO, "OpenMP loop", 1.02},
    DISPATCH_ROWS("dispatch-2", "empty task, chunk 1, 2 ranks", 1.5, 30, 200)
    DISPATCH_ROWS("dispatch-4", "empty task, chunk 1, 4 ranks", 0, 0, 0)
    DISPATCH_ROWS("dispatch-tcp-2", "empty task, chunk 1, 2 ranks, TCP", 0, 0, 0)
    DISPATCH_ROWS("dispatch-tcp-4", "empty task, chunk 1, 4 ranks, TCP", 0, 0, 0)
    {"items", items, "mpi", "ns/item", BENCH_VALUE, NULL, 100},
    {"metg", metg, "OpenMP static", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "OpenMP guided", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "oneTBB", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "pthread", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "openmp", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "mpi", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg, "hybrid 2 x 1", "ns", BENCH_VALUE, NULL, 1000},
    {"metg", metg_1, "chunk 1: OpenMP dynamic", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg_1, "chunk 1: pthread", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg_1, "chunk 1: openmp", "ns", BENCH_VALUE, NULL, 0},
    {"metg", metg_1, "chunk 1: mpi", "ns", BENCH_VALUE, NULL, 4000},
    {"metg", metg_1, "chunk 1: hybrid 2 x 1", "ns", BENCH_VALUE, NULL, 4000},
    IMBALANCE_PART("imbalance-ranks", "2 ranks")
    IMBALANCE_PART("imbalance-threads", "2 threads")
    IMBALANCE_PART("imbalance-sleep-ranks", "2 ranks, asleep")
    IMBALANCE_PART("imbalance-sleep-threads", "2 threads, asleep")
    {"data", data, "MPI_Send/Recv", "GB/s", BENCH_RATE, NULL, 0},
    {"data", data, "MPI_Send/Recv and function", "GB/s", BENCH_RATE, NULL, 0},
    {"data", data, "mpi", "GB/s", BENCH_RATE_RATIO, "MPI_Send/Recv", 1.5},
    {"ranks", ranks, "hybrid", "efficiency", BENCH_RATE, NULL, 0.95},
    {"ranks", ranks, "hybrid: rank 0", "% of a core", BENCH_VALUE, NULL, 0},
    {"ranks", ranks, "hybrid: messages", "1/s", BENCH_VALUE, NULL, 0},
    {"ranks", ranks, "master/worker", "efficiency", BENCH_RATE, NULL, 0},
    {"ranks", ranks, "master/worker: rank 0", "% of a core", BENCH_VALUE, NULL, 0},
    {"ranks", ranks, "master/worker: messages", "1/s", BENCH_VALUE, NULL, 0},
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
    TRACE_ROWS(trace_long, "openmp 0.1 ms", "ms", 1.01)
    TRACE_ROWS(trace_long, "hybrid 2 x 1 0.1 ms", "ms", 1.01)
    TRACE_ROWS(trace_trivial, "openmp trivial", "ms", 1.01)
    TRACE_ROWS(trace_trivial, "hybrid 2 x 1 trivial", "ms", 1.01)
    TRACE_ROWS(trace_empty, "openmp empty", "ns/item", 0)
    {"trace", trace_empty, "openmp empty: file", "ns/grain", BENCH_VALUE, NULL, 0},
    TRACE_ROWS(trace_empty, "hybrid 2 x 1 empty", "ns/item", 0)
    {"trace", trace_empty, "hybrid 2 x 1 empty: file", "ns/grain", BENCH_VALUE, NULL, 0},
    {"steps", step_none, "none: OpenMP loop", "us/step", BENCH_VALUE, NULL, 0},
    {"steps", step_none, "none: oneTBB", "us/step", BENCH_VALUE, NULL, 0},
    NO_WORK_STEP("steps", step_none, "pthread 1 x 2", "OpenMP loop", 1, 0)
    {"steps", step_none, "none: pthread 1 x 2", "us/step", BENCH_TIME_RATIO, "none: oneTBB", 0},
    NO_WORK_STEP("steps", step_none, "openmp 1 x 2", "OpenMP loop", 1, 0)
    {"steps", step_none, "none: openmp 1 x 2", "us/step", BENCH_TIME_RATIO, "none: oneTBB", 0},
    {"steps", step_none, "none: openmp 1 x 2 auto", "us/step", BENCH_VALUE, NULL, 1},
    NO_WORK_RANK_STEPS("steps", step_none, 2, 0)
    {"steps", step_none, "none: hybrid 2 x 1", "us/step", BENCH_TIME_RATIO, "none: OpenMP loop", 0},
    STEPS(step_10_us, "10 us", 0.90, 0.75)
    STEPS(step_100_us, "100 us", 0.97, 0.95)
    STEPS(step_1_ms, "1 ms", 0.99, 0.99)
    NO_WORK_RANK_STEPS("steps-tcp", "a step without work, TCP", 0, 2)
    STEPS_OVER_TCP("a step of 10 us, TCP", "10 us")
    STEPS_OVER_TCP("a step of 100 us, TCP", "100 us")
    STEPS_OVER_TCP("a step of 1 ms, TCP", "1 ms")
    {"rest", rest, "OpenMP loop", "us", BENCH_VALUE, NULL, 0},
    {"rest", rest, "pthread 1 x 2", "us", BENCH_VALUE, NULL, 40},
    {"rest", rest, "openmp 1 x 2", "us", BENCH_VALUE, NULL, 40},
    {"rest", rest, "mpi 2 x 1", "us", BENCH_VALUE, NULL, 100},
    {"rest", rest, "hybrid 2 x 1", "us", BENCH_VALUE, NULL, 100},
    {"apply", apply, "OpenMP tasks", "us/call", BENCH_VALUE, NULL, 0},
    {"apply", apply, "pthread 1 x 2", "us/call", BENCH_VALUE, NULL, 1},
    {"apply", apply, "openmp 1 x 2", "us/call", BENCH_VALUE, NULL, 1},
    {"apply", apply, "mpi 2 x 1", "us/call", BENCH_VALUE, NULL, 2.5},
    {"apply", apply, "hybrid 2 x 1", "us/call", BENCH_VALUE, NULL, 2.5},
    {"apply", apply, "pthread 1 x 2: completions", "us/call", BENCH_VALUE, NULL, 3},
    {"reduce", reduce, "array: OpenMP reduction", "ms", BENCH_VALUE, NULL, 0},
    {"reduce", reduce, "array: pthread 1 x 2", "ms", BENCH_TIME_RATIO, "array: OpenMP reduction", 1.1},
    {"reduce", reduce, "array: openmp 1 x 2", "ms", BENCH_TIME_RATIO, "array: OpenMP reduction", 1.1},
    {"reduce", reduce, "array: pthread 1 x 2: RP_COMBINE", "ms", BENCH_TIME_RATIO, "array: OpenMP reduction", 1.1},
    {"reduce", reduce, "range: OpenMP reduction", "ms", BENCH_VALUE, NULL, 0},
    {"reduce", reduce, "range: pthread 1 x 2", "ms", BENCH_TIME_RATIO, "range: OpenMP reduction", 1.1},
    {"reduce", reduce, "range: mpi 2 x 1", "ms", BENCH_TIME_RATIO, "range: OpenMP reduction", 1.1},
    {"words", words, "CPython Pool by findall", "ms", BENCH_VALUE, NULL, 0},
    {"words", words, "CPython Pool by translate", "ms", BENCH_VALUE, NULL, 0},
    {"words", words, "pthread 1 x 2", "ms", BENCH_SPEEDUP, "CPython Pool by findall", 8},
    {"words", words, "pthread 1 x 2", "ms", BENCH_SPEEDUP, "CPython Pool by translate", 8},
    {"words", words, "mpi 2 x 1", "ms", BENCH_SPEEDUP, "CPython Pool by findall", 8},
    {"words", words, "mpi 2 x 1", "ms", BENCH_SPEEDUP, "CPython Pool by translate", 8},
    {"words", words, "mpi 2 x 1: travel", "MB", BENCH_VALUE, NULL, 0},
    {"words", words, "mpi 2 x 1: travel in order", "MB", BENCH_VALUE, NULL, 0},
    {"imap", imap, "map: pthread 1 x 2", "ms", BENCH_VALUE, NULL, 0},
    {"imap", imap, "map: openmp 1 x 2", "ms", BENCH_VALUE, NULL, 0},
    {"imap", imap, "hybrid 2 x 1: map", "ms", BENCH_TIME_RATIO, "map: *", 0},
    {"imap", imap, "hybrid 2 x 1: imap", "ms", BENCH_TIME_RATIO, "map: *", 1.03},
    {"imap", imap, "hybrid 2 x 1: imap_unordered", "ms", BENCH_TIME_RATIO, "map: *", 1.03},
    {"constant", constant, "hybrid 4 x 1: memory", "GB", BENCH_VALUE, NULL, 1.1},
    {"constant", constant, "hybrid 4 x 1: second map", "ms", BENCH_VALUE, NULL, 1},
    {"journal", journal_10_us, "10 us: openmp 1 x 2", "ms", BENCH_VALUE, NULL, 0},
    {"journal", journal_10_us, "10 us: openmp 1 x 2 and journal", "ms", BENCH_TIME_RATIO, "10 us: openmp 1 x 2", 1.05},
    {"journal", journal_1_ms, "1 ms: hybrid 2 x 1", "ms", BENCH_VALUE, NULL, 0},
    {"journal", journal_1_ms, "1 ms: hybrid 2 x 1 and journal", "ms", BENCH_TIME_RATIO, "1 ms: hybrid 2 x 1", 1.01},
    {"journal", journal_empty, "empty: openmp 1 x 2", "ns/item", BENCH_VALUE, NULL, 0},
    {"journal", journal_empty, "empty: openmp 1 x 2 and journal", "ns/item", BENCH_EXCESS, "empty: openmp 1 x 2", 1000},
    {"journal", journal_done, "1e7 done: first new item", "s", BENCH_VALUE, NULL, 3},
    {"journal", journal_done, "1e7 done: memory", "MB", BENCH_VALUE, NULL, 200},
    {"journal-exec", journal_exec, "GNU parallel --joblog", "us/item", BENCH_VALUE, NULL, 0},
    {"journal-exec", journal_exec, "rankpool run exec", "us/item", BENCH_VALUE, NULL, 0},
    {"journal-exec", journal_exec, "rankpool run exec", "us/item", BENCH_SPEEDUP, "GNU parallel --joblog", 0},
    {"journal-exec", journal_exec, "rankpool run exec --journal", "us/item", BENCH_VALUE, NULL, 0},
    {"journal-exec", journal_exec, "rankpool run exec --journal", "us/item", BENCH_SPEEDUP, "GNU parallel --joblog", 6},
    {"startup", startup, "/bin/true", "ms", BENCH_VALUE, NULL, 0},
    {"startup", startup, "rankpool run", "ms", BENCH_EXCESS, "/bin/true", 5},
    {"startup", startup, "mpirun: empty MPI program", "ms", BENCH_VALUE, NULL, 0},
    {"startup", startup, "mpirun: rankpool run", "ms", BENCH_EXCESS, "mpirun: empty MPI program", 0},
    {"sigterm", sigterm, "rankpool run", "s", BENCH_VALUE, NULL, 2.5},
    {"exec", exec_true, "GNU parallel -k", "us/item", BENCH_VALUE, NULL, 0},
    {"exec", exec_true, "xargs -P2 -n1", "us/item", BENCH_VALUE, NULL, 0},
    {"exec", exec_true, "posix_spawn loop", "us/item", BENCH_VALUE, NULL, 0},
    {"exec", exec_true, "rankpool run exec", "us/item", BENCH_SPEEDUP, "GNU parallel -k", 6.5},
    {"exec", exec_true, "rankpool run exec", "us/item", BENCH_SPEEDUP, "xargs -P2 -n1", 1.5},
    {"exec", exec_true, "rankpool run exec", "us/item", BENCH_SPEEDUP, "posix_spawn loop", 0.95},
    {"exec", exec_more, "pthread", "us/item", BENCH_VALUE, NULL, 0},
    {"exec", exec_more, "pthread with 4 GB", "us/item", BENCH_TIME_RATIO, "pthread", 1.05},
    {"exec", exec_more, "rankpool run exec 2 x 1", "us/item", BENCH_TIME_RATIO, "rankpool run exec", 1.05},
    {"exec", exec_prints, "memory of rank 0", "MB", BENCH_VALUE, NULL, 100},
    {"call", call, "plain loop", "us/row", BENCH_VALUE, NULL, 0},
    {"call", call, "call pow", "us/row", BENCH_EXCESS, "plain loop", 1},
    {"call", call, "call pow (serial)", "us/row", BENCH_EXCESS, "plain loop", 0},
    {"fetch", fetch, "serial", "ms", BENCH_VALUE, NULL, 0},
    {"fetch", fetch, "pthread 16", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch, "openmp 16", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch, "hybrid 2 x 8", "ms", BENCH_SPEEDUP, "serial", 12},
    {"fetch", fetch_50, "serial, 50 writes", "ms", BENCH_VALUE, NULL, 0},
    {"fetch", fetch_50, "hybrid 2 x 8, 50 writes", "ms", BENCH_SPEEDUP, "serial, 50 writes", 0},
    {"idle", idle, "hybrid 4 x 2", "% of a core", BENCH_VALUE, NULL, 1},
};
/* clang-format on */

const size_t bench_n_rows = sizeof bench_rows / sizeof bench_rows[0];
