/* values.c: parsing and printing by type. Strict: a number is the whole text, within the limits of its type. */
#include "values.h"
#include "number_text.h"

#include <rankpool/text.h>

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct integer_type {
    rp_type type;
    int64_t minimum;
    uint64_t maximum;
    const char *expected;
} integer_types[] = {
    {RP_TYPE_INT8, INT8_MIN, INT8_MAX, "an integer from -128 to 127"},
    {RP_TYPE_INT16, INT16_MIN, INT16_MAX, "an integer from -32768 to 32767"},
    {RP_TYPE_INT32, INT32_MIN, INT32_MAX, "an integer from -2147483648 to 2147483647"},
    {RP_TYPE_INT64, INT64_MIN, INT64_MAX, "an integer of 64 bits"},
    {RP_TYPE_UINT8, 0, UINT8_MAX, "an integer from 0 to 255"},
    {RP_TYPE_UINT16, 0, UINT16_MAX, "an integer from 0 to 65535"},
    {RP_TYPE_UINT32, 0, UINT32_MAX, "an integer from 0 to 4294967295"},
    {RP_TYPE_UINT64, 0, UINT64_MAX, "an integer of 64 bits, 0 or more"},
};

static const struct integer_type *integer_type(rp_type type)
{
    for (size_t i = 0; i < sizeof integer_types / sizeof *integer_types; i++)
        if (integer_types[i].type == type) return &integer_types[i];
    return NULL;
}

int value_has_text(rp_type type) { return type != RP_TYPE_RECORD && type != RP_TYPE_VOID; }

int value_is_text(rp_type type) { return type == RP_TYPE_BYTES || type == RP_TYPE_STRING; }

/* Whether only blanks are left up to the end of the text, after strtol, strtod and so on. A 0 byte within the text isn't a blank. */
static int only_blanks(const char *rest, const char *end)
{
    while (rest < end && (*rest == ' ' || *rest == '\t')) rest++;
    return rest == end;
}

static int starts_like_number(const char *text)
{
    return *text != '\0' && *text != '\n' && *text != '\v' && *text != '\f' && *text != '\r';
}

static int parse_signed(rp_bytes text, int64_t minimum, int64_t maximum, int64_t *value)
{
    const char *start = text.data;
    char *rest;
    errno = 0;
    long long number = strtoll(start, &rest, 10);
    if (errno || rest == start || !starts_like_number(start) || !only_blanks(rest, start + text.size)) return 0;
    if (number < minimum || number > maximum) return 0;
    *value = number;
    return 1;
}

static int parse_unsigned(rp_bytes text, uint64_t *value)
{
    const char *start = text.data;
    char *rest;
    if (memchr(start, '-', text.size)) return 0; /* strtoull would accept it, and wrap around */
    errno = 0;
    unsigned long long number = strtoull(start, &rest, 10);
    if (errno || rest == start || !starts_like_number(start) || !only_blanks(rest, start + text.size)) return 0;
    *value = number;
    return 1;
}

enum { PLAIN_DIGITS = 15 }; /* every integer of so many, and each power of ten up to that, is exact as a double */

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Reads digits with a point or none, as most numbers are, ten times as fast as strtod. It gives the same, as one division rounds once.
 * Returns where the number ends; NULL: it isn't so plain. */
