/* computed.h: the values of columns that aren't in memory item by item: ranges, evenly spaced numbers, and axes of a grid. */
#ifndef RPI_TASK_COMPUTED_H
#define RPI_TASK_COMPUTED_H

#include <rankpool/source.h>

#include <stdbool.h>

/* Number `item` of a range; it wraps. */
static inline int64_t rpi_column_number(const rp_column *range, uint64_t item)
{
    return (int64_t)((uint64_t)range->start + item * (uint64_t)range->step);
}

/* Whether the column has what its kind needs. Its type is that of its argument. RP_OK, RP_USAGE. */
rp_status rpi_computed_check(const rp_column *column, const rp_task *task, int k, rp_error *error);

/* Whether its values for n items are what its type can hold, and there are so many. UINT64_MAX: without end. RP_OK, RP_USAGE. */
rp_status rpi_computed_check_length(const rp_column *column, const rp_task *task, int k, uint64_t n, rp_error *error);

/* Writes the values of n items from `first` on. */
void rpi_computed_fill(const rp_column *column, uint64_t first, size_t n, void *to);

/* Where the value of an item is: in `room`, which is as large as it and aligned to 8 bytes; or, on an axis, among the axis's. */
const void *rpi_computed_value(const rp_column *column, uint64_t item, void *room);

#endif
