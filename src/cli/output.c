/*
 * output.c: rows of results. Text fields are written unchanged in text format, quoted in csv, and as UTF-8 in JSON. In JSON, bytes that
 * aren't UTF-8 become U+FFFD, with all in base 64 beside them, and numbers that JSON doesn't have (nan, inf) become null. On a terminal
 * texts are escaped first.
 */
#include "output.h"
#include "csv.h"
#include "record.h"
#include "values.h"

#include <rankpool/text.h>

#include <errno.h>
#include <fcntl.h>
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
    return output_go_on(out, path, format, 0, 0, error);
}

rp_status output_go_on(output *out, const char *path, output_format format, uint64_t end, uint32_t sum, rp_error *error)
{
    *out = (output){.name = path, .format = format};
    if (!path) return use_standard_output(out, error);
    out->file = streams_go_on(path, (off_t)end, sum, &out->stream);
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
    json_row_fini(&out->row);
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
    if (!result || !out->job->fields->name) return;
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

/* Many readers of JSON have no integers above INT64_MAX, and would round or refuse them. */
static int is_text(const rp_field *field, const char *printed)
{
    int64_t integer;
    if (field->type == RP_TYPE_UINT64) return !value_integer(printed, 0, INT64_MAX, &integer);
    return field->type == RP_TYPE_BYTES || field->type == RP_TYPE_RECORD;
}

static void add_field(output *out, const rp_field *field, const void *result)
{
    char room[VALUE_TEXT_SIZE];
    rp_bytes text = field_text(out, field, result, room);
    if (is_text(field, room)) {
        json_row_add_text(&out->row, field->name, text);
        return;
    }
    switch (field->type) {
    case RP_TYPE_BOOL: json_row_add_bool(&out->row, field->name, room[0] == 't'); break;
    case RP_TYPE_DOUBLE:
    case RP_TYPE_FLOAT: json_row_add_real(&out->row, field->name, room); break;
    default: json_row_add_number(&out->row, field->name, room); break;
    }
}

/* Column k of a failure; null if it isn't known. */
static void add_record(output *out, const rp_error *failure, int k)
{
    char room[RECORD_ROOM_SIZE];
    rp_bytes text = record_text(failure, k, room);
    const record_column *column = &record_columns[k];
    if (text.size == 0) json_row_add_number(&out->row, column->name, NULL);
    else if (column->is_number) json_row_add_number(&out->row, column->name, text.data);
    else json_row_add_text(&out->row, column->name, for_reader(out, text));
}

static void write_jsonl(output *out, const rp_job_outcome *outcome)
{
    const void *result = outcome->result;
    const rp_error *failure = outcome->failure;
    char room[VALUE_TEXT_SIZE];
    json_row_begin(&out->row);
    json_row_add_number(&out->row, "index", value_print(RP_TYPE_INT64, &outcome->index, room));
    json_row_add_text(&out->row, "item", for_reader(out, outcome->item));
    json_row_add_text(&out->row, "outcome", as_bytes(failure ? record_outcome(failure) : "ok"));
    for (const rp_field *field = out->job->fields; field->name && result; field++) add_field(out, field, result);
    for (int k = 0; record_columns[k].name && failure; k++) add_record(out, failure, k);
    const char *line = json_row_end(&out->row);
    if (line && !out->out_of_memory) fputs(line, out->file);
    else out->out_of_memory = 1;
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

rp_status output_look(output *out, const rp_job_outcome *next, void *state, rp_error *error)
{
    rp_status status = out->job->look(state, next, out->file, error);
    end_row(out);
    return status == RP_OK ? output_flush(out, error) : status;
}

/* A row ends with a line end, which stays. */
rp_status output_row(output *out, rp_bytes row, rp_error *error)
{
    int has_end = row.size > 0 && ((const char *)row.data)[row.size - 1] == '\n';
    rp_bytes text = out->is_terminal ? for_reader(out, (rp_bytes){row.data, row.size - (size_t)has_end}) : row;
    if (text.size) fwrite(text.data, 1, text.size, out->file);
    if (out->is_terminal && has_end) putc('\n', out->file);
    end_row(out);
    return ferror(out->file) || out->out_of_memory ? output_flush(out, error) : RP_OK;
}
