/* error.h: fills error objects inside the library. `error` may be NULL. Any thread. */
#ifndef RPI_BASE_ERROR_H
#define RPI_BASE_ERROR_H

#include <rankpool/error.h>

#include <stdarg.h>

/* Like rp_error_set. */
rp_status rpi_error_vset(rp_error *error, rp_status status, int code, const char *format, va_list arguments);

/* Sets and returns RP_NO_MEMORY, with one text for the whole library. */
rp_status rpi_error_no_memory(rp_error *error);

/* Sets and returns RP_SYSTEM for a failed pthread or system call; the text is "what: strerror". */
rp_status rpi_error_system(rp_error *error, int code, const char *what);

#endif
