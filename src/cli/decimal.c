/* decimal.c: see decimal.h. */
#include "decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 18, MOST_EXPONENT = 400, MOST_PLAIN = 21, MOST_ZEROS = 6 };

static const int64_t too_large = 1000000000000000000; /* 10^18 */

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Reads digits with at most one point among them. Returns where they end; NULL: there is none, or too many. */
static const char *read_digits(const char *at, const char *end, decimal *value)
{
    int n = 0, has_point = 0;
    for (; at < end && (is_digit(*at) || (*at == '.' && !has_point)); at++) {
        if (*at == '.') {
            has_point = 1;
            continue;
        }
        n++;
        if (value->digits >= too_large / 10) return NULL;
        value->digits = 10 * value->digits + (*at - '0');
        value->exponent -= has_point;
    }
    return n > 0 ? at : NULL;
}

/* Reads what follows an e. Returns where it ends, or NULL. */
static const char *read_exponent(const char *at, const char *end, int *exponent)
{
    int sign = 1, number = 0;
    if (at < end && (*at == '-' || *at == '+')) sign = *at++ == '-' ? -1 : 1;
    if (at == end) return NULL;
    for (; at < end && is_digit(*at); at++) {
        number = 10 * number + (*at - '0');
        if (number > MOST_EXPONENT) return NULL;
    }
    *exponent += sign * number;
    return at;
}

/* Without zeros at the end. */
static decimal shortened(decimal value)
{
    if (value.digits == 0) value.exponent = 0;
    while (value.digits != 0 && value.digits % 10 == 0) {
        value.digits /= 10;
        value.exponent++;
    }
    return value;
}

int decimal_parse(const char *text, size_t size, decimal *value)
{
    const char *at = text, *end = text + size;
    decimal read = {0, 0};
    int is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    at = read_digits(at, end, &read);
    if (at && at < end && (*at == 'e' || *at == 'E')) at = read_exponent(at + 1, end, &read.exponent);
    if (!at || at != end || abs(read.exponent) > MOST_EXPONENT) return 0;
    if (is_negative) read.digits = -read.digits;
    *value = shortened(read);
    return 1;
}

/* The number with a smaller exponent. Returns 0: it has too many digits. */
static int scale(decimal *number, int exponent)
{
    while (number->digits != 0 && number->exponent > exponent) {
        if (number->digits <= -too_large / 10 || number->digits >= too_large / 10) return 0;
        number->digits *= 10;
        number->exponent--;
    }
    number->exponent = exponent;
    return 1;
}

int decimal_align(decimal *numbers, size_t n)
{
    int exponent = MOST_EXPONENT;
    for (size_t i = 0; i < n; i++)
        if (numbers[i].digits != 0 && numbers[i].exponent < exponent) exponent = numbers[i].exponent;
    for (size_t i = 0; i < n; i++) {
        decimal scaled = numbers[i];
        if (!scale(&scaled, exponent)) return 0;
    }
    for (size_t i = 0; i < n; i++) (void)scale(&numbers[i], exponent);
    return 1;
}

/* `point` of the n digits stand before the decimal point. */
static int print_plain(const char *digits, int n, int point, char *text)
{
    static const char zeros[] = "0000000000000000000000";
    if (point <= 0) return snprintf(text, DECIMAL_TEXT_SIZE - 1, "0.%.*s%s", -point, zeros, digits);
    if (point >= n) return snprintf(text, DECIMAL_TEXT_SIZE - 1, "%s%.*s", digits, point - n, zeros);
    return snprintf(text, DECIMAL_TEXT_SIZE - 1, "%.*s.%s", point, digits, digits + point);
}

static int print_with_exponent(const char *digits, int n, int point, char *text)
{
    return snprintf(text, DECIMAL_TEXT_SIZE - 1, "%c%s%se%+03d", digits[0], n > 1 ? "." : "", digits + 1, point - 1);
}

size_t decimal_print(decimal value, char text[DECIMAL_TEXT_SIZE])
{
    char digits[MOST_DIGITS + 2];
    value = shortened(value);
    int n = snprintf(digits, sizeof digits, "%lld", llabs((long long)value.digits));
    int point = n + value.exponent, is_negative = value.digits < 0;
    int is_plain = value.digits == 0 || (point > -MOST_ZEROS && point <= MOST_PLAIN);
    if (is_negative) *text++ = '-';
    int length = (is_plain ? print_plain : print_with_exponent)(digits, n, point, text);
    return (size_t)(length + is_negative);
}
