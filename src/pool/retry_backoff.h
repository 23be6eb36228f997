/*
 * retry_backoff.h: failed items that wait for their next try: how long each waits, when it is due, and which waits end early. Plain
 * functions of state and time; the thread that acts on them is in retry.c.
 */
#ifndef RPI_POOL_RETRY_BACKOFF_H
#define RPI_POOL_RETRY_BACKOFF_H

#include "task/batch.h"

#define RPI_BACKOFF_LEVELS    64
#define RPI_LONGEST_BACKOFF_S 30.0

/* An item that failed and has tries left. */
typedef struct rpi_retry {
    rpi_list_link link;
    rpi_batch *origin;    /* the batch that the item belongs to */
    rpi_failure *failure; /* the last try's */
    unsigned n_tries;     /* tries so far */
    uint64_t due_ns;
} rpi_retry;

/* There is one queue for each length of waits, as waits of the same length end in the order in which they began. */
typedef struct rpi_retry_queue {
    double first_s;
    rpi_list levels[RPI_BACKOFF_LEVELS];
} rpi_retry_queue;

typedef enum rpi_retry_fate {
    RPI_RETRY_GOES_ON, /* it is tried again when it is due */
    RPI_RETRY_STANDS,  /* the call starts nothing more: the item keeps its last failure */
    RPI_RETRY_DROPPED  /* the call was cancelled, or its cutoff is before this item: it counts as not run */
} rpi_retry_fate;

/* What happens to an item with tries left, in its call's present state. */
rpi_retry_fate rpi_retry_fate_of(const rpi_work *work, uint64_t item);

/* How long an item waits after n_tries tries: first_s after the first, twice as long after each further one, but at most 30 s. */
uint64_t rpi_retry_backoff_ns(double first_s, unsigned n_tries);

void rpi_retry_queue_init(rpi_retry_queue *queue, double first_s);

/* Begins the wait of an item. */
void rpi_retry_queue_add(rpi_retry_queue *queue, rpi_retry *retry, uint64_t now_ns);

/* Moves items that are due to the end of `taken`; with `cut_short` also those that don't go on. */
void rpi_retry_queue_take(rpi_retry_queue *queue, uint64_t now_ns, bool cut_short, rpi_list *taken);
/* Takes the first item from such a list. NULL: the list is empty. */
rpi_retry *rpi_retry_take_first(rpi_list *taken);

/* When the next item is due. UINT64_MAX: none waits. */
uint64_t rpi_retry_queue_next_ns(const rpi_retry_queue *queue);

#endif
