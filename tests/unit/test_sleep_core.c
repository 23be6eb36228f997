/* test_sleep_core.c: which worker has which core, and going there. */
#include "unit.h"

#include "base/sleep_core.h"

#include <sched.h>

static cpu_set_t all_cores;

static int set_up(void **state)
{
    (void)state;
    return sched_getaffinity(0, sizeof all_cores, &all_cores);
}

static int tear_down(void **state)
{
    (void)state;
    return sched_setaffinity(0, sizeof all_cores, &all_cores);
}

static unsigned n_cores(void) { return (unsigned)CPU_COUNT(&all_cores); }

static void as_many_workers_as_cores_have_a_core_each(void **state)
{
    (void)state;
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (n_cores() < 2) skip();
    for (unsigned number = 0; number < n_cores(); number++) CPU_SET((size_t)rpi_sleep_core_find(number, n_cores()), &cores);
    assert_true(CPU_EQUAL(&cores, &all_cores));
}

static void fewer_or_more_workers_have_none(void **state)
{
    (void)state;
    for (unsigned number = 0; number < n_cores(); number++) {
        assert_int_equal(rpi_sleep_core_find(number, n_cores() + 1), -1);
        if (n_cores() > 1) assert_int_equal(rpi_sleep_core_find(number, n_cores() - 1), -1);
    }
    assert_int_equal(rpi_sleep_core_find(n_cores(), n_cores()), -1);
}

static void a_thread_that_is_bound_has_none(void **state)
{
    (void)state;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(rpi_sleep_core_find(0, 1), -1);
    if (n_cores() > 1) assert_int_equal(rpi_sleep_core_find(0, n_cores()), -1);
}

static void going_to_its_core_leaves_the_thread_free(void **state)
{
    (void)state;
    if (n_cores() < 2) skip();
    for (unsigned number = 0; number < n_cores(); number++) {
        cpu_set_t cores;
        assert_true(rpi_sleep_core_go(rpi_sleep_core_find(number, n_cores())));
        assert_int_equal(sched_getaffinity(0, sizeof cores, &cores), 0);
        assert_true(CPU_EQUAL(&cores, &all_cores));
    }
}

static void nobody_goes_where_the_mask_has_no_core(void **state)
{
    (void)state;
    size_t core = 0;
    while (core < CPU_SETSIZE && CPU_ISSET(core, &all_cores)) core++;
    if (core == CPU_SETSIZE) skip();
    assert_false(rpi_sleep_core_go((int)core));
    assert_false(rpi_sleep_core_go(-1));
    assert_true(rpi_sleep_core_is_here(-1));
    assert_false(rpi_sleep_core_is_here((int)core));
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(CASE(as_many_workers_as_cores_have_a_core_each), CASE(fewer_or_more_workers_have_none), CASE(a_thread_that_is_bound_has_none),
          CASE(going_to_its_core_leaves_the_thread_free), CASE(nobody_goes_where_the_mask_has_no_core))
