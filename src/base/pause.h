/*
 * pause.h: for how long this process was stopped (SIGSTOP, SGE's suspension, a machine that was asleep), so that no item seems to have
 * taken that time. Some thread looks at least once a second; when nobody has looked for much longer, the process stood still. The state is
 * the process's, as signals are.
 */
#ifndef RPI_BASE_PAUSE_H
#define RPI_BASE_PAUSE_H

#include <stdint.h>

/* Looks, and returns the nanoseconds that this process has stood still since the first look. Any thread. */
uint64_t rpi_pause_look(void);

/* What the look at `now_ns` adds, when the last one was at `looked_ns`; 0: there was none. Pure. */
uint64_t rpi_pause_between(uint64_t looked_ns, uint64_t now_ns);

#endif
