/* failure.h: the record of an item that failed, lists of such records, and the error object made from one. */
#ifndef RPI_TASK_FAILURE_H
#define RPI_TASK_FAILURE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* The part of fixed size. It is sent to other processes as it is in memory. */
typedef struct rpi_failure_facts {
    uint64_t item; /* index in its call */
    rp_cause cause;
    int code, rank, worker, attempt;
    double seconds;
    char host[RP_ERROR_HOST_SIZE];
    char item_text[RP_ERROR_ITEM_SIZE];
} rpi_failure_facts;

typedef struct rpi_failure {
    struct rpi_failure *next;
    rpi_failure_facts facts;
    size_t message_size; /* without the NUL at its end */
    char message[];
} rpi_failure;

/* Makes a record with that message. NULL: no memory. free() frees it. */
rpi_failure *rpi_failure_create(const char *message, size_t message_size);

/* Adds a record at the front of a list. Several threads may add at once. */
void rpi_failure_push(_Atomic(rpi_failure *) *list, rpi_failure *failure);

/* Frees a whole list; NULL does nothing. */
void rpi_failure_free_list(rpi_failure *list);

/* Sorts a list by item; returns its new head. */
rpi_failure *rpi_failure_sort(rpi_failure *list);

/* Fills `*error`, which may be NULL. Returns its status: RP_FAILED; RP_LOST: the item was lost with a rank; RP_CANCELLED: it hasn't begun.
 */
rp_status rpi_failure_to_error(const rpi_failure *failure, rp_error *error);

#endif
