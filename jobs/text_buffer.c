/* text_buffer.c: see text_buffer.h. */
#include "text_buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256, MOST_PRINTED = 1024 };

char *text_buffer_reserve(text_buffer *buffer, size_t size)
{
    size_t needed = buffer->size + size, room = buffer->room ? buffer->room : FIRST_ROOM;
    if (needed <= buffer->room) return buffer->data + buffer->size;
    while (room < needed) room *= 2;
    char *grown = realloc(buffer->data, room);
    if (!grown) {
        buffer->failed = 1;
        return NULL;
    }
    buffer->data = grown;
    buffer->room = room;
    return grown + buffer->size;
}

void text_buffer_add(text_buffer *buffer, const void *data, size_t size)
{
    char *to = size ? text_buffer_reserve(buffer, size) : NULL;
    if (!to) return;
    memcpy(to, data, size);
    buffer->size += size;
}

void text_buffer_add_string(text_buffer *buffer, const char *text) { text_buffer_add(buffer, text, strlen(text)); }
void text_buffer_add_byte(text_buffer *buffer, char byte) { text_buffer_add(buffer, &byte, 1); }

void text_buffer_print(text_buffer *buffer, const char *format, ...)
{
    char text[MOST_PRINTED];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    text_buffer_add_string(buffer, text);
}

void text_buffer_clear(text_buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = 0;
}

void text_buffer_free(text_buffer *buffer)
{
    free(buffer->data);
    *buffer = (text_buffer){NULL, 0, 0, 0};
}

/* Bytes that no shell takes for anything else, anywhere in a word. */
static int is_plain(char byte)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:@%+";
    return byte && strchr(plain, byte);
}

void text_buffer_add_quoted(text_buffer *buffer, rp_bytes word)
{
    const char *text = word.data;
    size_t n_plain = 0;
    while (n_plain < word.size && is_plain(text[n_plain])) n_plain++;
    if (word.size > 0 && n_plain == word.size) {
        text_buffer_add(buffer, text, word.size);
        return;
    }
    text_buffer_add_byte(buffer, '\'');
    for (size_t i = 0; i < word.size; i++) {
        if (text[i] == '\'') text_buffer_add_string(buffer, "'\\''");
        else text_buffer_add_byte(buffer, text[i]);
    }
    text_buffer_add_byte(buffer, '\'');
}
