/*
 * lines.h: memory that begins at a cache line, for structs with members that threads write apart from each other. aligned_alloc splits what
 * it takes from the heap, which costs as much as two calls of malloc.
 */
#ifndef RPI_BASE_LINES_H
#define RPI_BASE_LINES_H

#include <stddef.h>

#define RPI_CACHE_LINE 64

/* All zero. NULL: no memory. */
void *rpi_lines_alloc(size_t size);
/* NULL does nothing. */
void rpi_lines_free(void *lines);

#endif
