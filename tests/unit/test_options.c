/* test_options.c: options from text, each with the values that are right and what is said of those that aren't; ranges of fields. */
#include "unit.h"

#include "base/options.h"
#include "schedule/schedule.h"

#include <math.h>

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
    char schedules[256] = "schedule is \"dynamic\"; it must be one of: ";
    rp_name row;
    for (size_t k = 0; rp_enumeration("rp_schedule", k, &row); k++)
        snprintf(schedules + strlen(schedules), sizeof schedules - strlen(schedules), "%s%s", k ? ", " : "", row.name);
    check_bad("schedule", "dynamic", schedules);
    check_bad("on-error", "ignore", "it must be one of: stop, collect");
    check_bad("on-lost", "never", "it must be one of: stop, go-on");
    check_bad("progress", "yes", "it must be one of: never, auto, always");
    char options[512] = "unknown option \"thread\"; there are: ";
    rp_option_info info;
    for (size_t k = 0; rp_pool_option(k, &info); k++)
        snprintf(options + strlen(options), sizeof options - strlen(options), "%s%s", k ? ", " : "", info.name);
    check_bad("thread", "", options);
    check_bad("thread", "",
              "; there are: executor, backend, ranks, threads, stack-size, nested-threads, wait-policy, chunk, schedule, window, overlap, "
              "on-error, "
              "max-failures, on-lost, retries, timeout, ");
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
    assert_refused(rpi_options_check(&(rp_pool_options){.executor = (rp_executor)99}, &error), error, "executor 99");
    assert_refused(rpi_options_check(&(rp_pool_options){.executor = (rp_executor)-1}, &error), error, "executor -1");
    assert_refused(rpi_options_check(&(rp_pool_options){.schedule = (rp_schedule)99}, &error), error, "schedule 99");
    assert_refused(rpi_options_check(&(rp_pool_options){.on_error = (rp_on_error)99}, &error), error, "on_error 99");
    assert_refused(rpi_options_check(&(rp_pool_options){.progress = (rp_progress)99}, &error), error, "progress 99");
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
    assert_string_equal(rp_executor_name((rp_executor)99), "unknown");
    assert_string_equal(rp_executor_name((rp_executor)-1), "unknown");
    assert_string_equal(rp_schedule_name((rp_schedule)99), "unknown");
}

/* ---- the rows ---- */

static void set_text(const rpi_option *option, rp_pool_options *options, uint64_t number, bool is_right)
{
    char text[32];
    rp_error error;
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    rp_status status = rp_pool_options_set(options, option->name, text, &error);
    if ((status == RP_OK) != is_right) fail_msg("%s = %s: %s", option->name, text, rp_status_text(status));
    if (is_right) return;
    assert_contains(rp_error_text(&error), option->name);
    assert_contains(rp_error_text(&error), "it must be a");
}

static bool is_whole(const rpi_option *option)
{
    return option->type == RPI_OPTION_INT || option->type == RPI_OPTION_UNSIGNED || option->type == RPI_OPTION_COUNT ||
           option->type == RPI_OPTION_LIMIT;
}

static void each_number_takes_its_limits_and_nothing_beyond(void **state)
{
    (void)state;
    for (size_t k = 0; k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        rp_pool_options options = {0};
        if (!option->name || option->type == RPI_OPTION_CHOICE || option->type == RPI_OPTION_TEXT) continue;
        set_text(option, &options, option->most, true);
        set_text(option, &options, option->most + 1, false);
        if (!is_whole(option)) continue;
        set_text(option, &options, option->least, true);
        if (option->least > 0) set_text(option, &options, option->least - 1, false);
    }
}

static void a_text_is_taken_as_it_is(void **state)
{
    (void)state;
    rp_pool_options options = {0};
    const char *name = "-1 a folder";
    assert_int_equal(rp_pool_options_set(&options, "journal", name, NULL), RP_OK);
    assert_ptr_equal(options.journal, name);
    assert_int_equal(rpi_options_check(&options, NULL), RP_OK);
}

