/* reduction.h: how the results of a call are folded: by which fold, and in which order. A part of the work; the same on each rank. */
#ifndef RPI_TASK_REDUCTION_H
#define RPI_TASK_REDUCTION_H

#include "base/error.h"

#include <rankpool/fold.h>

#include <stdbool.h>

typedef struct rpi_reduction {
    const rp_fold *fold; /* NULL: the call doesn't reduce; its results are kept */
    rp_type result_type; /* of the call's task */
    size_t result_size;
    uint64_t n_items;
    uint64_t block;    /* items that are folded from left to right, from a multiple of so many on: 1 to 64 */
    bool in_any_order; /* blocks don't matter */
} rpi_reduction;

/* Whether the fold can be used at all: its name, its functions and its sizes. RP_OK, RP_USAGE. */
rp_status rpi_fold_check(const rp_fold *fold, rp_error *error);

/* Whether it takes the results of the task. */
bool rpi_fold_takes(const rp_fold *fold, const rp_task *task);

/* Whether the fold takes the results of the task, and what it gives can go there. RP_OK, RP_USAGE. */
rp_status rpi_reduction_check(const rp_fold *fold, const rp_task *task, const rp_into *into, rp_error *error);

rpi_reduction rpi_reduction_make(const rp_fold *fold, const rp_task *task, uint64_t n_items, bool in_any_order);

/* Items in a block: the last one may have fewer. */
static inline uint64_t rpi_reduction_block_length(const rpi_reduction *self, uint64_t block)
{
    uint64_t left = self->n_items - block * self->block;
    return left < self->block ? left : self->block;
}

#endif
