/* test_large_constants.c: constants above 1 MiB go to a region, and others stay where they are. */
#include "unit.h"

#include "base/regions.h"
#include "pool/large_constants.h"

enum { LARGE = (1 << 20) + 1 };

typedef struct big {
    char bytes[LARGE];
} big;

static big value;
static char text[LARGE + 1];

static bool is_in_region(const void *address)
{
    rpi_region_name name;
    uint64_t offset;
    return rpi_regions_name(address, 1, &name, &offset);
}

static void large_ones_are_copied_to_regions(void **state)
{
    (void)state;
    rpi_large_constants large;
    rp_bytes bytes = {text, LARGE};
    memset(&value, 'v', sizeof value);
    memset(text, 't', LARGE);
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(5), RP_CONSTANT_AT(&value), RP_CONSTANT(bytes), RP_CONSTANT(text), RP_RANGE(0, 1));
    rpi_large_constants_init(&large, columns, true);
    assert_int_equal(large.n_made, 3);
    assert_int_equal(large.columns.n, 5);
    const rp_column *column = large.columns.columns;
    assert_ptr_equal(column[0].data, columns.columns[0].data);
    assert_true(is_in_region(column[1].data));
    assert_memory_equal(column[1].data, &value, sizeof value);
    rp_bytes moved = *(const rp_bytes *)column[2].data;
    assert_true(is_in_region(moved.data) && moved.size == LARGE);
    assert_memory_equal(moved.data, text, LARGE);
    const char *moved_text = *(const char *const *)column[3].data;
    assert_true(is_in_region(moved_text));
    assert_string_equal(moved_text, text);
    rpi_large_constants_fini(&large);
    assert_false(is_in_region(column[1].data) || is_in_region(moved_text));
}

static void what_is_in_a_region_stays_there(void **state)
{
    (void)state;
    rpi_large_constants large;
    char *base;
    assert_int_equal(rpi_regions_make(sizeof value, &value, true, &base, NULL), RP_OK);
    rp_columns columns = RP_COLUMNS(RP_CONSTANT_AT((big *)(void *)base));
    rpi_large_constants_init(&large, columns, true);
    assert_int_equal(large.n_made, 0);
    assert_ptr_equal(large.columns.columns, columns.columns);
    rpi_large_constants_fini(&large);
    rpi_regions_free(base);
}

static void one_process_needs_no_region(void **state)
{
    (void)state;
    rpi_large_constants large;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT_AT(&value));
    rpi_large_constants_init(&large, columns, false);
    assert_ptr_equal(large.columns.columns, columns.columns);
    rpi_large_constants_fini(&large);
}

static void what_is_not_sound_is_left_alone(void **state)
{
    (void)state;
    rpi_large_constants large;
    rp_bytes nowhere = {NULL, LARGE};
    const char *no_text = NULL;
    const rp_column all[] = {RP_CONSTANT(nowhere),
                             RP_CONSTANT(no_text),
                             {RP_COLUMN_CONSTANT, RP_TYPE_RECORD, LARGE, 0, NULL, 0, 0},
                             {RP_COLUMN_CONSTANT, RP_TYPE_BYTES, 3, 0, &nowhere, 0, 0},
                             {RP_COLUMN_ARRAY, RP_TYPE_RECORD, LARGE, LARGE, &value, 0, 0}};
    rpi_large_constants_init(&large, (rp_columns){N_OF(all), all}, true);
    assert_int_equal(large.n_made, 0);
    rpi_large_constants_init(&large, (rp_columns){3, NULL}, true);
    assert_int_equal(large.n_made, 0);
    rpi_large_constants_init(&large, (rp_columns){RP_MAX_ARGUMENTS + 1, all}, true);
    assert_int_equal(large.n_made, 0);
    rpi_large_constants_fini(&large);
}

UNIT_MAIN(cmocka_unit_test(large_ones_are_copied_to_regions), cmocka_unit_test(what_is_in_a_region_stays_there),
          cmocka_unit_test(one_process_needs_no_region), cmocka_unit_test(what_is_not_sound_is_left_alone))
