/*
 * test_mandelbrot.c: the job `mandelbrot`: pictures as PNG files, read back by libpng: what is inside and outside has its colours, and each
 * row the colour of its owner.
 */
#include "job_test.h"
#include "owners.h"
#include "scratch.h"

#include <png.h>

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_ROWS = 64 };

/* A job that is bound, with the names of its files. */
typedef struct bound_job {
    rp_value values[JOB_TEST_PARAMS];
    rp_columns bound;
    void *state;
    char file[PATH_MAX], owner_file[PATH_MAX];
} bound_job;

static rp_value *value(bound_job *job, const char *name) { return job_test_value(&rp_job_mandelbrot, job->values, name); }

static void begin(bound_job *job, const char *directory, int width, int height)
{
    memset(job, 0, sizeof(*job));
    job_test_defaults(&rp_job_mandelbrot, job->values);
    assert_true(snprintf(job->file, sizeof(job->file), "%s/a.png", directory) < PATH_MAX);
    assert_true(snprintf(job->owner_file, sizeof(job->owner_file), "%s/a-owner.png", directory) < PATH_MAX);
    value(job, "width")->integer = width;
    value(job, "height")->integer = height;
    value(job, "file")->text = job->file;
    value(job, "owner")->text = "true";
}

static rp_status bind(bound_job *job, rp_error *error)
{
    return rp_job_mandelbrot.bind(&(rp_job_request){.values = job->values}, &job->bound, &job->state, error);
}

/* Runs the rows on a pool, and gives the job their results. */
static void run_rows(const bound_job *job, const int64_t *rows, uint64_t n, int workers)
{
    rp_bytes results[MOST_ROWS];
    rp_error error;
    rp_pool *pool = job_test_pool(&rp_job_mandelbrot, workers);
    rp_status status =
        rp_map(pool, rp_job_mandelbrot.task, RP_INTO(results), n, RP_COLUMN(rows), &(rp_call_options){.bound = job->bound}, &error);
    if (status != RP_OK) fail_msg("%s", rp_error_text(&error));
    for (uint64_t i = 0; i < n; i++) {
        rp_job_outcome outcome = {(int64_t)i, {"", 0}, &results[i], NULL};
        assert_int_equal(rp_job_mandelbrot.arrive(job->state, &outcome, &error), RP_OK);
    }
    rp_bytes_free(results, n);
    rp_pool_free(pool);
}

static void run_all(const bound_job *job, int workers)
{
    int64_t rows[MOST_ROWS];
    uint64_t n = rp_job_mandelbrot.n_items(job->values);
    assert_true(n <= MOST_ROWS);
    for (uint64_t i = 0; i < n; i++) rows[i] = (int64_t)(n - 1 - i);
    run_rows(job, rows, n, workers);
}

static picture read_png(const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, path)) fail_msg("%s: %s", path, image.message);
    image.format = PNG_FORMAT_RGB;
    picture made = picture_create((int)image.width, (int)image.height);
    assert_non_null(made.pixels);
    if (!png_image_finish_read(&image, NULL, made.pixels, 0, NULL)) fail_msg("%s: %s", path, image.message);
    return made;
}

static void assert_pixel(const picture *seen, int x, int y, int red, int green, int blue)
{
    picture_colour colour = seen->pixels[y * seen->width + x];
    if (colour.red != red || colour.green != green || colour.blue != blue)
        fail_msg("pixel %d, %d is %d %d %d, not %d %d %d", x, y, colour.red, colour.green, colour.blue, red, green, blue);
}

/* ---- tests ---- */

static void the_table_is_sound(void **state)
{
    (void)state;
    assert_true(rp_job_mandelbrot.task->result_type == RP_TYPE_BYTES && rp_job_mandelbrot.read);
    for (const rp_field *field = rp_job_mandelbrot.fields; field->name; field++) assert_true(field->offset < RP_JOB_RECORD_SIZE);
}

/* 0 is in the set; from 4 the second step leads to 20, from which the colour follows: 2 + 3 - log2(log2(20)) iterations. */
static void the_inside_is_black_and_the_outside_has_its_colour(void **state)
{
    bound_job job;
    rp_error error;
    begin(&job, *state, 3, 1);
    value(&job, "x")->number = 2;
    value(&job, "span")->number = 6;
    assert_int_equal(bind(&job, &error), RP_OK);
    run_all(&job, 1);
    assert_int_equal(rp_job_mandelbrot.finish(job.state, &error), RP_OK);
    picture seen = read_png(job.file);
    assert_int_equal(seen.width, 3);
    assert_int_equal(seen.height, 1);
    assert_pixel(&seen, 0, 0, 0, 0, 0);
    assert_pixel(&seen, 2, 0, 60, 133, 204);
    picture_fini(&seen);
    rp_job_mandelbrot.unbind(job.state);
}

/* The set is the same above and below the real axis; the whole picture is the same with any number of workers. */
static void the_picture_is_symmetric_whoever_computes_it(void **state)
{
    picture seen[2];
    for (int k = 0; k < 2; k++) {
        bound_job job;
        rp_error error;
        begin(&job, *state, 60, 41);
        assert_int_equal(bind(&job, &error), RP_OK);
        run_all(&job, 1 + 3 * k);
        assert_int_equal(rp_job_mandelbrot.finish(job.state, &error), RP_OK);
        seen[k] = read_png(job.file);
        rp_job_mandelbrot.unbind(job.state);
    }
    for (int y = 0; y < 41; y++) {
        assert_memory_equal(seen[0].pixels + y * 60, seen[0].pixels + (40 - y) * 60, 60 * sizeof(picture_colour));
        assert_memory_equal(seen[0].pixels + y * 60, seen[1].pixels + y * 60, 60 * sizeof(picture_colour));
    }
    picture_fini(&seen[0]);
    picture_fini(&seen[1]);
}

