/*
 * progress.h: a word that says which item of which request a sandbox runs: the item's offset in it, and a mark of both. A word that chance
 * made, or half of which was written over, is seen to be none. Pure.
 */
#ifndef RPI_ISOLATE_PROGRESS_H
#define RPI_ISOLATE_PROGRESS_H

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

/* The words of a request follow each other: that of item k is k more than that of item 0. */
uint64_t rpi_progress_of(uint64_t request, uint64_t offset);

/* `*offset` is set where the stage is IN, and is below `count`, the request's number of items. */
rpi_stage rpi_progress_read(uint64_t progress, uint64_t request, uint64_t count, uint64_t *offset);

#endif
