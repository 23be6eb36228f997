/* segment.c: see segment.h. A larger piece is mapped anew, not by mremap: tools that follow memory know mmap and munmap. */
#include "isolate/segment.h"

#include <stdlib.h>
#include <sys/mman.h>

static const size_t least_size = 64 << 10, kept_size = 32 << 20;

void rpi_segment_init(rpi_segment *segment, int fd, unsigned index, uint64_t room)
{
    *segment = (rpi_segment){.fd = fd, .offset = fd < 0 ? 0 : index * room, .room = room};
}

void rpi_segment_fini(rpi_segment *segment)
{
    if (segment->fd < 0) free(segment->base);
    else if (segment->base) (void)munmap(segment->base, segment->size);
    segment->base = NULL;
    segment->size = 0;
}

static void *map(const rpi_segment *segment, size_t size)
{
    int access = segment->is_read_only ? PROT_READ : PROT_READ | PROT_WRITE;
    void *base = mmap(NULL, size, access, MAP_SHARED, segment->fd, (off_t)segment->offset);
    return base == MAP_FAILED ? NULL : base;
}

bool rpi_segment_reserve(rpi_segment *segment, size_t size)
{
    if (size <= segment->size) return true;
    if (size > segment->room) return false;
    size_t larger = segment->size ? segment->size : least_size;
    while (larger < size) larger *= 2;
    if (larger > segment->room) larger = (size_t)segment->room;
    void *base = segment->fd < 0 ? realloc(segment->base, larger) : map(segment, larger);
    if (!base) return false;
    if (segment->fd >= 0 && segment->base) (void)munmap(segment->base, segment->size);
    segment->base = base;
    segment->size = larger;
    return true;
}

void rpi_segment_trim(rpi_segment *segment)
{
    if (segment->size <= kept_size) return;
    if (segment->fd < 0) rpi_segment_fini(segment);
    else (void)madvise(segment->base, segment->size, MADV_REMOVE);
}
