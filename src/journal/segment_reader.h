/*
 * segment_reader.h: reads a segment frame by frame. What is torn at its end is left out. What is damaged before whole frames is passed
 * over, and counted. A segment may be read while its run writes it.
 */
#ifndef RPI_JOURNAL_SEGMENT_READER_H
#define RPI_JOURNAL_SEGMENT_READER_H

#include "journal/format.h"

typedef struct rpi_frame {
    rpi_frame_head head;
    const uint8_t *records; /* head.size bytes; until the next call on the reader */
    uint64_t offset;        /* of its header in the file */
} rpi_frame;

typedef struct rpi_segment_reader {
    int file; /* the caller's; it is closed by the caller */
    rpi_segment_head head;
    rpi_head_state state; /* of the segment's header */
    uint32_t seed;
    uint64_t limit; /* frames with a higher sequence don't count; set by the caller, UINT64_MAX at first */

    uint64_t n_frames, last_sequence; /* of the frames that were given */
    uint64_t n_lost;                  /* frames that are missing before whole ones */
    uint64_t lost_bytes, torn_bytes;  /* damaged before whole frames, and behind the last one: known at the end */
    uint64_t n_ignored;               /* frames beyond the limit: 1, when there are any */

    uint8_t *buffer;
    size_t room, from, to; /* bytes from … to - 1 of the buffer are to be read */
    uint64_t offset;       /* of buffer[from] in the file */
    bool is_at_end;        /* the file has no more than the buffer */
} rpi_segment_reader;

/* Reads the segment's header, into reader->head and reader->state; an empty file's is damaged. Returns RP_OK, RP_NO_MEMORY, or RP_SYSTEM
 * when the file can't be read. After RP_OK the reader needs an end. */
rp_status rpi_segment_reader_init(rpi_segment_reader *reader, int file, rp_error *error);
void rpi_segment_reader_fini(rpi_segment_reader *reader);

/* The next whole frame. RP_END: there is none; a header that isn't right ends at once. */
rp_status rpi_segment_reader_next(rpi_segment_reader *reader, rpi_frame *frame, rp_error *error);

/* Goes to a frame whose offset is known; the next call gives it. */
void rpi_segment_reader_seek(rpi_segment_reader *reader, uint64_t offset);

#endif
