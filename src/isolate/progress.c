/* progress.c: see progress.h. The lower bits of the word are the offset, the others are a mark of it and of the request. */
#include "isolate/progress.h"

rpi_stage rpi_progress_read(uint64_t progress, uint64_t request, uint64_t count, uint64_t *offset)
{
    uint64_t at = progress & ((UINT64_C(1) << RPI_PROGRESS_OFFSET_BITS) - 1);
    if (at >= RPI_MOST_IN_REQUEST) return RPI_STAGE_UNKNOWN;
    if (progress == rpi_progress_of(request - 1, at)) return RPI_STAGE_BEFORE;
    if (progress == rpi_progress_of(request + 1, at)) return RPI_STAGE_AFTER;
    if (progress != rpi_progress_of(request, at) || at >= count) return RPI_STAGE_UNKNOWN;
    *offset = at;
    return RPI_STAGE_IN;
}
