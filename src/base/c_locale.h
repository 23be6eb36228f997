/*
 * c_locale.h: printing and reading that doesn't depend on the locale that the program has set: a number has a decimal point on every rank,
 * in every text. The locale is changed for the calling thread, and only for the time of the call.
 */
#ifndef RPI_BASE_C_LOCALE_H
#define RPI_BASE_C_LOCALE_H

#include <rankpool/export.h>

#include <stdarg.h>
#include <stddef.h>

/* As the functions of C without the prefix. Use them where a number with a fraction is printed or read. */
int rpi_snprintf(char *text, size_t size, const char *format, ...) RP_PRINTF(3, 4);
int rpi_vsnprintf(char *text, size_t size, const char *format, va_list arguments);
int rpi_vasprintf(char **text, const char *format, va_list arguments);
double rpi_strtod(const char *text, char **end);

#endif
