/* peers.h: what others offer for the same purpose. Each may be missing on a machine, and is left out then. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Prints "# peers: …" with versions, and with those that are left out. */
void bench_peers_print(FILE *stream);

/* Nanoseconds an item, for an empty task with chunk 1, in processes of the peer's own. NAN: the peer is missing, see bench_left_out. False:
 * it failed. mpi4py has `n_ranks` processes, of which the first only hands out items. CPython has `n_ranks` processes that work, and one
 * more that hands out. */
bool bench_peers_time_cpython(int n_ranks, int n_items, double *ns_per_item);
bool bench_peers_time_mpi4py(int n_ranks, int n_items, double *ns_per_item);

/* Milliseconds in which CPython's Pool counts the words of the files 0, 1, … of a folder; `way`: of peers/pool_words.py. As above. */
bool bench_peers_count_words(int n_workers, const char *way, const char *folder, int n_files, double *ms);

/* Whether oneTBB is in this build. */
bool bench_peers_has_tbb(void);

/* results[i] = function(items[i]) on so many threads by oneTBB's parallel_for. False: it isn't in this build. */
bool bench_peers_tbb_map(double (*function)(double), const double *items, double *results, size_t n, int n_threads);

/* The same so many times, each time when all results of the time before are there, with one item for each of n threads. */
bool bench_peers_tbb_steps(double (*function)(double), const double *items, double *results, int n, uint64_t n_steps);

#ifdef __cplusplus
}
#endif

#endif
