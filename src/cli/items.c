/*
 * items.c: opens, loads and hands out items. It keeps the texts of items that are in flight, for messages and for the rows of the output.
 * The bytes that a task gets point into these texts.
 */
#include "items.h"
#include "csv.h"
#include "texts.h"

#include <rankpool/text.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Up to this many numbers, or bytes of a file, are loaded even for a method that doesn't need it. */
static const int64_t small_count = 1 << 22;
static const off_t small_file = 1 << 24;

struct item_source {
    items_request request;
    const rp_job *job;
    const rp_type *types; /* types of the values of an item */
    const size_t *sizes;
    size_t n;
    int descriptor; /* -1: the items aren't from a file */
    struct stat file;
    off_t start; /* where a regular file's items begin */
    const char *name;
    line_reader lines;
    csv_reader csv;
    text_table texts;
    int64_t count; /* how many items were given */
    int64_t total; /* how many there are; -1: that isn't known */
    int is_loaded;
    int has_begun; /* the first line, or row, was read */
    char *shown;   /* the latest text of an item that had to be changed */
    size_t shown_room;
    size_t room; /* for how many items the columns have room */
    rp_column columns[RP_MAX_ARGUMENTS];
};

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the items"); }

static rp_status not_a_value(const item_source *items, const char *where, rp_type type, rp_bytes text, rp_error *error)
{
    char shown[VALUE_SHOWN_SIZE];
    const char *expected = items->job->items_are_texts ? "a text without NUL" : value_expected(type);
    return rp_error_set(error, RP_USAGE, 0, "%s'%s' isn't %s (an item of %s is %s)", where, value_shown(text, shown), expected,
                        items->job->name, items->job->item_help);
}

/* Takes an item of one value, with a NUL behind it. Texts have theirs counted, as job.h says. Returns 0: it isn't one. */
static int take_value(const item_source *items, rp_bytes text, void *const *arguments)
{
    if (!items->job->items_are_texts) return value_parse(items->types[0], text, arguments[0]);
    *(rp_bytes *)arguments[0] = (rp_bytes){text.data, text.size + 1};
    return memchr(text.data, '\0', text.size) == NULL;
}

/* ---- the next item, by kind ---- */

static rp_status next_number(item_source *items, void *const *arguments, rp_error *error)
{
    if (items->count == items->request.n) return RP_END;
    if (items->types[0] == RP_TYPE_DOUBLE) {
        *(double *)arguments[0] = (double)items->count;
        return RP_OK;
    }
    char digits[VALUE_TEXT_SIZE];
    rp_bytes text = {value_print(RP_TYPE_INT64, &items->count, digits), 0};
    text.size = strlen(digits);
    if (items->types[0] == RP_TYPE_BYTES) text.data = texts_add(&items->texts, items->count, text, 0);
    if (!text.data) return no_memory(error);
    if (take_value(items, text, arguments)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--items %" PRId64 ": an item of %s must be %s", items->request.n, items->job->name,
                        value_expected(items->types[0]));
}

static rp_status next_argument(item_source *items, void *const *arguments, rp_error *error)
{
    if (items->count == items->request.n) return RP_END;
    const char *argument = items->request.arguments[items->count];
    rp_bytes text = {argument, strlen(argument)};
    return take_value(items, text, arguments) ? RP_OK : not_a_value(items, "", items->types[0], text, error);
}

/* Whether a text, the first one or not, is none of the items. */
static int is_passed_over(item_source *items, rp_bytes text)
{
    if (items->job->skips_blanks && text.size == strspn(text.data, " \t")) return 1;
    if (items->job->skips_comments && ((const char *)text.data)[0] == '#') return 1;
    int is_first = !items->has_begun, is_auto = items->request.header == ITEMS_HEADER_AUTO;
    items->has_begun = 1;
    if (!is_first) return 0;
    return is_auto ? items->job->is_header && items->job->is_header(text) : items->request.header == ITEMS_HEADER_YES;
}

