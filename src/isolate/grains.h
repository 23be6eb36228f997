/*
 * grains.h: which items of a batch the runner hands to its sandbox next, and how many at a time. Pure: the runner claims the grains and
 * carries them to the sandbox and back.
 *
 * A request that ended early leaves items over; they go first, those that were left last before the others. Then comes the grain that was
 * claimed last.
 */
#ifndef RPI_ISOLATE_GRAINS_H
#define RPI_ISOLATE_GRAINS_H

#include "task/batch.h"

enum { RPI_MOST_LEFT = 16 };

/* Where items are short, a claimed grain takes at least this long: some hundred times what it costs to hand a grain over, with two wake-ups
 * on cores that are all busy. */
#define RPI_CLAIM_S 4e-3

typedef struct rpi_grain {
    uint64_t begin, end; /* offsets in the batch */
    bool careful;        /* its items go out one by one, each alone: what came of them was damaged before */
} rpi_grain;

typedef struct rpi_grains {
    const rpi_batch *batch; /* borrowed */
    rpi_grain grain, left[RPI_MOST_LEFT];
    unsigned n_left;
} rpi_grains;

static inline uint64_t rpi_grain_length(rpi_grain grain) { return grain.end - grain.begin; }

/* Begins with a batch from which no grain was claimed yet. */
void rpi_grains_begin(rpi_grains *grains, const rpi_batch *batch);

/* Keeps what wasn't run of a grain that was out; `left` may be empty. Each of the RPI_REQUESTS grains that are out may leave
 * two. */
void rpi_grains_keep_left(rpi_grains *grains, rpi_grain left);

/* Whether there are items to take. Drops those at or above the work's cutoff. */
bool rpi_grains_have(rpi_grains *grains);

/* Adds a grain that was claimed. Only when there are no items. */
void rpi_grains_add_claimed(rpi_grains *grains, rpi_grain grain);

/* Takes the next grain, of at most `most_items` items (1 or more). Only when there are items. The grain isn't cut when too many grains are
 * left over already. */
rpi_grain rpi_grains_take(rpi_grains *grains, uint64_t most_items);

/* Whether the next grain that is taken is one that goes out alone. Only when there are items. */
bool rpi_grains_are_careful(const rpi_grains *grains);

/* Whether a grain may wait behind one that runs. Long items may not wait, as another worker may be idle meanwhile. */
bool rpi_grains_may_wait(const rpi_grains *grains);

#endif
