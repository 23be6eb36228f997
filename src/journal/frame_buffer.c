/* frame_buffer.c: see frame_buffer.h. */
#include "journal/frame_buffer.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static bool make_room(rpi_frame_buffer *on, size_t n)
{
    size_t wanted = on->size + n;
    if (wanted <= on->room) return true;
    size_t room = on->room > 0 ? on->room : 1 << 16;
    while (room < wanted) room *= 2;
    uint8_t *bytes = realloc(on->bytes, room);
    if (!bytes) return false;
    on->bytes = bytes;
    on->room = room;
    return true;
}

static void begin_frame(rpi_frame_buffer *on)
{
    if (on->size == 0) on->since_ns = rpi_now_ns();
    on->frame = on->size;
    on->size += RPI_FRAME_HEAD;
    on->sizes = (rpi_frame_sizes){0, 0};
}

static void end_frame(rpi_frame_buffer *on) { memcpy(on->bytes + on->frame, &on->sizes, sizeof on->sizes); }

bool rpi_frame_buffer_put(rpi_frame_buffer *on, const rpi_journal_record *record, uint64_t frame_bytes)
{
    size_t n = rpi_record_bytes(record);
    if (!make_room(on, n + RPI_FRAME_HEAD)) return false;
    if (on->size > 0 && on->sizes.bytes >= frame_bytes) {
        end_frame(on);
        begin_frame(on);
    }
    if (on->size == 0) begin_frame(on);
    rpi_record_write(record, on->bytes + on->size);
    on->size += n;
    on->sizes.bytes += (uint32_t)n;
    on->sizes.count++;
    return true;
}

void rpi_frame_buffer_seal(rpi_frame_buffer *on, uint64_t epoch, uint32_t seed, uint64_t time_ns, uint64_t *sequence)
{
    end_frame(on);
    for (size_t at = 0; at < on->size;) {
        rpi_frame_sizes sizes;
        memcpy(&sizes, on->bytes + at, sizeof sizes);
        rpi_frame_head head = {.epoch = epoch, .sequence = ++*sequence, .time_ns = time_ns, .size = sizes.bytes, .count = sizes.count};
        rpi_frame_head_write(&head, seed, on->bytes + at);
        at += RPI_FRAME_HEAD + sizes.bytes;
    }
}
