/* lines.c: see lines.h. What malloc gave stands right before the memory. */
#include "base/lines.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *rpi_lines_alloc(size_t size)
{
    char *block = malloc(size + RPI_CACHE_LINE); /* calloc doesn't take what this thread has freed before */
    if (!block) return NULL;
    char *lines = block + RPI_CACHE_LINE - (uintptr_t)block % RPI_CACHE_LINE;
    ((void **)(void *)lines)[-1] = block;
    return memset(lines, 0, size);
}

void rpi_lines_free(void *lines)
{
    if (lines) free(((void **)lines)[-1]);
}
