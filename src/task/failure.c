/* failure.c: see failure.h. */
#include "task/failure.h"

#include "base/text.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rpi_failure *rpi_failure_create(const char *message, size_t message_size)
{
    rpi_failure *failure = calloc(1, sizeof *failure + message_size + 1);
    if (!failure) return NULL;
    failure->message_size = message_size;
    if (message_size) memcpy(failure->message, message, message_size);
    return failure;
}

void rpi_failure_push(_Atomic(rpi_failure *) *list, rpi_failure *failure)
{
    failure->next = atomic_load(list);
    while (!atomic_compare_exchange_weak(list, &failure->next, failure)) continue;
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

/* Merge sort from the bottom: runs[k] holds a sorted list of 2^k records. So the stack stays small for millions of records. */
rpi_failure *rpi_failure_sort(rpi_failure *list)
{
    if (!list || !list->next) return list;
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
    else if (error->rank < 0) /* where isn't known any more */
        snprintf(error->text, sizeof error->text, "item %lld%s failed%s: %s", (long long)error->item, item, attempt, error->message);
    else
        snprintf(error->text, sizeof error->text, "item %lld%s failed on rank %d, host %s, worker %d%s: %s", (long long)error->item, item,
                 error->rank, error->host, error->worker, attempt, error->message);
}

rp_status rpi_failure_to_error(const rpi_failure *failure, rp_error *error)
{
    rp_status status = failure->facts.cause == RP_CAUSE_LOST ? RP_LOST : RP_FAILED;
    if (failure->facts.cause == RP_CAUSE_NOT_BEGUN) status = RP_CANCELLED;
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
    (void)rp_printable(failure->facts.host, strlen(failure->facts.host), error->host, sizeof error->host);
    (void)rp_printable(failure->facts.item_text, strlen(failure->facts.item_text), error->item_text, sizeof error->item_text);
    (void)rp_printable(failure->message, strlen(failure->message), error->message, sizeof error->message);
    write_text(error);
    return status;
}
