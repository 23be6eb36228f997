/* test_progress_line.c: what a line says, and that it fits any width. */
#include "unit.h"

#include "base/cells.h"
#include "pool/progress_line.h"

enum { LINE = 400 };

static const char *format(rpi_progress progress, int cells)
{
    static char line[LINE];
    rpi_progress_line(&progress, cells, line, sizeof line);
    return line;
}

#define LEFT(seconds, ...) ((rpi_progress){.name = "fetch", .left_s = (seconds), __VA_ARGS__})
#define PROGRESS(...)      LEFT(-1, __VA_ARGS__)

static void a_log_gets_all_of_it(void **state)
{
    (void)state;
    assert_string_equal(format(LEFT(30, .completed = 50, .total = 200, .elapsed_s = 10, .rate = 5), 0),
                        "fetch:  25 % 50 of 200 in 10.0 s, 5/s, 30 s left");
    assert_string_equal(format(PROGRESS(.completed = 200, .total = 200, .elapsed_s = 65, .rate = 48800, .failed = 2), 0),
                        "fetch: 100 % 200 of 200 in 1:05, 48.8 k/s, 2 failed");
    assert_string_equal(format(PROGRESS(.completed = 50, .total = UINT64_MAX, .elapsed_s = 10, .rate = 5), 0), "fetch: 50 in 10.0 s, 5/s");
    assert_string_equal(format(PROGRESS(.total = 0), 0), "fetch: 0 of 0 in 0.0 s, 0/s");
}

static void the_share_is_that_of_whole_numbers(void **state)
{
    (void)state;
    for (uint64_t n = 0; n <= 100; n++) {
        char expected[32];
        snprintf(expected, sizeof expected, "fetch: %3llu %% ", (unsigned long long)n);
        assert_contains(format(PROGRESS(.completed = n, .total = 100), 0), expected);
    }
    assert_contains(format(PROGRESS(.completed = 999, .total = 1000), 0), " 99 %"); /* 100 only at the end */
    assert_contains(format(PROGRESS(.completed = 1001, .total = 1000), 0), "100 %");
}

static const char *left(double left_s) { return format(LEFT(left_s, .completed = 1, .total = 2), 0); }

static void times_are_readable(void **state)
{
    (void)state;
    assert_contains(left(0.2), ", 1 s left");
    assert_contains(left(59), ", 59 s left");
    assert_contains(left(59.5), ", 1:00 left");
    assert_contains(left(65), ", 1:05 left");
    assert_contains(left(3600), ", 1:00:00 left");
    assert_contains(left(7384), ", 2:03:04 left");
    assert_contains(left(86400 * 3 + 3600 * 4 + 59), ", 3 d 4 h left");
    assert_contains(left(1e300), ", years left");
    assert_contains(format(PROGRESS(.total = UINT64_MAX, .elapsed_s = 59.94), 0), " in 59.9 s,");
    assert_contains(format(PROGRESS(.total = UINT64_MAX, .elapsed_s = 59.96), 0), " in 59 s,");
}

static const char *rate(double each_s) { return format(PROGRESS(.total = UINT64_MAX, .rate = each_s), 0); }

static void rates_are_plain_numbers(void **state)
{
    (void)state;
    assert_contains(rate(0), ", 0/s");
    assert_contains(rate(1), ", 1/s");
    assert_contains(rate(999.4), ", 999/s");
    assert_contains(rate(999.6), ", 1 k/s");
    assert_contains(rate(48812), ", 48.8 k/s");
    assert_contains(rate(999600), ", 1 M/s");
    assert_contains(rate(1.5e12), ", 1.5 T/s");
    assert_contains(rate(0.1), ", 6/min");
    assert_contains(rate(1 / 3600.0), ", 1/h");
    assert_contains(rate(0.0121), ", 43.6/h");
}

