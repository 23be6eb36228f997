/*
 * places.h: items and results that needn't be copied to another process of the host, as they are in a region of memory (base/region.h) that
 * the process can have too. It is sent their places instead: the region's name, and where in it they are.
 *
 *     sender: rpi_places_find, then rpi_places_pack: the places, and behind them, packed, the columns that have none
 *     receiver: rpi_places_unpack: attaches the regions, and points the batch's views and results there
 *
 * What has a place is said by a mask: bit k for column k, and one for the results. No place that comes in is trusted.
 */
#ifndef RPI_TASK_PLACES_H
#define RPI_TASK_PLACES_H

#include "base/regions.h"
#include "task/batch.h"

enum { RPI_PLACES = RP_MAX_ARGUMENTS + 1, RPI_RESULTS_PLACED = 1 << RP_MAX_ARGUMENTS };

typedef struct rpi_places {
    unsigned mask, n;
    rpi_place at[RPI_PLACES]; /* n of them, in the order of the mask's bits */
} rpi_places;

/* Finds places for columns of items first … first + count - 1 of the batch (offsets), and, if wanted, for their results. `namer` NULL:
 * there are none. */
void rpi_places_find(const rpi_batch *batch, uint64_t first, uint64_t count, const rpi_namer *namer, bool with_results, rpi_places *places);

/* The places, and the items that have none. SIZE_MAX: more than memory can hold. */
size_t rpi_places_packed_size(const rpi_places *places, const rpi_batch *batch, uint64_t first, uint64_t count);
void rpi_places_pack(char *to, const rpi_places *places, const rpi_batch *batch, uint64_t first, uint64_t count);

/* The regions that a batch of another process uses. */
typedef struct rpi_held {
    unsigned n;
    const rpi_region *regions[RPI_PLACES];
} rpi_held;

/* Points the views of `count` items into `from`, which must stay, and into regions; and the results too, if they have a place. `tables`: as
 * for rpi_unpack_items. With `may_write` results may have a place. RP_OK: `*held` is to be released; RP_USAGE (`from` is shorter than its
 * contents say, or a place isn't in its region); RP_UNSUPPORTED, RP_NO_MEMORY (a region can't be attached): nothing is held. */
rp_status rpi_places_unpack(char *from, size_t size, unsigned mask, uint64_t count, rpi_batch *batch, void *tables, bool may_write,
                            rpi_held *held);
void rpi_held_release(rpi_held *held);

#endif