static void each_choice_takes_its_names_alone(void **state)
{
    (void)state;
    for (size_t k = 0; k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        rp_pool_options options = {0};
        rp_error error;
        rp_name row;
        if (option->type != RPI_OPTION_CHOICE) continue;
        for (size_t i = 0; rp_enumeration(option->names->enumeration, i, &row); i++) {
            if (*row.name) assert_int_equal(rp_pool_options_set(&options, option->name, row.name, NULL), RP_OK);
            if (*row.name) assert_memory_equal((const char *)&options + option->at, &row.value, sizeof row.value);
        }
        assert_refused(rp_pool_options_set(&options, option->name, "", &error), error, "it must be one of: ");
        assert_contains(rp_error_text(&error), option->name);
    }
}

/* Bytes of 0xff are a number outside of every range, and not a time. */
static void each_field_that_is_checked_refuses_nonsense(void **state)
{
    (void)state;
    for (size_t k = 0; k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        rp_pool_options options = {.isolation = RP_ISOLATION_PROCESS, .on_error = RP_ON_ERROR_COLLECT};
        rp_error error;
        memset((char *)&options + option->at, 0xff, option->size);
        if (option->is_free) assert_int_equal(rpi_options_check(&options, NULL), RP_OK);
        else assert_refused(rpi_options_check(&options, &error), error, option->field);
    }
}

static void the_list_for_help_has_each_name_once(void **state)
{
    (void)state;
    rp_option_info info, other;
    size_t n = 0;
    for (; rp_pool_option(n, &info); n++) {
        assert_true(!info.commands || (info.value && info.help));
        for (size_t k = 0; k < n && rp_pool_option(k, &other); k++) assert_string_not_equal(info.name, other.name);
    }
    assert_true(n > 10);
    assert_int_equal(rp_pool_option(n, &info), 0);
    rp_name row;
    assert_int_equal(rp_enumeration("rp_nothing", 0, &row), 0);
}

/* ---- defaults, calls ---- */

static void zeros_become_the_defaults(void **state)
{
    (void)state;
    rp_pool_options options = {0}, limited = {.max_failures_percent = 3}, given = {.retry_pause_s = 2, .max_records = 5};
    rpi_options_fill(&options);
    assert_true(options.retry_pause_s > 0.09 && options.retry_pause_s < 0.11 && options.progress_interval_s > 9.9);
    assert_int_equal(options.max_records, 262144);
    assert_int_equal(options.on_error, RP_ON_ERROR_STOP);
    rpi_options_fill(&limited);
    assert_int_equal(limited.on_error, RP_ON_ERROR_COLLECT);
    rpi_options_fill(&given);
    assert_true(given.retry_pause_s > 1.9 && given.max_records == 5);
}

static void a_call_has_its_own_or_its_pools(void **state)
{
    (void)state;
    rp_pool_options pool = {.schedule = RP_SCHEDULE_GUIDED, .chunk = 3, .window = 9, .retries = 2, .timeout_s = 4, .max_failures = 7}, both;
    rpi_options_fill(&pool);
    rpi_options_resolve(&pool, NULL, &both);
    assert_memory_equal(&both, &pool, sizeof pool);
    rpi_options_resolve(&pool, &(rp_call_options){.chunk = 5, .timeout_s = -1, .retries = RP_NO_RETRIES}, &both);
    assert_true(both.schedule == RP_SCHEDULE_GUIDED && both.chunk == 5 && both.window == 9 && both.timeout_s < 0);
    assert_true(both.retries == RP_NO_RETRIES && both.max_failures == 7 && both.on_error == RP_ON_ERROR_COLLECT);
    rpi_options_resolve(&pool, &(rp_call_options){.schedule = RP_SCHEDULE_AF, .max_failures_percent = 1}, &both);
    assert_true(both.schedule == RP_SCHEDULE_AF && both.max_failures == 0 && both.max_failures_percent > 0.9);
    rpi_options_resolve(&pool, &(rp_call_options){.on_error = RP_ON_ERROR_STOP}, &both);
    assert_true(both.on_error == RP_ON_ERROR_STOP && both.max_failures == 7);
}

static void a_call_with_a_limit_of_its_own_collects(void **state)
{
    (void)state;
    rp_pool_options pool = {0}, both;
    rpi_options_fill(&pool);
    rpi_options_resolve(&pool, &(rp_call_options){.max_failures = 2}, &both);
    assert_true(both.on_error == RP_ON_ERROR_COLLECT && both.max_failures == 2);
    rpi_options_resolve(&pool, &(rp_call_options){.max_failures = 2, .on_error = RP_ON_ERROR_STOP}, &both);
    assert_int_equal(both.on_error, RP_ON_ERROR_STOP);
}

