/* item_rows.c: see item_rows.h. Where items are texts, up to two rows are read ahead, as a job asks for the columns before it runs. */
#include "item_rows.h"
#include "item_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static rp_status next_record(item_source *items, int may_wait, rp_bytes *row, uint64_t *line, rp_error *error)
{
    if (items->next_kept < items->n_kept) {
        const kept_row *kept = &items->kept[items->next_kept++];
        *row = (rp_bytes){kept->data, kept->size};
        *line = kept->line;
        return RP_OK;
    }
    rp_status status = csv_next(&items->csv, may_wait, row, error);
    *line = items->csv.first_line;
    return status;
}

static rp_status refuse_quote(const char *where, rp_error *error)
{
    return rp_error_set(error, RP_USAGE, 0, "%s: a comma is missing after a quote", where);
}

/* ---- the columns of texts ---- */

static rp_status keep_row(item_source *items, rp_error *error)
{
    rp_bytes row;
    rp_status status;
    do status = csv_next(&items->csv, 1, &row, error);
    while (status == RP_OK && item_file_skips(items, row));
    if (status != RP_OK) return status;
    char *data = malloc(row.size + 1);
    if (!data) return item_no_memory(error);
    memcpy(data, row.data, row.size);
    data[row.size] = '\0';
    items->kept[items->n_kept++] = (kept_row){data, row.size, items->csv.first_line};
    return RP_OK;
}

static size_t count_texts(rp_bytes packed)
{
    size_t n = 0;
    for (size_t i = 0; i < packed.size; i++) n += ((const char *)packed.data)[i] == '\0';
    return n;
}

/* Unquotes a row that was kept, into memory that the caller frees. */
static rp_status split_kept(const item_source *items, int k, rp_bytes *packed, rp_error *error)
{
    char where[ITEM_WHERE_SIZE], *room = malloc(items->kept[k].size + 1);
    if (!room) return item_no_memory(error);
    if (csv_texts((rp_bytes){items->kept[k].data, items->kept[k].size}, room, packed)) return RP_OK;
    free(room);
    return refuse_quote(item_file_where(items, items->kept[k].line, where), error);
}

static int has_number(rp_bytes packed)
{
    double number;
    const char *end = (const char *)packed.data + packed.size;
    for (const char *text = packed.data; text < end; text += strlen(text) + 1)
        if (value_number(text, &number)) return 1;
    return 0;
}

/* Whether the second row has a number, where the first has none. */
static rp_status look_at_second(item_source *items, rp_error *error)
{
    rp_bytes packed;
    rp_status status = keep_row(items, error);
    if (status == RP_END) return RP_OK;
    if (status == RP_OK) status = split_kept(items, 1, &packed, error);
    if (status != RP_OK) return status;
    items->has_header = has_number(packed);
    free((void *)(uintptr_t)packed.data);
    return RP_OK;
}

static rp_status take_names(item_source *items, rp_bytes packed, rp_error *error)
{
    items->names = calloc(items->n_texts + 1, sizeof *items->names);
    if (!items->names) return item_no_memory(error);
    const char *text = packed.data;
    for (size_t k = 0; k < items->n_texts; k++, text += strlen(text) + 1)
        if (*text && !(items->names[k] = strdup(text))) return item_no_memory(error);
    return RP_OK;
}

static int is_header_of_job(const item_source *items, rp_bytes packed)
{
    return items->job->is_header && items->job->is_header((rp_bytes){packed.data, strlen(packed.data)});
}

static rp_status read_columns(item_source *items, rp_error *error)
{
    rp_bytes packed;
    rp_status status = keep_row(items, error);
    if (status == RP_END) return RP_OK;
    if (status == RP_OK) status = split_kept(items, 0, &packed, error);
    if (status != RP_OK) return status;
    items->n_texts = count_texts(packed);
    int is_auto = items->request.header == ITEMS_HEADER_AUTO;
    items->has_header = is_auto ? is_header_of_job(items, packed) : items->request.header == ITEMS_HEADER_YES;
    if (is_auto && !items->has_header && !has_number(packed)) status = look_at_second(items, error);
    if (status == RP_OK && items->has_header) status = take_names(items, packed, error);
    free((void *)(uintptr_t)packed.data);
    return status;
}

static rp_status open_rows(item_source *items, rp_error *error)
{
    rp_status status = item_file_open(items, "--csv", error);
    items->n_texts = 0;
    return status == RP_OK && items->job->items_are_texts ? read_columns(items, error) : status;
}

