/* json_row.c: see json_row.h. */
#include "json_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

static void add(json_row *row, const char *bytes, size_t size)
{
    if (row->out_of_memory) return;
    size_t room = row->room ? row->room : FIRST_ROOM;
    while (room - row->size <= size) room *= 2;
    char *text = room == row->room ? row->text : realloc(row->text, room);
    row->out_of_memory = !text;
    if (!text) return;
    row->text = text;
    row->room = room;
    memcpy(text + row->size, bytes, size);
    row->size += size;
}

static void add_string(json_row *row, const char *text) { add(row, text, strlen(text)); }

void json_row_begin(json_row *row)
{
    row->size = 0;
    row->out_of_memory = 0;
    add(row, "{", 1);
}

static void add_name(json_row *row, const char *name)
{
    if (row->size > 1) add(row, ",", 1);
    add(row, "\"", 1);
    add_string(row, name); /* names have nothing to escape */
    add(row, "\":", 2);
}

/* ---- texts ---- */

/* How many bytes the UTF-8 character at `text` has; 0 when it isn't one. */
static size_t utf8_length(const unsigned char *text, size_t size)
{
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : text[0] < 0xF5 ? 4 : 0;
    if (length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80) return 0;
    unsigned second = length > 1 ? text[1] : 0;
    int is_overlong = (text[0] == 0xE0 && second < 0xA0) || (text[0] == 0xF0 && second < 0x90);
    int is_beyond = (text[0] == 0xED && second >= 0xA0) || (text[0] == 0xF4 && second >= 0x90);
    return is_overlong || is_beyond ? 0 : length;
}

/* How many bytes are written as they are. */
static size_t plain_length(const unsigned char *text, size_t size)
{
    size_t n = 0;
    while (n < size && text[n] >= ' ' && text[n] != '"' && text[n] != '\\') {
        size_t length = utf8_length(text + n, size - n);
        if (length == 0) break;
        n += length;
    }
    return n;
}

static void add_escaped(json_row *row, unsigned char byte)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = byte ? strchr(plain, byte) : NULL;
    char text[8];
    if (byte >= 0x80) snprintf(text, sizeof text, "\xEF\xBF\xBD");
    else if (found) snprintf(text, sizeof text, "\\%c", letters[found - plain]);
    else snprintf(text, sizeof text, "\\u%04X", byte);
    add_string(row, text);
}

/* Returns whether all of it is UTF-8. */
static int add_characters(json_row *row, rp_bytes text)
{
    const unsigned char *at = text.data;
    size_t left = text.size;
    int is_utf8 = 1;
    while (left > 0) {
        size_t n = plain_length(at, left);
        if (n > 0) add(row, (const char *)at, n);
        if (n < left && at[n] >= 0x80) is_utf8 = 0;
        if (n < left) add_escaped(row, at[n++]);
        at += n;
        left -= n;
    }
    return is_utf8;
}

static void add_base64(json_row *row, rp_bytes text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = text.data;
    for (size_t i = 0; i < text.size; i += 3) {
        size_t left = text.size - i;
        unsigned three = (unsigned)at[i] << 16 | (left > 1 ? (unsigned)at[i + 1] << 8 : 0) | (left > 2 ? at[i + 2] : 0u);
        char four[] = {digits[three >> 18], digits[three >> 12 & 63], left > 1 ? digits[three >> 6 & 63] : '=',
                       left > 2 ? digits[three & 63] : '='};
        add(row, four, sizeof four);
    }
}

void json_row_add_text(json_row *row, const char *name, rp_bytes text)
{
    add_name(row, name);
    add(row, "\"", 1);
    int is_utf8 = add_characters(row, text);
    add(row, "\"", 1);
    if (is_utf8) return;
    add(row, ",\"", 2);
    add_string(row, name);
    add_string(row, "_base64\":\"");
    add_base64(row, text);
    add(row, "\"", 1);
}

/* ---- other values ---- */

/* Digits or a sign before them: nan and inf have neither. */
static int is_number(const char *text) { return text && text[*text == '-'] >= '0' && text[*text == '-'] <= '9'; }

void json_row_add_number(json_row *row, const char *name, const char *number)
{
    add_name(row, name);
    add_string(row, is_number(number) ? number : "null");
}

void json_row_add_real(json_row *row, const char *name, const char *number)
{
    json_row_add_number(row, name, number);
    if (is_number(number) && !strpbrk(number, ".e")) add(row, ".0", 2);
}

void json_row_add_bool(json_row *row, const char *name, int is_true)
{
    add_name(row, name);
    add_string(row, is_true ? "true" : "false");
}

const char *json_row_end(json_row *row)
{
    add(row, "}\n", sizeof "}\n");
    return row->out_of_memory ? NULL : row->text;
}

void json_row_fini(json_row *row)
{
    free(row->text);
    *row = (json_row){NULL, 0, 0, 0};
}
