/* test_fill.c: numbers of a series, many at once, are those that come one by one. */
#include "unit.h"

#include "task/fill.h"
#include "task/numbers.h"

#include <string.h>

enum { MOST = 150 };

static void check_integers(rp_type type, size_t size, int64_t first, int64_t step, size_t n)
{
    _Alignas(16) unsigned char numbers[(MOST + 1) * 8], expected[8];
    memset(numbers, 0xA5, sizeof numbers);
    rpi_fill_integers(type, first, step, n, numbers);
    for (size_t k = 0; k < n; k++) {
        int64_t number = (int64_t)((uint64_t)first + k * (uint64_t)step);
        assert_true(rpi_number_convert(RP_TYPE_INT64, &number, type, expected));
        assert_memory_equal(numbers + k * size, expected, size);
    }
    for (size_t k = n * size; k < n * size + 8; k++) assert_int_equal(numbers[k], 0xA5);
}

/* All that a type holds, in as large steps as there are for so many numbers, and small ones. */
static void check_type(rp_type type, size_t size, int64_t least, int64_t most)
{
    for (size_t n = 1; n < MOST; n++) {
        uint64_t width = (uint64_t)most - (uint64_t)least, step = n > 1 ? width / (n - 1) : 1;
        if (step == 0) break;
        if (step > INT64_MAX) step = INT64_MAX;
        check_integers(type, size, least, (int64_t)step, n);
        check_integers(type, size, most, -(int64_t)step, n);
        check_integers(type, size, least, 1, n);
        check_integers(type, size, most, 0, n);
    }
}

static void integers_of_all_types_are_exact(void **state)
{
    (void)state;
    check_type(RP_TYPE_BOOL, 1, 0, 1);
    check_type(RP_TYPE_INT8, 1, INT8_MIN, INT8_MAX);
    check_type(RP_TYPE_UINT8, 1, 0, UINT8_MAX);
    check_type(RP_TYPE_INT16, 2, INT16_MIN, INT16_MAX);
    check_type(RP_TYPE_UINT16, 2, 0, UINT16_MAX);
    check_type(RP_TYPE_INT32, 4, INT32_MIN, INT32_MAX);
    check_type(RP_TYPE_UINT32, 4, 0, UINT32_MAX);
    check_type(RP_TYPE_INT64, 8, INT64_MIN, INT64_MAX);
    check_type(RP_TYPE_UINT64, 8, 0, INT64_MAX);
    check_type(RP_TYPE_FLOAT, 4, -(1 << 24), 1 << 24);
    check_type(RP_TYPE_DOUBLE, 8, -(INT64_C(1) << 53), INT64_C(1) << 53);
}

static double spaced(double start, double step, uint64_t k) { return start + (double)k * step; }

static void spaced_numbers_have_the_bits_of_single_ones(void **state)
{
    (void)state;
    static const uint64_t firsts[] = {0, 3, 1000003, (UINT64_C(1) << 53) - 20, UINT64_C(1) << 60};
    double numbers[MOST + 1];
    for (size_t f = 0; f < N_OF(firsts); f++)
        for (size_t n = 0; n <= MOST; n++) {
            numbers[n] = 77;
            rpi_fill_spaced(-1.1, 1e-3 / 3, firsts[f], n, numbers);
            assert_true(numbers[n] == 77);
            for (size_t k = 0; k < n; k++) {
                double expected = spaced(-1.1, 1e-3 / 3, firsts[f] + k);
                assert_memory_equal(&numbers[k], &expected, sizeof expected);
            }
        }
}

UNIT_MAIN(UNIT(integers_of_all_types_are_exact), UNIT(spaced_numbers_have_the_bits_of_single_ones))
