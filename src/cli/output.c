/*
 * output.c: rows of results. Text fields are written unchanged in text format, quoted in csv, and as UTF-8 in JSON. In JSON, bytes that
 * aren't UTF-8 become U+FFFD, and numbers that JSON doesn't have (nan, inf) become null. On a terminal texts are escaped first.
 */
#include "output.h"
#include "csv.h"
#include "record.h"
#include "values.h"

#include <rankpool/text.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { MOST_GROWTH = 4 }; /* rp_escape makes at most so many bytes of one */

/* Whether people look at standard output. A terminal that isn't that of the session doesn't count: Open MPI gives each rank one, and what
 * comes out of it may go to a file. */
static int is_watched(void) { return isatty(STDOUT_FILENO) && tcgetsid(STDOUT_FILENO) == getsid(0); }

/* A standard output that was closed has been replaced by one that can't be written (inherited.h). */
static rp_status use_standard_output(output *out, rp_error *error)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return rp_error_set(error, RP_USAGE, EBADF, "standard output is closed: give --output FILE");
    out->file = stdout;
    out->stream = streams_standard_output();
    out->name = "standard output";
    out->is_terminal = is_watched();
    streams_begin_rows(out->stream);
    return RP_OK;
}

rp_status output_open(output *out, const char *path, output_format format, rp_error *error)
{
    *out = (output){.name = path, .format = format};
    if (!path) return use_standard_output(out, error);
    out->file = streams_create(path, &out->stream);
    streams_begin_rows(out->stream);
    if (out->file) return RP_OK;
    return rp_error_set(error, RP_USAGE, errno, "--output: can't write '%s': %s", path, strerror(errno));
}

static rp_status cant_write(const output *out, int code, rp_error *error)
{
    return rp_error_set(error, RP_SYSTEM, code, "can't write to %s: %s", out->name, strerror(code));
}

rp_status output_flush(output *out, rp_error *error)
{
    if (out->out_of_memory) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for a row of %s", out->name);
    if (fflush(out->file) == 0 && !ferror(out->file)) return RP_OK;
    return cant_write(out, streams_error(out->stream, errno), error);
}

rp_status output_close(output *out, rp_error *error)
{
    if (!out->file) return RP_OK;
    rp_status status = output_flush(out, error);
    int code = streams_finish(out->stream, out->file);
    out->file = NULL;
    out->stream = NULL;
    free(out->room);
    out->room = NULL;
    return status == RP_OK && code ? cant_write(out, code, error) : status;
}

static void end_row(const output *out) { streams_end_row(out->stream, out->file); }

void output_begin_results(output *out, const rp_job *job)
{
    out->job = job;
    if (out->format != OUTPUT_CSV) return;
    fputs("index,item,outcome", out->file);
    for (const rp_field *field = job->fields; field->name; field++) fprintf(out->file, ",%s", field->name);
    for (const record_column *column = record_columns; column->name; column++) fprintf(out->file, ",%s", column->name);
    putc('\n', out->file);
    end_row(out);
}

static rp_bytes as_bytes(const char *text) { return (rp_bytes){text, strlen(text)}; }

/* Bytes as they are written: unchanged, but on a terminal, which would obey them, as rp_escape shows them. What was given before goes. */
static rp_bytes for_reader(output *out, rp_bytes text)
{
    if (!out->is_terminal) return text;
    free(out->room);
    out->room = malloc(MOST_GROWTH * text.size + 1);
    if (out->room) return (rp_bytes){out->room, rp_escape(text.data, text.size, out->room, MOST_GROWTH * text.size + 1)};
    out->out_of_memory = 1;
    return (rp_bytes){NULL, 0};
}

/* One field of a result as text. Numbers are written to `room`. */
static rp_bytes field_text(output *out, const rp_field *field, const void *result, char room[VALUE_TEXT_SIZE])
{
    const void *value = (const char *)result + field->offset;
    return field->type == RP_TYPE_BYTES ? for_reader(out, *(const rp_bytes *)value) : as_bytes(value_print(field->type, value, room));
}

static void write_text(output *out, const void *result)
{
    if (!result) return;
    for (const rp_field *field = out->job->fields; field->name; field++) {
        char room[VALUE_TEXT_SIZE];
        rp_bytes text = field_text(out, field, result, room);
        if (field != out->job->fields) putc(' ', out->file);
        if (text.size) fwrite(text.data, 1, text.size, out->file);
    }
    putc('\n', out->file);
}

static void write_csv(output *out, const rp_job_outcome *outcome)
{
    const void *result = outcome->result;
    const rp_error *failure = outcome->failure;
    fprintf(out->file, "%lld,", (long long)outcome->index);
    csv_write(out->file, for_reader(out, outcome->item));
    fprintf(out->file, ",%s", failure ? record_outcome(failure) : "ok");
    for (const rp_field *field = out->job->fields; field->name; field++) {
        char room[VALUE_TEXT_SIZE];
        putc(',', out->file);
        if (result) csv_write(out->file, field_text(out, field, result, room));
    }
    for (int k = 0; record_columns[k].name; k++) {
        char room[RECORD_ROOM_SIZE];
        putc(',', out->file);
        if (failure) csv_write(out->file, for_reader(out, record_text(failure, k, room)));
    }
    putc('\n', out->file);
}

