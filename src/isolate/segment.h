/*
 * segment.h: memory that a worker and its sandbox share, and that may grow. Between two processes it is a part of a memfd that starts at a
 * fixed offset. The file is as large as all segments can become, but sparse. So each side grows a segment by mapping more of it, without
 * telling the other. A memfd has no name, so no file can be left behind. Between two threads it is memory of the heap, of which both have
 * the same view; only the one that has the segment at the time may grow it.
 */
#ifndef RPI_ISOLATE_SEGMENT_H
#define RPI_ISOLATE_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RPI_SEGMENT_ROOM (UINT64_C(1) << 40) /* bytes of a segment at most, where the size of files isn't limited */

typedef struct rpi_segment {
    int fd; /* borrowed; -1: memory of the heap */
    bool is_read_only;
    uint64_t offset, room;
    char *base; /* NULL until something is reserved */
    size_t size;
} rpi_segment;

/* Segment number `index` of a file whose segments may take `room` bytes each, a multiple of the page size. Maps nothing yet. `fd` -1: of
 * the heap, and `index` isn't used. */
void rpi_segment_init(rpi_segment *segment, int fd, unsigned index, uint64_t room);
void rpi_segment_fini(rpi_segment *segment);

/* Maps at least `size` bytes. The base may move, the contents stay. False: no memory, and the segment is as it was. */
bool rpi_segment_reserve(rpi_segment *segment, size_t size);

/* Gives a large segment's memory back to the system. What it held is lost, on both sides. */
void rpi_segment_trim(rpi_segment *segment);

#endif
