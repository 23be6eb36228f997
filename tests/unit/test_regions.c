/* test_regions.c: the regions of a process: found by address and by token, with users that come and go. */
#include "unit.h"

#include "base/regions.h"

enum { SIZE = 10000 };

static char *make(size_t size, const void *contents)
{
    char *base;
    assert_int_equal(rpi_regions_make(size, contents, true, &base, NULL), RP_OK);
    return base;
}

static rpi_region_name name_of(const char *base)
{
    rpi_region_name name;
    uint64_t offset;
    assert_true(rpi_regions_name(base, 1, &name, &offset));
    return name;
}

static void an_address_has_a_name_where_all_of_it_is_in_a_region(void **state)
{
    (void)state;
    rpi_region_name name, other;
    uint64_t offset;
    char *base = make(SIZE, NULL), *second = make(SIZE, NULL);
    assert_true(rpi_regions_name(base + 17, 100, &name, &offset));
    assert_int_equal(offset, 17);
    assert_true(rpi_regions_name(base, (size_t)name.size, &other, &offset));
    assert_false(rpi_regions_name(base, (size_t)name.size + 1, &other, &offset));
    assert_false(rpi_regions_name(base - 1, 10, &other, &offset));
    assert_false(rpi_regions_name(base + 1, SIZE_MAX, &other, &offset));
    assert_false(rpi_regions_name(&name, 1, &other, &offset));
    other = name_of(second);
    assert_memory_not_equal(&name.token, &other.token, sizeof name.token);
    rpi_regions_free(base);
    rpi_regions_free(second);
    assert_false(rpi_regions_has(name.token) || rpi_regions_has(other.token));
}

static void memory_of_this_process_alone_has_no_name(void **state)
{
    (void)state;
    char *base;
    rpi_region_name name;
    uint64_t offset;
    assert_int_equal(rpi_regions_make(SIZE, NULL, false, &base, NULL), RP_OK);
    memset(base, 1, SIZE);
    assert_false(rpi_regions_name(base, 1, &name, &offset));
    rpi_regions_free(base);
}

static void free_takes_its_begin_alone_and_once(void **state)
{
    (void)state;
    char *base = make(SIZE, NULL), here;
    rpi_region_name name = name_of(base);
    uint64_t n_gone = rpi_regions_n_gone();
    rpi_regions_free(base + 1);
    rpi_regions_free(&here);
    rpi_regions_free(NULL);
    assert_true(rpi_regions_has(name.token));
    assert_int_equal(rpi_regions_n_gone(), n_gone);
    rpi_regions_free(base);
    rpi_regions_free(base);
    assert_false(rpi_regions_has(name.token));
    assert_int_equal(rpi_regions_n_gone(), n_gone + 1);
}

static void the_last_user_ends_it(void **state)
{
    (void)state;
    char contents[SIZE] = "sealed", *base = make(SIZE, contents);
    rpi_region_name name = name_of(base);
    const rpi_region *region;
    assert_true(rpi_regions_hold(base + 5, 10));
    assert_int_equal(rpi_regions_attach(&name, false, &region, NULL), RP_OK);
    assert_ptr_equal(region->base, base);
    rpi_regions_free(base);
    rpi_regions_free(base);
    assert_true(rpi_regions_has(name.token));
    rpi_regions_release(region);
    assert_string_equal(base, "sealed");
    assert_true(rpi_regions_let_go(base + 7));
    assert_false(rpi_regions_has(name.token));
    assert_false(rpi_regions_let_go(base));
}

static void only_what_never_changes_can_be_held(void **state)
{
    (void)state;
    char *base = make(SIZE, NULL);
    strcpy(base, "later");
    assert_false(rpi_regions_hold(base, 1));
    assert_int_equal(rpi_regions_seal(&base, NULL), RP_OK);
    assert_true(rpi_regions_hold(base, 1));
    assert_string_equal(base, "later");
    assert_true(rpi_regions_let_go(base));
    rpi_regions_free(base);
}

/* Its own ones are not forgotten, as their maker has them. */
static void its_own_regions_are_not_forgotten(void **state)
{
    (void)state;
    char *base = make(SIZE, NULL);
    rpi_region_name name = name_of(base);
    rpi_regions_forget(name.token);
    rpi_regions_forget_all();
    rpi_regions_forget_gone();
    assert_true(rpi_regions_has(name.token));
    rpi_regions_free(base);
}

UNIT_MAIN(cmocka_unit_test(an_address_has_a_name_where_all_of_it_is_in_a_region),
          cmocka_unit_test(memory_of_this_process_alone_has_no_name), cmocka_unit_test(free_takes_its_begin_alone_and_once),
          cmocka_unit_test(the_last_user_ends_it), cmocka_unit_test(only_what_never_changes_can_be_held),
          cmocka_unit_test(its_own_regions_are_not_forgotten))
