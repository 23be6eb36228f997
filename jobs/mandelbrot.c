/*
 * mandelbrot.c: the job `mandelbrot`: a picture of the Mandelbrot set, whose rows are items of very different cost. Each item gives the
 * pixels of its row. Rank 0 puts them together, and writes the picture when all rows are there; with owner=true also one that shows who
 * computed which row.
 */
#include "jobs.h"
#include "owners.h"
#include "png_file.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is the same for all rows. */
typedef struct mandelbrot_settings {
    int64_t width, height, iterations;
    double x, y, span;
} mandelbrot_settings;

/* What a result begins with; the pixels of the row follow. */
typedef struct mandelbrot_row {
    int64_t row;
    int64_t inside;     /* pixels that may be in the set */
    int64_t iterations; /* of all pixels */
    double seconds;
    int rank, worker;
} mandelbrot_row;

/* ---- one row ---- */

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* How often z² + c is applied until |z| is above 16, at most `most` times; `*size` is |z| then. */
static int64_t escape(double real, double imaginary, int64_t most, double *size)
{
    double x = 0, y = 0;
    int64_t n = 0;
    for (; n < most && x * x + y * y <= 256; n++) {
        double next = x * x - y * y + real;
        y = 2 * x * y + imaginary;
        x = next;
    }
    *size = sqrt(x * x + y * y);
    return n;
}

static unsigned char wave(double at) { return (unsigned char)(127.5 - 127.5 * cos(at)); }

/* Colours run through the same circle again and again, without steps. `n`: iterations. */
static picture_colour colour_of(double n)
{
    double at = 0.6 * sqrt(n);
    return (picture_colour){wave(at), wave(at + 0.6), wave(at + 1.2)};
}

/* Of the middle of a pixel. */
static picture_colour compute_pixel(const mandelbrot_settings *settings, int64_t row, int64_t column, mandelbrot_row *facts)
{
    static const picture_colour black = {0, 0, 0};
    double step = settings->span / (double)settings->width, size;
    double real = settings->x + ((double)column + 0.5 - 0.5 * (double)settings->width) * step;
    double imaginary = settings->y - ((double)row + 0.5 - 0.5 * (double)settings->height) * step;
    int64_t n = escape(real, imaginary, settings->iterations, &size);
    facts->iterations += n;
    facts->inside += n == settings->iterations;
    return n == settings->iterations ? black : colour_of((double)n + 3 - log2(log2(size)));
}

static void mandelbrot(mandelbrot_settings settings, int64_t row)
{
    mandelbrot_row facts = {.row = row, .rank = rp_rank(), .worker = rp_worker()};
    double begun_s = now_s();
    if (row < 0 || row >= settings.height) {
        (void)rp_fail(EINVAL, "the picture has the rows 0 to %lld", (long long)settings.height - 1);
        return;
    }
    picture_colour *pixels = malloc((size_t)settings.width * sizeof(pixels[0]));
    if (!pixels) {
        (void)rp_fail(ENOMEM, "no memory for a row of %lld pixels", (long long)settings.width);
        return;
    }
    for (int64_t column = 0; column < settings.width; column++) pixels[column] = compute_pixel(&settings, row, column, &facts);
    facts.seconds = now_s() - begun_s;
    rp_emit(&facts, sizeof(facts));
    rp_emit(pixels, (size_t)settings.width * sizeof(pixels[0]));
    free(pixels);
}
RP_TASK_EMIT(mandelbrot, mandelbrot_settings, int64_t)

/* ---- on rank 0 ---- */

typedef struct mandelbrot_state {
    mandelbrot_settings settings;
    rp_column column;
    const char *file;          /* "": no picture is wanted */
    char owner_file[PATH_MAX]; /* "": the second one isn't */
    picture plain;
    owner *owners;           /* of each row; NULL where no picture is wanted */
    unsigned char *is_there; /* likewise: whether the row has come */
    int64_t n_there;
} mandelbrot_state;

