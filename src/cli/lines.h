/*
 * lines.h: the lines of a file or a pipe, one by one; without blocking, if asked for. One thread.
 */
#ifndef RANKPOOL_CLI_LINES_H
#define RANKPOOL_CLI_LINES_H

#include <rankpool/error.h>
#include <rankpool/task.h>

typedef struct line_reader {
    int descriptor;
    const char *name; /* for messages */
    char separator;   /* what ends a line: \n, unless it is set otherwise */
    int keeps_cr;     /* 1: a \r before it is part of the line */
    char *buffer;
    size_t start, end, room; /* start to end: read but not yet given; room: size of the buffer */
    size_t searched;         /* how much of it is known to have no line end */
    int at_end;              /* nothing more to read */
    uint64_t number;         /* number of the last line that was given, from 1 */
    uint64_t first_cr;       /* number of the first line that was given with a \r at its end; 0: there was none */
} line_reader;

/* A format for a warning of such lines: the name, first_cr as unsigned long long. */
#define LINES_CR_WARNING "warning: %s, line %llu: ends with \\r, as lines of Windows do; it is part of the item"

/* Begins to read lines that end with \n. `descriptor` and `name` are borrowed. */
void lines_init(line_reader *lines, int descriptor, const char *name);
void lines_fini(line_reader *lines);

/* Gives the next line, without its \n or \r\n (or what the members above say), with a 0 after it. It may contain zeros. Valid, and
 * writable, until the next call. The last line needs no line end. Returns RP_OK, RP_END, RP_AGAIN (only when `may_wait` is 0), RP_USAGE
 * (the line is too long), RP_NO_MEMORY, RP_SYSTEM. */
rp_status lines_next(line_reader *lines, int may_wait, rp_bytes *line, rp_error *error);

#endif
