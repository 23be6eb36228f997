/*
 * test_usage.c: wrong arguments are refused before anything runs, with a text that names the argument and what would be right.
 */
#include "suite.h"

#include <math.h>
#include <string.h>

static void the_number_of_columns_must_fit(void **state)
{
    suite_fixture *fixture = *state;
    double results[3], x[3] = {1, 2, 3};
    rp_error error = {0};
    rp_columns one = RP_COLUMNS(RP_COLUMN(x)), three = RP_COLUMNS(RP_COLUMN(x), RP_COLUMN(x), RP_COLUMN(x));
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, results, 3, one, NULL, &error), &error);
    assert_text(&error, "energy");
    assert_text(&error, "argument");
    assert_text(&error, "2");
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, results, 3, three, NULL, &error), &error);
    assert_text(&error, "3");
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.energy, results, 3, RP_COLUMN(x), NULL, &error), &error);
    rp_call_options all_bound = {.bound = RP_COLUMNS(RP_CONSTANT(1.0), RP_CONSTANT(2.0))};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.energy, results, 3, RP_COLUMN(x), &all_bound, &error), &error);
    assert_status(RP_USAGE, rp_apply(fixture->pool, tasks.energy, results, RP_COLUMNS(RP_CONSTANT(1.0)), NULL, &error), &error);
    rp_iter *iterator = NULL;
    assert_status(RP_USAGE, rp_imap(fixture->pool, tasks.energy, RP_ITEMS(3, RP_COLUMN(x)), NULL, &iterator, &error), &error);
    assert_null(iterator);
}

static void the_types_of_columns_must_fit(void **state)
{
    suite_fixture *fixture = *state;
    double results[3], x[3] = {1, 2, 3};
    float wrong[3] = {1, 2, 3};
    int32_t integers[3] = {1, 2, 3};
    rp_error error = {0};
    rp_columns second = RP_COLUMNS(RP_COLUMN(x), RP_COLUMN(wrong)), first = RP_COLUMNS(RP_COLUMN(integers), RP_COLUMN(x));
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, results, 3, second, NULL, &error), &error);
    assert_text(&error, "energy");
    assert_text(&error, "argument 2");
    assert_text(&error, rp_type_name(RP_TYPE_DOUBLE));
    assert_text(&error, rp_type_name(RP_TYPE_FLOAT));
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, results, 3, first, NULL, &error), &error);
    assert_text(&error, "argument 1");
    assert_text(&error, rp_type_name(RP_TYPE_INT32));
    rp_call_options bound = {.bound = RP_COLUMNS(RP_CONSTANT((INT64_C(1) << 53) + 1))};
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.energy, results, 3, RP_COLUMN(x), &bound, &error), &error);
    assert_text(&error, rp_type_name(RP_TYPE_INT64));
    rp_result *handle = NULL;
    assert_status(RP_USAGE, rp_starmap_async(fixture->pool, tasks.energy, results, 3, second, NULL, &handle, &error), &error);
    assert_null(handle);
    assert_int_equal(error.item, -1);
}

static void the_size_of_structs_must_fit(void **state)
{
    suite_fixture *fixture = *state;
    particle particles[2];
    point results[2];
    rp_error error = {0};
    memset(particles, 0, sizeof(particles));
    rp_columns columns = RP_COLUMNS(RP_COLUMN(particles), RP_CONSTANT(0.0));
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.mirror, results, 2, columns, NULL, &error), &error);
    assert_text(&error, "argument 1");
}

static void an_unset_task_or_result_is_refused(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[3];
    rp_error error = {0};
    assert_status(RP_USAGE, rp_map(fixture->pool, NULL, results, 3, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, NULL, 3, RP_RANGE(0, 1), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(NULL, tasks.square, results, 3, RP_RANGE(0, 1), NULL, &error), &error);
    const int64_t *nowhere = NULL;
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, results, 3, RP_COLUMN(nowhere), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map_async(fixture->pool, tasks.square, results, 3, RP_RANGE(0, 1), NULL, NULL, &error), &error);
    assert_status(RP_USAGE, rp_imap(fixture->pool, tasks.square, RP_ITEMS(3, RP_RANGE(0, 1)), NULL, NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, NULL, results, 3, RP_RANGE(0, 1), NULL, NULL), NULL);
}

static void only_ranges_and_constants_are_endless(void **state)
{
    suite_fixture *fixture = *state;
    int64_t items[3] = {1, 2, 3};
    rp_iter *iterator = NULL;
    rp_error error = {0};
    assert_status(RP_USAGE, rp_imap(fixture->pool, tasks.square, RP_ITEMS(UINT64_MAX, RP_COLUMN(items)), NULL, &iterator, &error), &error);
    assert_null(iterator);
}

static void pools_refuse_wrong_options(void **state)
{
    (void)state;
    rp_pool *pool = NULL;
    rp_error error = {0};
    rp_pool_options options = suite_options();
    options.threads = -1;
    assert_status(RP_USAGE, rp_pool_open(&options, &pool, &error), &error);
    assert_text(&error, "threads");
    options = suite_options();
    options.schedule = (rp_schedule)99;
    assert_status(RP_USAGE, rp_pool_open(&options, &pool, &error), &error);
    assert_text(&error, "schedule");
    options = suite_options();
    options.executor = (rp_executor)99;
    assert_status(RP_USAGE, rp_pool_open(&options, &pool, &error), &error);
    assert_text(&error, "executor");
    assert_null(pool);
}

