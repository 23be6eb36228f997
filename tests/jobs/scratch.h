/*
 * scratch.h: a directory for one test, and what is in it. It lies in WORK_DIR where that is set, else in the system's directory for
 * temporary files.
 */
#ifndef RANKPOOL_SCRATCH_H
#define RANKPOOL_SCRATCH_H

#include <stddef.h>

enum { SCRATCH_PATH_SIZE = 4096 };

/* cmocka set-up and tear-down: *state is the new directory's path. */
int scratch_make(void **state);
int scratch_remove(void **state);
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_make, scratch_remove)

/* How many files a directory holds, hidden ones and folders as well, and how many of them are temporary ones of page_write. */
int scratch_files(const char *directory, int *temporary);

/* Reads DIRECTORY/NAME: memory that the caller frees, and its size; NULL when it can't be read. */
char *scratch_read(const char *directory, const char *name, size_t *size);

/* Writes a text to DIRECTORY/NAME, replacing what is there. Fails the test when it can't. */
void scratch_write(const char *directory, const char *name, const char *text);

#endif