/* rp_job.read */
static int read_facts(rp_bytes result, void *record)
{
    if (result.size < sizeof(mandelbrot_row)) return 0;
    memcpy(record, result.data, sizeof(mandelbrot_row));
    return 1;
}

/* rp_job.arrive: puts a row into the picture. */
static rp_status take_row(void *argument, const rp_job_outcome *outcome, rp_error *error)
{
    (void)error;
    mandelbrot_state *state = argument;
    mandelbrot_row facts;
    const rp_bytes *result = outcome->result;
    size_t size = (size_t)state->settings.width * sizeof(picture_colour);
    if (outcome->failure || !state->is_there || !read_facts(*result, &facts) || result->size != sizeof(facts) + size) return RP_OK;
    memcpy(state->plain.pixels + facts.row * state->settings.width, (const char *)result->data + sizeof(facts), size);
    state->owners[facts.row] = (owner){facts.rank, facts.worker};
    state->n_there += !state->is_there[facts.row];
    state->is_there[facts.row] = 1;
    return RP_OK;
}

static rp_status write_owners(const mandelbrot_state *state, rp_error *error)
{
    picture drawn = owners_draw(&state->plain, state->owners);
    if (!drawn.pixels) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the picture of the owners");
    rp_status status = png_file_write(state->owner_file, &drawn, error);
    picture_fini(&drawn);
    return status;
}

/* rp_job.finish */
static rp_status write_pictures(void *argument, rp_error *error)
{
    const mandelbrot_state *state = argument;
    int64_t n_left = state->settings.height - state->n_there;
    if (!state->is_there) return RP_OK;
    if (n_left > 0)
        return rp_error_set(error, RP_FAILED, 0, "%s isn't written: %lld of %lld rows are missing", state->file, (long long)n_left,
                            (long long)state->settings.height);
    rp_status status = png_file_write(state->file, &state->plain, error);
    return status == RP_OK && state->owner_file[0] ? write_owners(state, error) : status;
}

/* ---- binding ---- */

enum { PARAM_WIDTH, PARAM_HEIGHT, PARAM_X, PARAM_Y, PARAM_SPAN, PARAM_ITERATIONS, PARAM_FILE, PARAM_OWNER };

static const rp_param mandelbrot_params[] = {
    [PARAM_WIDTH] = {"width", RP_PARAM_INTEGER, "900", "pixels of a row", 1, 30000},
    [PARAM_HEIGHT] = {"height", RP_PARAM_INTEGER, "600", "rows", 1, 30000},
    [PARAM_X] = {"x", RP_PARAM_NUMBER, "-0.75", "the middle of the picture, real part", -10, 10},
    [PARAM_Y] = {"y", RP_PARAM_NUMBER, "0", "the same, imaginary part", -10, 10},
    [PARAM_SPAN] = {"span", RP_PARAM_NUMBER, "3", "what the width stands for; less zooms in", 1e-13, 100},
    [PARAM_ITERATIONS] = {"iterations", RP_PARAM_INTEGER, "1000", "of a pixel, at most", 1, 1e12},
    [PARAM_FILE] = {"file", RP_PARAM_TEXT, "mandelbrot.png", "the picture; empty: none", 0, 0},
    [PARAM_OWNER] = {"owner", RP_PARAM_TEXT, "false", "true: also a picture FILE-owner.png, coloured by rank and worker", 0, 0},
    {NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0},
};

static const rp_field mandelbrot_fields[] = {
    {"row", RP_TYPE_INT64, offsetof(mandelbrot_row, row)},
    {"inside", RP_TYPE_INT64, offsetof(mandelbrot_row, inside)},
    {"iterations", RP_TYPE_INT64, offsetof(mandelbrot_row, iterations)},
    {"seconds", RP_TYPE_DOUBLE, offsetof(mandelbrot_row, seconds)},
    {NULL, RP_TYPE_RECORD, 0},
};

static uint64_t n_rows(const rp_value *values) { return (uint64_t)values[PARAM_HEIGHT].integer; }

