/*
 * fuzz_rows.c: rows of results. The first byte is the format, the second says whether the item failed and what the result is, the rest is
 * the item and the result. csv has as many fields in each row and gives the same bytes back (RFC 4180); each row of jsonl is a line and an
 * object that jansson reads as what was written; on a terminal no control characters are written.
 */
#include "fuzz.h"

#include "output.h"

#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_FIELDS = 32, N_ROWS = 2 };

typedef struct numbers {
    double real;
    float small_real;
    int64_t whole;
    uint64_t natural;
    int8_t tiny;
    _Bool truth;
} numbers;

static const rp_field number_fields[] = {
    {"real", RP_TYPE_DOUBLE, offsetof(numbers, real)},
    {"small_real", RP_TYPE_FLOAT, offsetof(numbers, small_real)},
    {"whole", RP_TYPE_INT64, offsetof(numbers, whole)},
    {"natural", RP_TYPE_UINT64, offsetof(numbers, natural)},
    {"tiny", RP_TYPE_INT8, offsetof(numbers, tiny)},
    {"truth", RP_TYPE_BOOL, offsetof(numbers, truth)},
    {NULL, RP_TYPE_RECORD, 0},
};
static const rp_field text_fields[] = {{"text", RP_TYPE_BYTES, 0}, {NULL, RP_TYPE_RECORD, 0}};
static const rp_job number_job = {.name = "numbers", .fields = number_fields}, text_job = {.name = "text", .fields = text_fields};

/* What is written, twice, and all that comes of it. */
typedef struct row {
    output_format format;
    int is_terminal;
    const rp_job *job;
    rp_bytes item;
    const void *result; /* NULL: it failed */
    const rp_error *failure;
    numbers values;
    rp_bytes text;
} row;

static char *write_rows(const row *what, size_t *size)
{
    char path[64];
    rp_error error;
    output out;
    int file = memfd_create("rows", MFD_CLOEXEC);
    FUZZ_CHECK(file >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    FUZZ_CHECK(output_open(&out, path, what->format, &error) == RP_OK);
    out.is_terminal = what->is_terminal;
    output_begin_results(&out, what->job);
    for (int64_t i = 0; i < N_ROWS; i++) {
        const rp_job_outcome outcome = {i, what->item, what->result, what->failure};
        FUZZ_CHECK(output_result(&out, &outcome, NULL, &error) == RP_OK);
    }
    FUZZ_CHECK(output_close(&out, &error) == RP_OK);
    *size = (size_t)lseek(file, 0, SEEK_END);
    char *written = calloc(1, *size + 1);
    FUZZ_CHECK(written && pread(file, written, *size, 0) == (ssize_t)*size);
    close(file);
    return written;
}

static void check_terminal(const char *written, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)written[i];
        FUZZ_CHECK(c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f));
    }
}

/* ---- csv ---- */

/* Reads a field in its place. Returns where it ends, at a comma or a line end; quotes are only around fields. */
static char *read_field(char *at, char *end, rp_bytes *field)
{
    char *to = at, *begin = at;
    if (at < end && *at != '"') {
        for (; at < end && *at != ',' && *at != '\n'; at++) FUZZ_CHECK(*at != '"' && *at != '\r');
        *field = (rp_bytes){begin, (size_t)(at - begin)};
        return at;
    }
    for (at++; at < end; *to++ = *at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"')) break;
        at += *at == '"';
    }
    FUZZ_CHECK(at < end && (at + 1 == end || at[1] == ',' || at[1] == '\n'));
    *field = (rp_bytes){begin, (size_t)(to - begin)};
    return at + 1;
}

/* Reads the fields of a record. Returns where the next one begins. */
static char *read_record(char *at, char *end, rp_bytes fields[MOST_FIELDS], int *n)
{
    for (*n = 0;; at++) {
        FUZZ_CHECK(*n < MOST_FIELDS && at < end);
        at = read_field(at, end, &fields[(*n)++]);
        FUZZ_CHECK(at < end);
        if (*at == '\n') return at + 1;
    }
}

static int same_bytes(rp_bytes a, rp_bytes b) { return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0); }

static double number_of(rp_bytes field)
{
    char text[64], *rest;
    FUZZ_CHECK(field.size < sizeof text);
    memcpy(text, field.data, field.size);
    text[field.size] = '\0';
    double number = strtod(text, &rest);
    FUZZ_CHECK(rest > text && !*rest);
    return number;
}

static void check_csv(const row *what, char *written, size_t size)
{
    char *at = written, *end = written + size;
    rp_bytes fields[MOST_FIELDS];
    int n_columns, n;
    at = read_record(at, end, fields, &n_columns);
    for (int i = 0; i < N_ROWS; i++) {
        at = read_record(at, end, fields, &n);
        FUZZ_CHECK(n == n_columns);
        if (what->is_terminal) continue;
        FUZZ_CHECK(same_bytes(fields[1], what->item));
        if (what->result && what->job == &text_job) FUZZ_CHECK(same_bytes(fields[3], what->text));
        if (!what->result || what->job == &text_job) continue;
        double real = number_of(fields[3]);
        FUZZ_CHECK(isnan(real) ? isnan(what->values.real) : memcmp(&real, &what->values.real, sizeof real) == 0);
        FUZZ_CHECK(strtoll(fields[5].data, NULL, 10) == what->values.whole);
        FUZZ_CHECK(strtoull(fields[6].data, NULL, 10) == what->values.natural);
    }
    FUZZ_CHECK(at == end);
}

