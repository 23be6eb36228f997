/*
 * frame_buffer.h: records that wait to be written, as frames one behind the other. Each has room for its header before its records, so all
 * is written by one call.
 */
#ifndef RPI_JOURNAL_FRAME_BUFFER_H
#define RPI_JOURNAL_FRAME_BUFFER_H

#include "journal/format.h"

/* What is in the place of a frame's header until it is written. */
typedef struct rpi_frame_sizes {
    uint32_t bytes, count; /* of records */
} rpi_frame_sizes;

/* Zeroed: empty. Its owner frees `bytes`. */
typedef struct rpi_frame_buffer {
    uint8_t *bytes;
    size_t size, room;     /* size 0: empty */
    size_t frame;          /* where the last frame begins */
    rpi_frame_sizes sizes; /* of the last frame */
    uint64_t since_ns;     /* its first record */
} rpi_frame_buffer;

/* Adds a record: to the last frame, or to a new one when that has frame_bytes. False: no memory. */
bool rpi_frame_buffer_put(rpi_frame_buffer *on, const rpi_journal_record *record, uint64_t frame_bytes);

/* Makes the headers of all its frames, numbered from *sequence + 1 on, which is moved on. */
void rpi_frame_buffer_seal(rpi_frame_buffer *on, uint64_t epoch, uint32_t seed, uint64_t time_ns, uint64_t *sequence);

#endif
