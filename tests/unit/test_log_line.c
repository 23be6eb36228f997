/* test_log_line.c: a line of rp_log: one line, whatever the text is, and never longer than its room. */
#include "unit.h"

#include "task/log_line.h"

#include <string.h>

static void a_line_has_time_rank_item_and_text(void **state)
{
    (void)state;
    char line[256];
    const struct timespec now = {1000000000, 7000000};
    size_t size = rpi_log_line(line, sizeof line, &now, 2, 17, "two\nlines\x1b[0m");
    line[size] = '\0';
    assert_non_null(strstr(line, ".007 rank 2, item 17: two\\nlines\\x1b[0m\n"));
    assert_int_equal(line[2], ':');
    size = rpi_log_line(line, sizeof line, &now, 0, -1, "");
    line[size] = '\0';
    assert_string_equal(line + 8, ".007 rank 0: \n");
}

static void a_long_text_is_shortened(void **state)
{
    (void)state;
    char line[128], text[1000];
    const struct timespec now = {0, 0};
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    size_t size = rpi_log_line(line, sizeof line, &now, INT32_MAX, INT64_MAX, text);
    assert_true(size <= sizeof line && line[size - 1] == '\n');
    assert_int_equal(memchr(line, '\n', size) == line + size - 1, 1);
}

UNIT_MAIN(UNIT(a_line_has_time_rank_item_and_text), UNIT(a_long_text_is_shortened))
