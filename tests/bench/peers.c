/* peers.c: see peers.h. Python is the system's, whatever the path has, as mpi4py's package belongs to it. */
#include "peers.h"

#include "process.h"
#include "rounds.h"

#include <stdlib.h>
#include <string.h>

#define PYTHON "/usr/bin/python3", "-B", "-E", "-s"

/* A script that hangs is ended. */
#define WITH_LIMIT "timeout", "--foreground", "--kill-after=5", "100"

typedef struct versions {
    char cpython[64], mpi4py[64]; /* empty: missing */
} versions;

static void find_versions(versions *found)
{
    char text[256];
    memset(found, 0, sizeof *found);
    if (!bench_process_read((const char *[]){PYTHON, BENCH_PEERS "/versions.py", NULL}, text, sizeof text)) return;
    if (sscanf(text, "%63[^\n]\n%63[^\n]", found->cpython, found->mpi4py) < 1) found->cpython[0] = '\0';
}

void bench_peers_print(FILE *stream)
{
    versions found;
    find_versions(&found);
    fprintf(stream, "# peers: OpenMP %d; %s; %s; %s\n", _OPENMP, BENCH_TBB[0] ? "oneTBB " BENCH_TBB : "left out: oneTBB (libtbb-dev)",
            found.cpython[0] ? found.cpython : "left out: CPython (/usr/bin/python3)",
            found.mpi4py[0] ? found.mpi4py : "left out: mpi4py.futures (python3-mpi4py)");
}

static bool read_number(const char *const *arguments, double *number)
{
    char text[256], *end = text;
    bool good = bench_process_read(arguments, text, sizeof text);
    if (good) *number = strtod(text, &end);
    return good && end != text;
}

bool bench_peers_time_cpython(int n_ranks, int n_items, double *ns_per_item)
{
    versions found;
    char workers[16], items[16];
    find_versions(&found);
    if (!found.cpython[0]) return bench_left_out(ns_per_item);
    (void)snprintf(workers, sizeof workers, "%d", n_ranks);
    (void)snprintf(items, sizeof items, "%d", n_items);
    return read_number((const char *[]){WITH_LIMIT, PYTHON, BENCH_PEERS "/pool_map.py", workers, items, NULL}, ns_per_item);
}

bool bench_peers_time_mpi4py(int n_ranks, int n_items, double *ns_per_item)
{
    versions found;
    char ranks[16], items[16];
    find_versions(&found);
    if (!found.mpi4py[0]) return bench_left_out(ns_per_item);
    (void)snprintf(ranks, sizeof ranks, "%d", n_ranks);
    (void)snprintf(items, sizeof items, "%d", n_items);
    return read_number((const char *[]){WITH_LIMIT, "mpirun", "-n", ranks, "--bind-to", "none", "--oversubscribe", PYTHON, "-m",
                                        "mpi4py.futures", BENCH_PEERS "/mpi4py_map.py", items, NULL},
                       ns_per_item);
}

bool bench_peers_count_words(int n_workers, const char *way, const char *folder, int n_files, double *ms)
{
    versions found;
    char workers[16], files[16];
    find_versions(&found);
    if (!found.cpython[0]) return bench_left_out(ms);
    (void)snprintf(workers, sizeof workers, "%d", n_workers);
    (void)snprintf(files, sizeof files, "%d", n_files);
    return read_number((const char *[]){WITH_LIMIT, PYTHON, BENCH_PEERS "/pool_words.py", workers, way, folder, files, NULL}, ms);
}

bool bench_peers_has_tbb(void) { return BENCH_TBB[0]; }

#ifndef BENCH_WITH_TBB
bool bench_peers_tbb_map(double (*function)(double), const double *items, double *results, size_t n, int n_threads)
{
    (void)function, (void)items, (void)results, (void)n, (void)n_threads;
    return false;
}

bool bench_peers_tbb_steps(double (*function)(double), const double *items, double *results, int n, uint64_t n_steps)
{
    (void)function, (void)items, (void)results, (void)n, (void)n_steps;
    return false;
}
#endif