/* ---- jsonl ---- */

/* The string is the text, if that is UTF-8. */
static void check_string(const json_t *string, rp_bytes text)
{
    json_t *same = json_stringn(text.size ? text.data : "", text.size);
    FUZZ_CHECK(json_is_string(string));
    if (same) FUZZ_CHECK(same_bytes((rp_bytes){json_string_value(string), json_string_length(string)}, text));
    json_decref(same);
}

static void check_object(const row *what, const json_t *object)
{
    const json_t *real = json_object_get(object, "real"), *whole = json_object_get(object, "whole");
    if (what->is_terminal) return;
    check_string(json_object_get(object, "item"), what->item);
    if (what->result && what->job == &text_job) check_string(json_object_get(object, "text"), what->text);
    if (!what->result || what->job == &text_job) return;
    double back = json_number_value(real);
    FUZZ_CHECK(isfinite(what->values.real) ? memcmp(&back, &what->values.real, sizeof back) == 0 : json_is_null(real));
    FUZZ_CHECK(json_integer_value(whole) == what->values.whole && json_is_integer(whole));
}

static void check_jsonl(const row *what, const char *written, size_t size)
{
    const char *at = written, *end = written + size;
    for (int i = 0; i < N_ROWS; i++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        FUZZ_CHECK(line_end);
        json_t *object = json_loadb(at, (size_t)(line_end - at), JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        FUZZ_CHECK(json_is_object(object) && json_integer_value(json_object_get(object, "index")) == i);
        check_object(what, object);
        json_decref(object);
        at = line_end + 1;
    }
    FUZZ_CHECK(at == end);
}

static void check_text(const row *what, const char *written, size_t size)
{
    if (!what->result) FUZZ_CHECK(size == 0);
    if (!what->result || what->job != &text_job || what->is_terminal) return;
    FUZZ_CHECK(size == N_ROWS * (what->text.size + 1));
    FUZZ_CHECK(same_bytes((rp_bytes){written, what->text.size}, what->text) && written[size - 1] == '\n');
}

static void take_numbers(fuzz_input *input, numbers *values)
{
    uint64_t bits = fuzz_number(input, 8);
    memcpy(&values->real, &bits, sizeof bits);
    uint32_t few = (uint32_t)fuzz_number(input, 4);
    memcpy(&values->small_real, &few, sizeof few);
    values->whole = (int64_t)fuzz_number(input, 8);
    values->natural = fuzz_number(input, 8);
    values->tiny = (int8_t)fuzz_number(input, 1);
    values->truth = fuzz_number(input, 1) & 1;
}

static void take_failure(fuzz_input *input, rp_error *failure)
{
    rp_cause cause = (rp_cause)(fuzz_number(input, 1) % (RP_CAUSE_SYSTEM + 1));
    int code = (int)fuzz_number(input, 4);
    char *message = fuzz_text(input), *host = fuzz_text(input);
    rp_error_set(failure, fuzz_number(input, 1) & 1 ? RP_FAILED : RP_LOST, code, "%s", message);
    snprintf(failure->host, sizeof failure->host, "%s", host);
    failure->cause = cause;
    failure->rank = (int)fuzz_number(input, 1) - 1;
    failure->attempt = (int)fuzz_number(input, 1);
    failure->seconds = 1e-3 * (double)fuzz_number(input, 4);
    free(message);
    free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint64_t format = fuzz_number(&input, 1), kind = fuzz_number(&input, 1);
    row what = {.format = (output_format)(format % 3), .is_terminal = format / 3 % 2, .job = kind & 1 ? &text_job : &number_job};
    rp_error failure = {0};
    size_t length;
    what.failure = kind & 2 ? &failure : NULL;
    if (what.failure) take_failure(&input, &failure);
    else take_numbers(&input, &what.values);
    size_t item_size = fuzz_number(&input, 1);
    char *rest = fuzz_rest(&input, &length);
    item_size = item_size < length ? item_size : length;
    what.item = (rp_bytes){rest, item_size};
    what.text = (rp_bytes){rest + item_size, length - item_size};
    what.result = what.failure ? NULL : what.job == &text_job ? (const void *)&what.text : &what.values;
    char *written = write_rows(&what, &size);
    if (what.is_terminal) check_terminal(written, size);
    if (what.format == OUTPUT_CSV) check_csv(&what, written, size);
    else if (what.format == OUTPUT_JSONL) check_jsonl(&what, written, size);
    else check_text(&what, written, size);
    free(written);
    free(rest);
    return 0;
}
