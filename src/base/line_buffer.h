/*
 * line_buffer.h: lines of text that wait to be sent on, bounded. Lines that don't fit are dropped and counted; what is taken out says how
 * many. Any thread; nothing here blocks but for moments.
 */
#ifndef RPI_BASE_LINE_BUFFER_H
#define RPI_BASE_LINE_BUFFER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rpi_line_buffer {
    pthread_mutex_t mutex; /* guards what follows */
    char *bytes;           /* made with the first line */
    size_t size, most;
    uint64_t n_dropped; /* lines, since some were taken out last */
} rpi_line_buffer;

/* `most`: bytes that it may hold. */
void rpi_line_buffer_init(rpi_line_buffer *self, size_t most);
void rpi_line_buffer_fini(rpi_line_buffer *self);

/* Adds whole lines, each with its newline. True: it was empty before, so that somebody has to be told. */
bool rpi_line_buffer_put(rpi_line_buffer *self, const char *lines, size_t size);

/* Counts lines that were dropped elsewhere. */
void rpi_line_buffer_count_dropped(rpi_line_buffer *self, uint64_t n);

/* Takes all lines out; the caller frees them. `who` begins the line that says how many were dropped. NULL: there are none. */
char *rpi_line_buffer_take(rpi_line_buffer *self, const char *who, size_t *size);

#endif
