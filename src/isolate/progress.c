/* progress.c: see progress.h. The mark is the upper half of the word. */
#include "isolate/progress.h"

#include "isolate/checksum.h"

static const uint64_t seed = UINT64_C(0x2d358dccaa6c78a5);

static uint64_t mark_of(uint64_t request) { return rpi_checksum_add(seed, request) >> 32; }

uint64_t rpi_progress_of(uint64_t request, uint64_t offset) { return mark_of(request) << 32 | offset; }

rpi_stage rpi_progress_read(uint64_t progress, uint64_t request, uint64_t count, uint64_t *offset)
{
    uint64_t mark = progress >> 32, at = progress & UINT32_MAX;
    if (at >= RPI_MOST_IN_REQUEST) return RPI_STAGE_UNKNOWN;
    if (mark == mark_of(request - 1)) return RPI_STAGE_BEFORE;
    if (mark == mark_of(request + 1)) return RPI_STAGE_AFTER;
    if (mark != mark_of(request) || at >= count) return RPI_STAGE_UNKNOWN;
    *offset = at;
    return RPI_STAGE_IN;
}
