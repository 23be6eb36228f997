/* test_display.c: the line's text, and the lines that a display writes to a stream that is no terminal. */
#include "unit.h"

#include "pool/display.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { LINE = 256 };

static const char *format(rpi_display_sample sample, int width)
{
    static char line[LINE];
    rpi_display_format(&sample, width, line, sizeof line);
    return line;
}

#define SAMPLE(...) ((rpi_display_sample){.name = "fetch", __VA_ARGS__})

static void a_known_total_gives_share_rate_and_time_left(void **state)
{
    (void)state;
    assert_string_equal(format(SAMPLE(.completed = 50, .total = 200, .elapsed_s = 10), 0),
                        "fetch:  25 % 50 of 200, 10.0 s, 5/s, 30.0 s left");
    assert_string_equal(format(SAMPLE(.completed = 0, .total = 200, .elapsed_s = 0), 0), "fetch:   0 % 0 of 200, 0.0 s, 0/s");
    assert_string_equal(format(SAMPLE(.completed = 200, .total = 200, .elapsed_s = 8), 0), "fetch: 100 % 200 of 200, 8.0 s, 25/s");
}

static void an_unknown_total_gives_neither_share_nor_bar(void **state)
{
    (void)state;
    static const char *const expected = "fetch: 50, 10.0 s, 5/s";
    assert_string_equal(format(SAMPLE(.completed = 50, .total = UINT64_MAX, .elapsed_s = 10), 0), expected);
    assert_string_equal(format(SAMPLE(.completed = 50, .total = UINT64_MAX, .elapsed_s = 10), 80), expected);
}

static void failures_are_counted(void **state)
{
    (void)state;
    assert_contains(format(SAMPLE(.completed = 5, .failed = 2, .total = 10, .elapsed_s = 1), 0), ", 2 failed");
    assert_null(strstr(format(SAMPLE(.completed = 5, .total = 10, .elapsed_s = 1), 0), "failed"));
}

static void the_share_is_that_of_whole_numbers(void **state)
{
    (void)state;
    for (uint64_t n = 0; n <= 100; n++) {
        char expected[32];
        snprintf(expected, sizeof expected, "fetch: %3llu %% ", (unsigned long long)n);
        assert_contains(format(SAMPLE(.completed = n, .total = 100, .elapsed_s = 1), 0), expected);
    }
    assert_contains(format(SAMPLE(.completed = 999, .total = 1000, .elapsed_s = 1), 0), " 99 %"); /* 100 only at the end */
    assert_contains(format(SAMPLE(.completed = 1001, .total = 1000, .elapsed_s = 1), 0), "100 %");
}

static void empty_and_huge_numbers_fit(void **state)
{
    (void)state;
    assert_string_equal(format(SAMPLE(.total = 0), 80), "fetch: 0 of 0, 0.0 s, 0/s");
    const char *line = format(SAMPLE(.completed = UINT64_MAX - 2, .failed = UINT64_MAX, .total = UINT64_MAX - 1, .elapsed_s = 1e300), 100);
    assert_contains(line, "18446744073709551613 of 18446744073709551614, years");
    assert_contains(format(SAMPLE(.completed = 1, .total = UINT64_MAX - 1, .elapsed_s = 1e-300), 100), "1 of 18446744073709551614, 0.0 s");
}

static void times_are_readable(void **state)
{
    (void)state;
    assert_contains(format(SAMPLE(.completed = 1, .total = UINT64_MAX, .elapsed_s = 59.94), 0), ", 59.9 s,");
    assert_contains(format(SAMPLE(.completed = 1, .total = UINT64_MAX, .elapsed_s = 61), 0), ", 1:01 min,");
    assert_contains(format(SAMPLE(.completed = 1, .total = UINT64_MAX, .elapsed_s = 3600 * 26 + 62), 0), ", 26:01 h,");
}

static size_t count(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++) n += *text == c;
    return n;
}

static void the_bar_fills_the_width(void **state)
{
    (void)state;
    for (int width = 0; width <= 300; width++)
        for (uint64_t completed = 0; completed <= 10; completed += 5) {
            const char *line = format(SAMPLE(.completed = completed, .total = 10, .elapsed_s = 1), width);
            size_t bar = count(line, '#') + count(line, '.'); /* the time may have one or two more */
            assert_null(strpbrk(line, "\n\r"));
            if (width < 45) assert_null(strchr(line, '['));
            if (!strchr(line, '[')) continue;
            assert_true(strlen(line) <= (size_t)width);
            assert_true(width >= 100 || strlen(line) + 4 >= (size_t)width);
            if (completed == 0) assert_int_equal(count(line, '#'), 0);
            if (completed == 10) assert_true(count(line, '#') + 2 >= bar);
        }
    assert_contains(format(SAMPLE(.completed = 5, .total = 10, .elapsed_s = 1), 79), "[#");
}

