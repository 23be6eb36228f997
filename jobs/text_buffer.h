/*
 * text_buffer.h: bytes that grow. When memory runs out, the buffer keeps what it has, and `failed` says so at the end.
 */
#ifndef RANKPOOL_JOBS_TEXT_BUFFER_H
#define RANKPOOL_JOBS_TEXT_BUFFER_H

#include <rankpool/task.h>

typedef struct text_buffer {
    char *data;
    size_t size, room;
    int failed; /* something is missing: there was no memory */
} text_buffer;

/* Adds bytes; a string without its NUL; one byte. A zeroed buffer is an empty one. */
void text_buffer_add(text_buffer *buffer, const void *data, size_t size);
void text_buffer_add_string(text_buffer *buffer, const char *text);
void text_buffer_add_byte(text_buffer *buffer, char byte);
void text_buffer_print(text_buffer *buffer, const char *format, ...) RP_PRINTF(2, 3);

/* Makes room for `size` more bytes. Returns where they go; NULL: no memory. */
char *text_buffer_reserve(text_buffer *buffer, size_t size);

/* Empties it and keeps its memory; frees its memory. */
void text_buffer_clear(text_buffer *buffer);
void text_buffer_free(text_buffer *buffer);

/* Adds a word such that a shell reads the same bytes: as it is, or in single quotes. */
void text_buffer_add_quoted(text_buffer *buffer, rp_bytes word);

#endif