static rp_status next_line(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    rp_bytes line;
    do {
        rp_status status = lines_next(&items->lines, may_wait, &line, error);
        if (status != RP_OK) return status;
    } while (is_passed_over(items, line));
    rp_bytes text = {texts_add(&items->texts, items->count, line, 0), line.size};
    if (!text.data) return no_memory(error);
    if (take_value(items, text, arguments)) return RP_OK;
    char where[512];
    snprintf(where, sizeof where, "%s, line %" PRIu64 ": ", items->name, items->lines.number);
    return not_a_value(items, where, items->types[0], text, error);
}

/* Reads the values of one row. `*bad`: the first value that is wrong, or -1. `*is_header`: none of the values that should be
 * numbers is one. */
static void parse_row(const item_source *items, const rp_bytes *fields, void *const *arguments, int *bad, int *is_header)
{
    size_t numeric = 0, wrong = 0;
    *bad = -1;
    for (size_t k = 0; k < items->n; k++) {
        numeric += items->types[k] != RP_TYPE_BYTES;
        if (value_parse(items->types[k], fields[k], arguments[k])) continue;
        if (wrong++ == 0) *bad = (int)k;
    }
    *is_header = wrong > 0 && wrong == numeric;
}

static rp_status take_row(item_source *items, rp_bytes row, void *const *arguments, int *is_taken, rp_error *error)
{
    char where[512];
    snprintf(where, sizeof where, "%s, line %" PRIu64, items->name, items->csv.first_line);
    char *text = texts_add(&items->texts, items->count, row, row.size + items->n + 1);
    if (!text) return no_memory(error);
    rp_bytes fields[RP_MAX_ARGUMENTS];
    int may_be_header = !items->has_begun && items->request.header == ITEMS_HEADER_AUTO, is_header;
    int n = csv_split((rp_bytes){text, row.size}, text + row.size + 1, fields, (int)items->n), bad;
    if (n == 1 && items->n == 1 && is_passed_over(items, fields[0])) return RP_OK;
    items->has_begun = 1;
    if (n < 0) return rp_error_set(error, RP_USAGE, 0, "%s: a comma is missing after a quote", where);
    if ((size_t)n != items->n)
        return rp_error_set(error, RP_USAGE, 0, "%s: %d value%s where an item of %s has %zu (%s)", where, n, n == 1 ? "" : "s",
                            items->job->name, items->n, items->job->item_help);
    parse_row(items, fields, arguments, &bad, &is_header);
    *is_taken = bad < 0;
    if (bad < 0 || (is_header && may_be_header)) return RP_OK;
    snprintf(where + strlen(where), sizeof where - strlen(where), ", column %d: ", bad + 1);
    return not_a_value(items, where, items->types[bad], fields[bad], error);
}

/* A row of any number of texts. */
static rp_status take_row_of_texts(item_source *items, rp_bytes row, void *const *arguments, int *is_taken, rp_error *error)
{
    char where[512];
    snprintf(where, sizeof where, "%s, line %" PRIu64 ": ", items->name, items->csv.first_line);
    char *text = texts_add(&items->texts, items->count, row, row.size + 1);
    if (!text) return no_memory(error);
    if (memchr(row.data, '\0', row.size)) return not_a_value(items, where, items->types[0], row, error);
    rp_bytes *texts = arguments[0];
    int is_row = csv_texts((rp_bytes){text, row.size}, text + row.size + 1, texts);
    *is_taken = is_row && !is_passed_over(items, (rp_bytes){texts->data, strlen(texts->data)});
    items->has_begun = 1;
    return is_row ? RP_OK : rp_error_set(error, RP_USAGE, 0, "%sa comma is missing after a quote", where);
}

static rp_status next_row(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    for (;;) {
        rp_bytes row;
        int is_taken = 0;
        rp_status status = csv_next(&items->csv, may_wait, &row, error);
        if (status != RP_OK) return status;
        if (items->has_begun || items->request.header != ITEMS_HEADER_YES) {
            status = (items->job->items_are_texts ? take_row_of_texts : take_row)(items, row, arguments, &is_taken, error);
            if (status != RP_OK || is_taken) return status;
            texts_remove(&items->texts, items->count);
        }
        items->has_begun = 1;
    }
}

static rp_bytes text_of(const item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    const char *text = NULL;
    if (items->request.kind == ITEMS_NUMBERS) text = value_print(RP_TYPE_INT64, &index, room);
    if (items->request.kind == ITEMS_ARGUMENTS) text = items->request.arguments[index];
    return text ? (rp_bytes){text, strlen(text)} : texts_find(&items->texts, index);
}

