/* spawn_loop.h: commands as one would start them by hand: a peer of the part exec. */
#ifndef BENCH_SPAWN_LOOP_H
#define BENCH_SPAWN_LOOP_H

#include <stdbool.h>

/* Runs `true` n times, two at once, each with posix_spawn in a group of its own and with two pipes, whose ends are waited for. */
bool bench_spawn_loop(int n);

#endif
