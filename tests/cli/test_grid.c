/* test_grid.c: decimals, the axes of grids, their combinations, samples, and lists of items: the pure parts behind the program's items. */
#include "grid.h"
#include "items_request.h"
#include "sample.h"
#include "separators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- decimals ---- */

static const char *printed(const char *text, char room[DECIMAL_TEXT_SIZE])
{
    decimal number;
    assert_true(decimal_parse(text, strlen(text), &number));
    size_t length = decimal_print(number, room);
    assert_int_equal(length, strlen(room));
    return room;
}

static void decimals_are_printed_as_short_as_they_can_be(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"0", "0"},
                                           {"-0.00", "0"},
                                           {"0.10", "0.1"},
                                           {"1e3", "1000"},
                                           {"-12.50", "-12.5"},
                                           {"+.5", "0.5"},
                                           {"5.", "5"},
                                           {"0.000001", "0.000001"},
                                           {"1e-7", "1e-07"},
                                           {"123456789012345678", "123456789012345678"},
                                           {"1e21", "1e+21"},
                                           {"1e20", "100000000000000000000"},
                                           {"-1.5e-9", "-1.5e-09"},
                                           {"12e300", "1.2e+301"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char room[DECIMAL_TEXT_SIZE];
        assert_string_equal(printed(pairs[i][0], room), pairs[i][1]);
        assert_true(strtod(pairs[i][0], NULL) == strtod(room, NULL));
    }
}

static void what_is_no_decimal_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "-", ".", "e1", "1e", "1e+", "1.2.3", "0x1", "inf", "nan", " 1", "1 ", "1234567890123456789", "1e401"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        decimal number = {7, 7};
        assert_false(decimal_parse(wrong[i], strlen(wrong[i]), &number));
        assert_true(number.digits == 7 && number.exponent == 7);
    }
}

/* ---- grids ---- */

/* The values of one axis, joined with |. */
static const char *values(const char *text, char room[512])
{
    grid made = {0};
    rp_error error;
    size_t used = 0;
    assert_int_equal(grid_add(&made, text, &error), RP_OK);
    for (uint64_t i = 0; i < made.size; i++) {
        char number[GRID_NUMBER_SIZE];
        rp_bytes value = grid_value(&made, 0, i, number);
        assert_int_equal(((const char *)value.data)[value.size], 0);
        assert_true(value.size <= made.axes[0].most_text);
        used += (size_t)sprintf(room + used, "%s|", (const char *)value.data);
    }
    grid_fini(&made);
    return room;
}

static void ranges_have_their_end(void **state)
{
    (void)state;
    char room[512];
    assert_string_equal(values("x=0:1:0.1", room), "0|0.1|0.2|0.3|0.4|0.5|0.6|0.7|0.8|0.9|1|");
    assert_string_equal(values("x=0:1:0.3", room), "0|0.3|0.6|0.9|");
    assert_string_equal(values("x=3:1:-1", room), "3|2|1|");
    assert_string_equal(values("x=-0.1:0.1:0.1", room), "-0.1|0|0.1|");
    assert_string_equal(values("x=1:1:5", room), "1|");
    assert_string_equal(values("x=1e20:3e20:1e20", room), "100000000000000000000|200000000000000000000|300000000000000000000|");
    assert_string_equal(values("x=1e-9:2e-9:1e-9", room), "1e-09|2e-09|");
}

static void values_stay_as_they_were_typed(void **state)
{
    (void)state;
    char room[512];
    assert_string_equal(values("x=1.0,b c,1:2:1,=,é", room), "1.0|b c|1|2|=|é|");
    assert_string_equal(values("x=::1,a:b,1:2:3:4", room), "::1|a:b|1:2:3:4|");
    assert_string_equal(values("x=0:1:1,z,5:4:-1", room), "0|1|z|5|4|");
}

static void combinations_count_up_with_the_last_axis(void **state)
{
    (void)state;
    grid made = {0};
    rp_error error;
    char number[GRID_NUMBER_SIZE];
    const rp_bytes one[] = {{"p", 1}, {"q", 1}}, other[] = {{"r", 1}, {"s", 1}}, third[] = {{"t", 1}};
    assert_int_equal(grid_add(&made, "a=1,2,3", &error), RP_OK);
    assert_int_equal(grid_add_texts(&made, one, 2, 0, &error), RP_OK);
    assert_int_equal(grid_add_texts(&made, other, 2, 1, &error), RP_OK);
    assert_int_equal(grid_add_texts(&made, third, 1, 1, &error), RP_USAGE);
    assert_int_equal(grid_add(&made, "b=0:4:1", &error), RP_OK);
    assert_int_equal(made.size, 30);
    for (uint64_t i = 0; i < made.size; i++) {
        assert_int_equal(*(const char *)grid_value(&made, 0, i, number).data, "123"[i / 10]);
        assert_int_equal(*(const char *)grid_value(&made, 1, i, number).data, "pq"[i / 5 % 2]);
        assert_int_equal(*(const char *)grid_value(&made, 2, i, number).data, "rs"[i / 5 % 2]);
        assert_int_equal(*(const char *)grid_value(&made, 3, i, number).data, "01234"[i % 5]);
    }
    grid_fini(&made);
}

