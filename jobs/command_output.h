/*
 * command_output.h: what a command writes, taken from a pipe: a little is kept in memory, more in a file without a name in $TMPDIR.
 */
#ifndef RANKPOOL_JOBS_COMMAND_OUTPUT_H
#define RANKPOOL_JOBS_COMMAND_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

enum { COMMAND_OUTPUT_IN_MEMORY = 256 << 10 };

typedef struct command_output {
    int pipe; /* read end; -1: it has ended */
    int file; /* -1: all is in memory */
    char *memory;
    size_t in_memory, room;
    uint64_t size;
    int error; /* an errno: something is missing */
} command_output;

/* Begins to take from `pipe`, which it closes. The memory is used again. */
void command_output_begin(command_output *output, int pipe);

/* Reads what is there. Call it when poll says that there is something. */
void command_output_read(command_output *output);

/* Reads no more; what is there is kept. */
void command_output_end(command_output *output);

/* All in a file. Returns 1; 0: it can't be written, and `error` says why. */
int command_output_to_file(command_output *output);

/* Drops all but the memory for the next. */
void command_output_clear(command_output *output);

/* Opens a file without a name in $TMPDIR, or /tmp. -1 with errno set: it can't. */
int command_output_open_file(void);

#endif
