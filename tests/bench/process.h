/*
 * process.h: programs that a part starts and waits for: peers that measure themselves, and start-up. They get this process's environment
 * without what mpirun has put there, so that they may be started from a rank, and end with this process.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* Runs the program to its end and gives what it wrote to standard output, cut to the size. False: it couldn't be started, or its exit
 * status wasn't 0. `arguments` end with NULL. */
bool bench_process_read(const char *const *arguments, char *text, size_t size);

/* How long the program takes from its start to its end; its output goes nowhere. False: as above. */
bool bench_process_time(const char *const *arguments, double *seconds);

/* Runs it to its end, and gives the most memory that it had resident. False: as above. */
bool bench_process_peak_bytes(const char *const *arguments, double *bytes);

/* What a process has used of processors so far, in all its threads; negative: it can't be read. */
double bench_process_used_s(int process);

/* Its share of the memory: the pages that only it maps, and the n-th part of each page that n processes map. Negative: it can't be read. */
double bench_process_share_bytes(int process);

#endif
