/*
 * build.h: what the program of this process was built from, as a text that ranks compare. Two builds of one source may give an item other
 * results, or read a message otherwise, so ranks need the same one.
 */
#ifndef RPI_CLUSTER_BUILD_H
#define RPI_CLUSTER_BUILD_H

#include <stdbool.h>
#include <stddef.h>

/* Room for the text of rpi_build_describe. */
enum { RPI_BUILD_SIZE = 1024 };

/*
 * Writes a line, name, tab and value, for the library's version, for the program, for librankpool if that is a file of its own, and for
 * each other file that has tasks, such as a job that was loaded. The value of a file is its build-id, which the linker made from its
 * contents; of a file without one, a hash of its machine code in memory.
 */
void rpi_build_describe(char *text, size_t size);

/* Compares two such texts. True: they are the same. Otherwise `why` says what of `theirs` differs, as "has another build of …". */
bool rpi_build_compare(const char *mine, const char *theirs, char *why, size_t size);

#endif
