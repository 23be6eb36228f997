/* error.c: statuses, error objects and failure records as text. */
#include "failure.h"

#include <stdio.h>
#include <stdlib.h>
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

rpi_failure *rpi_failure_create(const char *message, size_t message_size)
{
    rpi_failure *failure = calloc(1, sizeof *failure + message_size + 1);
    if (!failure) return NULL;
    failure->message_size = message_size;
    if (message_size) memcpy(failure->message, message, message_size);
    return failure;
}

void rpi_failure_free_list(rpi_failure *list)
{
    while (list) {
        rpi_failure *next = list->next;
        free(list);
        list = next;
    }
}

static rpi_failure *merge(rpi_failure *a, rpi_failure *b)
{
    rpi_failure *head = NULL, **end = &head;
    while (a && b) {
        rpi_failure **smaller = a->item <= b->item ? &a : &b;
        *end = *smaller;
        *smaller = (*smaller)->next;
        end = &(*end)->next;
    }
    *end = a ? a : b;
    return head;
}

/* Merge sort from the bottom: runs[k] holds a sorted list of 2^k records, so the stack stays flat for millions of them. */
rpi_failure *rpi_failure_sort(rpi_failure *list)
{
    rpi_failure *runs[64] = {0};
    while (list) {
        rpi_failure *run = list;
        list = list->next;
        run->next = NULL;
        int k = 0;
        for (; runs[k]; k++) {
            run = merge(runs[k], run);
            runs[k] = NULL;
        }
        runs[k] = run;
    }
    rpi_failure *sorted = NULL;
    for (int k = 0; k < 64; k++) sorted = merge(runs[k], sorted);
    return sorted;
}

rp_status rpi_failure_to_error(const rpi_failure *failure, rp_error *error)
{
    if (!error) return RP_FAILED;
    memset(error, 0, sizeof *error);
    error->status = RP_FAILED;
    error->code = failure->code;
    error->item = (int64_t)failure->item;
    error->rank = failure->rank;
    error->worker = failure->worker;
    error->attempt = failure->attempt;
    error->seconds = failure->seconds;
    snprintf(error->host, sizeof error->host, "%s", failure->host);
    snprintf(error->message, sizeof error->message, "%s", failure->message);
    snprintf(error->text, sizeof error->text, "item %lld failed on rank %d, host %s, worker %d: %s", (long long)error->item, error->rank,
             error->host, error->worker, error->message);
    return RP_FAILED;
}
