/* columns.c: see columns.h. */
#include "task/columns.h"

#include "base/error.h"
#include "base/regions.h"
#include "task/computed.h"
#include "task/numbers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static rp_status check_type(const rp_task *task, int k, const rp_column *column, rp_error *error)
{
    rp_type wanted = task->argument_types[k];
    if ((unsigned)column->kind > RP_COLUMN_GRID)
        return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s is of no kind that there is", k + 1, task->name);
    if (column->type == wanted && column->size == task->argument_sizes[k] && column->size > 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s (%zu bytes), its column holds %s (%zu bytes)", k + 1, task->name,
                        rp_type_name(wanted), task->argument_sizes[k], rp_type_name(column->type), column->size);
}

/* Takes a constant without copying what is in memory that never changes. False: it isn't in such memory, and nothing is done. */
static bool hold_constant(rp_column *column, rp_status *status, rp_error *error)
{
    rp_bytes contents = rpi_column_contents(column);
    *status = RP_OK;
    if (contents.size == 0 || !rpi_regions_hold(contents.data, contents.size)) return false;
    if (!rpi_type_points(column->type)) return true;
    void *value = malloc(column->size);
    if (value) {
        column->data = memcpy(value, column->data, column->size);
        return true;
    }
    (void)rpi_regions_let_go(contents.data);
    *status = rpi_error_no_memory(error);
    return true;
}

/* A range is one of the argument's type, and so is a constant that it holds exactly. `room` has a place for such a constant. */
static rp_status adapt(rp_column *column, const rp_task *task, int k, uint64_t *room, rp_error *error)
{
    rp_type wanted = task->argument_types[k];
    bool is_range = column->kind == RP_COLUMN_RANGE && column->type == RP_TYPE_INT64 && rpi_type_is_number(wanted);
    bool is_number = column->kind == RP_COLUMN_CONSTANT && column->data && column->type != wanted && rpi_type_is_number(column->type) &&
                     rpi_type_is_number(wanted);
    if (!is_range && !is_number) return RP_OK;
    if (is_number && !rpi_number_convert(column->type, column->data, wanted, room))
        return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s, which doesn't hold the constant, %s, exactly", k + 1,
                            task->name, rp_type_name(wanted), rp_type_name(column->type));
    if (is_number) column->data = room;
    column->type = wanted;
    column->size = task->argument_sizes[k];
    return RP_OK;
}

/* A constant that is no longer than a number stands in its column, in a member that constants have no other use for. */
static bool fits_in_column(const rp_column *column)
{
    return column->kind == RP_COLUMN_CONSTANT && column->size <= sizeof column->start && !rpi_type_points(column->type);
}

static void keep_in_column(rp_column *column)
{
    int64_t value = 0;
    memcpy(&value, column->data, column->size);
    column->start = value;
    column->data = &column->start;
}

/* Copies the value of a constant, and the bytes or the string that it points to, into one allocation of the library. */
static rp_status copy_constant(rp_column *column, rp_error *error)
{
    rp_status status;
    if (fits_in_column(column)) {
        keep_in_column(column);
        return RP_OK;
    }
    if (hold_constant(column, &status, error)) return status;
    rp_bytes points_to = rpi_value_bytes(column->type, column->data), contents = rpi_column_contents(column);
    bool is_value = column->kind != RP_COLUMN_CONSTANT || !rpi_type_points(column->type);
    size_t size = is_value ? contents.size : column->size, padded = (size + 15) / 16 * 16;
    if (is_value) points_to.size = 0;
    if (points_to.size > SIZE_MAX / 2 - padded) return rpi_error_no_memory(error);
    char *copy = malloc(padded + points_to.size + 1);
    if (!copy) return rpi_error_no_memory(error);
    memcpy(copy, column->data, size);
    if (points_to.size) memcpy(copy + padded, points_to.data, points_to.size);
    if (!is_value) rpi_value_point(column->type, copy, (rp_bytes){copy + padded, points_to.size});
    column->data = copy;
    return RP_OK;
}

/* Undoes copy_constant. */
static void free_constant(const rp_column *column)
{
    if (fits_in_column(column)) return;
    rp_bytes contents = rpi_column_contents(column);
    bool is_held = contents.size > 0 && rpi_regions_let_go(contents.data);
    if (!is_held || rpi_type_points(column->type)) free((void *)(uintptr_t)column->data);
}

