/* columns.h: the columns of a call's arguments: checked against the task, constants copied, and where the value of an item is. */
#ifndef RPI_TASK_COLUMNS_H
#define RPI_TASK_COLUMNS_H

#include <rankpool/source.h>

#include <stdint.h>

/* Fills RP_MAX_ARGUMENTS arguments, of which the task has the first, from bound constants and columns, after checking their number and
 * types. Constants are copied, the data of arrays is borrowed. RP_OK; RP_USAGE or RP_NO_MEMORY: nothing is to be freed. */
rp_status rpi_columns_fill(rp_column *arguments, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);

/* Frees the constants of RP_MAX_ARGUMENTS arguments, and zeroes them all. */
void rpi_columns_free(rp_column *arguments);

/* Number `item` of a range; it wraps. */
static inline int64_t rpi_column_number(const rp_column *range, uint64_t item)
{
    return (int64_t)((uint64_t)range->start + item * (uint64_t)range->step);
}

/* Where items from `first` on are in memory; base NULL: those of a range are nowhere. */
static inline rp_view rpi_column_view(const rp_column *column, uint64_t first)
{
    const char *data = column->data;
    if (column->kind == RP_COLUMN_ARRAY) return (rp_view){data + first * column->stride_bytes, column->stride_bytes};
    return (rp_view){column->kind == RP_COLUMN_CONSTANT ? data : NULL, 0};
}

/* Bytes of a constant's value, of an rp_bytes those that it points to; 0 for arrays and ranges. */
static inline size_t rpi_column_constant_size(const rp_column *column)
{
    if (column->kind != RP_COLUMN_CONSTANT) return 0;
    return column->type == RP_TYPE_BYTES ? ((const rp_bytes *)column->data)->size : column->size;
}

#endif
