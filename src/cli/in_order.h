/*
 * in_order.h: outcomes of items of an emitting task that come in any order, given in the order of the items. What waits for its turn is in
 * memory, up to some megabytes in all; the rest is in a file without a name in $TMPDIR. One thread.
 */
#ifndef RANKPOOL_CLI_IN_ORDER_H
#define RANKPOOL_CLI_IN_ORDER_H

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

typedef struct in_order in_order;

/* NULL: no memory. in_order_destroy(NULL) does nothing. */
in_order *in_order_create(void);
void in_order_destroy(in_order *self);

/* Whether it is the turn of that item: it needs not be kept then, but passed with in_order_pass. */
int in_order_is_next(const in_order *self, int64_t index);
void in_order_pass(in_order *self);

/* The index of the item whose turn it is. */
int64_t in_order_next(const in_order *self);

/* Keeps a copy until its turn. Where a disk is full, the result is dropped, and the item has failed instead, with the errno. Returns RP_OK,
 * RP_NO_MEMORY. */
rp_status in_order_keep(in_order *self, const rp_job_outcome *outcome, rp_error *error);

/* Gives the outcome whose turn it is, valid until the next call. 1; 0: it isn't there yet. -1: what is kept can't be read, or there is no
 * memory; errno says why. */
int in_order_take(in_order *self, rp_job_outcome *outcome);

/* No more will come: from now on the turn goes over items that aren't there. */
void in_order_end(in_order *self);

#endif