/* Fills argument k; a constant is copied. */
static rp_status fill_one(rp_column *argument, const rp_task *task, int k, bool is_bound, rp_column column, rp_error *error)
{
    uint64_t room;
    rp_status status = adapt(&column, task, k, &room, error);
    if (status == RP_OK) status = check_type(task, k, &column, error);
    if (status == RP_OK && column.kind > RP_COLUMN_CONSTANT) status = rpi_computed_check(&column, task, k, error);
    if (status != RP_OK) return status;
    if (is_bound && column.kind != RP_COLUMN_CONSTANT)
        return rp_error_set(error, RP_USAGE, 0, "bound argument %d of task %s isn't a constant", k + 1, task->name);
    if (column.kind == RP_COLUMN_CONSTANT && !column.data)
        return rp_error_set(error, RP_USAGE, 0, "the constant for argument %d of task %s is NULL", k + 1, task->name);
    bool is_constant = column.kind == RP_COLUMN_CONSTANT;
    if (is_constant && !rpi_value_is_sound(column.type, column.data))
        return rp_error_set(error, RP_USAGE, 0, "the constant for argument %d of task %s is a %s at NULL", k + 1, task->name,
                            rp_type_name(column.type));
    if (is_constant) column.stride_bytes = 0;
    *argument = column;
    if (rpi_column_has_contents(&column)) status = copy_constant(argument, error);
    if (status != RP_OK) *argument = (rp_column){0};
    return status;
}

rp_status rpi_columns_fill(rp_column *arguments, const rp_task *task, rp_columns bound, rp_columns items, rp_error *error)
{
    memset(arguments, 0, (size_t)task->n_arguments * sizeof *arguments);
    if ((bound.n > 0 && !bound.columns) || (items.n > 0 && !items.columns))
        return rp_error_set(error, RP_USAGE, 0, "the columns of a call of task %s are NULL", task->name);
    if (bound.n + items.n != (size_t)task->n_arguments)
        return rp_error_set(error, RP_USAGE, 0, "task %s has %d argument%s, the call gives %zu bound and %zu by column", task->name,
                            task->n_arguments, task->n_arguments == 1 ? "" : "s", bound.n, items.n);
    rp_status status = RP_OK;
    for (int k = 0; k < task->n_arguments && status == RP_OK; k++) {
        bool is_bound = (size_t)k < bound.n;
        rp_column column = is_bound ? bound.columns[k] : items.columns[(size_t)k - bound.n];
        status = fill_one(&arguments[k], task, k, is_bound, column, error);
    }
    if (status != RP_OK) rpi_columns_free(arguments, task);
    return status;
}

/* ---- the items of a call ---- */

/* The last item needs its own size, not the stride. */
static bool is_long_enough(const rp_column *column, uint64_t n)
{
    size_t before;
    if (column->start <= 0 || n == 0) return true;
    if (__builtin_mul_overflow((size_t)(n - 1), column->stride_bytes, &before) || n - 1 > SIZE_MAX) return false;
    return column->size <= (uint64_t)column->start && before <= (uint64_t)column->start - column->size;
}

rp_status rpi_columns_check_length(const rp_column *arguments, const rp_task *task, uint64_t n, rp_error *error)
{
    for (int k = 0; k < task->n_arguments; k++) {
        const rp_column *column = &arguments[k];
        rp_status status = column->kind > RP_COLUMN_CONSTANT ? rpi_computed_check_length(column, task, k, n, error) : RP_OK;
        if (status != RP_OK) return status;
        if (column->kind != RP_COLUMN_ARRAY) continue;
        if (n > 0 && !column->data)
            return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s is NULL", k + 1, task->name);
        if (!is_long_enough(column, n))
            return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s has %lld bytes, too few for %llu items", k + 1,
                                task->name, (long long)column->start, (unsigned long long)n);
    }
    return RP_OK;
}

uint64_t rpi_columns_n_sound(const rp_column *arguments, const rp_task *task, uint64_t first, uint64_t n, rp_error *error)
{
    for (int k = 0; k < task->n_arguments; k++) {
        const rp_column *column = &arguments[k];
        if (column->kind != RP_COLUMN_ARRAY || !rpi_type_points(column->type)) continue;
        rp_view view = rpi_column_view(column, first);
        for (uint64_t i = 0; i < n; i++) {
            if (rpi_value_is_sound(column->type, view.base + i * view.stride_bytes)) continue;
            rp_error_set(error, RP_USAGE, 0, "item %llu of argument %d of task %s is a %s at NULL", (unsigned long long)(first + i), k + 1,
                         task->name, rp_type_name(column->type));
            n = i;
        }
    }
    return n;
}

void rpi_columns_free(rp_column *arguments, const rp_task *task)
{
    for (int k = 0; k < task->n_arguments; k++) {
        if (rpi_column_has_contents(&arguments[k])) free_constant(&arguments[k]);
        arguments[k] = (rp_column){0};
    }
}
