/*
 * descriptor.h: descriptors 0 to 2 belong to standard input, output and error, also when the program was started without them. A file or
 * socket that gets such a number is written to by whoever prints.
 */
#ifndef RPI_BASE_DESCRIPTOR_H
#define RPI_BASE_DESCRIPTOR_H

#include <sys/types.h>

/* Gives a descriptor that the library has just made a number above 2. Returns it; with close-on-exec when it had to move. A negative
 * `descriptor` is returned as it is. On failure it is closed; returns -1 with errno set. */
int rpi_descriptor_move_up(int descriptor);

/* Opens those of 0 to 2 that are closed, such that reading standard input and writing to the others is an error (EBADF). While the process
 * has one thread. */
void rpi_descriptor_open_standard(void);

/* Write or read `size` bytes at a place of a file, in several calls where one is cut short or interrupted. Returns 0 or an errno. Reading
 * ends at the file's end too; *n, how many bytes were read. */
int rpi_descriptor_write_at(int descriptor, const void *bytes, size_t size, off_t at);
int rpi_descriptor_read_at(int descriptor, void *bytes, size_t size, off_t at, size_t *n);

#endif