static const char *parse_plain(const char *at, double *value)
{
    static const double powers[PLAIN_DIGITS + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int is_negative = *at == '-', n = 0, n_fraction = 0;
    int64_t digits = 0;
    if (*at == '-' || *at == '+') at++;
    for (; is_digit(*at) && n < PLAIN_DIGITS; at++, n++) digits = 10 * digits + (*at - '0');
    if (*at == '.' && n > 0)
        for (at++; is_digit(*at) && n < PLAIN_DIGITS; at++, n++, n_fraction++) digits = 10 * digits + (*at - '0');
    int goes_on = is_digit(*at) || *at == '.' || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
    if (n == 0 || goes_on || FLT_EVAL_METHOD != 0) return NULL;
    double number = (double)digits / powers[n_fraction];
    *value = is_negative ? -number : number;
    return at;
}

static int parse_real(rp_bytes text, double *value)
{
    const char *start = text.data;
    double number;
    char *rest = (char *)(uintptr_t)parse_plain(start, &number);
    errno = 0;
    if (!rest) number = strtod(start, &rest);
    if (rest == start || !starts_like_number(start) || !only_blanks(rest, start + text.size)) return 0;
    if (errno == ERANGE && isinf(number)) return 0; /* too large; a number that is too small becomes 0 or subnormal */
    *value = number;
    return 1;
}

static int parse_bool(rp_bytes text, _Bool *value)
{
    const char *word = text.data;
    if (strlen(word) != text.size) return 0;
    int is_true = strcmp(word, "1") == 0 || strcmp(word, "true") == 0;
    int is_false = strcmp(word, "0") == 0 || strcmp(word, "false") == 0;
    if (!is_true && !is_false) return 0;
    *value = is_true;
    return 1;
}

static void store_integer(rp_type type, int64_t number, void *value)
{
    switch (type) {
    case RP_TYPE_INT8: *(int8_t *)value = (int8_t)number; break;
    case RP_TYPE_INT16: *(int16_t *)value = (int16_t)number; break;
    case RP_TYPE_INT32: *(int32_t *)value = (int32_t)number; break;
    case RP_TYPE_UINT8: *(uint8_t *)value = (uint8_t)number; break;
    case RP_TYPE_UINT16: *(uint16_t *)value = (uint16_t)number; break;
    case RP_TYPE_UINT32: *(uint32_t *)value = (uint32_t)number; break;
    default: *(int64_t *)value = number; break;
    }
}

static int parse_float(rp_bytes text, float *value)
{
    double number;
    if (!parse_real(text, &number) || (isfinite(number) && isinf((float)number))) return 0;
    *value = (float)number;
    return 1;
}

static int parse_string(rp_bytes text, const char **value)
{
    if (memchr(text.data, '\0', text.size)) return 0;
    *value = text.data;
    return 1;
}

int value_parse(rp_type type, rp_bytes text, void *value)
{
    const struct integer_type *integer = integer_type(type);
    int64_t number;
    if (type == RP_TYPE_UINT64) return parse_unsigned(text, value);
    if (integer) {
        if (!parse_signed(text, integer->minimum, (int64_t)integer->maximum, &number)) return 0;
        store_integer(type, number, value);
        return 1;
    }
    switch (type) {
    case RP_TYPE_DOUBLE: return parse_real(text, value);
    case RP_TYPE_FLOAT: return parse_float(text, value);
    case RP_TYPE_BOOL: return parse_bool(text, value);
    case RP_TYPE_BYTES: *(rp_bytes *)value = text; return 1;
    case RP_TYPE_STRING: return parse_string(text, value);
    default: return 0;
    }
}

const char *value_expected(rp_type type)
{
    const struct integer_type *integer = integer_type(type);
    if (integer) return integer->expected;
    if (type == RP_TYPE_DOUBLE || type == RP_TYPE_FLOAT) return "a number";
    if (type == RP_TYPE_BOOL) return "true, false, 1 or 0";
    if (type == RP_TYPE_STRING) return "a text without NUL";
    return type == RP_TYPE_BYTES ? "a text" : "nothing that can be given as text";
}

const char *value_print(rp_type type, const void *value, char text[VALUE_TEXT_SIZE])
{
    switch (type) {
    case RP_TYPE_BOOL: snprintf(text, VALUE_TEXT_SIZE, "%s", *(const _Bool *)value ? "true" : "false"); break;
    case RP_TYPE_INT8: snprintf(text, VALUE_TEXT_SIZE, "%d", *(const int8_t *)value); break;
    case RP_TYPE_INT16: snprintf(text, VALUE_TEXT_SIZE, "%d", *(const int16_t *)value); break;
    case RP_TYPE_INT32: snprintf(text, VALUE_TEXT_SIZE, "%" PRId32, *(const int32_t *)value); break;
    case RP_TYPE_INT64: snprintf(text, VALUE_TEXT_SIZE, "%" PRId64, *(const int64_t *)value); break;
    case RP_TYPE_UINT8: snprintf(text, VALUE_TEXT_SIZE, "%u", *(const uint8_t *)value); break;
    case RP_TYPE_UINT16: snprintf(text, VALUE_TEXT_SIZE, "%u", *(const uint16_t *)value); break;
    case RP_TYPE_UINT32: snprintf(text, VALUE_TEXT_SIZE, "%" PRIu32, *(const uint32_t *)value); break;
    case RP_TYPE_UINT64: snprintf(text, VALUE_TEXT_SIZE, "%" PRIu64, *(const uint64_t *)value); break;
    case RP_TYPE_FLOAT: return number_text_float(*(const float *)value, text);
    case RP_TYPE_DOUBLE: return number_text(*(const double *)value, text);
    default: text[0] = '\0'; break;
    }
    return text;
}

int value_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *value)
{
    return parse_signed((rp_bytes){text, strlen(text)}, minimum, maximum, value);
}

int value_number(const char *text, double *value) { return parse_real((rp_bytes){text, strlen(text)}, value); }

const char *value_shown(rp_bytes text, char shown[VALUE_SHOWN_SIZE])
{
    (void)rp_printable(text.data, text.size, shown, VALUE_SHOWN_SIZE);
    return shown;
}
