/* gather.h: the results of one call in the order of the items, in whatever order they came, so that they can be compared with those
 * of another call. */
#ifndef RANKPOOL_CLI_GATHER_H
#define RANKPOOL_CLI_GATHER_H

#include "methods.h"

#include <rankpool/job.h>

typedef struct gather {
    const rp_task *task;
    uint64_t n_items, n_done;
    char *results;  /* one after another; for an emitting task an array of rp_bytes, each a copy */
    int64_t failed; /* the item whose failure ended the call; -1: none */
    rp_error failure;
} gather;

rp_status gather_init(gather *made, const rp_task *task, uint64_t n_items, rp_error *error);
void gather_fini(gather *made);

/* Empties it for the next call. */
void gather_reset(gather *made);

/* The sink that fills it with the results of a method. The first failure ends the call. */
method_sink gather_sink(gather *made);

/* The first item whose results differ, or that one of them lacks; -1: they are the same. In results with several fields, real numbers
 * aren't compared, as they may be times. */
int64_t gather_difference(const gather *a, const gather *b, const rp_job *job);

#endif
