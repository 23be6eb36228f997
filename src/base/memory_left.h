/* memory_left.h: how much memory this process could still take before the kernel would have to kill somebody. */
#ifndef RPI_BASE_MEMORY_LEFT_H
#define RPI_BASE_MEMORY_LEFT_H

#include <stdint.h>

/* Bytes that are left, of the machine and of the control groups. UINT64_MAX: not known. `*limited_by`: what the least of them is, a static
 * text. `top` is put before each path: "" for the real files. */
uint64_t rpi_memory_left(const char *top, const char **limited_by);

#endif
