/* item_grid.c: see item_grid.h. */
#include "item_grid.h"
#include "items_lists.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening ---- */

static size_t name_size(const grid_axis *axis) { return axis->name ? strlen(axis->name) : 0; }

/* The room that any item needs. */
static size_t packed_room(const grid *all)
{
    size_t room = 1;
    for (size_t k = 0; k < all->n_axes; k++) room += all->axes[k].most_text + 1;
    return room;
}

static size_t row_room(const grid *all)
{
    size_t room = 1;
    for (size_t k = 0; k < all->n_axes; k++) room += name_size(&all->axes[k]) + 2 * all->axes[k].most_text + sizeof("=\"\" ");
    return room;
}

static rp_status take_names(item_source *items, rp_error *error)
{
    const grid *all = &items->grid;
    items->n_texts = all->n_axes;
    items->names = calloc(all->n_axes + 1, sizeof *items->names);
    items->packed = malloc(packed_room(all));
    items->row = malloc(row_room(all));
    if (!items->names || !items->packed || !items->row) return item_no_memory(error);
    for (size_t k = 0; k < all->n_axes; k++)
        if (all->axes[k].name && !(items->names[k] = strdup(all->axes[k].name))) return item_no_memory(error);
    items->total = (int64_t)all->size;
    return RP_OK;
}

static rp_status open_grid(item_source *items, rp_error *error)
{
    for (int64_t i = 0; i < items->request.n; i++) {
        rp_error cause;
        rp_status status = grid_add(&items->grid, items->request.arguments[i], &cause);
        if (status != RP_OK) return rp_error_set(error, status, cause.code, "--grid: %s", cause.message);
    }
    return take_names(items, error);
}

static rp_status open_lists(item_source *items, rp_error *error)
{
    rp_status status = items_lists_read(&items->request, item_keeps_cr(items->job), &items->grid, error);
    return status == RP_OK ? take_names(items, error) : status;
}

/* ---- types ---- */

static rp_status expect_value(const item_source *items, size_t k, uint64_t place, rp_error *error)
{
    char room[GRID_NUMBER_SIZE], value[sizeof(max_align_t)];
    const grid_axis *axis = &items->grid.axes[k];
    rp_bytes text = grid_axis_value(axis, place, room);
    if (value_parse(items->types[k], text, value)) return RP_OK;
    return item_refuse(items, axis->name ? axis->name : "", items->types[k], text, error);
}

/* Looks at all values of a list; of a range, as its values are one after another, at the first two and the last. */
static rp_status expect_axis(const item_source *items, size_t k, rp_error *error)
{
    const grid_axis *axis = &items->grid.axes[k];
    uint64_t begin = 0;
    rp_status status = RP_OK;
    for (size_t p = 0; p < axis->n_parts && status == RP_OK; begin += axis->parts[p++].n) {
        uint64_t n = axis->parts[p].n, few = axis->parts[p].texts || n < 2 ? n : 2;
        for (uint64_t i = 0; i < few && status == RP_OK; i++) status = expect_value(items, k, begin + i, error);
        if (status == RP_OK && n > 0) status = expect_value(items, k, begin + n - 1, error);
    }
    return status;
}

static rp_status expect(const item_source *items, rp_error *error)
{
    rp_status status = RP_OK;
    if (items->job->items_are_texts) return RP_OK;
    if (items->n != items->grid.n_axes)
        return rp_error_set(error, RP_USAGE, 0, "an item of %s has %zu value%s (%s), not %zu", items->job->name, items->n,
                            items->n == 1 ? "" : "s", items->job->item_help, items->grid.n_axes);
    for (size_t k = 0; k < items->n && status == RP_OK; k++) status = expect_axis(items, k, error);
    return status;
}

/* ---- items ---- */

static int needs_quotes(rp_bytes text)
{
    const char *at = text.data;
    for (size_t i = 0; i < text.size; i++)
        if (at[i] == ' ' || at[i] == '"' || (at[i] >= '\t' && at[i] <= '\r')) return 1;
    return text.size == 0;
}

static char *write_quoted(char *to, rp_bytes text)
{
    *to++ = '"';
    for (const char *at = text.data, *end = at + text.size; at < end; at++) {
        if (*at == '"') *to++ = '"';
        *to++ = *at;
    }
    *to++ = '"';
    return to;
}

static char *write_plain(char *to, rp_bytes text)
{
    memcpy(to, text.data, text.size);
    return to + text.size;
}

static rp_bytes row_of(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    const grid *all = &items->grid;
    char *to = items->row;
    uint64_t place = item_place(items, index);
    for (size_t k = 0; k < all->n_axes; k++) {
        const grid_axis *axis = &all->axes[k];
        rp_bytes text = grid_value(all, k, place, room);
        if (k > 0) *to++ = ' ';
        if (axis->name) to = write_plain(to, (rp_bytes){axis->name, name_size(axis)});
        if (axis->name) *to++ = '=';
        to = (needs_quotes(text) ? write_quoted : write_plain)(to, text);
    }
    *to = '\0';
    return (rp_bytes){items->row, (size_t)(to - items->row)};
}

static rp_status next(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait;
    if (items->count == items->total) return RP_END;
    const grid *all = &items->grid;
    uint64_t place = item_place(items, items->count);
    char *packed = items->loads ? texts_add(&items->texts, items->count, (rp_bytes){NULL, 0}, packed_room(all)) : items->packed;
    if (!packed) return item_no_memory(error);
    char room[GRID_NUMBER_SIZE], *to = packed;
    for (size_t k = 0; k < all->n_axes; k++) {
        to = write_plain(to, grid_value(all, k, place, room));
        *to++ = '\0';
    }
    int bad = item_take_packed(items, (rp_bytes){packed, (size_t)(to - packed)}, arguments);
    if (bad < 0) return RP_OK;
    return item_refuse(items, "", items->types[bad], grid_value(all, (size_t)bad, place, room), error);
}

const item_kind item_grid = {.open = open_grid, .expect = expect, .next = next, .text = row_of};
const item_kind item_lists = {.open = open_lists, .expect = expect, .next = next, .text = row_of};
