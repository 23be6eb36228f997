/* test_line_buffer.c: lines that wait: what fits is kept whole, what doesn't is counted. */
#include "unit.h"

#include "base/line_buffer.h"

#include <string.h>

static void lines_come_out_as_they_went_in(void **state)
{
    (void)state;
    rpi_line_buffer buffer;
    size_t size;
    rpi_line_buffer_init(&buffer, 100);
    assert_null(rpi_line_buffer_take(&buffer, "rank 3", &size));
    assert_true(rpi_line_buffer_put(&buffer, "one\n", 4));
    assert_false(rpi_line_buffer_put(&buffer, "two\nthree\n", 10));
    char *lines = rpi_line_buffer_take(&buffer, "rank 3", &size);
    assert_int_equal(size, 14);
    assert_memory_equal(lines, "one\ntwo\nthree\n", 14);
    free(lines);
    assert_true(rpi_line_buffer_put(&buffer, "four\n", 5));
    rpi_line_buffer_fini(&buffer);
}

static void what_does_not_fit_is_counted(void **state)
{
    (void)state;
    rpi_line_buffer buffer;
    size_t size;
    rpi_line_buffer_init(&buffer, 10);
    assert_true(rpi_line_buffer_put(&buffer, "12345678\n", 9));
    assert_false(rpi_line_buffer_put(&buffer, "a\nb\n", 4));
    assert_false(rpi_line_buffer_put(&buffer, "\n", 1)); /* it would fit, but lines aren't left out in the middle */
    rpi_line_buffer_count_dropped(&buffer, 2);
    char *lines = rpi_line_buffer_take(&buffer, "rank 3", &size);
    assert_memory_equal(lines, "12345678\nrank 3: 5 lines were dropped", 37);
    assert_int_equal(lines[size - 1], '\n');
    free(lines);
    assert_true(rpi_line_buffer_put(&buffer, "again\n", 6));
    lines = rpi_line_buffer_take(&buffer, "rank 3", &size);
    assert_int_equal(size, 6);
    free(lines);
    rpi_line_buffer_fini(&buffer);
}

UNIT_MAIN(UNIT(lines_come_out_as_they_went_in), UNIT(what_does_not_fit_is_counted))
