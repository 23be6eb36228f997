/*
 * retry_backoff.h: items that failed and wait for their next try: how long each waits, what is due when, and whose wait is over for another
 * reason. Plain functions of state and time; the thread that acts on them is in retry.c.
 */
#ifndef RPI_POOL_RETRY_BACKOFF_H
#define RPI_POOL_RETRY_BACKOFF_H

#include "task/batch.h"

#define RPI_BACKOFF_LEVELS    64
#define RPI_LONGEST_BACKOFF_S 30.0

/* An item that failed and has tries left. */
typedef struct rpi_retry {
    rpi_list_link link;
    rpi_batch *origin;    /* that the item is part of */
    rpi_failure *failure; /* of the last try */
    unsigned n_tries;     /* so far */
    uint64_t due_ns;
} rpi_retry;

/* Waits of the same length end in the order in which they began: one queue for each length. */
typedef struct rpi_retry_queue {
    double first_s;
    rpi_list levels[RPI_BACKOFF_LEVELS];
} rpi_retry_queue;

typedef enum rpi_retry_fate {
    RPI_RETRY_GOES_ON, /* it is tried again when its time has come */
    RPI_RETRY_STANDS,  /* the call starts nothing any more: the last failure is the item's */
    RPI_RETRY_DROPPED  /* the call was cancelled, or ends before this item: it counts as not run */
} rpi_retry_fate;

/* What becomes of an item with tries left, as its call stands now. */
rpi_retry_fate rpi_retry_fate_of(const rpi_work *work, uint64_t item);

/* How long an item waits that was tried so often: first_s after the first try, twice as long after each that follows, 30 s at most. */
uint64_t rpi_retry_backoff_ns(double first_s, unsigned n_tries);

void rpi_retry_queue_init(rpi_retry_queue *queue, double first_s);

/* Begins the wait of an item. */
void rpi_retry_queue_add(rpi_retry_queue *queue, rpi_retry *retry, uint64_t now_ns);

/* Moves what is due to the end of `taken`, and with `cut_short` also what doesn't go on. */
void rpi_retry_queue_take(rpi_retry_queue *queue, uint64_t now_ns, bool cut_short, rpi_list *taken);
/* The next of those taken, out of their list; NULL: none is left. */
rpi_retry *rpi_retry_take_first(rpi_list *taken);

/* When the next is due; UINT64_MAX: none waits. */
uint64_t rpi_retry_queue_next_ns(const rpi_retry_queue *queue);

#endif
