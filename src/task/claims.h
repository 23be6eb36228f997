/*
 * claims.h: the grains that workers of one process claim from a batch. Each item goes to one grain, by the schedule of the batch, without a
 * lock. The state is a part of the batch (rpi_claims, in batch.h), and belongs to the team while the batch is submitted to it.
 *
 * The last items, which no grain has, can be given back. While that happens, `next` is at the end, so all claims fail. Then the lower end
 * is stored, and after it the old `next`. A worker reads the end after its claim, so a claim that succeeds later sees the lower end. A
 * worker that sized its grain before, and finds `next` as it was, is cut short by that end.
 */
#ifndef RPI_TASK_CLAIMS_H
#define RPI_TASK_CLAIMS_H

#include "task/batch.h"

/* Prepares a batch, which isn't empty, for the claims of n workers. It has one user from then on: the queue. */
void rpi_claims_prepare(rpi_batch *batch, unsigned n_workers);

/* How many of n workers can have a grain of a prepared batch now: as many as items are left, or all, where each has a share of its own. */
unsigned rpi_claims_most_workers(const rpi_batch *batch, unsigned n_workers);

/* Claims a grain for a worker: offsets *begin … *end - 1. False: none is left for it. */
bool rpi_claims_take(rpi_batch *batch, unsigned worker, uint64_t *begin, uint64_t *end);

/* The same for a worker that wants items for about `least_s` seconds at a time. Where items are short, it gets several chunks of a fixed
 * size, or a larger chunk of the automatic schedule; but no more than a fair part of what is left. */
bool rpi_claims_take_for(rpi_batch *batch, unsigned worker, double least_s, uint64_t *begin, uint64_t *end);

/* Tells schedules that go by rates that the worker took `ns` for n items that it claimed. A claim takes some 0.1 us and isn't timed by
 * itself; it counts as part of its items. */
static inline void rpi_claims_learn(const rpi_batch *batch, unsigned worker, uint64_t n_items, uint64_t ns)
{
    double seconds = (double)ns * 1e-9;
    if (batch->claims.rated)
        rpi_rates_learn(batch->claims.rates, worker, batch->schedule.kind, 1, (rpi_chunk_times){n_items, seconds, seconds});
}

/* Gives back the items from offset `from` on that no grain has, and returns the offset from which they are given back: the batch ends there
 * from now on. Not for static shares. The caller holds the batch, and is the only one that gives back. */
uint64_t rpi_claims_give_back(rpi_batch *batch, uint64_t from);

/* How many items grains have. */
static inline uint64_t rpi_claims_begun(const rpi_batch *batch)
{
    uint64_t next = atomic_load_explicit(&batch->claims.next, memory_order_relaxed);
    return next < batch->count ? next : batch->count;
}

/* Where the items end that weren't given back. */
static inline uint64_t rpi_claims_end(const rpi_batch *batch)
{
    return batch->count - atomic_load_explicit(&batch->claims.n_given_back, memory_order_relaxed);
}

/* For a work that is being drained: lowers its cutoff to the first item of the batch that no grain has. False: there is none, or each
 * worker has its share, or it is another try. When a batch is queued, and when draining begins; both under the lock of the queue. */
bool rpi_claims_drain(const rpi_batch *batch);

/* Whether no grain is left for any worker. */
bool rpi_claims_exhausted(const rpi_batch *batch);

#endif
