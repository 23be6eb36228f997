/* error.c: statuses and causes as text, and error objects: rankpool/error.h and error.h. */
#include "base/error.h"

#include "base/c_locale.h"
#include "base/names.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const rp_name status_rows[] = {
    {RP_OK, "ok", "success"},
    {RP_END, "end", "an iterator or a source has no more items"},
    {RP_AGAIN, "nothing yet", "there is nothing now, but may be later"},
    {RP_FAILED, "failed", "an item failed"},
    {RP_TIMEOUT, "timed out", "the time-out passed first"},
    {RP_CANCELLED, "cancelled", "the call was cancelled, or its pool terminated"},
    {RP_CLOSED, "closed", "the pool takes no more calls"},
    {RP_USAGE, "wrong usage", "an argument is wrong"},
    {RP_NO_MEMORY, "out of memory", "there is no memory for it"},
    {RP_SYSTEM, "system error", "an operating system or MPI call failed"},
    {RP_UNSUPPORTED, "unsupported", "this build or this MPI can't do it"},
    {RP_LOST, "lost", "a rank, or the connection to it, was lost"},
};

static const rp_name cause_rows[] = {
    {RP_CAUSE_NONE, "", "it isn't about an item"},
    {RP_CAUSE_TASK, "task", "the task said that it failed; the code is its own"},
    {RP_CAUSE_TIMEOUT, "timeout", "it ran longer than the time-out"},
    {RP_CAUSE_SIGNAL, "signal", "its child process crashed or was killed; the code is the signal"},
    {RP_CAUSE_EXIT, "exit", "it ended its child process, and the code is the exit status; or its thread"},
    {RP_CAUSE_LOST, "lost", "the rank that had it was lost"},
    {RP_CAUSE_SYSTEM, "system", "it couldn't be run: memory or processes ran out; the code is an errno"},
    {RP_CAUSE_CRASH, "crash", "too many ranks or runs died with it"},
    {RP_CAUSE_NOT_BEGUN, "not begun", "it didn't begin before the end of its pool's time"},
    {RP_CAUSE_ENDED, "ended", "the task ended it before it was done, as its pool wanted that"},
};

const rpi_names rpi_status_names = RPI_NAMES("rp_status", status_rows);
const rpi_names rpi_cause_names = RPI_NAMES("rp_cause", cause_rows);

const char *rp_status_text(rp_status status)
{
    const rp_name *row = rpi_names_of_value(&rpi_status_names, (int)status);
    return row ? row->name : "unknown status";
}

const char *rp_cause_text(rp_cause cause)
{
    const rp_name *row = rpi_names_of_value(&rpi_cause_names, (int)cause);
    return row ? row->name : "unknown cause";
}

const char *rp_error_text(const rp_error *error) { return error && error->text[0] ? error->text : "no error"; }

rp_status rpi_error_vset(rp_error *error, rp_status status, int code, const char *format, va_list arguments)
{
    if (!error) return status;
    char message[2 * RP_ERROR_MESSAGE_SIZE]; /* the arguments may point into *error */
    rpi_vsnprintf(message, sizeof message, format ? format : rp_status_text(status), arguments);
    memset(error, 0, sizeof *error);
    error->status = status;
    error->code = code;
    error->item = error->rank = error->worker = -1;
    (void)rp_printable(message, strlen(message), error->message, sizeof error->message);
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
