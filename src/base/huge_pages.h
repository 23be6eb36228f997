/*
 * huge_pages.h: files in memory with pages of 2 MiB, where the kernel has some. With small ones each process that writes 2 MiB of a file
 * for the first time has 512 faults of a microsecond; with a huge one it has a single fault, and the memory itself is there in a fifth of
 * the time.
 */
#ifndef RPI_BASE_HUGE_PAGES_H
#define RPI_BASE_HUGE_PAGES_H

#include <stddef.h>
#include <sys/types.h>

/* Bytes of a huge page. Where the kernel's are others, there are just none. A multiple of the size of small ones. */
enum { RPI_HUGE_PAGE = 2 << 20 };

/* As mmap, at an address where huge pages of the file can be mapped whole. `offset` is a multiple of RPI_HUGE_PAGE. NULL: no memory. */
void *rpi_huge_pages_map(int fd, size_t size, int access, int sharing, off_t offset);

/* Makes the whole huge pages of a file in memory (memfd_create) that is empty, and mapped so at `base` to be written. It takes some 0.1 ms
 * a page, and ends where there are no more. What gets none isn't there yet afterwards. Nothing is mapped that can't be had, so nothing ends
 * the process. */
void rpi_huge_pages_make(int fd, char *base, size_t size, off_t offset);

/* Memory of this process alone, where it is touched first, comes in huge pages if there are some. */
void rpi_huge_pages_wish(void *base, size_t size);

/* The same for what malloc or realloc gave, and for what of it isn't touched yet; where it is so large (32 MiB) that it never is memory
 * that was freed before. NULL does nothing. Returns `memory`. */
void *rpi_huge_pages_for(void *memory, size_t size);

#endif
