/* not_begun.h: items that a worker has claimed, and that may not begin any more as their work begins none. */
#ifndef RPI_TASK_NOT_BEGUN_H
#define RPI_TASK_NOT_BEGUN_H

#include "task/batch.h"

/* Records items begin … end - 1 (offsets) of the batch as not begun, those below the cutoff; nothing if their work still begins items, so
 * that the cutoff alone has stopped them. Of an item that is tried again nothing is recorded: its last failure stands. Where there are very
 * many, or no memory, or results are folded, the cutoff is lowered to the first of them instead; what ran from there on then counts as not
 * run. Any thread that has claimed the items. */
void rpi_not_begun(rpi_batch *batch, uint64_t begin, uint64_t end);

/* How many of the first n failures of a list are such items, or items that were ended, which count as not run either. */
uint64_t rpi_not_begun_count(const rpi_failure *failure, uint64_t n);

#endif
