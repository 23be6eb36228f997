/* csv.c: reads and writes records. It puts records of several lines together; lines.c finds the lines. */
#include "csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void csv_init(csv_reader *csv, line_reader *lines)
{
    memset(csv, 0, sizeof *csv);
    csv->lines = lines;
}

void csv_fini(csv_reader *csv)
{
    free(csv->record);
    csv->record = NULL;
}

/* Whether the record goes on after this part of it: an odd number of quotes begins or ends a quoted field. */
static int ends_inside_quotes(rp_bytes part, int inside)
{
    const char *at = part.data, *end = at + part.size;
    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        inside = !inside;
        at++;
    }
    return inside;
}

static rp_status append(csv_reader *csv, rp_bytes line, rp_error *error)
{
    size_t need = csv->size + line.size + 2;
    if (need > csv->room) {
        char *record = realloc(csv->record, 2 * need);
        if (!record) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for a row of %zu bytes of %s", need, csv->lines->name);
        csv->record = record;
        csv->room = 2 * need;
    }
    if (csv->size > 0) csv->record[csv->size++] = '\n';
    memcpy(csv->record + csv->size, line.data, line.size);
    csv->size += line.size;
    csv->record[csv->size] = '\0';
    return RP_OK;
}

static rp_status next_line(csv_reader *csv, int may_wait, rp_bytes *line, rp_error *error)
{
    for (;;) {
        rp_status status = lines_next(csv->lines, may_wait, line, error);
        if (status == RP_END && csv->is_open)
            return rp_error_set(error, RP_USAGE, 0, "%s, line %llu: a quote is opened and never closed", csv->lines->name,
                                (unsigned long long)csv->first_line);
        if (status != RP_OK || line->size > 0 || csv->is_open) return status;
    }
}

rp_status csv_next(csv_reader *csv, int may_wait, rp_bytes *record, rp_error *error)
{
    for (;;) {
        rp_bytes line;
        rp_status status = next_line(csv, may_wait, &line, error);
        if (status != RP_OK) return status;
        int was_open = csv->is_open;
        if (!was_open) {
            csv->size = 0;
            csv->first_line = csv->lines->number;
        }
        csv->is_open = ends_inside_quotes(line, was_open);
        if (!was_open && !csv->is_open) {
            *record = line;
            return RP_OK;
        }
        status = append(csv, line, error);
        if (status != RP_OK) return status;
        if (!csv->is_open) {
            *record = (rp_bytes){csv->record, csv->size};
            return RP_OK;
        }
    }
}

/* Reads one field from `at`, unquoted, to `*to`. Returns where it ends: at a comma or the end of the record; NULL: it is malformed. */
static const char *split_one(const char *at, const char *end, char **to)
{
    if (at == end || *at != '"') {
        for (; at < end && *at != ','; at++) *(*to)++ = *at;
        return at;
    }
    for (at++; at < end; at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"')) break;
        if (*at == '"') at++;
        *(*to)++ = *at;
    }
    at++;
    return at > end || (at < end && *at != ',') ? NULL : at;
}

int csv_split(rp_bytes record, char *room, rp_bytes *fields, int n)
{
    const char *at = record.data, *end = at + record.size;
    char *to = room;
    for (int k = 0;; k++) {
        char *field = to, *skipped = field;
        at = split_one(at, end, k < n ? &to : &skipped);
        if (!at) return -1;
        if (k < n) {
            fields[k] = (rp_bytes){field, (size_t)(to - field)};
            *to++ = '\0';
        }
        if (at == end) return k + 1;
        at++;
    }
}

int csv_texts(rp_bytes record, char *room, rp_bytes *texts)
{
    const char *at = record.data, *end = at + record.size;
    char *to = room;
    for (;; at++) {
        at = split_one(at, end, &to);
        if (!at) return 0;
        *to++ = '\0';
        if (at == end) break;
    }
    *texts = (rp_bytes){room, (size_t)(to - room)};
    return 1;
}

void csv_write(FILE *file, rp_bytes field)
{
    const char *text = field.data;
    int plain = 1;
    for (size_t i = 0; plain && i < field.size; i++) plain = text[i] != '"' && text[i] != ',' && text[i] != '\n' && text[i] != '\r';
    if (plain) {
        if (field.size) fwrite(text, 1, field.size, file);
        return;
    }
    putc('"', file);
    for (size_t i = 0; i < field.size; i++) {
        if (text[i] == '"') putc('"', file);
        putc(text[i], file);
    }
    putc('"', file);
}
