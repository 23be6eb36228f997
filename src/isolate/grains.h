/*
 * grains.h: which items of a batch a sandbox (sandbox_server.h) is handed next, and how many at a time. Pure: the runner claims grains, and
 * carries grains there and back.
 *
 * Grains come from what was left over by a request that ended early, else from the grain that was claimed last.
 */
#ifndef RPI_ISOLATE_GRAINS_H
#define RPI_ISOLATE_GRAINS_H

#include "task/batch.h"

enum { RPI_MOST_LEFT = 16 };

/* A grain to be claimed and cut takes at least so long where items are short: some hundred times what handing a grain over costs, with its
 * two wake-ups on cores that are all busy. */
#define RPI_CLAIM_S 4e-3

typedef struct rpi_grain {
    uint64_t begin, end; /* offsets in the batch */
} rpi_grain;

typedef struct rpi_grains {
    const rpi_batch *batch; /* borrowed */
    rpi_grain grain, left[RPI_MOST_LEFT];
    unsigned n_left;
} rpi_grains;

static inline uint64_t rpi_grain_length(rpi_grain grain) { return grain.end - grain.begin; }

/* A batch of which no grain was claimed yet. */
void rpi_grains_begin(rpi_grains *grains, const rpi_batch *batch);

/* What wasn't run of a grain that was out; it may be empty. Of RPI_REQUESTS grains out at a time, each may leave one. */
void rpi_grains_keep_left(rpi_grains *grains, rpi_grain left);

/* Whether there are items to take; those at or above the work's limit are dropped. */
bool rpi_grains_have(rpi_grains *grains);

/* A grain was claimed; only when there were no items. */
void rpi_grains_add_claimed(rpi_grains *grains, rpi_grain grain);

/* Takes the next grain, for a sandbox that shall be given at most so many items, 1 or more; only when there are items. Where too much is
 * left over already, it isn't cut for that. */
rpi_grain rpi_grains_take(rpi_grains *grains, uint64_t most_items);

/* Whether a grain may wait behind one that runs. Items that take long may not: another worker may be idle meanwhile. */
bool rpi_grains_may_wait(const rpi_grains *grains);

#endif
