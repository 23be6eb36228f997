/* parts.c: see parts.h. */
#include "parts.h"

#include <string.h>

enum { MOST_SMALL = 8 };

const bench_part bench_parts[] = {
    {"item", 2, 0, "2*10^7 trivial items on 2 workers, against OpenMP loops and oneTBB", bench_part_item},
    {"compute-long", 2, 0, "200 items of 1 to 5 ms on 2 workers, against the pthread pool and a plain OpenMP loop", bench_part_compute},
    {"compute-short", 2, 0, "the same with 5,000 items of 0.1 ms", bench_part_compute_short},
    {"dispatch-2", 2, 0, "empty task, chunk 1, 2 ranks, against a hand-written master/worker and Python's pools", bench_part_dispatch},
    {"dispatch-4", 4, 0, "the same on 4 ranks", bench_part_dispatch},
    {"dispatch-tcp-2", 2, BENCH_OVER_TCP, "the same on 2 ranks over TCP", bench_part_dispatch},
    {"dispatch-tcp-4", 4, BENCH_OVER_TCP, "the same on 4 ranks over TCP", bench_part_dispatch},
    {"items", 2, 0, "empty task, a million items, default schedule, 2 ranks", bench_part_items},
    {"metg", 2, 0, "the shortest task at which 2 workers are 50 % efficient", bench_part_metg},
    {"imbalance-ranks", 2, 0, "uneven items, each schedule, 2 ranks, against the ideal", bench_part_imbalance},
    {"imbalance-threads", 1, 0, "the same on 2 threads of a rank", bench_part_imbalance},
    {"imbalance-sleep-ranks", 2, 0, "the same on 2 ranks with items that sleep", bench_part_imbalance_sleep},
    {"imbalance-sleep-threads", 1, 0, "the same on 2 threads with items that sleep", bench_part_imbalance_sleep},
    {"data", 2, 0, "64 records of 16 MB in and out, 2 ranks, against raw MPI", bench_part_data},
    {"ranks", 64, 0, "64 ranks with items that sleep 20 ms", bench_part_ranks},
    {"isolation", 2, BENCH_ISOLATES, "empty items and items of 100 us in child processes, against without", bench_part_isolation},
    {"stream", 2, 0, "10^8 items from a function through imap_unordered, 2 ranks: time and memory", bench_part_stream},
    {"trace", 2, 0, "pools that record against pools that don't, 2 workers", bench_part_trace},
    {"steps", 2, 0, "one call a step, one item a worker, against OpenMP, oneTBB and MPI_Allgather a step", bench_part_steps},
    {"steps-tcp", 2, BENCH_OVER_TCP, "the same on 2 ranks over TCP", bench_part_steps_tcp},
    {"rest", 2, 0, "a call after 20 ms of rest, 2 workers, against an OpenMP loop", bench_part_rest},
    {"apply", 2, 0, "10^4 apply_async of empty items on 2 workers, against OpenMP tasks", bench_part_apply},
    {"reduce", 2, 0, "the sum of 2*10^7 numbers on 2 workers, against a reduction of OpenMP", bench_part_reduce},
    {"words", 2, 0, "the words of 1,000 files on 2 workers, against CPython's Pool, and the bytes that travel", bench_part_words},
    {"imap", 2, 0, "imap and imap_unordered of 200 items of 0.4 ms on 2 ranks, against map on 2 threads", bench_part_imap},
    {"constant", 4, 0, "a constant argument of 500 MB on 4 ranks: memory in all, and the time of a second map", bench_part_constant},
    {"journal", 2, 0, "maps with a journal against maps without, 2 workers, and going on with 1e7 items done", bench_part_journal},
#ifdef BENCH_WITH_JOBS
    {"journal-exec", 2, BENCH_ALONE, "2,000 commands that do nothing, with a journal, against GNU parallel with its job log",
     bench_part_journal_exec},
    {"startup", 2, BENCH_ALONE, "the program from its start to its end, one item", bench_part_startup},
    {"sigterm", 4, BENCH_ALONE, "from SIGTERM at mpirun to its exit, 4 ranks, items of 100 ms", bench_part_sigterm},
    {"exec", 2, BENCH_ALONE, "2,000 commands that do nothing, against GNU parallel, xargs and posix_spawn; memory with much output",
     bench_part_exec},
#ifdef BENCH_WITH_CALL
    {"call", 1, BENCH_ALONE, "the job call with pow over 10^6 rows of csv, against a plain loop", bench_part_call},
#endif
    {"fetch", 2, BENCH_NEEDS_PAGES, "16 pages of 100 ms latency each, 16 workers against serial", bench_part_fetch},
#endif
    {"idle", 4, 0, "processor time of an idle pool of 4 ranks", bench_part_idle},
    {NULL, 0, 0, NULL, NULL},
};

int bench_part_ranks_of(const bench_part *part, bool small) { return small && part->n_ranks > MOST_SMALL ? MOST_SMALL : part->n_ranks; }

const bench_part *bench_part_find(const char *name)
{
    for (const bench_part *part = bench_parts; part->name; part++)
        if (!strcmp(part->name, name)) return part;
    return NULL;
}
