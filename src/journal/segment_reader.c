/*
 * segment_reader.c: see segment_reader.h. A frame's header has a check of its own. Where the header is whole, its length is known, and a
 * damaged frame is passed over as one. Where it isn't, the next header is looked for, byte by byte.
 */
#include "journal/segment_reader.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 18 };

/* Makes room behind buffer[to] for at least one more read, such that `wanted` bytes from `from` on fit. */
static rp_status make_room(rpi_segment_reader *reader, size_t wanted, rp_error *error)
{
    size_t held = reader->to - reader->from;
    if (reader->from > 0) memmove(reader->buffer, reader->buffer + reader->from, held);
    reader->from = 0;
    reader->to = held;
    size_t room = wanted + READ_SIZE;
    if (room <= reader->room) return RP_OK;
    uint8_t *buffer = realloc(reader->buffer, room);
    if (!buffer) return rpi_error_no_memory(error);
    reader->buffer = buffer;
    reader->room = room;
    return RP_OK;
}

static rp_status read_more(rpi_segment_reader *reader, rp_error *error)
{
    ssize_t n;
    do n = pread(reader->file, reader->buffer + reader->to, reader->room - reader->to, (off_t)(reader->offset + reader->to - reader->from));
    while (n < 0 && errno == EINTR);
    if (n < 0) return rpi_error_system(error, errno, "reading the journal");
    reader->to += (size_t)n;
    reader->is_at_end = n == 0;
    return RP_OK;
}

/* Reads until `wanted` bytes are there, or the file's end. The buffer grows with what is there, so a length that is wrong costs nothing. */
static rp_status fill(rpi_segment_reader *reader, size_t wanted, rp_error *error)
{
    rp_status status = RP_OK;
    while (status == RP_OK && reader->to - reader->from < wanted && !reader->is_at_end) {
        if (reader->room - reader->to < READ_SIZE / 4) status = make_room(reader, reader->to - reader->from, error);
        if (status == RP_OK) status = read_more(reader, error);
    }
    return status;
}

static void advance(rpi_segment_reader *reader, size_t n)
{
    reader->from += n;
    reader->offset += n;
}

rp_status rpi_segment_reader_init(rpi_segment_reader *reader, int file, rp_error *error)
{
    *reader = (rpi_segment_reader){.file = file, .state = RPI_HEAD_DAMAGED, .limit = UINT64_MAX};
    rp_status status = make_room(reader, RPI_SEGMENT_HEAD, error);
    if (status == RP_OK) status = fill(reader, RPI_SEGMENT_HEAD, error);
    if (status != RP_OK) {
        rpi_segment_reader_fini(reader);
        return status;
    }
    if (reader->to < RPI_SEGMENT_HEAD) return RP_OK;
    reader->state = rpi_segment_head_read(reader->buffer, &reader->head);
    reader->seed = rpi_format_seed(&reader->head.id);
    advance(reader, RPI_SEGMENT_HEAD);
    return RP_OK;
}

void rpi_segment_reader_fini(rpi_segment_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

void rpi_segment_reader_seek(rpi_segment_reader *reader, uint64_t offset)
{
    uint64_t end = reader->offset + (reader->to - reader->from);
    if (offset >= reader->offset && offset <= end) {
        advance(reader, (size_t)(offset - reader->offset));
    } else {
        reader->from = reader->to = 0;
        reader->offset = offset;
    }
    reader->is_at_end = false;
    reader->last_sequence = 0;
}

/* Whether there is a whole frame at the beginning of what is to be read. `*size`: by how much to go on, when there is none. */
static bool look(rpi_segment_reader *reader, rpi_frame *frame, size_t *size, rp_status *status, rp_error *error)
{
    *size = 1;
    const uint8_t *at = reader->buffer + reader->from;
    if (reader->to - reader->from < RPI_FRAME_HEAD || !rpi_frame_head_read(at, reader->seed, &frame->head)) return false;
    size_t whole = RPI_FRAME_HEAD + (size_t)frame->head.size;
    *status = fill(reader, whole, error);
    if (*status != RP_OK || reader->to - reader->from < whole) return false;
    frame->records = reader->buffer + reader->from + RPI_FRAME_HEAD;
    frame->offset = reader->offset;
    *size = whole;
    bool is_later = frame->head.epoch == reader->head.epoch && frame->head.sequence > reader->last_sequence;
    return is_later && rpi_frame_check(&frame->head, reader->seed, frame->records);
}

/* Goes to the next place where a header may begin. The last bytes of the buffer may be the beginning of its magic. */
static void search(rpi_segment_reader *reader)
{
    size_t held = reader->to - reader->from;
    const uint8_t *at = reader->buffer + reader->from, *next = rpi_frame_find(at, held);
    size_t kept = reader->is_at_end || held < 3 ? 0 : 3;
    advance(reader, next ? (size_t)(next - at) : held - kept);
}

/* A whole frame that comes next. Counts what is missing before it. */
static rp_status give(rpi_segment_reader *reader, const rpi_frame *frame, size_t size, uint64_t begin)
{
    if (frame->head.sequence > reader->limit) {
        reader->n_ignored = 1;
        return RP_END;
    }
    reader->lost_bytes += frame->offset - begin;
    reader->n_lost += frame->head.sequence - reader->last_sequence - 1;
    reader->last_sequence = frame->head.sequence;
    reader->n_frames++;
    advance(reader, size);
    return RP_OK;
}

rp_status rpi_segment_reader_next(rpi_segment_reader *reader, rpi_frame *frame, rp_error *error)
{
    uint64_t begin = reader->offset;
    rp_status status = RP_OK;
    size_t size;
    while (reader->state == RPI_HEAD_RIGHT) {
        status = fill(reader, RPI_FRAME_HEAD, error);
        if (status != RP_OK || reader->from == reader->to) break;
        if (look(reader, frame, &size, &status, error)) return give(reader, frame, size, begin);
        if (status != RP_OK) break;
        advance(reader, size);
        if (size == 1) search(reader);
    }
    reader->torn_bytes = reader->offset + (reader->to - reader->from) - begin;
    return status == RP_OK ? RP_END : status;
}
