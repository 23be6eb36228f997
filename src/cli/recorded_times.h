/* recorded_times.h: durations of items from a file: a number of seconds a line, or csv with a column `seconds`. */
#ifndef RANKPOOL_CLI_RECORDED_TIMES_H
#define RANKPOOL_CLI_RECORDED_TIMES_H

#include <rankpool/error.h>
#include <stddef.h>

/* Reads the file; - is standard input. Rows whose seconds are empty are passed over. `*seconds` is the caller's, to be given to free.
 * RP_OK; RP_USAGE (no such file, no such column, a row that has no such number, no number at all); RP_NO_MEMORY; RP_SYSTEM. */
rp_status recorded_times_read(const char *path, double **seconds, size_t *n, rp_error *error);

#endif
