/* test_item_text.c: items as text: what people read beside a failure. */
#include "task/item_text.h"
#include "unit.h"

#include <string.h>

typedef struct point {
    double x, y;
} point;

static double mix(double a, int b, point p, rp_bytes text) { return a + b + p.x + (double)text.size; }
RP_TASK(mix, double, double, int, point, rp_bytes)

static float scale(float a, uint64_t b, _Bool c, int8_t d) { return a + (float)b + (float)c + (float)d; }
RP_TASK(scale, float, float, uint64_t, _Bool, int8_t)

static const rp_columns none = {0, NULL};

static void check(const rp_task *task, rp_columns bound, rp_columns items, uint64_t k, const char *expected)
{
    rpi_work work;
    char text[RP_ERROR_ITEM_SIZE];
    rpi_batch *batch = rpi_batch_create();
    assert_int_equal(rpi_work_init(&work, task, bound, items, NULL), RP_OK);
    rpi_batch_reset(batch, &work, 0, k + 1);
    rpi_item_text(&work, batch->views, k, text, sizeof text);
    assert_string_equal(text, expected);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

static void arguments_are_told_in_order(void **state)
{
    (void)state;
    double a[2] = {0.1, 1e300};
    int b[2] = {-3, 17};
    point p[2] = {{0, 0}, {1, 2}};
    rp_bytes text[2] = {{NULL, 0}, {"one\ntwo", 7}};
    check(mix_task, none, RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_COLUMN(p), RP_COLUMN(text)), 0, "0.1, -3, {16 bytes}, ");
    check(mix_task, none, RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_COLUMN(p), RP_COLUMN(text)), 1, "1e+300, 17, {16 bytes}, one\\ntwo");
}

static void bound_arguments_are_left_out(void **state)
{
    (void)state;
    rp_bytes text[1] = {{"http://n1/a", 11}};
    check(mix_task, RP_COLUMNS(RP_CONSTANT(1.5), RP_CONSTANT(2), RP_CONSTANT(((point){1, 2}))), RP_COLUMNS(RP_COLUMN(text)), 0,
          "http://n1/a");
    check(mix_task, none, RP_COLUMNS(RP_CONSTANT(1.5), RP_CONSTANT(2), RP_CONSTANT(((point){1, 2})), RP_COLUMN(text)), 0,
          "1.5, 2, {16 bytes}, http://n1/a");
}

static void numbers_have_the_digits_that_they_need(void **state)
{
    (void)state;
    float a[1] = {0.1F};
    uint64_t b[1] = {UINT64_MAX};
    _Bool c[1] = {1};
    int8_t d[1] = {-128};
    check(scale_task, none, RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_COLUMN(c), RP_COLUMN(d)), 0, "0.1, 18446744073709551615, 1, -128");
    double third[1] = {1.0 / 3};
    rp_bytes text[1] = {{"", 0}};
    check(mix_task, none, RP_COLUMNS(RP_COLUMN(third), RP_CONSTANT(1), RP_CONSTANT(((point){1, 2})), RP_COLUMN(text)), 0,
          "0.33333333333333331, 1, {16 bytes}, ");
}

static void long_items_are_shortened_between_characters(void **state)
{
    (void)state;
    char words[400];
    for (size_t i = 0; i < sizeof words; i += 2) memcpy(words + i, "\xc3\xa9", 2);
    rp_bytes text[1] = {{words, sizeof words}};
    rpi_work work;
    char out[RP_ERROR_ITEM_SIZE];
    rpi_batch *batch = rpi_batch_create();
    for (size_t size = 5; size <= sizeof out; size++) {
        rp_columns bound = RP_COLUMNS(RP_CONSTANT(1.5), RP_CONSTANT(2), RP_CONSTANT(((point){1, 2})));
        assert_int_equal(rpi_work_init(&work, mix_task, bound, RP_COLUMNS(RP_COLUMN(text)), NULL), RP_OK);
        rpi_batch_reset(batch, &work, 0, 1);
        rpi_item_text(&work, batch->views, 0, out, size);
        size_t length = strlen(out);
        assert_true(length < size && length >= 3 && !strcmp(out + length - 3, "..."));
        assert_int_equal((length - 3) % 2, 0);
        rpi_work_fini(&work);
    }
    rpi_batch_destroy(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_told_in_order),
        cmocka_unit_test(bound_arguments_are_left_out),
        cmocka_unit_test(numbers_have_the_digits_that_they_need),
        cmocka_unit_test(long_items_are_shortened_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
