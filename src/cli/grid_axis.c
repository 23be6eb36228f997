/*
 * grid_axis.c: see grid_axis.h. Values between commas that are no ranges become lists; a range is a part of its own.
 */
#include "grid_axis.h"
#include "values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "an axis is NAME=VALUE,VALUE… or NAME=START:END:STEP";

static int is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i], lower = c | 0x20;
        int begins = (lower >= 'a' && lower <= 'z') || c == '_' || c >= 0x80;
        if (!begins && (i == 0 || !((c >= '0' && c <= '9') || c == '-'))) return 0;
    }
    return size > 0;
}

/* Refuses a value; `reason` says why. */
static rp_status refuse(const char *value, const char *reason, rp_error *error)
{
    char shown[VALUE_SHOWN_SIZE];
    return rp_error_set(error, RP_USAGE, 0, "'%s' %s", value_shown((rp_bytes){value, strlen(value)}, shown), reason);
}

/* Splits a value at its colons, if there are numbers around all of them. Returns how many numbers there are; 0: others are there. */
static size_t split_range(const char *value, decimal numbers[3])
{
    size_t n = 0;
    for (const char *at = value;; at++) {
        size_t size = strcspn(at, ":");
        if (n == 3 || !decimal_parse(at, size, &numbers[n])) return 0;
        n++;
        at += size;
        if (!*at) return n;
    }
}

/* Whether one or two colons stand between what can only be meant as numbers. */
static int looks_like_range(const char *value)
{
    size_t size = strlen(value), n_colons = 0;
    if (strspn(value, "0123456789.eE+-:") < size || strstr(value, "::") || value[0] == ':' || (size > 0 && value[size - 1] == ':'))
        return 0;
    for (const char *at = value; (at = strchr(at, ':')) != NULL; at++) n_colons++;
    return n_colons == 1 || n_colons == 2;
}

static rp_status read_range(const char *value, grid_part *part, rp_error *error)
{
    decimal numbers[3];
    if (split_range(value, numbers) != 3) return refuse(value, "is no range START:END:STEP of numbers of up to 18 digits", error);
    if (!decimal_align(numbers, 3)) return refuse(value, "has more than 18 digits from the first number to the last", error);
    int64_t start = numbers[0].digits, way = numbers[1].digits - start, step = numbers[2].digits;
    if (step == 0) return refuse(value, "never ends: its step is 0", error);
    if (way != 0 && (way < 0) != (step < 0)) return refuse(value, "has no values: its step leads away from its end", error);
    *part = (grid_part){.n = (uint64_t)(way / step) + 1, .start = numbers[0], .step = numbers[2]};
    return RP_OK;
}

static void note_length(grid_axis *axis, size_t size)
{
    if (size > axis->most_text) axis->most_text = size;
}

/* Adds a text to the list at the end, which has room for it. */
static void add_text(grid_axis *axis, grid_part *part, const char *value)
{
    size_t size = strlen(value);
    part->texts[part->n++] = (rp_bytes){value, size};
    note_length(axis, size);
}

/* The part that a text goes into, with room for `n_left` texts. NULL: no memory. */
static grid_part *list_at_end(grid_axis *axis, size_t n_left)
{
    grid_part *part = axis->n_parts > 0 ? &axis->parts[axis->n_parts - 1] : NULL;
    if (part && part->texts) return part;
    part = &axis->parts[axis->n_parts];
    part->texts = calloc(n_left, sizeof *part->texts);
    if (part->texts) axis->n_parts++;
    return part->texts ? part : NULL;
}

/* `n_left`: values from this one to the last. */
static rp_status add_value(grid_axis *axis, const char *value, size_t n_left, rp_error *error)
{
    if (!*value) return rp_error_set(error, RP_USAGE, 0, "a value is empty; %s", help);
    if (!looks_like_range(value)) {
        grid_part *list = list_at_end(axis, n_left);
        if (!list) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the values of a grid");
        add_text(axis, list, value);
        return RP_OK;
    }
    rp_status status = read_range(value, &axis->parts[axis->n_parts], error);
    if (status == RP_OK) note_length(axis, DECIMAL_TEXT_SIZE);
    axis->n_parts += status == RP_OK;
    return status;
}

static rp_status read_values(grid_axis *axis, char *values, rp_error *error)
{
    size_t n = 1;
    for (const char *at = values; *at; at++) n += *at == ',';
    axis->parts = calloc(n, sizeof *axis->parts);
    if (!axis->parts) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the values of a grid");
    char *value;
    while ((value = strsep(&values, ",")) != NULL) {
        rp_status status = add_value(axis, value, n--, error);
        if (status != RP_OK) return status;
    }
    for (size_t i = 0; i < axis->n_parts; i++) {
        if (axis->parts[i].n > (uint64_t)INT64_MAX - axis->n) return rp_error_set(error, RP_USAGE, 0, "there are too many values");
        axis->n += axis->parts[i].n;
    }
    return RP_OK;
}

rp_status grid_axis_read(grid_axis *axis, const char *text, rp_error *error)
{
    size_t size = strcspn(text, "=");
    if (!text[size] || !is_name(text, size))
        return refuse(text, "doesn't begin with a name and =; a name has letters, digits, - and _, and no digit or - first", error);
    axis->name = strndup(text, size);
    axis->text = strdup(text + size + 1);
    if (!axis->name || !axis->text) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the values of a grid");
    return read_values(axis, axis->text, error);
}

/* ---- texts that are given ---- */

static int copy_texts(grid_axis *axis, const rp_bytes *texts, size_t n)
{
    size_t size = 1;
    for (size_t i = 0; i < n; i++) size += texts[i].size + 1;
    char *to = axis->text = malloc(size);
    axis->parts = calloc(1, sizeof *axis->parts);
    rp_bytes *list = calloc(n + 1, sizeof *list);
    if (axis->parts) {
        axis->parts[0] = (grid_part){.n = n, .texts = list};
        axis->n_parts = 1;
    }
    if (!axis->parts || !list || !to) return 0;
    for (size_t i = 0; i < n; i++) {
        if (texts[i].size) memcpy(to, texts[i].data, texts[i].size);
        list[i] = (rp_bytes){to, texts[i].size};
        to += texts[i].size;
        *to++ = '\0';
        note_length(axis, texts[i].size);
    }
    axis->n = n;
    return 1;
}

rp_status grid_axis_copy(grid_axis *axis, const rp_bytes *texts, size_t n, rp_error *error)
{
    if (copy_texts(axis, texts, n)) return RP_OK;
    return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the values of a grid");
}

void grid_axis_fini(grid_axis *axis)
{
    for (size_t i = 0; i < axis->n_parts; i++) free(axis->parts[i].texts);
    free(axis->parts);
    free(axis->name);
    free(axis->text);
    *axis = (grid_axis){0};
}

rp_bytes grid_axis_value(const grid_axis *axis, uint64_t place, char room[GRID_NUMBER_SIZE])
{
    const grid_part *part = axis->parts;
    while (place >= part->n) place -= part++->n;
    if (part->texts) return part->texts[place];
    decimal number = {part->start.digits + (int64_t)place * part->step.digits, part->start.exponent};
    return (rp_bytes){room, decimal_print(number, room)};
}
