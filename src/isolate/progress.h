/*
 * progress.h: a word that says which item of which request a sandbox runs: the item's offset in it, and a mark of both. A word that chance
 * made, or half of which was written over, is seen to be none. Pure.
 */
#ifndef RPI_ISOLATE_PROGRESS_H
#define RPI_ISOLATE_PROGRESS_H

#include "isolate/checksum.h"

#include <stdint.h>

/* A request has no more items than this. */
#define RPI_MOST_IN_REQUEST (UINT64_C(1) << 22)

/* Where a sandbox is, as seen from one request. */
typedef enum rpi_stage {
    RPI_STAGE_BEFORE, /* in the one before it: it hasn't begun */
    RPI_STAGE_IN,
    RPI_STAGE_AFTER, /* in the one after it: it has ended */
    RPI_STAGE_UNKNOWN
} rpi_stage;

enum { RPI_PROGRESS_OFFSET_BITS = 24 };

/* Inline, as a child makes one for each item. */
static inline uint64_t rpi_progress_of(uint64_t request, uint64_t offset)
{
    static const uint64_t seed = UINT64_C(0x2d358dccaa6c78a5);
    uint64_t mark = rpi_checksum_add(rpi_checksum_add(seed, request), offset);
    return mark >> RPI_PROGRESS_OFFSET_BITS << RPI_PROGRESS_OFFSET_BITS | offset;
}

/* `*offset` is set where the stage is IN, and is below `count`, the request's number of items. */
rpi_stage rpi_progress_read(uint64_t progress, uint64_t request, uint64_t count, uint64_t *offset);

#endif
