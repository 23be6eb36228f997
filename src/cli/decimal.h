/*
 * decimal.h: decimal numbers of up to 18 digits, exactly: 0.1 is 0.1, not the double next to it. Pure functions.
 */
#ifndef RANKPOOL_CLI_DECIMAL_H
#define RANKPOOL_CLI_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#define DECIMAL_TEXT_SIZE 48

/* digits × 10^exponent; |digits| is below 10^18, |exponent| at most 400. */
typedef struct decimal {
    int64_t digits;
    int exponent;
} decimal;

/* Reads all of `text`, as "-1.50" or "2e3". Returns 1; 0: it isn't such a number, or has too many digits, and `*value` is unchanged. */
int decimal_parse(const char *text, size_t size, decimal *value);

/* Gives several numbers the same exponent, the smallest of theirs. Returns 1; 0: one then has too many digits, and all are unchanged. */
int decimal_align(decimal *numbers, size_t n);

/* Writes the shortest text that is this number: 0.25, 1000000, 1e+21. Returns its length. */
size_t decimal_print(decimal value, char text[DECIMAL_TEXT_SIZE]);

#endif
