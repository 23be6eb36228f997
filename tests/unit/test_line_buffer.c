/* test_line_buffer.c: lines that wait: what fits is kept whole, what doesn't is counted. */
#include "unit.h"

#include "base/line_buffer.h"

#include <string.h>

static void lines_come_out_as_they_went_in(void **state)
{
    (void)state;
    rpi_line_buffer buffer;
    size_t size;
    uint64_t n_dropped;
    rpi_line_buffer_init(&buffer, 100);
    assert_null(rpi_line_buffer_take(&buffer, &size, &n_dropped));
    assert_true(rpi_line_buffer_put(&buffer, "one\n", 4, 0));
    assert_false(rpi_line_buffer_put(&buffer, "two\nthree\n", 10, 0));
    char *lines = rpi_line_buffer_take(&buffer, &size, &n_dropped);
    assert_true(size == 14 && n_dropped == 0);
    assert_memory_equal(lines, "one\ntwo\nthree\n", 14);
    free(lines);
    assert_true(rpi_line_buffer_put(&buffer, "four\n", 5, 0));
    rpi_line_buffer_fini(&buffer);
}

static void what_does_not_fit_is_counted(void **state)
{
    (void)state;
    rpi_line_buffer buffer;
    size_t size;
    uint64_t n_dropped;
    rpi_line_buffer_init(&buffer, 10);
    assert_true(rpi_line_buffer_put(&buffer, "1234567\n", 8, 2)); /* two were dropped elsewhere */
    assert_false(rpi_line_buffer_put(&buffer, "a\nb\n", 4, 0));
    assert_false(rpi_line_buffer_put(&buffer, "\n", 1, 0)); /* it would fit, but lines aren't left out in the middle */
    char *lines = rpi_line_buffer_take(&buffer, &size, &n_dropped);
    assert_memory_equal(lines, "1234567\n", 8);
    assert_true(size == 8 && n_dropped == 5);
    free(lines);
    assert_true(rpi_line_buffer_put(&buffer, NULL, 0, 3)); /* none but the number */
    assert_null(rpi_line_buffer_take(&buffer, &size, &n_dropped));
    assert_true(size == 0 && n_dropped == 3);
    rpi_line_buffer_fini(&buffer);
}

UNIT_MAIN(UNIT(lines_come_out_as_they_went_in), UNIT(what_does_not_fit_is_counted))
