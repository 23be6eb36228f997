/*
 * huge_pages.c: see huge_pages.h. Administrators rarely let the kernel use huge pages for shared memory of itself (shmem_enabled). Since
 * Linux 6.1 a process may ask for them with MADV_COLLAPSE, whatever that setting is, unless it is `deny`. It collapses small pages to a
 * huge one, and needs one that is there. The other 511 are missing, so there is nothing to copy.
 */
#include "base/huge_pages.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* Each request for some pages waits once until all cores have put theirs back. */
static const size_t most_at_once = 32 * (size_t)RPI_HUGE_PAGE;

static void *map(void *at, size_t size, int access, int sharing, int fd, off_t offset)
{
    void *base = mmap(at, size, access, sharing, fd, offset);
    return base == MAP_FAILED ? NULL : base;
}

/* Addresses for `size` bytes from a multiple of a huge page on, which nothing else gets. NULL: there are none. */
static char *reserve(size_t size)
{
    size_t all = size + RPI_HUGE_PAGE;
    char *from = all > size ? map(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) : NULL;
    if (!from) return NULL;
    size_t before = (RPI_HUGE_PAGE - (uintptr_t)from % RPI_HUGE_PAGE) % RPI_HUGE_PAGE;
    if (before > 0) (void)munmap(from, before);
    if (before < RPI_HUGE_PAGE) (void)munmap(from + before + size, RPI_HUGE_PAGE - before);
    return from + before;
}

void *rpi_huge_pages_map(int fd, size_t size, int access, int sharing, off_t offset)
{
    char *at = size >= RPI_HUGE_PAGE ? reserve(size) : NULL;
    void *base = map(at, size, access, at ? sharing | MAP_FIXED : sharing, fd, offset);
    if (!base && at) (void)munmap(at, size);
    return base;
}

/* One byte of each huge page is there afterwards. False: there is no memory. */
static bool begin_pages(int fd, size_t size, off_t offset)
{
    for (size_t at = 0; at < size; at += RPI_HUGE_PAGE)
        if (fallocate(fd, 0, offset + (off_t)at, 1)) return false;
    return true;
}

void rpi_huge_pages_make(int fd, char *base, size_t size, off_t offset)
{
    for (size_t at = 0, n; size - at >= RPI_HUGE_PAGE; at += n) {
        size_t left = (size - at) / RPI_HUGE_PAGE * RPI_HUGE_PAGE;
        n = left < most_at_once ? left : most_at_once;
        if (!begin_pages(fd, n, offset + (off_t)at) || madvise(base + at, n, MADV_COLLAPSE)) return;
    }
}

void rpi_huge_pages_wish(void *base, size_t size)
{
    if (size >= RPI_HUGE_PAGE) (void)madvise(base, size, MADV_HUGEPAGE);
}

/* The C library takes at least so much from the kernel for itself (mallopt(3): M_MMAP_THRESHOLD). */
static const size_t large_size = (size_t)32 << 20;

void *rpi_huge_pages_for(void *memory, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = ((uintptr_t)memory + page - 1) / page * page;
    if (memory && size >= large_size) rpi_huge_pages_wish((void *)at, size - (at - (uintptr_t)memory));
    return memory;
}
