/* columns.h: the columns of the arguments of a call: checks them against the task, copies constants, and finds the value of an item. */
#ifndef RPI_TASK_COLUMNS_H
#define RPI_TASK_COLUMNS_H

#include <rankpool/source.h>

#include <stdint.h>

/* Fills the arguments of a task from bound constants and columns, after checking their number and types. `arguments` has room for
 * RP_MAX_ARGUMENTS. Constants are copied, the data of arrays is borrowed. RP_OK; RP_USAGE or RP_NO_MEMORY: there is nothing to free. */
rp_status rpi_columns_fill(rp_column *arguments, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);

/* Frees the constants of RP_MAX_ARGUMENTS arguments, and zeroes them all. */
void rpi_columns_free(rp_column *arguments);

/* Number `item` of a range; it wraps. */
static inline int64_t rpi_column_number(const rp_column *range, uint64_t item)
{
    return (int64_t)((uint64_t)range->start + item * (uint64_t)range->step);
}

/* Where the values of items from `first` on are in memory. base NULL: nowhere, it is a range, or pulled from a source. */
static inline rp_view rpi_column_view(const rp_column *column, uint64_t first)
{
    const char *data = column->data;
    if (column->kind == RP_COLUMN_ARRAY) return (rp_view){data ? data + first * column->stride_bytes : NULL, column->stride_bytes};
    return (rp_view){column->kind == RP_COLUMN_CONSTANT ? data : NULL, 0};
}

/* Bytes of the value of a constant; of an rp_bytes, the bytes that it points to. 0 for arrays and ranges. */
static inline size_t rpi_column_constant_size(const rp_column *column)
{
    if (column->kind != RP_COLUMN_CONSTANT) return 0;
    return column->type == RP_TYPE_BYTES ? ((const rp_bytes *)column->data)->size : column->size;
}

#endif