static void a_line_never_passes_its_room(void **state)
{
    (void)state;
    rpi_display_sample sample = SAMPLE(.completed = 5, .failed = 1, .total = 10, .elapsed_s = 1);
    memset(sample.name, 'n', sizeof sample.name - 1);
    for (size_t size = 1; size < 200; size++) {
        char line[201];
        memset(line, 'z', sizeof line);
        rpi_display_format(&sample, 120, line, size);
        assert_true(memchr(line, '\0', size));
        for (size_t i = size; i < sizeof line; i++) assert_int_equal(line[i], 'z');
    }
}

/* ---- the display ---- */

typedef struct display {
    char *text;
    size_t size;
    FILE *stream;
    rpi_display *progress;
    atomic_int n_samples;
    atomic_bool running;
} display;

static bool sample(void *argument, rpi_display_sample *out)
{
    display *shown = argument;
    int n = atomic_fetch_add(&shown->n_samples, 1) + 1;
    if (!atomic_load(&shown->running)) return false;
    *out = SAMPLE(.completed = (uint64_t)n, .total = 1000, .elapsed_s = n);
    return true;
}

static void start(display *shown, double interval_s, bool running)
{
    memset(shown, 0, sizeof *shown);
    shown->stream = open_memstream(&shown->text, &shown->size);
    atomic_store(&shown->running, running);
    assert_int_equal(rpi_display_create(shown->stream, interval_s, sample, shown, &shown->progress, NULL), RP_OK);
}

static size_t stop(display *shown)
{
    rpi_display_destroy(shown->progress);
    fclose(shown->stream);
    assert_null(strpbrk(shown->text, "\r\033"));
    return count(shown->text, '\n');
}

static void a_line_comes_each_interval(void **state)
{
    (void)state;
    display shown;
    start(&shown, 0.01, true);
    unit_await(&shown.n_samples, 4);
    size_t n = stop(&shown);
    assert_in_range(n, 3, (size_t)atomic_load(&shown.n_samples));
    assert_true(!strncmp(shown.text, "fetch:   0 % 1 of 1000, 1.0 s, 1/s, 16:39 min left\n", 51));
    free(shown.text);
}

static void nothing_is_written_while_nothing_runs(void **state)
{
    (void)state;
    display shown;
    start(&shown, 0.005, false);
    unit_await(&shown.n_samples, 3);
    assert_int_equal(stop(&shown), 0);
    free(shown.text);
    rpi_display_destroy(NULL);
}

static void each_finished_call_has_its_last_line(void **state)
{
    (void)state;
    display shown;
    start(&shown, 3600, true);
    for (uint64_t k = 1; k <= 5; k++) rpi_display_finish(shown.progress, &SAMPLE(.completed = k, .total = k, .elapsed_s = 1));
    assert_int_equal(stop(&shown), 5);
    assert_contains(shown.text, "fetch: 100 % 1 of 1, 1.0 s, 1/s\nfetch: 100 % 2 of 2");
    assert_contains(shown.text, "100 % 5 of 5, 1.0 s, 5/s\n");
    free(shown.text);
}

static void fill_pipe(int end)
{
    char block[4096] = "";
    int flags = fcntl(end, F_GETFL);
    assert_int_equal(fcntl(end, F_SETFL, flags | O_NONBLOCK), 0);
    while (write(end, block, sizeof block) > 0) continue;
    assert_int_equal(fcntl(end, F_SETFL, flags), 0);
}

static void a_burst_of_finished_calls_does_not_block(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    signal(SIGPIPE, SIG_IGN);
    FILE *stream = fdopen(ends[1], "w");
    fill_pipe(ends[1]);
    display shown = {0};
    rpi_display *progress;
    assert_int_equal(rpi_display_create(stream, 3600, sample, &shown, &progress, NULL), RP_OK);
    for (uint64_t k = 1; k <= 1000; k++) rpi_display_finish(progress, &SAMPLE(.completed = k, .total = k, .elapsed_s = 1));
    close(ends[0]);
    rpi_display_destroy(progress);
    fclose(stream);
}

UNIT_MAIN(UNIT(a_known_total_gives_share_rate_and_time_left), UNIT(an_unknown_total_gives_neither_share_nor_bar),
          UNIT(failures_are_counted), UNIT(the_share_is_that_of_whole_numbers), UNIT(empty_and_huge_numbers_fit), UNIT(times_are_readable),
          UNIT(the_bar_fills_the_width), UNIT(a_line_never_passes_its_room), UNIT(a_line_comes_each_interval),
          UNIT(nothing_is_written_while_nothing_runs), UNIT(each_finished_call_has_its_last_line),
          UNIT(a_burst_of_finished_calls_does_not_block))
