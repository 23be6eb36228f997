/* log_line.h: a line of rp_log. */
#ifndef RPI_TASK_LOG_LINE_H
#define RPI_TASK_LOG_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Writes "14:03:22.123 rank 1, item 17: text" and a newline; below 0, the item is left out. The text is shown as rp_printable shows it, and
 * shortened to fit. `size` is at least 128. Returns the length. */
size_t rpi_log_line(char *line, size_t size, const struct timespec *now, int rank, int64_t item, const char *text);

#endif
