/* lines.c: reads with read(2) and a buffer of its own, so that poll(2) knows whether the next read would block. */
#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t first_room = (size_t)64 << 10;
static const size_t longest_line = (size_t)1 << 30;

void lines_init(line_reader *lines, int descriptor, const char *name)
{
    memset(lines, 0, sizeof *lines);
    lines->descriptor = descriptor;
    lines->name = name;
    lines->separator = '\n';
}

void lines_fini(line_reader *lines)
{
    free(lines->buffer);
    lines->buffer = NULL;
}

/* Makes room for at least one more byte, and for the 0 after the last line. */
static rp_status make_room(line_reader *lines, rp_error *error)
{
    if (lines->start > 0) {
        memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    if (lines->end + 1 < lines->room) return RP_OK;
    if (lines->room >= longest_line)
        return rp_error_set(error, RP_USAGE, 0, "%s, line %llu: longer than %zu MB", lines->name, (unsigned long long)lines->number + 1,
                            longest_line >> 20);
    size_t room = lines->room ? 2 * lines->room : first_room;
    char *buffer = realloc(lines->buffer, room);
    if (!buffer) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for a line of %zu bytes of %s", room, lines->name);
    lines->buffer = buffer;
    lines->room = room;
    return RP_OK;
}

/* timeout_ms: -1 waits for ever. */
static int would_block(const line_reader *lines, int timeout_ms)
{
    struct pollfd ready = {lines->descriptor, POLLIN, 0};
    return poll(&ready, 1, timeout_ms) == 0;
}

/* As read(2), but waits also where the descriptor itself doesn't: it may have been inherited so. */
static ssize_t read_some(const line_reader *lines)
{
    ssize_t n;
    while ((n = read(lines->descriptor, lines->buffer + lines->end, lines->room - lines->end - 1)) < 0) {
        if (errno == EAGAIN) (void)would_block(lines, -1);
        else if (errno != EINTR) break;
    }
    return n;
}

static rp_status read_more(line_reader *lines, int may_wait, rp_error *error)
{
    rp_status status = make_room(lines, error);
    if (status != RP_OK) return status;
    if (!may_wait && would_block(lines, 0)) return RP_AGAIN;
    ssize_t n = read_some(lines);
    if (n < 0) return rp_error_set(error, RP_SYSTEM, errno, "can't read %s: %s", lines->name, strerror(errno));
    lines->end += (size_t)n;
    lines->at_end = n == 0;
    return RP_OK;
}

/* Takes the line of `size` bytes, and what ends it if that is there. A byte order mark before the first line is dropped. */
static rp_bytes take(line_reader *lines, size_t size, int has_end)
{
    char *line = lines->buffer + lines->start;
    lines->start += size + (has_end ? 1 : 0);
    lines->searched = 0;
    if (lines->number++ == 0 && lines->separator == '\n' && size >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) {
        line += 3;
        size -= 3;
    }
    if (has_end && lines->separator == '\n' && !lines->keeps_cr && size > 0 && line[size - 1] == '\r') size--;
    if (lines->keeps_cr && lines->separator == '\n' && size > 0 && line[size - 1] == '\r' && !lines->first_cr)
        lines->first_cr = lines->number;
    line[size] = '\0';
    return (rp_bytes){line, size};
}

rp_status lines_next(line_reader *lines, int may_wait, rp_bytes *line, rp_error *error)
{
    for (;;) {
        size_t size = lines->end - lines->start;
        char *from = size > lines->searched ? lines->buffer + lines->start + lines->searched : NULL;
        char *found = from ? memchr(from, lines->separator, size - lines->searched) : NULL;
        if (found) {
            *line = take(lines, (size_t)(found - (lines->buffer + lines->start)), 1);
            return RP_OK;
        }
        lines->searched = size;
        if (lines->at_end && size == 0) return RP_END;
        if (lines->at_end) {
            *line = take(lines, size, 0);
            return RP_OK;
        }
        rp_status status = read_more(lines, may_wait, error);
        if (status != RP_OK) return status;
    }
}