/* A row of as many texts as there are columns. */
static rp_status take_texts(item_source *items, rp_bytes row, uint64_t line, void *const *arguments, int *is_taken, rp_error *error)
{
    char where[ITEM_WHERE_SIZE];
    char *text = texts_add(&items->texts, items->count, row, row.size + 1);
    rp_bytes packed;
    if (!text) return item_no_memory(error);
    if (memchr(row.data, '\0', row.size)) return item_refuse(items, item_file_where(items, line, where), items->types[0], row, error);
    if (!csv_texts((rp_bytes){text, row.size}, text + row.size + 1, &packed))
        return refuse_quote(item_file_where(items, line, where), error);
    *is_taken = !item_file_passes_over(items, (rp_bytes){packed.data, strlen(packed.data)});
    size_t n = count_texts(packed);
    if (*is_taken && n != items->n_texts)
        return rp_error_set(error, RP_USAGE, 0, "%s: %zu field%s where the first row has %zu", item_file_where(items, line, where), n,
                            n == 1 ? "" : "s", items->n_texts);
    *(rp_bytes *)arguments[0] = packed;
    return RP_OK;
}

/* ---- typed values ---- */

/* Reads the values of one row. `*bad`: the first value that is wrong, or -1. `*is_header`: none of the values that should be
 * numbers is one. */
static void parse_row(const item_source *items, const rp_bytes *fields, void *const *arguments, int *bad, int *is_header)
{
    size_t numeric = 0, wrong = 0;
    *bad = -1;
    for (size_t k = 0; k < items->n; k++) {
        numeric += !value_is_text(items->types[k]);
        if (value_parse(items->types[k], fields[k], arguments[k])) continue;
        if (wrong++ == 0) *bad = (int)k;
    }
    *is_header = wrong > 0 && wrong == numeric;
}

static rp_status take_values(item_source *items, rp_bytes row, uint64_t line, void *const *arguments, int *is_taken, rp_error *error)
{
    char where[ITEM_WHERE_SIZE];
    char column[ITEM_WHERE_SIZE + 32];
    char *text = texts_add(&items->texts, items->count, row, row.size + items->n + 1);
    if (!text) return item_no_memory(error);
    rp_bytes fields[RP_MAX_ARGUMENTS];
    int may_be_header = !items->has_begun && items->request.header == ITEMS_HEADER_AUTO, is_header;
    int n = csv_split((rp_bytes){text, row.size}, text + row.size + 1, fields, (int)items->n), bad;
    if (n == 1 && items->n == 1 && item_file_passes_over(items, fields[0])) return RP_OK;
    items->has_begun = 1;
    if (n < 0) return refuse_quote(item_file_where(items, line, where), error);
    if ((size_t)n != items->n)
        return rp_error_set(error, RP_USAGE, 0, "%s: %d value%s where an item of %s has %zu (%s)", item_file_where(items, line, where), n,
                            n == 1 ? "" : "s", items->job->name, items->n, items->job->item_help);
    parse_row(items, fields, arguments, &bad, &is_header);
    *is_taken = bad < 0;
    if (bad < 0 || (is_header && may_be_header)) return RP_OK;
    snprintf(column, sizeof column, "%s, column %d", item_file_where(items, line, where), bad + 1);
    return item_refuse(items, column, items->types[bad], fields[bad], error);
}

/* ---- the next item ---- */

/* Where the row is, is written only for messages: rows are many. */
static rp_status take(item_source *items, rp_bytes row, uint64_t line, void *const *arguments, int *is_taken, rp_error *error)
{
    if (!items->job->items_are_texts) return take_values(items, row, line, arguments, is_taken, error);
    return take_texts(items, row, line, arguments, is_taken, error);
}

static rp_status next(item_source *items, void *const *arguments, int may_wait, rp_error *error)
{
    for (;;) {
        rp_bytes row;
        uint64_t line;
        int is_taken = 0, is_header = items->has_header || items->request.header == ITEMS_HEADER_YES;
        rp_status status = next_record(items, may_wait, &row, &line, error);
        if (status != RP_OK) return status;
        if (items->job->items_are_texts && item_file_skips(items, row)) continue;
        if (items->has_begun || !is_header) {
            status = take(items, row, line, arguments, &is_taken, error);
            if (status != RP_OK || is_taken) return status;
            texts_remove(&items->texts, items->count);
        }
        items->has_begun = 1;
    }
}

const item_kind item_rows = {.open = open_rows, .next = next};