static void more_than_64_bits_of_combinations_are_refused(void **state)
{
    (void)state;
    grid made = {0};
    rp_error error;
    char number[GRID_NUMBER_SIZE];
    assert_int_equal(grid_add(&made, "a=1:1000000000:1", &error), RP_OK);
    assert_int_equal(grid_add(&made, "b=1:1000000000:1", &error), RP_OK);
    assert_int_equal(grid_add(&made, "c=1:10:1", &error), RP_USAGE);
    assert_int_equal(made.n_axes, 2);
    assert_string_equal(grid_value(&made, 0, made.size - 1, number).data, "1000000000");
    grid_fini(&made);
}

/* ---- samples ---- */

static void a_sample_has_no_number_twice(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= 70; size++) {
        char seen[70] = {0};
        sample drawn = sample_of(size, size);
        for (uint64_t i = 0; i < size; i++) {
            uint64_t number = sample_at(&drawn, i);
            assert_true(number < size && !seen[number]);
            seen[number] = 1;
        }
    }
}

static void samples_of_anything_stay_within_it(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 1000000000000, (uint64_t)INT64_MAX, (uint64_t)1 << 63};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        sample drawn = sample_of(sizes[k], k);
        for (uint64_t i = 0; i < 100 && i < sizes[k]; i++) assert_true(sample_at(&drawn, i) < sizes[k]);
    }
}

/* Each tenth of the numbers is drawn about as often: within 5 standard deviations, and the same on each machine. */
static void samples_are_spread_evenly(void **state)
{
    (void)state;
    enum { N = 10000 };
    int tenths[10] = {0};
    sample drawn = sample_of(1000000000, 42);
    for (uint64_t i = 0; i < N; i++) tenths[sample_at(&drawn, i) / 100000000]++;
    for (int k = 0; k < 10; k++) assert_in_range(tenths[k], N / 10 - 150, N / 10 + 150);
    sample other = sample_of(1000000000000, 7);
    assert_int_equal(sample_at(&other, 0), 150092507411);
}

/* ---- lists ---- */

static items_request taken(int n, const char *const *words, rp_status expected)
{
    items_request request = {0};
    rp_error error;
    assert_int_equal(items_request_take(&request, n, (char *const *)(uintptr_t)words, &error), expected);
    return request;
}

static void a_single_list_is_its_items(void **state)
{
    (void)state;
    static const char *const texts[] = {":::", "a", "b"}, *const file[] = {"::::", "f"}, *const files[] = {"::::", "f", "g"};
    static const char *const two[] = {":::", "a", ":::+", "b"}, *const linked[] = {":::+", "a"}, *const mixed[] = {"a", ":::", "b"};
    assert_int_equal(taken(3, texts, RP_OK).kind, ITEMS_ARGUMENTS);
    assert_int_equal(taken(3, texts, RP_OK).n, 2);
    assert_int_equal(taken(1, texts, RP_OK).n, 0);
    assert_int_equal(taken(2, file, RP_OK).kind, ITEMS_LINES);
    assert_string_equal(taken(2, file, RP_OK).path, "f");
    assert_int_equal(taken(3, files, RP_OK).kind, ITEMS_LISTS);
    assert_int_equal(taken(4, two, RP_OK).kind, ITEMS_LISTS);
    assert_int_equal(taken(2, linked, RP_OK).kind, ITEMS_LISTS);
    assert_int_equal(taken(1, mixed, RP_OK).kind, ITEMS_ARGUMENTS);
    (void)taken(3, mixed, RP_USAGE);
    assert_int_equal(separators_find(3, (char *const *)(uintptr_t)mixed), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_printed_as_short_as_they_can_be),
        cmocka_unit_test(what_is_no_decimal_is_refused),
        cmocka_unit_test(ranges_have_their_end),
        cmocka_unit_test(values_stay_as_they_were_typed),
        cmocka_unit_test(combinations_count_up_with_the_last_axis),
        cmocka_unit_test(more_than_64_bits_of_combinations_are_refused),
        cmocka_unit_test(a_sample_has_no_number_twice),
        cmocka_unit_test(samples_of_anything_stay_within_it),
        cmocka_unit_test(samples_are_spread_evenly),
        cmocka_unit_test(a_single_list_is_its_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
