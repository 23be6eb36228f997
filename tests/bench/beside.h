/* beside.h: other work on the machine: endless loops that take what the kernel gives them, while the parts run. */
#ifndef BENCH_BESIDE_H
#define BENCH_BESIDE_H

#include <stdbool.h>
#include <sys/types.h>

enum { BENCH_MOST_BESIDE = 64 };

typedef struct bench_beside {
    pid_t processes[BENCH_MOST_BESIDE];
    int n;
} bench_beside;

/* Starts `n` processes, at most BENCH_MOST_BESIDE, which end with this one at the latest. False: not all could be started; those that were
 * are ended by bench_beside_end, as always. */
bool bench_beside_start(bench_beside *beside, int n);

void bench_beside_end(bench_beside *beside);

#endif