static int has_address(const item_source *items, rp_bytes text)
{
    return items->job->items_are_addresses && text.data && memmem(text.data, text.size, "://", 3);
}

/* Room to show the next item in, so that its row can't lack it. */
static rp_status make_room_to_show(item_source *items, rp_error *error)
{
    char room[VALUE_TEXT_SIZE];
    rp_bytes text = text_of(items, items->count, room);
    if (text.size <= items->shown_room || !has_address(items, text)) return RP_OK;
    char *shown = realloc(items->shown, text.size);
    if (!shown) return no_memory(error);
    items->shown = shown;
    items->shown_room = text.size;
    return RP_OK;
}

/* Short items come in large chunks, whatever their texts are. So more texts have to wait until some items are done. */
static const size_t most_text_bytes = 64 << 20;

rp_status items_next(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    item_source *items = state;
    rp_status status;
    if (!may_wait && items->texts.n_bytes > most_text_bytes) return RP_AGAIN;
    switch (items->request.kind) {
    case ITEMS_NUMBERS: status = next_number(items, arguments, error); break;
    case ITEMS_ARGUMENTS: status = next_argument(items, arguments, error); break;
    case ITEMS_LINES: status = next_line(items, arguments, may_wait, error); break;
    case ITEMS_CSV: status = next_row(items, arguments, may_wait, error); break;
    default: return RP_END;
    }
    if (status == RP_OK) status = make_room_to_show(items, error);
    if (status == RP_OK) items->count++;
    if (status == RP_END) items->total = items->count;
    return status;
}

/* ---- all items ---- */

static rp_status make_room(item_source *items, rp_error *error)
{
    int64_t known = items->descriptor < 0 ? items->request.n : 0;
    size_t room = items->room ? 2 * items->room : known > 0 ? (size_t)known : 1024;
    for (size_t k = 0; k < items->n; k++) {
        rp_column *column = &items->columns[k];
        void *data = reallocarray((void *)(uintptr_t)column->data, room, items->sizes[k]);
        if (!data) return no_memory(error);
        *column = (rp_column){RP_COLUMN_ARRAY, items->types[k], items->sizes[k], items->sizes[k], data, 0, 0};
    }
    items->room = room;
    return RP_OK;
}

