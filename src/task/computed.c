/* computed.c: see computed.h. */
#include "task/computed.h"

#include "base/error.h"
#include "task/fill.h"
#include "task/numbers.h"

#include <string.h>

/* ---- checks ---- */

static rp_status check_axis(const rp_column *column, const rp_task *task, int k, rp_error *error)
{
    if (column->type == RP_TYPE_BYTES || column->type == RP_TYPE_STRING)
        return rp_error_set(error, RP_USAGE, 0, "the axis of argument %d of task %s can't be of %s", k + 1, task->name,
                            rp_type_name(column->type));
    if (column->step < 1) return rp_error_set(error, RP_USAGE, 0, "the grid of task %s has more items than 64 bits count", task->name);
    if (column->start > 0 && column->data && (uint64_t)column->start <= SIZE_MAX / 2 / column->size) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "the axis of argument %d of task %s has no values", k + 1, task->name);
}

rp_status rpi_computed_check(const rp_column *column, const rp_task *task, int k, rp_error *error)
{
    if (column->kind == RP_COLUMN_GRID) return check_axis(column, task, k, error);
    if (column->kind == RP_COLUMN_RANGE && rpi_type_is_number(column->type)) return RP_OK;
    if (column->kind == RP_COLUMN_LINSPACE && column->type == RP_TYPE_DOUBLE && column->data && column->start >= 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s, its column holds %s", k + 1, task->name,
                        rp_type_name(column->type), column->kind == RP_COLUMN_RANGE ? "a range of int64" : "evenly spaced doubles");
}

static bool is_within(const rp_column *range, uint64_t n)
{
    int64_t way, last;
    if (n - 1 > INT64_MAX || __builtin_mul_overflow((int64_t)(n - 1), range->step, &way)) return false;
    return !__builtin_add_overflow(range->start, way, &last) && rpi_number_holds(range->type, range->start, last);
}

rp_status rpi_computed_check_length(const rp_column *column, const rp_task *task, int k, uint64_t n, rp_error *error)
{
    if (n == 0 || column->kind == RP_COLUMN_GRID || (column->kind == RP_COLUMN_RANGE && column->type == RP_TYPE_INT64)) return RP_OK;
    if (column->kind == RP_COLUMN_RANGE && !is_within(column, n))
        return rp_error_set(error, RP_USAGE, 0, "argument %d of task %s is %s, which doesn't hold all numbers of its range", k + 1,
                            task->name, rp_type_name(column->type));
    if (column->kind == RP_COLUMN_LINSPACE && n > (uint64_t)column->start)
        return rp_error_set(error, RP_USAGE, 0, "the column of argument %d of task %s has %lld numbers, too few for %llu items", k + 1,
                            task->name, (long long)column->start, (unsigned long long)n);
    return RP_OK;
}

/* ---- values ---- */

static void write_number(int64_t number, rp_type type, void *to)
{
    if (type == RP_TYPE_INT64) memcpy(to, &number, sizeof number);
    else (void)rpi_number_convert(RP_TYPE_INT64, &number, type, to);
}

static double spaced(const rp_column *column, uint64_t item)
{
    double ends[2];
    memcpy(ends, column->data, sizeof ends);
    if (item == 0) return ends[0];
    return item + 1 >= (uint64_t)column->start ? ends[1] : ends[0] + (double)item * ((ends[1] - ends[0]) / (double)(column->start - 1));
}

static const char *on_axis(const rp_column *column, uint64_t item)
{
    return (const char *)column->data + item / (uint64_t)column->step % (uint64_t)column->start * column->size;
}

const void *rpi_computed_value(const rp_column *column, uint64_t item, void *room)
{
    if (column->kind == RP_COLUMN_GRID) return on_axis(column, item);
    if (column->kind == RP_COLUMN_LINSPACE) *(double *)room = spaced(column, item);
    else write_number(rpi_column_number(column, item), column->type, room);
    return room;
}

/* As `spaced`, but for the ends. */
static void fill_spaced(const rp_column *column, uint64_t first, size_t n, double *to)
{
    double ends[2];
    memcpy(ends, column->data, sizeof ends);
    double step = column->start > 1 ? (ends[1] - ends[0]) / (double)(column->start - 1) : 0;
    rpi_fill_spaced(ends[0], step, first, n, to);
    if (first == 0) to[0] = spaced(column, 0);
    if (first + n >= (uint64_t)column->start) to[n - 1] = spaced(column, first + n - 1);
}

/* As `on_axis`, without its divisions. */
static void fill_axis(const rp_column *axis, uint64_t first, size_t n, char *to)
{
    uint64_t step = (uint64_t)axis->step, length = (uint64_t)axis->start, at = first / step % length, n_left = step - first % step;
    const char *values = axis->data;
    for (size_t i = 0; i < n; i++, to += axis->size) {
        memcpy(to, values + at * axis->size, axis->size);
        if (--n_left > 0) continue;
        n_left = step;
        if (++at == length) at = 0;
    }
}

void rpi_computed_fill(const rp_column *column, uint64_t first, size_t n, void *to)
{
    if (n == 0) return;
    if (column->kind == RP_COLUMN_GRID) fill_axis(column, first, n, to);
    else if (column->kind == RP_COLUMN_LINSPACE) fill_spaced(column, first, n, to);
    else rpi_fill_integers(column->type, rpi_column_number(column, first), column->step, n, to);
}

/* ---- grids ---- */

/* False: the product is more than can be counted. */
static bool count(rp_columns grid, uint64_t *n)
{
    *n = 1;
    for (size_t k = 0; k < grid.n; k++) {
        bool is_axis = grid.columns[k].kind == RP_COLUMN_GRID;
        if (is_axis && grid.columns[k].start <= 0) *n = 0;
        else if (is_axis && __builtin_mul_overflow(*n, (uint64_t)grid.columns[k].start, n)) return false;
    }
    return true;
}

uint64_t rp_grid_size(rp_columns grid)
{
    uint64_t n;
    return grid.columns && count(grid, &n) ? n : 0;
}

const rp_column *rp_grid(size_t n, rp_column *columns)
{
    uint64_t all;
    if (!columns) return NULL;
    int64_t step = count((rp_columns){n, columns}, &all) && all <= INT64_MAX ? 1 : -1;
    for (size_t k = n; k-- > 0;) {
        if (columns[k].kind != RP_COLUMN_GRID) continue;
        columns[k].step = step;
        if (step > 0 && columns[k].start > 0) step *= columns[k].start;
    }
    return columns;
}
