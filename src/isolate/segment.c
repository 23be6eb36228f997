/* segment.c: see segment.h. */
#include "isolate/segment.h"

#include <sys/mman.h>

static const size_t least_size = 64 << 10, kept_size = 32 << 20;

void rpi_segment_init(rpi_segment *segment, int fd, unsigned index, uint64_t room)
{
    *segment = (rpi_segment){.fd = fd, .offset = index * room, .room = room};
}

void rpi_segment_fini(rpi_segment *segment)
{
    if (segment->base) (void)munmap(segment->base, segment->size);
    segment->base = NULL;
    segment->size = 0;
}

bool rpi_segment_reserve(rpi_segment *segment, size_t size)
{
    if (size <= segment->size) return true;
    if (size > segment->room) return false;
    size_t larger = segment->size ? segment->size : least_size;
    while (larger < size) larger *= 2;
    if (larger > segment->room) larger = segment->room;
    void *base = segment->base ? mremap(segment->base, segment->size, larger, MREMAP_MAYMOVE)
                               : mmap(NULL, larger, PROT_READ | PROT_WRITE, MAP_SHARED, segment->fd, (off_t)segment->offset);
    if (base == MAP_FAILED) return false;
    segment->base = base;
    segment->size = larger;
    return true;
}

void rpi_segment_trim(rpi_segment *segment)
{
    if (segment->size > kept_size) (void)madvise(segment->base, segment->size, MADV_REMOVE);
}
