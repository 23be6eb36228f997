/* error.c: statuses and causes as text, and error objects: rankpool/error.h and error.h. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {
    [RP_OK] = "ok",
    [RP_END] = "end",
    [RP_AGAIN] = "nothing yet",
    [RP_FAILED] = "failed",
    [RP_TIMEOUT] = "timed out",
    [RP_CANCELLED] = "cancelled",
    [RP_CLOSED] = "closed",
    [RP_USAGE] = "wrong usage",
    [RP_NO_MEMORY] = "out of memory",
    [RP_SYSTEM] = "system error",
    [RP_UNSUPPORTED] = "unsupported",
    [RP_LOST] = "lost",
};

const char *rp_status_text(rp_status status)
{
    size_t index = (size_t)status;
    return index < sizeof status_names / sizeof status_names[0] ? status_names[index] : "unknown status";
}

static const char *const cause_names[] = {
    [RP_CAUSE_NONE] = "",     [RP_CAUSE_TASK] = "task", [RP_CAUSE_TIMEOUT] = "timeout", [RP_CAUSE_SIGNAL] = "signal",
    [RP_CAUSE_EXIT] = "exit", [RP_CAUSE_LOST] = "lost", [RP_CAUSE_SYSTEM] = "system",
};

const char *rp_cause_text(rp_cause cause)
{
    size_t index = (size_t)cause;
    return index < sizeof cause_names / sizeof cause_names[0] ? cause_names[index] : "unknown cause";
}

const char *rp_error_text(const rp_error *error) { return error && error->text[0] ? error->text : "no error"; }

rp_status rpi_error_vset(rp_error *error, rp_status status, int code, const char *format, va_list arguments)
{
    if (!error) return status;
    char message[RP_ERROR_MESSAGE_SIZE]; /* the arguments may be of the error that is overwritten */
    vsnprintf(message, sizeof message, format, arguments);
    memset(error, 0, sizeof *error);
    error->status = status;
    error->code = code;
    error->item = error->rank = error->worker = -1;
    memcpy(error->message, message, sizeof error->message);
    snprintf(error->text, sizeof error->text, "%s", error->message);
    return status;
}

rp_status rp_error_set(rp_error *error, rp_status status, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    rpi_error_vset(error, status, code, format, arguments);
    va_end(arguments);
    return status;
}

rp_status rpi_error_no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, 0, "out of memory"); }

rp_status rpi_error_system(rp_error *error, int code, const char *what)
{
    return rp_error_set(error, RP_SYSTEM, code, "%s: %s", what, strerror(code));
}