/* How many bytes the UTF-8 character at `text` has; 0 when it isn't one. */
static size_t utf8_length(const unsigned char *text, size_t size)
{
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : text[0] < 0xF5 ? 4 : 0;
    if (length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80) return 0;
    unsigned second = length > 1 ? text[1] : 0;
    int is_overlong = (text[0] == 0xE0 && second < 0xA0) || (text[0] == 0xF0 && second < 0x90);
    int is_beyond = (text[0] == 0xED && second >= 0xA0) || (text[0] == 0xF4 && second >= 0x90);
    return is_overlong || is_beyond ? 0 : length;
}

static json_t *json_text(rp_bytes text)
{
    json_t *made = json_stringn(text.size ? text.data : "", text.size);
    if (made) return made;
    char *valid = malloc(3 * text.size);
    if (!valid) return NULL;
    const unsigned char *from = text.data, *end = from + text.size;
    size_t size = 0;
    while (from < end) {
        size_t length = utf8_length(from, (size_t)(end - from));
        memcpy(valid + size, length ? (const char *)from : "\xEF\xBF\xBD", length ? length : 3);
        size += length ? length : 3;
        from += length ? length : 1;
    }
    made = json_stringn(valid, size);
    free(valid);
    return made;
}

static json_t *json_field(output *out, const rp_field *field, const void *result)
{
    char room[VALUE_TEXT_SIZE];
    rp_bytes text = field_text(out, field, result, room);
    if (field->type == RP_TYPE_BYTES || field->type == RP_TYPE_RECORD) return json_text(text);
    if (field->type == RP_TYPE_BOOL) return json_boolean(room[0] == 't');
    if (field->type == RP_TYPE_DOUBLE || field->type == RP_TYPE_FLOAT) {
        double number = strtod(room, NULL);
        return isfinite(number) ? json_real(number) : json_null();
    }
    int64_t integer;
    return value_integer(room, INT64_MIN, INT64_MAX, &integer) ? json_integer(integer) : json_text(text);
}

/* The value of column k of a failure; null if it isn't known. */
static json_t *json_record(output *out, const rp_error *failure, int k)
{
    char room[RECORD_ROOM_SIZE];
    rp_bytes text = record_text(failure, k, room);
    int64_t integer;
    if (text.size == 0) return json_null();
    if (!record_columns[k].is_number) return json_text(for_reader(out, text));
    return value_integer(text.data, INT64_MIN, INT64_MAX, &integer) ? json_integer(integer) : json_real(strtod(text.data, NULL));
}

/* The row and its line end, which the caller frees; NULL: no memory. Not by json_dumps, which leaves out names when it has no memory for
 * them. */
static char *json_line(const json_t *row)
{
    const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(17);
    size_t size = json_dumpb(row, NULL, 0, flags);
    char *text = size ? malloc(size + 2) : NULL;
    if (!text) return NULL;
    if (json_dumpb(row, text, size, flags) != size) {
        free(text);
        return NULL;
    }
    memcpy(text + size, "\n", 2);
    return text;
}

static void write_jsonl(output *out, const rp_job_outcome *outcome)
{
    const void *result = outcome->result;
    const rp_error *failure = outcome->failure;
    json_t *row = json_object();
    int failed = !row || json_object_set_new(row, "index", json_integer(outcome->index)) ||
                 json_object_set_new(row, "item", json_text(for_reader(out, outcome->item))) ||
                 json_object_set_new(row, "outcome", json_string(failure ? record_outcome(failure) : "ok"));
    for (const rp_field *field = out->job->fields; field->name && result && !failed; field++)
        failed = json_object_set_new(row, field->name, json_field(out, field, result));
    for (int k = 0; record_columns[k].name && failure && !failed; k++)
        failed = json_object_set_new(row, record_columns[k].name, json_record(out, failure, k));
    char *text = failed ? NULL : json_line(row);
    if (text) fputs(text, out->file);
    else out->out_of_memory = 1;
    free(text);
    json_decref(row);
}

rp_status output_result(output *out, const rp_job_outcome *outcome, void *state, rp_error *error)
{
    _Alignas(max_align_t) char record[RP_JOB_RECORD_SIZE];
    rp_job_outcome shown = *outcome;
    const rp_job *job = out->job;
    rp_status status = RP_OK;
    if (job->read && shown.result) shown.result = job->read(*(const rp_bytes *)shown.result, record) ? record : NULL;
    if (out->format == OUTPUT_TEXT && job->write) status = job->write(state, outcome, out->file, error);
    if (out->format == OUTPUT_TEXT && !job->write) write_text(out, shown.failure ? NULL : shown.result);
    if (out->format == OUTPUT_CSV) write_csv(out, &shown);
    if (out->format == OUTPUT_JSONL) write_jsonl(out, &shown);
    end_row(out);
    if (status != RP_OK) return status;
    return ferror(out->file) || out->out_of_memory ? output_flush(out, error) : RP_OK;
}
