/*
 * items.c: opens, loads and hands out items, whatever kind they are of (item_kind.h). It keeps the texts of items that are in flight, for
 * messages and for the rows of the output. The bytes that a task gets point into these texts.
 */
#include "items.h"
#include "item_arguments.h"
#include "item_file.h"
#include "item_grid.h"
#include "item_lines.h"
#include "item_numbers.h"
#include "item_rows.h"

#include <rankpool/text.h>

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Up to this many numbers, or bytes of a file, are loaded even for a method that doesn't need it. */
static const int64_t small_count = 1 << 22;
static const off_t small_file = 1 << 24;

/* More items than this are never loaded. */
static const int64_t most_loaded = 1 << 27;

/* Short items come in large chunks, whatever their texts are. So more texts have to wait until some items are done. */
static const size_t most_text_bytes = 64 << 20;

static const item_kind item_none;

static const item_kind *const kinds[] = {
    [ITEMS_NONE] = &item_none, [ITEMS_NUMBERS] = &item_numbers, [ITEMS_ARGUMENTS] = &item_arguments, [ITEMS_LINES] = &item_lines,
    [ITEMS_CSV] = &item_rows,  [ITEMS_GRID] = &item_grid,       [ITEMS_LISTS] = &item_lists,
};

/* ---- the next item ---- */

static rp_bytes text_of(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    return items->kind->text ? items->kind->text(items, index, room) : texts_find(&items->texts, index);
}

static int has_address(const item_source *items, rp_bytes text)
{
    return items->job->items_are_addresses && text.data && memmem(text.data, text.size, "://", 3);
}

/* Room to show the next item in, so that its row can't lack it. */
static rp_status make_room_to_show(item_source *items, rp_error *error)
{
    char room[VALUE_TEXT_SIZE];
    if (!items->job->items_are_addresses) return RP_OK;
    rp_bytes text = text_of(items, items->count, room);
    if (text.size <= items->shown_room || !has_address(items, text)) return RP_OK;
    char *shown = realloc(items->shown, text.size);
    if (!shown) return item_no_memory(error);
    items->shown = shown;
    items->shown_room = text.size;
    return RP_OK;
}

rp_status items_next(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    item_source *items = state;
    if (!may_wait && items->texts.n_bytes > most_text_bytes) return RP_AGAIN;
    if (!items->kind->next) return RP_END;
    rp_status status = items->kind->next(items, arguments, may_wait, error);
    if (status == RP_OK) status = make_room_to_show(items, error);
    if (status == RP_OK) items->count++;
    if (status == RP_END) items->total = items->count;
    return status;
}

/* ---- all items ---- */

static rp_status make_room(item_source *items, rp_error *error)
{
    size_t room = items->room ? 2 * items->room : items->total > 0 ? (size_t)items->total : 1024;
    for (size_t k = 0; k < items->n; k++) {
        rp_column *column = &items->columns[k];
        void *data = reallocarray((void *)(uintptr_t)column->data, room, items->sizes[k]);
        if (!data) return item_no_memory(error);
        *column = (rp_column){RP_COLUMN_ARRAY, items->types[k], items->sizes[k], items->sizes[k], data, 0, 0};
    }
    items->room = room;
    return RP_OK;
}

static int have_texts(const item_source *items)
{
    for (size_t k = 0; k < items->n; k++)
        if (value_is_text(items->types[k])) return 1;
    return 0;
}

rp_status items_load(item_source *items, rp_error *error)
{
    if (items->total > most_loaded)
        return rp_error_set(error, RP_USAGE, 0,
                            "%" PRId64
                            " items are too many to have all at once; run with the methods imap, istarmap and their unordered forms "
                            "takes them one by one, --sample N takes some",
                            items->total);
    rp_status status = items->is_loaded || items->room ? RP_OK : make_room(items, error);
    items->loads = have_texts(items);
    while (status == RP_OK && !items->is_loaded) {
        void *arguments[RP_MAX_ARGUMENTS];
        if ((size_t)items->count == items->room) status = make_room(items, error);
        if (status != RP_OK) return status;
        for (size_t k = 0; k < items->n; k++)
            arguments[k] = (char *)(uintptr_t)items->columns[k].data + (size_t)items->count * items->sizes[k];
        status = items_next(items, arguments, 1, error);
        items->is_loaded = status == RP_END;
    }
    return status == RP_END ? RP_OK : status;
}

static rp_status look_through(item_source *items, rp_error *error)
{
    _Alignas(max_align_t) char values[RP_MAX_ARGUMENTS][sizeof(max_align_t)];
    void *arguments[RP_MAX_ARGUMENTS];
    for (size_t k = 0; k < items->n; k++) arguments[k] = values[k];
    rp_status status;
    while ((status = items_next(items, arguments, 1, error)) == RP_OK) texts_remove(&items->texts, items->count - 1);
    if (status != RP_END) return status;
    items->count = 0;
    return item_file_rewind(items, error);
}

/* Items that are texts, and others that a task takes as text, can't be wrong but in a file. */
static int are_texts(const item_source *items) { return items->n == 1 && value_is_text(items->types[0]); }

