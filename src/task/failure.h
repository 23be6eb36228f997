/* failure.h: what is kept of an item that failed, lists of it, and the error object made from it. */
#ifndef RPI_TASK_FAILURE_H
#define RPI_TASK_FAILURE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* What is of a fixed size: as it stands, it goes to other processes. */
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

/* A record with that message, or NULL when there is no memory. Freed by free(). */
rpi_failure *rpi_failure_create(const char *message, size_t message_size);

/* Puts a record at the beginning of a list that several threads add to. */
void rpi_failure_push(_Atomic(rpi_failure *) *list, rpi_failure *failure);

/* Frees a whole list; NULL does nothing. */
void rpi_failure_free_list(rpi_failure *list);

/* Sorts a list by item; returns its new head. */
rpi_failure *rpi_failure_sort(rpi_failure *list);

/* Fills `*error` (may be NULL). Returns its status: RP_FAILED, or RP_LOST when a rank was lost with the item. */
rp_status rpi_failure_to_error(const rpi_failure *failure, rp_error *error);

#endif
