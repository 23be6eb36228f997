/* spill_file.h: a file without a name in $TMPDIR, for what is too much for memory. */
#ifndef RANKPOOL_CLI_SPILL_FILE_H
#define RANKPOOL_CLI_SPILL_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Opens one. -1, with errno set: it can't be. */
int spill_file_open(void);

/* Return 1, or 0 with errno set. */
int spill_file_write(int file, off_t at, const char *data, size_t size);
int spill_file_read(int file, off_t at, char *data, size_t size);

#endif