static int is_text(const char *text, const char *one, const char *other) { return strcmp(text, one) == 0 || strcmp(text, other) == 0; }

/* FILE.png becomes FILE-owner.png. */
static rp_status name_owner_file(const char *file, char name[PATH_MAX], rp_error *error)
{
    size_t size = strlen(file), stem = size > 4 && strcmp(file + size - 4, ".png") == 0 ? size - 4 : size;
    if (snprintf(name, PATH_MAX, "%.*s-owner.png", (int)stem, file) < PATH_MAX) return RP_OK;
    return rp_error_set(error, RP_USAGE, ENAMETOOLONG, "parameter file: the name is too long");
}

static rp_status check_file(const char *file, rp_error *error)
{
    rp_error cause;
    rp_status status = png_file_check(file, &cause);
    return status == RP_OK ? RP_OK
                           : rp_error_set(error, status, cause.code, "parameter file=%s: %s; file= makes no picture", file, cause.message);
}

static rp_status make_room(mandelbrot_state *state, rp_error *error)
{
    state->plain = picture_create((int)state->settings.width, (int)state->settings.height);
    state->owners = calloc((size_t)state->settings.height, sizeof(state->owners[0]));
    state->is_there = calloc((size_t)state->settings.height, 1);
    if (state->plain.pixels && state->owners && state->is_there) return RP_OK;
    return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the picture");
}

static rp_status prepare_pictures(mandelbrot_state *state, const char *wants_owner, rp_error *error)
{
    int is_wanted = is_text(wants_owner, "true", "1");
    if (!is_wanted && !is_text(wants_owner, "false", "0"))
        return rp_error_set(error, RP_USAGE, 0, "parameter owner=%s: must be true or false", wants_owner);
    if (!state->file[0]) return is_wanted ? rp_error_set(error, RP_USAGE, 0, "parameter owner=true needs a file") : RP_OK;
    rp_status status = check_file(state->file, error);
    if (status == RP_OK && is_wanted) status = name_owner_file(state->file, state->owner_file, error);
    if (status == RP_OK && is_wanted) status = check_file(state->owner_file, error);
    return status == RP_OK ? make_room(state, error) : status;
}

static void mandelbrot_unbind(void *argument)
{
    mandelbrot_state *state = argument;
    picture_fini(&state->plain);
    free(state->owners);
    free(state->is_there);
    free(state);
}

static rp_status mandelbrot_bind(const rp_job_request *request, rp_columns *bound, void **made, rp_error *error)
{
    mandelbrot_state *state = calloc(1, sizeof(*state));
    const rp_value *values = request->values;
    if (!state) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "out of memory");
    state->settings = (mandelbrot_settings){values[PARAM_WIDTH].integer, values[PARAM_HEIGHT].integer, values[PARAM_ITERATIONS].integer,
                                            values[PARAM_X].number,      values[PARAM_Y].number,       values[PARAM_SPAN].number};
    state->file = values[PARAM_FILE].text;
    rp_status status = prepare_pictures(state, values[PARAM_OWNER].text, error);
    if (status != RP_OK) {
        mandelbrot_unbind(state);
        return status;
    }
    state->column = RP_CONSTANT_AT(&state->settings);
    *bound = (rp_columns){1, &state->column};
    *made = state;
    return RP_OK;
}

static const char *const mandelbrot_free_params[] = {"file", "owner", NULL};

const rp_job rp_job_mandelbrot = {
    .name = "mandelbrot",
    .help = "a picture of the Mandelbrot set, whose rows take very different times",
    .item_help = "a row, counted from 0",
    .task = mandelbrot_task,
    .params = mandelbrot_params,
    .fields = mandelbrot_fields,
    .bind = mandelbrot_bind,
    .unbind = mandelbrot_unbind,
    .n_items = n_rows,
    .read = read_facts,
    .arrive = take_row,
    .finish = write_pictures,
    .free_params = mandelbrot_free_params,
};
