/*
 * segment.h: memory that two processes share, as a part of a memfd that starts at a fixed offset and may grow. The file is as large as all
 * parts can become, but sparse, so that a side grows a part by mapping more of it, without a word to the other. It has no name that could
 * be left behind.
 */
#ifndef RPI_ISOLATE_SEGMENT_H
#define RPI_ISOLATE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RPI_SEGMENT_ROOM (UINT64_C(1) << 40) /* bytes that a segment may take, where the size of files isn't limited */

typedef struct rpi_segment {
    int fd; /* borrowed */
    uint64_t offset, room;
    char *base; /* NULL until something is reserved */
    size_t size;
} rpi_segment;

/* Segment number `index` of a file whose segments may take `room` bytes each, a multiple of the page size. Maps nothing yet. */
void rpi_segment_init(rpi_segment *segment, int fd, unsigned index, uint64_t room);
void rpi_segment_fini(rpi_segment *segment);

/* Maps at least so many bytes; the base may move, what it holds stays. False: no memory; the segment is as it was. */
bool rpi_segment_reserve(rpi_segment *segment, size_t size);

/* Gives the memory back to the system where there is much of it; what it held is zero from then on, for both sides. */
void rpi_segment_trim(rpi_segment *segment);

#endif
