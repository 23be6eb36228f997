/*
 * values.h: numbers and texts of the types of a task, from text and to text.
 */
#ifndef RANKPOOL_CLI_VALUES_H
#define RANKPOOL_CLI_VALUES_H

#include <rankpool/task.h>

#define VALUE_TEXT_SIZE 64

/* 1 when a value of this type can be given as text: all types but records. */
int value_has_text(rp_type type);

/* 1 when a value of this type is a text itself: bytes or a string. */
int value_is_text(rp_type type);

/* Reads `text` (a 0 follows its last byte) as a value of this type. Blanks around a number don't matter. Bytes and strings point
 * to the text. Returns
 * 1; or 0 when it isn't such a value, and then `*value` is unchanged. */
int value_parse(rp_type type, rp_bytes text, void *value);

/* What value_parse accepts, as "an integer from -128 to 127". Never NULL. Static text. */
const char *value_expected(rp_type type);

/* Writes a value that is no text, with as few digits as give the same value when it is read. Returns `text`. */
const char *value_print(rp_type type, const void *value, char text[VALUE_TEXT_SIZE]);

/* Read a decimal integer within limits (both included), and any real number. Return 1; or 0 when the text is none. */
int value_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *value);
int value_number(const char *text, double *value);

/* Writes a text for a message, as rp_printable does: shortened, and nothing in it that a terminal obeys. Returns `shown`. */
#define VALUE_SHOWN_SIZE 64
const char *value_shown(rp_bytes text, char shown[VALUE_SHOWN_SIZE]);

#endif