/* Those of pools are in unit.options. */
static void numbers_in_options_are_checked(void **state)
{
    const struct {
        rp_call_options options;
        const char *named;
    } wrong[] = {{{.timeout_s = NAN}, "timeout_s"},
                 {{.timeout_s = INFINITY}, "timeout_s"},
                 {{.max_failures_percent = NAN}, "max_failures_percent"},
                 {{.max_failures_percent = -1}, "max_failures_percent"},
                 {{.max_failures_percent = 100}, "max_failures_percent"},
                 {{.retries = RP_NO_RETRIES - 1}, "retries"},
                 {{.on_error = RP_ON_ERROR_STOP, .max_failures = 3}, "stop"},
                 {{.on_error = RP_ON_ERROR_STOP, .max_failures_percent = 3}, "stop"}};
    static const rp_call_options right[] = {
        {.timeout_s = -1}, {.retries = RP_NO_RETRIES}, {.max_failures = UINT64_MAX}, {.chunk = UINT64_MAX}};
    suite_fixture *fixture = *state;
    int64_t results[3];
    rp_iter *iterator = NULL;
    for (size_t k = 0; k < N_OF(wrong); k++) {
        rp_error error = {0};
        assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, results, 3, RP_RANGE(0, 1), &wrong[k].options, &error), &error);
        assert_text(&error, wrong[k].named);
        assert_status(RP_USAGE, rp_imap(fixture->pool, tasks.square, RP_ITEMS(3, RP_RANGE(0, 1)), &wrong[k].options, &iterator, &error),
                      &error);
    }
    for (size_t k = 0; k < N_OF(right); k++) {
        rp_error error = {0};
        assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 3, RP_RANGE(0, 1), &right[k], &error), &error);
    }
}

/* A time-out of less than a nanosecond isn't none. */
static void a_tiny_time_out_is_one(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result;
    rp_error error = {0};
    rp_call_options options = {.timeout_s = 1e-10};
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(0.1), RP_CONSTANT((int64_t)1));
    assert_status(RP_FAILED, rp_apply(fixture->pool, tasks.nap, &result, arguments, &options, &error), &error);
    assert_int_equal(error.cause, RP_CAUSE_TIMEOUT);
}

static void options_from_text_say_what_would_be_right(void **state)
{
    static const struct {
        const char *name, *value;
    } wrong[] = {{"threads", "0"},    {"threads", "-2"},         {"threads", "two"},  {"threads", ""},      {"chunk", "0"},
                 {"chunk", "-1"},     {"chunk", "7x"},           {"schedule", "big"}, {"executor", "cuda"}, {"backend", "gpu"},
                 {"on-error", "cry"}, {"progress", "sometimes"}, {"window", "-1"},    {"colour", "blue"}};
    (void)state;
    for (size_t k = 0; k < N_OF(wrong); k++) {
        rp_pool_options options = suite_options(), before = options;
        rp_error error = {0};
        assert_status(RP_USAGE, rp_pool_options_set(&options, wrong[k].name, wrong[k].value, &error), &error);
        assert_text(&error, wrong[k].name);
        assert_memory_equal(&options, &before, sizeof(options));
    }
}

static void options_from_text_are_set(void **state)
{
    static const char *const right[][2] = {{"threads", "3"},        {"chunk", "17"},  {"schedule", "factoring"}, {"backend", "pthread"},
                                           {"on-error", "collect"}, {"window", "12"}, {"progress", "always"}};
    (void)state;
    rp_pool_options options = {.threads = 0};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(right); k++) {
        assert_status(RP_OK, rp_pool_options_set(&options, right[k][0], right[k][1], &error), &error);
    }
    assert_int_equal(options.threads, 3);
    assert_int_equal(options.chunk, 17);
    assert_int_equal(options.schedule, RP_SCHEDULE_FACTORING);
    assert_int_equal(options.executor, RP_EXECUTOR_PTHREAD);
    assert_int_equal(options.on_error, RP_ON_ERROR_COLLECT);
    assert_int_equal(options.window, 12);
    assert_int_equal(options.progress, RP_PROGRESS_ALWAYS);
    assert_status(RP_OK, rp_pool_options_set(&options, "chunk", "auto", &error), &error);
    assert_int_equal(options.chunk, 0);
}

int suite_run_usage(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(the_number_of_columns_must_fit),
        SUITE_CASE(the_types_of_columns_must_fit),
        SUITE_CASE(the_size_of_structs_must_fit),
        SUITE_CASE(an_unset_task_or_result_is_refused),
        SUITE_CASE(only_ranges_and_constants_are_endless),
        SUITE_CASE(pools_refuse_wrong_options),
        SUITE_CASE(numbers_in_options_are_checked),
        SUITE_CASE(a_tiny_time_out_is_one),
        SUITE_CASE(options_from_text_say_what_would_be_right),
        SUITE_CASE(options_from_text_are_set),
    };
    return cmocka_run_group_tests_name("usage", cases, NULL, NULL);
}