rp_status items_load(item_source *items, rp_error *error)
{
    rp_status status = items->is_loaded || items->room ? RP_OK : make_room(items, error);
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

static void open_readers(item_source *items)
{
    lines_init(&items->lines, items->descriptor, items->name);
    csv_init(&items->csv, &items->lines);
    items->has_begun = 0;
}

static void close_readers(item_source *items)
{
    csv_fini(&items->csv);
    lines_fini(&items->lines);
}

static rp_status look_through(item_source *items, rp_error *error)
{
    _Alignas(max_align_t) char values[RP_MAX_ARGUMENTS][sizeof(max_align_t)];
    void *arguments[RP_MAX_ARGUMENTS];
    for (size_t k = 0; k < items->n; k++) arguments[k] = values[k];
    rp_status status;
    while ((status = items_next(items, arguments, 1, error)) == RP_OK) texts_remove(&items->texts, items->count - 1);
    if (status != RP_END) return status;
    close_readers(items);
    if (lseek(items->descriptor, items->start, SEEK_SET) < 0)
        return rp_error_set(error, RP_SYSTEM, errno, "can't read %s again: %s", items->name, strerror(errno));
    open_readers(items);
    items->count = 0;
    return RP_OK;
}

rp_status items_check(item_source *items, rp_error *error)
{
    if (items->request.kind == ITEMS_ARGUMENTS) return items_load(items, error);
    if (items->request.kind == ITEMS_NUMBERS) return items->request.n <= small_count ? items_load(items, error) : RP_OK;
    if (items->start < 0) return RP_OK;
    if (items->file.st_size - items->start <= small_file) return items_load(items, error);
    int can_fail = items->request.kind == ITEMS_CSV || items->types[0] != RP_TYPE_BYTES;
    return can_fail ? look_through(items, error) : RP_OK;
}

rp_columns items_columns(const item_source *items) { return (rp_columns){items->is_loaded ? items->n : 0, items->columns}; }

uint64_t items_total(const item_source *items) { return items->total > 0 ? (uint64_t)items->total : 0; }

int items_input_was_empty(const item_source *items) { return items->descriptor == STDIN_FILENO && items->total == 0; }

uint64_t items_count(const item_source *items) { return (uint64_t)items->count; }

size_t items_width(const item_source *items) { return items->n; }

/* Returns a text that has no address in it as it is. There is room for the others since they were read. */
rp_bytes items_text(item_source *items, int64_t index, char room[VALUE_TEXT_SIZE])
{
    rp_bytes text = text_of(items, index, room);
    return has_address(items, text) ? (rp_bytes){items->shown, rp_without_user(text.data, text.size, items->shown)} : text;
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

static rp_status check_types(const item_source *items, rp_error *error)
{
    const items_request *request = &items->request;
    const char *job = items->job->name;
    if (items->job->items_are_texts) return RP_OK;
    for (size_t k = 0; k < items->n; k++)
        if (!value_has_text(items->types[k])) return rp_error_set(error, RP_USAGE, 0, "items of %s can't be given as text", job);
    if (items->n != 1 && request->kind != ITEMS_CSV)
        return rp_error_set(error, RP_USAGE, 0, "an item of %s has %zu values (%s): give the items with --csv FILE", job, items->n,
                            items->job->item_help);
    if (request->kind != ITEMS_NUMBERS || request->n == 0 || items->types[0] == RP_TYPE_BYTES) return RP_OK;
    int64_t last = request->n - 1;
    char digits[VALUE_TEXT_SIZE], value[sizeof(max_align_t)];
    rp_bytes text = {value_print(RP_TYPE_INT64, &last, digits), strlen(digits)};
    if (value_parse(items->types[0], text, value)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--items %" PRId64 ": an item of %s must be %s", request->n, job,
                        value_expected(items->types[0]));
}

static rp_status open_file(item_source *items, rp_error *error)
{
    const char *path = items->request.path, *option = items->request.kind == ITEMS_CSV ? "--csv" : "--input";
    int is_input = strcmp(path, "-") == 0;
    items->name = is_input ? "standard input" : path;
    items->descriptor = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (items->descriptor < 0 || fstat(items->descriptor, &items->file) != 0)
        return rp_error_set(error, RP_USAGE, errno, "%s: can't open '%s': %s", option, path, strerror(errno));
    if ((fcntl(items->descriptor, F_GETFL) & O_ACCMODE) == O_WRONLY)
        return rp_error_set(error, RP_USAGE, EBADF, "%s: %s is closed, or open for writing only", option, items->name);
    if (S_ISDIR(items->file.st_mode))
        return rp_error_set(error, RP_USAGE, EISDIR, "%s: %s is a directory, not a file", option, items->name);
    items->start = S_ISREG(items->file.st_mode) ? lseek(items->descriptor, 0, SEEK_CUR) : -1;
    open_readers(items);
    return RP_OK;
}

rp_status items_open(const items_request *request, const rp_job *job, size_t n_bound, item_source **items, rp_error *error)
{
    item_source *made = calloc(1, sizeof *made);
    if (!made) return no_memory(error);
    made->request = *request;
    made->job = job;
    made->types = job->task->argument_types + n_bound;
    made->sizes = job->task->argument_sizes + n_bound;
    made->n = (size_t)job->task->n_arguments - n_bound;
    made->descriptor = -1;
    made->total = request->path ? -1 : request->n;
    made->start = -1;
    texts_init(&made->texts);
    rp_status status = check_types(made, error);
    if (status == RP_OK && request->path) status = open_file(made, error);
    if (status != RP_OK) {
        items_close(made);
        return status;
    }
    *items = made;
    return RP_OK;
}

void items_close(item_source *items)
{
    if (!items) return;
    close_readers(items);
    if (items->descriptor > STDIN_FILENO) close(items->descriptor);
    for (size_t k = 0; k < items->n; k++) free((void *)(uintptr_t)items->columns[k].data);
    texts_fini(&items->texts);
    free(items->shown);
    free(items);
}
