/* test_display.c: what a display writes to a stream that is no terminal. cli.progress has terminals. */
#include "unit.h"

#include "pool/display.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define SAMPLE_OF(its_call, ...) ((rpi_display_sample){.call = (its_call), .name = "fetch", __VA_ARGS__})
#define SAMPLE(...)              SAMPLE_OF(1, __VA_ARGS__)

static size_t count(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++) n += *text == c;
    return n;
}

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

static rpi_display_config config_of(display *shown, double interval_s)
{
    return (rpi_display_config){.stream = shown->stream, .interval_s = interval_s, .sample = sample, .argument = shown};
}

static void start(display *shown, double interval_s, bool running)
{
    memset(shown, 0, sizeof *shown);
    shown->stream = open_memstream(&shown->text, &shown->size);
    atomic_store(&shown->running, running);
    rpi_display_config config = config_of(shown, interval_s);
    assert_int_equal(rpi_display_create(&config, &shown->progress, NULL), RP_OK);
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
    assert_true(!strncmp(shown.text, "fetch:   0 % 1 of 1000 in 1.0 s, 1/s\nfetch:", 43));
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
    assert_contains(shown.text, "fetch: 100 % 1 of 1 in 1.0 s, 1/s\nfetch: 100 % 2 of 2");
    assert_contains(shown.text, "100 % 5 of 5 in 1.0 s, 5/s\n");
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
    display shown = {.stream = stream};
    rpi_display *progress;
    rpi_display_config config = config_of(&shown, 3600);
    assert_int_equal(rpi_display_create(&config, &progress, NULL), RP_OK);
    for (uint64_t k = 1; k <= 1000; k++) rpi_display_finish(progress, &SAMPLE(.completed = k, .total = k, .elapsed_s = 1));
    close(ends[0]);
    rpi_display_destroy(progress);
    fclose(stream);
}

/* What is over before its first line has none at all, where that is wanted; what had one has a last one too. */
static void a_short_call_has_no_line(void **state)
{
    (void)state;
    display shown = {0};
    shown.stream = open_memstream(&shown.text, &shown.size);
    atomic_store(&shown.running, true);
    rpi_display_config config = config_of(&shown, 0.01);
    config.is_brief = true;
    assert_int_equal(rpi_display_create(&config, &shown.progress, NULL), RP_OK);
    rpi_display_finish(shown.progress, &SAMPLE_OF(7, .completed = 4, .total = 4, .elapsed_s = 0.5));
    unit_await(&shown.n_samples, 3);
    rpi_display_finish(shown.progress, &SAMPLE(.completed = 5, .total = 5, .elapsed_s = 4));
    (void)stop(&shown);
    assert_null(strstr(shown.text, "4 of 4"));
    assert_contains(shown.text, "fetch: 100 % 5 of 5 in 4.0 s");
    free(shown.text);
}

/* While it is hidden nothing is drawn, and from then on last lines come at the end. */
static void a_hidden_display_waits(void **state)
{
    (void)state;
    display shown;
    start(&shown, 0.01, true);
    unit_await(&shown.n_samples, 2);
    rpi_display_hide(shown.progress);
    size_t before = shown.size;
    rpi_display_finish(shown.progress, &SAMPLE(.completed = 5, .total = 5, .elapsed_s = 4));
    unit_sleep(0.05); /* for a display that doesn't wait */
    assert_int_equal(shown.size, before);
    rpi_display_show(shown.progress);
    int n = atomic_load(&shown.n_samples);
    unit_await(&shown.n_samples, n + 3);
    assert_null(strstr(shown.text, "5 of 5"));
    (void)stop(&shown);
    assert_true(!strcmp(strrchr(shown.text, ':'), ": 100 % 5 of 5 in 4.0 s, 1.25/s\n"));
    free(shown.text);
}

UNIT_MAIN(UNIT(a_line_comes_each_interval), UNIT(nothing_is_written_while_nothing_runs), UNIT(each_finished_call_has_its_last_line),
          UNIT(a_short_call_has_no_line), UNIT(a_hidden_display_waits), UNIT(a_burst_of_finished_calls_does_not_block))
