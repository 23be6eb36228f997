/* test_worker_config.c: a copy keeps what it was made of. */
#include "unit.h"

#include "worker/worker_config.h"

static int start(rp_bytes argument, void **state)
{
    *state = NULL;
    return argument.size > 0;
}
RP_INITIALIZER(starter, start, NULL)

static void a_copy_has_an_argument_of_its_own(void **state)
{
    (void)state;
    char argument[] = "before";
    static const rpi_runner_ops runner = {.create = NULL};
    rpi_worker_config config = {.initializer = starter_initializer, .initializer_argument = {argument, 6}, .runner = &runner}, copy = {0};
    config.options =
        (rp_pool_options){.isolation = RP_ISOLATION_PROCESS, .max_tasks_per_child = 7, .record = RP_RECORD_GRAINS, .max_records = 9};
    assert_true(rpi_worker_config_copy(&copy, &config));
    memcpy(argument, "after!", 6);
    assert_int_equal(copy.initializer_argument.size, 6);
    assert_memory_equal(copy.initializer_argument.data, "before", 6);
    assert_ptr_equal(copy.initializer, starter_initializer);
    assert_true(copy.options.isolation == RP_ISOLATION_PROCESS && copy.options.max_tasks_per_child == 7);
    rpi_recording recording = rpi_worker_config_recording(&copy);
    assert_true(recording.level == RP_RECORD_GRAINS && recording.room == 9);
    assert_ptr_equal(copy.runner, &runner);
    rpi_worker_config_fini(&copy);
}

static void an_empty_argument_is_there_too(void **state)
{
    (void)state;
    rpi_worker_config config = {0}, copy = {0};
    rpi_worker_config_fini(&copy);
    assert_true(rpi_worker_config_copy(&copy, &config));
    assert_non_null(copy.initializer_argument.data);
    assert_int_equal(copy.initializer_argument.size, 0);
    rpi_worker_config_fini(&copy);
    rpi_worker_config_fini(&copy);
}

UNIT_MAIN(UNIT(a_copy_has_an_argument_of_its_own), UNIT(an_empty_argument_is_there_too))
