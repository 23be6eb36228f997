/*
 * test_failures.c: items that fail: what the error names, what becomes of the other items when the call stops and when it collects.
 */
#include "stumbles.h"

static rp_status map_stumbles(suite_fixture *fixture, const stumbles *made, rp_call_options options, rp_error *error)
{
    options.statuses = made->statuses;
    rp_columns columns = RP_COLUMNS(RP_COLUMN(made->seconds), RP_COLUMN(made->codes), RP_RANGE(0, 1));
    return rp_starmap(fixture->pool, tasks.stumble, made->results, made->n, columns, &options, error);
}

static void apply_names_what_failed(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result = 5;
    rp_error error = {0};
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(0.05), RP_CONSTANT((int32_t)13), RP_CONSTANT((int64_t)0));
    assert_status(RP_FAILED, rp_apply(fixture->pool, tasks.stumble, &result, arguments, NULL, &error), &error);
    check_stumble(fixture, &error, 0, 13);
    assert_true(error.seconds >= 0.04 && error.seconds < SUITE_WAIT_S);
    assert_status(RP_FAILED, rp_apply(fixture->pool, tasks.stumble, &result, arguments, NULL, NULL), NULL);
}

static void stop_names_the_item_and_keeps_those_before_it(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < STUMBLE_CUTS; k++) {
        rp_error error = {0};
        stumbles made = make_stumbles(fixture, 100);
        made.codes[37] = 11;
        assert_status(RP_FAILED, map_stumbles(fixture, &made, stumble_cuts[k], &error), &error);
        check_stumble(fixture, &error, 37, 11);
        for (int64_t i = 0; i < 37; i++) {
            assert_int_equal(made.statuses[i], RP_OK);
            assert_int_equal(made.results[i], i);
        }
        assert_int_equal(made.statuses[37], RP_FAILED);
        for (int i = 38; i < 100; i++) assert_int_equal(made.statuses[i], RP_CANCELLED);
    }
}

static void stop_names_the_first_by_index_not_by_time(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < STUMBLE_CUTS; k++) {
        rp_error error = {0};
        stumbles made = make_stumbles(fixture, 40);
        made.seconds[3] = 0.05;
        made.codes[3] = 1;
        made.codes[4] = 2;
        made.codes[39] = 3;
        assert_status(RP_FAILED, map_stumbles(fixture, &made, stumble_cuts[k], &error), &error);
        check_stumble(fixture, &error, 3, 1);
        for (int i = 0; i < 3; i++) assert_int_equal(made.results[i], i);
    }
}

static void stop_does_not_run_the_rest(void **state)
{
    suite_fixture *fixture = *state;
    static const rp_call_options options[] = {{.chunk = 0}, {.chunk = 1}, {.chunk = 5000}, {.schedule = RP_SCHEDULE_STATIC}};
    for (size_t k = 0; k < N_OF(options); k++) {
        uint64_t n = 500 * (uint64_t)fixture->info.workers, ran = 0;
        rp_error error = {0};
        stumbles made = make_stumbles(fixture, n);
        for (uint64_t i = 0; i < n; i++) made.seconds[i] = 0.004;
        made.codes[3] = 1;
        assert_status(RP_FAILED, map_stumbles(fixture, &made, options[k], &error), &error);
        for (uint64_t i = 0; i < n; i++) ran += made.results[i] == (int64_t)i;
        assert_true(ran < n / 2);
    }
}

static void collect_runs_all_the_rest(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    rp_error error = {0};
    options.on_error = RP_ON_ERROR_COLLECT;
    suite_reopen(fixture, &options);
    for (size_t k = 0; k < STUMBLE_CUTS; k++) {
        stumbles made = make_stumbles(fixture, 100);
        for (int i = 10; i < 100; i += 10) made.codes[i] = i;
        assert_status(RP_FAILED, map_stumbles(fixture, &made, stumble_cuts[k], &error), &error);
        check_stumble(fixture, &error, 10, 10);
        for (int64_t i = 0; i < 100; i++) {
            assert_int_equal(made.statuses[i], made.codes[i] != 0 ? RP_FAILED : RP_OK);
            if (made.codes[i] == 0) assert_int_equal(made.results[i], i);
        }
    }
}

static void collect_gives_each_failure(void **state)
{
    suite_fixture *fixture = *state;
    stumbles made = make_stumbles(fixture, 200);
    rp_call_options options = {.chunk = 3, .on_error = RP_ON_ERROR_COLLECT};
    rp_result *handle = NULL;
    rp_error error = {0};
    for (int i = 7; i < 200; i += 16) made.codes[i] = 1000 + i;
    rp_columns columns = RP_COLUMNS(RP_COLUMN(made.seconds), RP_COLUMN(made.codes), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.stumble, made.results, 200, columns, &options, &handle, &error), &error);
    assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    check_stumble(fixture, &error, 7, 1007);
    uint64_t n = 0;
    for (int i = 7; i < 200; i += 16) {
        rp_error failure = {0};
        assert_status(RP_OK, rp_result_failure(handle, n++, &failure), &failure);
        check_stumble(fixture, &failure, i, 1000 + i);
    }
    assert_int_equal(rp_result_failures(handle), n);
    assert_int_equal(rp_result_completed(handle), 200);
    assert_status(RP_USAGE, rp_result_failure(handle, n, &error), &error);
    rp_result_free(handle);
}

static void the_pool_goes_on_after_a_failure(void **state)
{
    suite_fixture *fixture = *state;
    for (int round = 0; round < 5; round++) {
        int64_t results[30];
        rp_error error = {0};
        stumbles made = make_stumbles(fixture, 30);
        made.codes[4 * round] = 1;
        assert_status(RP_FAILED, map_stumbles(fixture, &made, stumble_cuts[1], &error), &error);
        assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 30, RP_RANGE(0, 1), NULL, &error), &error);
        for (int i = 0; i < 30; i++) assert_int_equal(results[i], square(i));
    }
}

int suite_run_failures(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(apply_names_what_failed),
        SUITE_CASE(stop_names_the_item_and_keeps_those_before_it),
        SUITE_CASE(stop_names_the_first_by_index_not_by_time),
        SUITE_CASE(stop_does_not_run_the_rest),
        SUITE_CASE(collect_runs_all_the_rest),
        SUITE_CASE(collect_gives_each_failure),
        SUITE_CASE(the_pool_goes_on_after_a_failure),
    };
    return cmocka_run_group_tests_name("failures", cases, NULL, NULL);
}
