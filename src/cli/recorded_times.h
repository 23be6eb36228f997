/* recorded_times.h: times of items from a file: a number of seconds a line, or csv with a column `seconds`. */
#ifndef RANKPOOL_CLI_RECORDED_TIMES_H
#define RANKPOOL_CLI_RECORDED_TIMES_H

#include <rankpool/error.h>
#include <stddef.h>

/* Reads the file; - is standard input. Rows without seconds are skipped. `*seconds` is the caller's, freed by free. RP_OK; RP_USAGE (no
 * such file, no such column, a row with something else than such a number, no number at all); RP_NO_MEMORY; RP_SYSTEM. */
rp_status recorded_times_read(const char *path, double **seconds, size_t *n, rp_error *error);

#endif
