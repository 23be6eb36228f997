/*
 * number_text.c: see number_text.h. %g with FLT_DIG or DBL_DIG digits gives every number that was written with so many, without zeros at
 * its end. Two kinds need more care. Small ones have fewer digits than that. And below a power of two the numbers are twice as dense, so
 * that a text that isn't the nearest one may be read as it.
 */
#include "number_text.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DOUBLE_DIGITS = 17, FLOAT_DIGITS = 9 };

static int prints_back(double number, int digits, char *text)
{
    snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, number);
    double back = strtod(text, NULL);
    return !(back < number || back > number);
}

/* The same with the next text away from 0. */
static int prints_back_rounded_up(double number, int digits, char *text)
{
    int before = fegetround();
    if (fesetround(number < 0 ? FE_DOWNWARD : FE_UPWARD) != 0) return 0;
    snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, number);
    (void)fesetround(before);
    double back = strtod(text, NULL);
    return !(back < number || back > number);
}

static int is_power_of_two(double number)
{
    int exponent;
    double fraction = fabs(frexp(number, &exponent));
    return fraction >= 0.5 && fraction <= 0.5;
}

const char *number_text(double number, char text[NUMBER_TEXT_SIZE])
{
    int digits = fabs(number) < DBL_MIN ? 1 : DBL_DIG;
    while (digits < DOUBLE_DIGITS && !prints_back(number, digits, text)) digits++;
    if (digits < DOUBLE_DIGITS) return text;
    if (!is_power_of_two(number) || !prints_back_rounded_up(number, DOUBLE_DIGITS - 1, text))
        snprintf(text, NUMBER_TEXT_SIZE, "%.*g", DOUBLE_DIGITS, number);
    return text;
}

static int prints_float_back(float number, int digits, char *text)
{
    snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, (double)number);
    float back = strtof(text, NULL);
    return !(back < number || back > number);
}

const char *number_text_float(float number, char text[NUMBER_TEXT_SIZE])
{
    int digits = fabsf(number) < FLT_MIN ? 1 : FLT_DIG;
    while (digits < FLOAT_DIGITS && !prints_float_back(number, digits, text)) digits++;
    snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, (double)number);
    return text;
}