rp_status items_check(item_source *items, rp_error *error)
{
    int is_csv = items->request.kind == ITEMS_CSV;
    if (items->request.kind == ITEMS_ARGUMENTS && items->total <= small_count) return items_load(items, error);
    if (items->descriptor < 0) return items->total > small_count || are_texts(items) ? RP_OK : items_load(items, error);
    if (items->start < 0) return RP_OK;
    if (items->file.st_size - items->start <= small_file) return items_load(items, error);
    return is_csv || !are_texts(items) || items->job->items_are_texts ? look_through(items, error) : RP_OK;
}

int items_are_loaded(const item_source *items) { return items->is_loaded; }

rp_columns items_columns(const item_source *items) { return (rp_columns){items->is_loaded ? items->n : 0, items->columns}; }

uint64_t items_total(const item_source *items) { return items->total > 0 ? (uint64_t)items->total : 0; }

int items_input_was_empty(const item_source *items) { return items->descriptor == STDIN_FILENO && items->total == 0; }

uint64_t items_count(const item_source *items) { return (uint64_t)items->count; }

size_t items_width(const item_source *items) { return items->n; }

const char *const *items_names(const item_source *items, size_t *n)
{
    *n = items->n_texts;
    return (const char *const *)items->names;
}

/* Returns a text that has no address in it as it is. There is room for the others since they were read. */
rp_bytes items_text(item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    rp_bytes text = text_of(items, index, room);
    return has_address(items, text) ? (rp_bytes){items->shown, rp_without_user(text.data, text.size, items->shown)} : text;
}

rpi_item_hash items_hash(const item_source *items, int64_t index)
{
    char room[VALUE_TEXT_SIZE];
    uint64_t place = htole64(item_place(items, index));
    if (items->request.kind == ITEMS_NUMBERS) return rpi_item_hash_of(&place, sizeof place);
    rp_bytes text = text_of(items, index, room);
    return rpi_item_hash_of(text.data, text.size);
}

void items_forget(item_source *items, int64_t index)
{
    if (!items->is_loaded) texts_remove(&items->texts, index);
}

int items_come_from(const item_source *items, const char *path)
{
    struct stat other;
    return items->descriptor >= 0 && stat(path, &other) == 0 && other.st_dev == items->file.st_dev && other.st_ino == items->file.st_ino;
}

/* ---- opening ---- */

static rp_status draw(item_source *items, rp_error *error)
{
    int64_t n = items->request.sample;
    if (n == 0) return RP_OK;
    if (n > items->total)
        return rp_error_set(error, RP_USAGE, 0, "--sample %" PRId64 ": there are only %" PRId64 " items", n, items->total);
    items->drawn = sample_of((uint64_t)items->total, items->request.seed);
    items->total = n;
    return RP_OK;
}

rp_status items_open(const items_request *request, const rp_job *job, item_source **items, rp_error *error)
{
    item_source *made = calloc(1, sizeof *made);
    if (!made) return item_no_memory(error);
    made->request = *request;
    made->job = job;
    made->kind = kinds[request->kind];
    made->descriptor = -1;
    made->total = request->path ? -1 : request->n;
    made->start = -1;
    made->n_texts = 1;
    texts_init(&made->texts);
    rp_status status = made->kind->open ? made->kind->open(made, error) : RP_OK;
    if (status == RP_OK && !made->names && !(made->names = calloc(made->n_texts + 1, sizeof *made->names))) status = item_no_memory(error);
    if (status == RP_OK) status = draw(made, error);
    if (status != RP_OK) {
        items_close(made);
        return status;
    }
    *items = made;
    return RP_OK;
}

static rp_status check_width(const item_source *items, rp_error *error)
{
    const rp_job *job = items->job;
    for (size_t k = 0; k < items->n; k++)
        if (!value_has_text(items->types[k])) return rp_error_set(error, RP_USAGE, 0, "items of %s can't be given as text", job->name);
    if (items->n == 0 && items->request.kind != ITEMS_NUMBERS)
        return rp_error_set(error, RP_USAGE, 0, "an item of %s has no value (%s): give the number of items with --items N", job->name,
                            job->item_help);
    int takes_any = items->request.kind == ITEMS_CSV || items->request.kind == ITEMS_GRID || items->request.kind == ITEMS_LISTS;
    if (items->n <= 1 || takes_any) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "an item of %s has %zu values (%s): give the items with --csv FILE or --grid", job->name,
                        items->n, job->item_help);
}

rp_status items_expect(item_source *items, size_t n_bound, rp_error *error)
{
    const rp_task *task = items->job->task;
    items->types = task->argument_types + n_bound;
    items->sizes = task->argument_sizes + n_bound;
    items->n = (size_t)task->n_arguments - n_bound;
    rp_status status = check_width(items, error);
    return status == RP_OK && items->kind->expect ? items->kind->expect(items, error) : status;
}

void items_close(item_source *items)
{
    if (!items) return;
    item_file_close(items);
    for (size_t k = 0; k < items->n; k++) free((void *)(uintptr_t)items->columns[k].data);
    for (size_t k = 0; items->names && k < items->n_texts; k++) free(items->names[k]);
    free(items->names);
    grid_fini(&items->grid);
    texts_fini(&items->texts);
    free(items->packed);
    free(items->row);
    free(items->shown);
    free(items);
}
