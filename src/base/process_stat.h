/* process_stat.h: what the kernel says of a process of this host, in /proc/PID/stat. */
#ifndef RPI_BASE_PROCESS_STAT_H
#define RPI_BASE_PROCESS_STAT_H

#include <stdbool.h>
#include <stdint.h>

/* `*state` is the letter that ps shows; `*start` when it began, in clock ticks after the boot: with the number it names one process.
 * False: there is no such process, or it can't be seen. */
bool rpi_process_stat(int64_t pid, char *state, uint64_t *start);

/* Whether a thread of it would go on if it had a core, or waits for a disk: then it is slow rather than stuck. */
bool rpi_process_is_kept_waiting(int64_t pid);

#endif
