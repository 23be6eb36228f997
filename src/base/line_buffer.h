/*
 * line_buffer.h: lines of text that wait to be sent on, bounded. Lines that don't fit are dropped and counted. Any thread; nothing here
 * blocks but for moments.
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
    uint64_t n_full;  /* lines that didn't fit since some were taken out last; none is put in behind them */
    uint64_t n_other; /* lines that were dropped elsewhere */
} rpi_line_buffer;

/* `most`: bytes that it may hold. */
void rpi_line_buffer_init(rpi_line_buffer *self, size_t most);
void rpi_line_buffer_fini(rpi_line_buffer *self);

/* Adds whole lines, each with its newline, and counts `n_dropped` that were dropped elsewhere. True: there was nothing before, so that
 * somebody has to be told. */
bool rpi_line_buffer_put(rpi_line_buffer *self, const char *lines, size_t size, uint64_t n_dropped);

/* Takes all lines out; the caller frees them. NULL: there are none. `*n_dropped`: how many were dropped since the last time. */
char *rpi_line_buffer_take(rpi_line_buffer *self, size_t *size, uint64_t *n_dropped);

#endif
