/* test_options.c: options from text, each with the values that are right and what is said of those that aren't; ranges of fields. */
#include "unit.h"

#include "pool/options.h"
#include "schedule/schedule.h"

typedef struct choice {
    const char *name, *value;
    int expected;
} choice;

static void check_choice(const rp_pool_options *options, const choice *is)
{
    if (!strcmp(is->name, "executor") || !strcmp(is->name, "backend")) assert_int_equal(options->executor, is->expected);
    if (!strcmp(is->name, "schedule")) assert_int_equal(options->schedule, is->expected);
    if (!strcmp(is->name, "on-error")) assert_int_equal(options->on_error, is->expected);
    if (!strcmp(is->name, "progress")) assert_int_equal(options->progress, is->expected);
}

static void names_choose(void **state)
{
    (void)state;
    static const choice choices[] = {
        {"executor", "serial", RP_EXECUTOR_SERIAL},       {"executor", "pthread", RP_EXECUTOR_PTHREAD},
        {"executor", "openmp", RP_EXECUTOR_OPENMP},       {"backend", "mpi", RP_EXECUTOR_MPI},
        {"backend", "hybrid", RP_EXECUTOR_HYBRID},        {"executor", "auto", RP_EXECUTOR_AUTO},
        {"schedule", "static", RP_SCHEDULE_STATIC},       {"schedule", "fixed", RP_SCHEDULE_FIXED},
        {"schedule", "guided", RP_SCHEDULE_GUIDED},       {"schedule", "trapezoid", RP_SCHEDULE_TRAPEZOID},
        {"schedule", "factoring", RP_SCHEDULE_FACTORING}, {"schedule", "auto", RP_SCHEDULE_AUTO},
        {"schedule", "mfsc", RP_SCHEDULE_MFSC},           {"schedule", "awf-b", RP_SCHEDULE_AWF_B},
        {"schedule", "awf-c", RP_SCHEDULE_AWF_C},         {"schedule", "awf-d", RP_SCHEDULE_AWF_D},
        {"schedule", "awf-e", RP_SCHEDULE_AWF_E},         {"schedule", "af", RP_SCHEDULE_AF},
        {"on-error", "collect", RP_ON_ERROR_COLLECT},     {"on-error", "stop", RP_ON_ERROR_STOP},
        {"progress", "auto", RP_PROGRESS_AUTO},           {"progress", "always", RP_PROGRESS_ALWAYS},
        {"progress", "never", RP_PROGRESS_NEVER},
    };
    rp_pool_options options = {0};
    rp_error error;
    for (size_t k = 0; k < N_OF(choices); k++) {
        assert_int_equal(rp_pool_options_set(&options, choices[k].name, choices[k].value, &error), RP_OK);
        check_choice(&options, &choices[k]);
        assert_int_equal(rpi_options_check(&options, NULL), RP_OK);
    }
}

static void numbers_are_read(void **state)
{
    (void)state;
    rp_pool_options options = {0};
    assert_int_equal(rp_pool_options_set(&options, "threads", "65536", NULL), RP_OK);
    assert_int_equal(options.threads, 65536);
    assert_int_equal(rp_pool_options_set(&options, "chunk", "9223372036854775807", NULL), RP_OK);
    assert_true(options.chunk == INT64_MAX);
    assert_int_equal(rp_pool_options_set(&options, "chunk", "auto", NULL), RP_OK);
    assert_int_equal(options.chunk, 0);
    assert_int_equal(rp_pool_options_set(&options, "max-failures", "2.5%", NULL), RP_OK);
    assert_true(options.max_failures == 0 && options.max_failures_percent > 2.49 && options.max_failures_percent < 2.51);
    assert_int_equal(rp_pool_options_set(&options, "max-failures", "7", NULL), RP_OK);
    assert_true(options.max_failures == 7 && options.max_failures_percent <= 0);
    assert_int_equal(rp_pool_options_set(&options, "window", "12", NULL), RP_OK);
    assert_int_equal(options.window, 12);
    assert_int_equal(rp_pool_options_set(&options, "window", "auto", NULL), RP_OK);
    assert_int_equal(options.window, 0);
}

static void check_bad(const char *name, const char *value, const char *part)
{
    rp_pool_options options = {.executor = RP_EXECUTOR_SERIAL, .threads = 3, .chunk = 4, .window = 5}, before = options;
    rp_error error;
    assert_refused(rp_pool_options_set(&options, name, value, &error), error, part);
    assert_contains(rp_error_text(&error), name);
    assert_contains(rp_error_text(&error), value);
    assert_memory_equal(&options, &before, sizeof options);
    assert_null(strchr(rp_error_text(&error), '\n'));
    assert_int_equal(rp_pool_options_set(&options, name, value, NULL), RP_USAGE);
}

