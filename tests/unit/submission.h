/* submission.h: a batch over the numbers from 0 on, as it is given to a team. */
#ifndef UNIT_SUBMISSION_H
#define UNIT_SUBMISSION_H

#include "unit.h"

#include "task/batch.h"

typedef struct submission {
    rpi_work work;
    rpi_batch *batch;
    int64_t *results;
    atomic_int n_done;
} submission;

/* Items 0 to n - 1 of a task that takes an int64_t and gives one. */
submission *submission_create(const rp_task *task, uint64_t n, rp_schedule kind, uint64_t chunk, unsigned n_workers);
void submission_destroy(submission *made);

/* It was done once, and each item gave one more than itself. */
bool submission_is_right(const submission *made);

#endif
