/* columns.h: the columns of the arguments of a call: checks them against the task, copies constants, and finds the value of an item. */
#ifndef RPI_TASK_COLUMNS_H
#define RPI_TASK_COLUMNS_H

#include <rankpool/source.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Fills the arguments of a task from bound constants and columns, after checking their number and types. `arguments` has room for them all,
 * and stays where it is: constants of the size of a number are copied into it. Others are copied beside it, unless they are in a sealed
 * region (base/regions.h), which is held instead. The data of arrays is borrowed. RP_OK; RP_USAGE or RP_NO_MEMORY: there is nothing to
 * free. */
rp_status rpi_columns_fill(rp_column *arguments, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error);

/* Whether the arrays have n items each, as far as their length is known. RP_OK, RP_USAGE. */
rp_status rpi_columns_check_length(const rp_column *arguments, const rp_task *task, uint64_t n, rp_error *error);

/* How many of the items first … first + n - 1 come before the first one that has a string, or bytes, at NULL. Fewer than n: `*error` names
 * it, with RP_USAGE. */
uint64_t rpi_columns_n_sound(const rp_column *arguments, const rp_task *task, uint64_t first, uint64_t n, rp_error *error);

/* Frees the constants, and the like, of the task's arguments, and zeroes them all. */
void rpi_columns_free(rp_column *arguments, const rp_task *task);

/* Where the values of items from `first` on are in memory. base NULL: nowhere, they are computed, or pulled from a source. */
static inline rp_view rpi_column_view(const rp_column *column, uint64_t first)
{
    const char *data = column->data;
    if (column->kind == RP_COLUMN_ARRAY) return (rp_view){data ? data + first * column->stride_bytes : NULL, column->stride_bytes};
    return (rp_view){column->kind == RP_COLUMN_CONSTANT ? data : NULL, 0};
}

/* ---- values that point to others: rp_bytes and strings ---- */

static inline bool rpi_type_points(rp_type type) { return type == RP_TYPE_BYTES || type == RP_TYPE_STRING; }

/* What the value points to; of a string with its NUL. {NULL, 0}: nothing. */
static inline rp_bytes rpi_value_bytes(rp_type type, const void *value)
{
    if (type == RP_TYPE_BYTES) return *(const rp_bytes *)value;
    if (type != RP_TYPE_STRING) return (rp_bytes){NULL, 0};
    const char *text = *(const char *const *)value;
    return (rp_bytes){text, strlen(text) + 1};
}

/* Makes the value point to those bytes. Does nothing for other types. */
static inline void rpi_value_point(rp_type type, void *value, rp_bytes to)
{
    if (type == RP_TYPE_BYTES) *(rp_bytes *)value = to;
    if (type == RP_TYPE_STRING) *(const char **)value = to.data;
}

/* False: a string that is NULL, or bytes that have a size and no data. */
static inline bool rpi_value_is_sound(rp_type type, const void *value)
{
    if (type == RP_TYPE_STRING) return *(const char *const *)value != NULL;
    return type != RP_TYPE_BYTES || ((const rp_bytes *)value)->size == 0 || ((const rp_bytes *)value)->data;
}

/* Whether those bytes are the contents of a value of that type: those of a string end with its only NUL. */
static inline bool rpi_value_fits(rp_type type, rp_bytes bytes)
{
    return type != RP_TYPE_STRING || (bytes.size > 0 && memchr(bytes.data, '\0', bytes.size) == (const char *)bytes.data + bytes.size - 1);
}

/* Whether the column has a value, or some, of its own, which go with the call. */
static inline bool rpi_column_has_contents(const rp_column *column)
{
    return column->kind == RP_COLUMN_CONSTANT || column->kind == RP_COLUMN_LINSPACE || column->kind == RP_COLUMN_GRID;
}

/* Whether contents of that many bytes have what is looked for in them. */
static inline bool rpi_column_has_size(const rp_column *column, size_t size)
{
    if (column->kind == RP_COLUMN_GRID)
        return column->start > 0 && column->size > 0 && size % column->size == 0 && size / column->size == (uint64_t)column->start;
    if (column->kind == RP_COLUMN_LINSPACE) return size == 2 * sizeof(double);
    return column->kind != RP_COLUMN_CONSTANT || rpi_type_points(column->type) || size == column->size;
}

/* What a constant is: the bytes of its value, or those that it points to; what a computed column is computed from. {NULL, 0} for arrays and
 * ranges. */
static inline rp_bytes rpi_column_contents(const rp_column *column)
{
    if (!rpi_column_has_contents(column)) return (rp_bytes){NULL, 0};
    if (column->kind == RP_COLUMN_LINSPACE) return (rp_bytes){column->data, 2 * sizeof(double)};
    if (column->kind == RP_COLUMN_GRID) return (rp_bytes){column->data, (size_t)column->start * column->size};
    return rpi_type_points(column->type) ? rpi_value_bytes(column->type, column->data) : (rp_bytes){column->data, column->size};
}

#endif
