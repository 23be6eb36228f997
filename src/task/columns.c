/* columns.c: see columns.h. */
#include "task/columns.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static rp_status check_type(const rp_task *task, int k, const rp_column *column, rp_error *error)
{
    rp_type wanted = task->argument_types[k];
    if ((unsigned)column->kind > RP_COLUMN_RANGE || (column->kind == RP_COLUMN_RANGE && column->type != RP_TYPE_INT64))
        return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s is neither array, constant nor range of int64", k + 1,
                            task->name);
    if (column->type == wanted && column->size == task->argument_sizes[k] && column->size > 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s (%zu bytes), its column holds %s (%zu bytes)", k + 1, task->name,
                        rp_type_name(wanted), task->argument_sizes[k], rp_type_name(column->type), column->size);
}

/* Copies the value of a constant, and the bytes that an rp_bytes points to, into one allocation of the library. */
static rp_status copy_constant(rp_column *column, rp_error *error)
{
    const rp_bytes *bytes = column->type == RP_TYPE_BYTES ? column->data : NULL;
    size_t padded = (column->size + 15) / 16 * 16, tail = bytes ? bytes->size : 0;
    char *copy = malloc(padded + tail + 1);
    if (!copy) return rpi_error_no_memory(error);
    memcpy(copy, column->data, column->size);
    if (bytes) {
        if (tail) memcpy(copy + padded, bytes->data, tail);
        *(rp_bytes *)(void *)copy = (rp_bytes){copy + padded, tail};
    }
    column->data = copy;
    column->stride_bytes = 0;
    return RP_OK;
}

/* Fills argument k; a constant is copied. */
static rp_status fill_one(rp_column *argument, const rp_task *task, int k, bool is_bound, rp_column column, rp_error *error)
{
    rp_status status = check_type(task, k, &column, error);
    if (status != RP_OK) return status;
    if (is_bound && column.kind != RP_COLUMN_CONSTANT)
        return rp_error_set(error, RP_USAGE, 0, "bound argument %d of task %s isn't a constant", k + 1, task->name);
    if (column.kind == RP_COLUMN_CONSTANT && !column.data)
        return rp_error_set(error, RP_USAGE, 0, "the constant for argument %d of task %s is NULL", k + 1, task->name);
    if (column.kind == RP_COLUMN_CONSTANT) status = copy_constant(&column, error);
    if (status == RP_OK) *argument = column;
    return status;
}

rp_status rpi_columns_fill(rp_column *arguments, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error)
{
    memset(arguments, 0, RP_MAX_ARGUMENTS * sizeof *arguments);
    if (bound.n + items.n != (size_t)task->n_arguments)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d argument%s, the call gives %zu bound and %zu by column", task->name,
                            task->n_arguments, task->n_arguments == 1 ? "" : "s", bound.n, items.n);
    rp_status status = RP_OK;
    for (int k = 0; k < task->n_arguments && status == RP_OK; k++) {
        bool is_bound = (size_t)k < bound.n;
        rp_column column = is_bound ? bound.columns[k] : items.columns[(size_t)k - bound.n];
        status = fill_one(&arguments[k], task, k, is_bound, column, error);
    }
    if (status != RP_OK) rpi_columns_free(arguments);
    return status;
}

void rpi_columns_free(rp_column *arguments)
{
    for (int k = 0; k < RP_MAX_ARGUMENTS; k++) {
        if (arguments[k].kind == RP_COLUMN_CONSTANT) free((void *)(uintptr_t)arguments[k].data);
        arguments[k] = (rp_column){0};
    }
}
