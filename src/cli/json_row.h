/*
 * json_row.h: a row of JSON lines, put together member by member. Texts are UTF-8: bytes that aren't become U+FFFD, and another member,
 * NAME_base64, has all bytes of such a text. A row for which there was no memory isn't written, so that each line is an object.
 */
#ifndef RANKPOOL_CLI_JSON_ROW_H
#define RANKPOOL_CLI_JSON_ROW_H

#include <rankpool/task.h>

typedef struct json_row {
    char *text;
    size_t size, room;
    int out_of_memory;
} json_row;

/* Begins a row in the memory of the one before; all 0 is the first one. */
void json_row_begin(json_row *row);

void json_row_add_text(json_row *row, const char *name, rp_bytes text);

/* Adds a number as it was printed. One that JSON doesn't have (nan, inf) becomes null; NULL is null too. */
void json_row_add_number(json_row *row, const char *name, const char *number);

/* The same for a real number: a whole one is written as 5.0. */
void json_row_add_real(json_row *row, const char *name, const char *number);

void json_row_add_bool(json_row *row, const char *name, int is_true);

/* Ends the row and its line. Returns it, with a 0 at its end and valid until the next row begins; NULL: there was no memory. */
const char *json_row_end(json_row *row);

void json_row_fini(json_row *row);

#endif