/* What a picture of all black looks like: 0.45 of each owner's colour; the legend begins with its full one. */
static void owners_have_their_colours(void **state)
{
    (void)state;
    static const owner owners[] = {{0, 0}, {0, 1}, {1, 0}, {8, 0}, {1, 0}};
    picture plain = picture_create(2, 5);
    picture_fill(&plain, 0, 0, 2, 5, (picture_colour){0, 0, 0});
    picture drawn = owners_draw(&plain, owners);
    assert_pixel(&drawn, 0, 0, 104, 72, 0);
    assert_pixel(&drawn, 1, 2, 39, 81, 105);
    assert_pixel(&drawn, 1, 4, 39, 81, 105);
    assert_pixel(&drawn, 0, 3, 104, 72, 0); /* rank 8 has the colour of rank 0 again */
    assert_true(memcmp(&drawn.pixels[0], &drawn.pixels[drawn.width], sizeof(picture_colour)) != 0);
    picture_fini(&plain);
    picture_fini(&drawn);
}

static void the_legend_says_who_had_how_many_rows(void **state)
{
    bound_job job;
    rp_error error;
    begin(&job, *state, 8, 50);
    assert_int_equal(bind(&job, &error), RP_OK);
    run_all(&job, 1);
    assert_int_equal(rp_job_mandelbrot.finish(job.state, &error), RP_OK);
    picture seen = read_png(job.owner_file), legend = picture_create(seen.width - 8, 50);
    picture_fill(&legend, 10, 10, 14, 14, (picture_colour){230, 159, 0});
    picture_write(&legend, 30, 10, "rank 0 worker 0  50 rows");
    for (int y = 0; y < 50; y++)
        assert_memory_equal(seen.pixels + y * seen.width + 8, legend.pixels + y * legend.width,
                            (size_t)legend.width * sizeof(picture_colour));
    picture_fini(&seen);
    picture_fini(&legend);
    rp_job_mandelbrot.unbind(job.state);
}

/* Without all rows there is no picture, and an old one stays. */
static void missing_rows_are_told(void **state)
{
    static const int64_t some[] = {0, 2, 2};
    int temporary;
    bound_job job;
    rp_error error;
    begin(&job, *state, 4, 5);
    scratch_write(*state, "a.png", "old");
    assert_int_equal(bind(&job, &error), RP_OK);
    run_rows(&job, some, 3, 1);
    rp_job_outcome failed = {3, {"", 0}, NULL, &error};
    assert_int_equal(rp_job_mandelbrot.arrive(job.state, &failed, &error), RP_OK);
    assert_int_equal(rp_job_mandelbrot.finish(job.state, &error), RP_FAILED);
    assert_non_null(strstr(error.message, "3 of 5 rows are missing"));
    size_t size;
    char *old = scratch_read(*state, "a.png", &size);
    assert_int_equal(size, 3);
    free(old);
    assert_int_equal(scratch_files(*state, &temporary), 1);
    rp_job_mandelbrot.unbind(job.state);
}

static void what_cant_be_written_is_told_before(void **state)
{
    int temporary;
    bound_job job;
    rp_error error;
    begin(&job, *state, 4, 5);
    value(&job, "file")->text = "/dev/null/a.png";
    assert_int_equal(bind(&job, &error), RP_USAGE);
    assert_int_equal(error.code, ENOTDIR);
    begin(&job, *state, 4, 5);
    value(&job, "owner")->text = "perhaps";
    assert_int_equal(bind(&job, &error), RP_USAGE);
    value(&job, "owner")->text = "true";
    value(&job, "file")->text = "";
    assert_int_equal(bind(&job, &error), RP_USAGE);
    value(&job, "owner")->text = "0";
    assert_int_equal(bind(&job, &error), RP_OK);
    run_all(&job, 1);
    assert_int_equal(rp_job_mandelbrot.finish(job.state, &error), RP_OK);
    rp_job_mandelbrot.unbind(job.state);
    assert_int_equal(scratch_files(*state, &temporary), 0);
}

static void a_row_that_the_picture_lacks_fails(void **state)
{
    bound_job job;
    rp_error error;
    rp_bytes result = {NULL, 0};
    int64_t row = 5;
    begin(&job, *state, 4, 5);
    assert_int_equal(bind(&job, &error), RP_OK);
    rp_pool *pool = job_test_pool(&rp_job_mandelbrot, 1);
    assert_int_equal(rp_map(pool, rp_job_mandelbrot.task, &result, 1, RP_COLUMN(&row), &(rp_call_options){.bound = job.bound}, &error),
                     RP_FAILED);
    assert_non_null(strstr(rp_error_text(&error), "the picture has the rows 0 to 4"));
    rp_pool_free(pool);
    rp_job_mandelbrot.unbind(job.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),
        IN_SCRATCH(the_inside_is_black_and_the_outside_has_its_colour),
        IN_SCRATCH(the_picture_is_symmetric_whoever_computes_it),
        cmocka_unit_test(owners_have_their_colours),
        IN_SCRATCH(the_legend_says_who_had_how_many_rows),
        IN_SCRATCH(missing_rows_are_told),
        IN_SCRATCH(what_cant_be_written_is_told_before),
        IN_SCRATCH(a_row_that_the_picture_lacks_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
