/* error.c: statuses, error objects and failure records as text. */
#include "base/failure.h"

#include <stdbool.h>
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
        rpi_failure **smaller = a->facts.item <= b->facts.item ? &a : &b;
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

static void write_text(rp_error *error)
{
    char item[RP_ERROR_ITEM_SIZE + 4] = "", attempt[32] = "";
    bool is_lost = error->status == RP_LOST;
    if (error->item_text[0]) snprintf(item, sizeof item, " (%s)", error->item_text);
    if (error->attempt > 1) snprintf(attempt, sizeof attempt, ", attempt %d", error->attempt);
    if (is_lost) /* the message says where */
        snprintf(error->text, sizeof error->text, "item %lld%s was lost%s: %s", (long long)error->item, item, attempt, error->message);
    else
        snprintf(error->text, sizeof error->text, "item %lld%s failed on rank %d, host %s, worker %d%s: %s", (long long)error->item, item,
                 error->rank, error->host, error->worker, attempt, error->message);
}

rp_status rpi_failure_to_error(const rpi_failure *failure, rp_error *error)
{
    rp_status status = failure->facts.cause == RP_CAUSE_LOST ? RP_LOST : RP_FAILED;
    if (!error) return status;
    memset(error, 0, sizeof *error);
    error->status = status;
    error->cause = failure->facts.cause;
    error->code = failure->facts.code;
    error->item = (int64_t)failure->facts.item;
    error->rank = failure->facts.rank;
    error->worker = failure->facts.worker;
    error->attempt = failure->facts.attempt;
    error->seconds = failure->facts.seconds;
    snprintf(error->host, sizeof error->host, "%s", failure->facts.host);
    snprintf(error->item_text, sizeof error->item_text, "%s", failure->facts.item_text);
    snprintf(error->message, sizeof error->message, "%s", failure->message);
    write_text(error);
    return status;
}
