/* error.h: error objects filled in from inside the library. Any thread; `error` may be NULL, as the caller's own. */
#ifndef RPI_BASE_ERROR_H
#define RPI_BASE_ERROR_H

#include <rankpool/error.h>

#include <stdarg.h>

/* Like rp_error_set. */
rp_status rpi_error_vset(rp_error *error, rp_status status, int code, const char *format, va_list arguments);

/* RP_NO_MEMORY, said in one place. */
rp_status rpi_error_no_memory(rp_error *error);

/* RP_SYSTEM for a failed pthread or system call: "what: strerror". */
rp_status rpi_error_system(rp_error *error, int code, const char *what);

#endif
