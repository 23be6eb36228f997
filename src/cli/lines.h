/*
 * lines.h: the lines of a file or a pipe, one by one, without blocking when that is asked for. One thread.
 */
#ifndef RANKPOOL_CLI_LINES_H
#define RANKPOOL_CLI_LINES_H

#include <rankpool/error.h>
#include <rankpool/task.h>

typedef struct line_reader {
    int descriptor;
    const char *name; /* for messages */
    char *buffer;
    size_t start, end, room; /* what was read and not yet given; what the buffer has room for */
    size_t searched;         /* of it, known to have no line end */
    int at_end;              /* nothing more to read */
    uint64_t number;         /* of the line that was given last, from 1 */
} line_reader;

/* `descriptor` and `name` are borrowed. */
void lines_init(line_reader *lines, int descriptor, const char *name);
void lines_fini(line_reader *lines);

/* The next line, without its \n or \r\n, a 0 after it; may hold zeros itself. Valid, and writable, until the next call. The last line need
 * not have an end. Returns RP_OK, RP_END, RP_AGAIN (only when `may_wait` is 0), RP_USAGE (a line too long), RP_NO_MEMORY, RP_SYSTEM. */
rp_status lines_next(line_reader *lines, int may_wait, rp_bytes *line, rp_error *error);

#endif