/* Samples of all kinds; each line is shorter than the width, and says the share or the count, however narrow it is. */
static void a_line_fits_any_width(void **state)
{
    (void)state;
    static const rpi_progress kinds[] = {
        {.name = "compute", .completed = 45, .total = 100, .elapsed_s = 100, .rate = 48800, .left_s = 65},
        {.name = "compute", .completed = 45000000, .total = 100000000, .elapsed_s = 1e5, .rate = 48800, .left_s = 1e6, .failed = 12345},
        {.name = "f", .completed = 0, .total = 1, .left_s = -1},
        {.name = "a job with a name that is longer than anybody would like it", .completed = 1, .total = 2, .left_s = 3},
        {.name = "\xe4\xbb\xbb\xe5\x8a\xa1", .completed = 1, .total = 2, .left_s = 3}, /* two characters of two cells each */
        {.name = "compute", .completed = 123456, .total = UINT64_MAX, .elapsed_s = 100, .rate = 100, .left_s = -1},
        {.name = "compute", .completed = UINT64_MAX - 2, .total = UINT64_MAX - 1, .elapsed_s = 1e300, .rate = 1e300, .left_s = 1e300},
    };
    for (size_t k = 0; k < N_OF(kinds); k++)
        for (int cells = 1; cells <= 200; cells++) {
            const char *line = format(kinds[k], cells);
            assert_true(rpi_cells(line) <= cells && (*line || cells < 3));
            assert_null(strpbrk(line, "\n\r\t\033"));
            if (cells >= 19 && kinds[k].total != UINT64_MAX) assert_contains(line, " %");
        }
}

static void what_matters_least_is_left_out_first(void **state)
{
    (void)state;
    rpi_progress progress = {.name = "compute", .completed = 450, .total = 1000, .elapsed_s = 10, .rate = 48800, .left_s = 65};
    assert_string_equal(format(progress, 79), "compute:  45 % [#############................] 450 of 1000, 48.8 k/s, 1:05 left");
    assert_string_equal(format(progress, 39), "compute:  45 % [#####.......] 1:05 left");
    assert_string_equal(format(progress, 19), " 45 % 1:05 left");
    assert_string_equal(format(progress, 9), " 45 %");
    progress.left_s = -1;
    assert_string_equal(format(progress, 19), "compute:  45 %");
    progress.failed = 3;
    assert_string_equal(format(progress, 19), " 45 % 3 failed");
    assert_contains(format(progress, 120), "] 450 of 1000 in 10.0 s, 48.8 k/s, 3 failed");
}

static void the_bar_is_as_full_as_the_share(void **state)
{
    (void)state;
    for (uint64_t n = 0; n <= 100; n++) {
        const char *line = format(PROGRESS(.completed = n, .total = 100), 79), *bar = strchr(line, '[');
        assert_non_null(bar);
        size_t full = strspn(bar + 1, "#"), empty = strspn(bar + 1 + full, ".");
        assert_true(bar[1 + full + empty] == ']' && full + empty >= 10);
        assert_true(full == (size_t)((double)(n * (full + empty)) / 100 + 0.5));
    }
}

static void a_line_never_passes_its_room(void **state)
{
    (void)state;
    for (size_t size = 1; size < 100; size++) {
        char line[101];
        memset(line, 'z', sizeof line);
        rpi_progress_line(&PROGRESS(.completed = 5, .failed = 1, .total = 10), 120, line, size);
        assert_true(memchr(line, '\0', size));
        for (size_t i = size; i < sizeof line; i++) assert_int_equal(line[i], 'z');
    }
}

static void cells_are_those_of_characters(void **state)
{
    (void)state;
    assert_int_equal(rpi_cells(""), 0);
    assert_int_equal(rpi_cells("plain"), 5);
    assert_int_equal(rpi_cells("\xc3\xa9"), 1);                 /* é */
    assert_int_equal(rpi_cells("e\xcc\x81"), 1);                /* the same as e and an accent */
    assert_int_equal(rpi_cells("\xe4\xbb\xbb\xe5\x8a\xa1"), 4); /* two characters of two cells each */
    assert_int_equal(rpi_cells("\xff\x01"), 2);
    assert_int_equal(rpi_cells_fit("\xe4\xbb\xbb\xe5\x8a\xa1", 3), 3);
    assert_int_equal(rpi_cells_fit("plain", 3), 3);
    assert_int_equal(rpi_cells_fit("plain", 9), 5);
    assert_int_equal(rpi_cells_fit("e\xcc\x81x", 1), 3);
}

/* The user's locale is read once. */
static const struct CMUnitTest tests[] = {
    UNIT(a_log_gets_all_of_it),
    UNIT(the_share_is_that_of_whole_numbers),
    UNIT(times_are_readable),
    UNIT(rates_are_plain_numbers),
    UNIT(a_line_fits_any_width),
    UNIT(what_matters_least_is_left_out_first),
    UNIT(the_bar_is_as_full_as_the_share),
    UNIT(a_line_never_passes_its_room),
    UNIT(cells_are_those_of_characters),
};

int main(int argc, char **argv)
{
    setenv("LC_ALL", "C.UTF-8", 1);
    return unit_main(argc, argv, __FILE__, tests, N_OF(tests));
}
