/* c_locale.c: see c_locale.h. The locale is made once, and stays. */
#include "base/c_locale.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t c_locale; /* 0: it couldn't be made, and the thread's own is used */

static void make(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

static locale_t begin(void)
{
    (void)pthread_once(&once, make);
    return c_locale ? uselocale(c_locale) : (locale_t)0;
}

static void end(locale_t before)
{
    if (before) (void)uselocale(before);
}

int rpi_vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    locale_t before = begin();
    int length = vsnprintf(text, size, format, arguments);
    end(before);
    return length;
}

int rpi_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = rpi_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int rpi_vasprintf(char **text, const char *format, va_list arguments)
{
    locale_t before = begin();
    int length = vasprintf(text, format, arguments);
    end(before);
    return length;
}

double rpi_strtod(const char *text, char **rest)
{
    locale_t before = begin();
    double number = strtod(text, rest);
    end(before);
    return number;
}
