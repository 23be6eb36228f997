/*
 * claims.h: the grains that workers of one process claim from a batch: each item goes to one grain, by the batch's schedule, with no lock.
 * What is kept of them is a part of the batch (rpi_claims, in batch.h): the team's, while the batch is submitted to it.
 */
#ifndef RPI_TASK_CLAIMS_H
#define RPI_TASK_CLAIMS_H

#include "task/batch.h"

/* Before a team of n workers claims from the batch, which isn't empty. One user holds it from then on. */
void rpi_claims_prepare(rpi_batch *batch, unsigned n_workers);

/* Claims a grain for a worker: offsets *begin … *end - 1. False when there is none (left) for it. */
bool rpi_claims_take(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end);

/* The same for a worker that wants items for about `least_s` seconds at a time: where they are short, several chunks of a fixed size, or a
 * larger one of the automatic schedule; but no more than a fair part of what is left. */
bool rpi_claims_take_for(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end);

/* That worker took so long for n items that it claimed: for schedules that want to know. A claim takes some 0.1 us, and isn't timed by
 * itself: it counts as part of its items. */
static inline void rpi_claims_learn(const rpi_batch *batch, unsigned worker, uint64_t n_items, uint64_t ns)
{
    double seconds = (double)ns * 1e-9;
    if (batch->claims.rated)
        rpi_rates_learn(batch->claims.rates, worker, batch->schedule.kind, 1, (rpi_chunk_times){n_items, seconds, seconds});
}

/* Whether no worker will find a grain. */
bool rpi_claims_exhausted(rpi_batch *batch);

#endif