static void choices_of_a_call_are_checked(void **state)
{
    (void)state;
    rp_error error;
    assert_refused(rpi_options_check_call(&(rp_call_options){.schedule = (rp_schedule)99}, &error), error, "schedule 99");
    assert_refused(rpi_options_check_call(&(rp_call_options){.on_error = (rp_on_error)-1}, &error), error, "on_error -1");
    assert_refused(rpi_options_check_call(&(rp_call_options){.timeout_s = NAN}, &error), error, "timeout_s is nan");
    assert_refused(rpi_options_check_call(&(rp_call_options){.max_failures_percent = -1}, &error), error, "max_failures_percent is -1");
    assert_refused(rpi_options_check(&(rp_pool_options){.progress_interval_s = -1}, &error), error, "progress_interval_s is -1");
    assert_int_equal(rpi_options_check_call(&(rp_call_options){.retries = RP_NO_RETRIES, .timeout_s = -1}, &error), RP_OK);
}

/* ---- packed ---- */

static const rp_pool_options for_workers = {
    .isolation = RP_ISOLATION_PROCESS, .max_tasks_per_child = UINT64_MAX, .record = RP_RECORD_GRAINS, .max_records = 12345};

static void what_is_packed_comes_out(void **state)
{
    (void)state;
    char *bytes = malloc(rpi_options_packed_size());
    rp_pool_options all = for_workers, workers, read;
    assert_non_null(bytes);
    all.threads = 3, all.retries = 4, all.progress = RP_PROGRESS_ALWAYS;
    rpi_options_for_workers(&all, &workers);
    assert_memory_equal(&workers, &for_workers, sizeof workers);
    rpi_options_pack(&workers, bytes);
    assert_int_equal(rpi_options_unpack(bytes, rpi_options_packed_size(), &read, NULL), RP_OK);
    assert_memory_equal(&read, &workers, sizeof read);
    free(bytes);
}

static void a_truncated_or_foreign_packing_is_refused(void **state)
{
    (void)state;
    size_t size = rpi_options_packed_size();
    char *bytes = malloc(size), *part;
    rp_pool_options read = {.threads = 17};
    rp_error error;
    assert_non_null(bytes);
    rpi_options_pack(&for_workers, bytes);
    for (size_t n = 0; n < size; n++) { /* with a sanitizer: nothing is read behind its end */
        part = malloc(n ? n : 1);
        assert_non_null(part);
        memcpy(part, bytes, n);
        assert_refused(rpi_options_unpack(part, n, &read, &error), error, "options");
        free(part);
    }
    for (size_t at = 0; at < size; at += 8) { /* the number, or one of the choices, is nonsense */
        rpi_options_pack(&for_workers, bytes);
        memset(bytes + at, 0xff, 8);
        bool may_be_so = rpi_options_unpack(bytes, size, &read, NULL) == RP_OK;
        if (may_be_so) assert_true(read.max_tasks_per_child == UINT64_MAX);
        else assert_int_equal(read.threads, 17);
        read = (rp_pool_options){.threads = 17};
    }
    free(bytes);
}

UNIT_MAIN(UNIT(names_choose), UNIT(numbers_are_read), UNIT(bad_names_are_told_what_there_is), UNIT(bad_numbers_are_told_the_range),
          UNIT(fields_out_of_range_are_refused), UNIT(names_are_those_that_are_read), UNIT(each_number_takes_its_limits_and_nothing_beyond),
          UNIT(a_text_is_taken_as_it_is), UNIT(each_choice_takes_its_names_alone), UNIT(each_field_that_is_checked_refuses_nonsense),
          UNIT(the_list_for_help_has_each_name_once), UNIT(zeros_become_the_defaults), UNIT(a_call_has_its_own_or_its_pools),
          UNIT(a_call_with_a_limit_of_its_own_collects), UNIT(choices_of_a_call_are_checked), UNIT(what_is_packed_comes_out),
          UNIT(a_truncated_or_foreign_packing_is_refused))