static void bad_names_are_told_what_there_is(void **state)
{
    (void)state;
    check_bad("executor", "gpu", "executor is \"gpu\"; it must be one of: auto, serial, pthread, openmp, mpi, hybrid");
    check_bad("backend", "OpenMP", "backend is \"OpenMP\"; it must be one of: auto, serial");
    check_bad("backend", "", "must be one of");
    check_bad("schedule", "dynamic",
              "schedule is \"dynamic\"; it must be one of: auto, static, fixed, guided, trapezoid, factoring, "
              "mfsc, awf-b, awf-c, awf-d, awf-e, af");
    check_bad("on-error", "ignore", "it must be one of: stop, collect");
    check_bad("progress", "yes", "it must be one of: never, auto, always");
    check_bad("thread", "",
              "unknown option \"thread\"; there are: executor, backend, threads, chunk, schedule, window, on-error, max-failures, retries, "
              "timeout, isolation, max-tasks-per-child, record, progress");
}

static void bad_numbers_are_told_the_range(void **state)
{
    (void)state;
    static const char *const bad[] = {"0", "-1", "", "1.5", "1e3", " 4", "4 ", "+4", "0x10", "four", "99999999999999999999999", "4,5"};
    for (size_t k = 0; k < N_OF(bad); k++) {
        check_bad("threads", bad[k], "it must be a whole number from 1 to 65536");
        check_bad("chunk", bad[k], "it must be a whole number from 1 to 9223372036854775807, or auto");
        check_bad("window", bad[k], "it must be a whole number from 1 to 9223372036854775807, or auto");
    }
    check_bad("threads", "65537", "from 1 to 65536");
    check_bad("threads", "auto", "from 1 to 65536");
    check_bad("chunk", "9223372036854775808", "or auto");
}

static void fields_out_of_range_are_refused(void **state)
{
    (void)state;
    rp_error error;
    static const rp_initializer broken = {"broken", NULL, NULL};
    assert_refused(rpi_options_check(&(rp_pool_options){.threads = -1}, &error), error, "threads is -1; it must be from 1 to 65536");
    assert_refused(rpi_options_check(&(rp_pool_options){.threads = 70000}, &error), error, "threads is 70000");
    assert_refused(rpi_options_check(&(rp_pool_options){.executor = (rp_executor)6}, &error), error, "executor 6");
    assert_refused(rpi_options_check(&(rp_pool_options){.executor = (rp_executor)-1}, &error), error, "executor -1");
    assert_refused(rpi_options_check(&(rp_pool_options){.schedule = (rp_schedule)12}, &error), error, "schedule 12");
    assert_refused(rpi_options_check(&(rp_pool_options){.on_error = (rp_on_error)3}, &error), error, "on_error 3");
    assert_refused(rpi_options_check(&(rp_pool_options){.progress = (rp_progress)3}, &error), error, "progress 3");
    assert_refused(rpi_options_check(&(rp_pool_options){.initializer = &broken}, &error), error, "initializer broken has no start");
    assert_int_equal(rpi_options_check(&(rp_pool_options){0}, &error), RP_OK);
}

static void names_are_those_that_are_read(void **state)
{
    (void)state;
    rp_pool_options options = {0};
    rp_name row;
    for (size_t k = 0; rp_enumeration("rp_executor", k, &row); k++) {
        assert_int_equal(rp_pool_options_set(&options, "executor", rp_executor_name((rp_executor)row.value), NULL), RP_OK);
        assert_int_equal(options.executor, row.value);
    }
    for (size_t k = 0; rp_enumeration("rp_schedule", k, &row); k++) {
        assert_int_equal(rp_pool_options_set(&options, "schedule", rp_schedule_name((rp_schedule)row.value), NULL), RP_OK);
        assert_int_equal(options.schedule, row.value);
    }
    assert_string_equal(rp_executor_name((rp_executor)17), "unknown");
    assert_string_equal(rp_executor_name((rp_executor)-1), "unknown");
    assert_string_equal(rp_schedule_name((rp_schedule)17), "unknown");
}

UNIT_MAIN(UNIT(names_choose), UNIT(numbers_are_read), UNIT(bad_names_are_told_what_there_is), UNIT(bad_numbers_are_told_the_range),
          UNIT(fields_out_of_range_are_refused), UNIT(names_are_those_that_are_read))
