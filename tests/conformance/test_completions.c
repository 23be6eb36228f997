/* test_completions.c: calls as they finish, waits for several calls, and what a cancel says. */
#include "suite.h"

#include <stdio.h>

static rp_result *nap(suite_fixture *fixture, double seconds, int64_t x, int64_t *to, uint64_t n)
{
    rp_result *result;
    rp_error error = {0};
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(seconds))};
    assert_status(RP_OK, rp_map_async(fixture->pool, tasks.nap, to, n, RP_RANGE(x, 1), &options, &result, &error), &error);
    return result;
}

static void completions_give_each_call_once_with_its_tag(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 200 };
    int64_t *values = suite_room(fixture, N, sizeof(*values));
    char seen[N] = {0};
    rp_completions *set;
    rp_result *result;
    void *tag;
    assert_int_equal(rp_completions_open(&set, NULL), RP_OK);
    assert_int_equal(rp_completions_next(set, -1, &result, &tag), RP_END);
    for (int64_t k = 0; k < N; k++) assert_int_equal(rp_completions_add(set, nap(fixture, 0, k, &values[k], 1), &values[k]), RP_OK);
    for (int k = 0; k < N; k++) {
        assert_int_equal(rp_completions_next(set, SUITE_WAIT_S, &result, &tag), RP_OK);
        int64_t which = (int64_t *)tag - values;
        assert_true(which >= 0 && which < N && !seen[which] && values[which] == which && rp_result_ready(result));
        seen[which] = 1;
        rp_result_free(result);
    }
    assert_int_equal(rp_completions_next(set, -1, &result, &tag), RP_END);
    rp_completions_free(set);
}

static void completions_come_as_they_finish_with_more_added_meanwhile(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *values = suite_room(fixture, 100, sizeof(*values));
    rp_completions *set;
    rp_result *result, *first = nap(fixture, 0, 0, &values[0], 1);
    assert_int_equal(rp_completions_open(&set, NULL), RP_OK);
    assert_int_equal(rp_result_wait(first, SUITE_WAIT_S), RP_OK);
    assert_int_equal(rp_completions_add(set, first, NULL), RP_OK); /* a finished one */
    assert_int_equal(rp_completions_add(set, first, NULL), RP_USAGE);
    int n = 0, n_added = 1;
    while (rp_completions_next(set, SUITE_WAIT_S, &result, NULL) == RP_OK) {
        rp_result_free(result);
        for (int more = 0; more < 2 && n_added < 100; more++, n_added++)
            assert_int_equal(rp_completions_add(set, nap(fixture, 0, n_added, &values[n_added], 1), NULL), RP_OK);
        n++;
    }
    assert_int_equal(n, 100);
    result = nap(fixture, 0.3, 1, values, 1);
    assert_int_equal(rp_completions_add(set, result, NULL), RP_OK);
    assert_int_equal(rp_completions_next(set, 0.01, &first, NULL), RP_TIMEOUT);
    rp_result_free(result); /* leaves the set */
    assert_int_equal(rp_completions_next(set, -1, &first, NULL), RP_END);
    rp_completions_free(set);
}

static void completions_give_cancelled_and_terminated_calls(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *values = suite_room(fixture, 200, sizeof(*values));
    rp_completions *set, *other;
    rp_result *results[2], *result;
    rp_error error = {0};
    assert_int_equal(rp_completions_open(&set, NULL), RP_OK);
    assert_int_equal(rp_completions_open(&other, NULL), RP_OK);
    for (int k = 0; k < 2; k++) {
        results[k] = nap(fixture, 0.005, 0, values + 100 * k, 100);
        assert_int_equal(rp_completions_add(k ? other : set, results[k], NULL), RP_OK);
    }
    rp_completions_free(other); /* its call goes on */
    assert_int_equal(rp_completions_add(set, results[1], &values), RP_OK);
    (void)rp_result_cancel(results[0]);
    rp_pool_terminate(fixture->pool);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(rp_completions_next(set, SUITE_WAIT_S, &result, NULL), RP_OK);
        assert_status(RP_CANCELLED, rp_result_get(result, 0, &error), &error);
        rp_result_free(result);
    }
    assert_int_equal(rp_completions_next(set, -1, &result, NULL), RP_END);
    rp_completions_free(set);
}

static void waits_for_any_and_all_of_several_calls(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *values = suite_room(fixture, 3, sizeof(*values));
    rp_result *results[3];
    size_t which = 9;
    assert_int_equal(rp_result_wait_any(NULL, 0, -1, &which), RP_END);
    assert_int_equal(rp_result_wait_all(NULL, 0, -1), RP_OK);
    for (int k = 0; k < 3; k++) results[k] = nap(fixture, 0.05, k, &values[k], 1);
    assert_int_equal(rp_result_wait_any(results, 3, SUITE_WAIT_S, &which), RP_OK);
    assert_true(which < 3 && rp_result_ready(results[which]) && values[which] == (int64_t)which);
    assert_int_equal(rp_result_wait_all(results, 3, SUITE_WAIT_S), RP_OK);
    for (int k = 0; k < 3; k++) assert_true(rp_result_ready(results[k]));
    for (int k = 0; k < 3; k++) rp_result_free(results[k]);

    results[0] = nap(fixture, 0.5, 0, values, 1);
    assert_int_equal(rp_result_wait_any(results, 1, 0, &which), RP_TIMEOUT);
    assert_int_equal(rp_result_wait_all(results, 1, 0.001), RP_TIMEOUT);
    results[1] = NULL;
    assert_int_equal(rp_result_wait_any(results, 2, 0, &which), RP_USAGE);
    rp_result_free(results[0]);
}

static void cancel_says_whether_it_came_in_time(void **state)
{
    suite_fixture *fixture = *state;
    const uint64_t n = 40;
    int64_t *busy = suite_room(fixture, n, sizeof(*busy)), *late = suite_room(fixture, n, sizeof(*late));
    for (int round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < n; i++) late[i] = -1;
        rp_result *first = nap(fixture, 0.002, 0, busy, n), *second = nap(fixture, 0, 5, late, n);
        suite_sleep(0.0005 * round);
        int in_time = rp_result_cancel(second);
        int finished = !rp_result_cancelled(second);
        assert_false(in_time && finished);
        assert_int_equal(rp_result_wait(second, SUITE_WAIT_S), RP_OK);
        assert_int_equal(rp_result_running(second), 0);
        for (uint64_t i = 0; in_time && i < n; i++) assert_int_equal(late[i], -1);
        assert_int_equal(rp_result_wait(first, SUITE_WAIT_S), RP_OK);
        assert_int_equal(rp_result_cancel(first), 0);
        assert_int_equal(rp_result_cancelled(first), 0);
        rp_result_free(first);
        rp_result_free(second);
    }
    assert_int_equal(rp_result_cancel(NULL) + rp_result_cancelled(NULL) + rp_result_running(NULL), 0);
}

static void cancel_of_a_call_behind_others_is_in_time(void **state)
{
    suite_fixture *fixture = *state;
    if (fixture->info.ranks > 1) return; /* where it may have been sent ahead */
    const uint64_t n = 40;
    int64_t *busy = suite_room(fixture, n, sizeof(*busy)), *late = suite_room(fixture, n, sizeof(*late));
    rp_result *first = nap(fixture, 0.05, 0, busy, n), *second = nap(fixture, 0, 5, late, n);
    assert_int_equal(rp_result_running(second), 0);
    assert_int_equal(rp_result_cancel(second), 1);
    assert_int_equal(rp_result_cancelled(second), 1);
    while (rp_result_completed(first) == 0) suite_sleep(0.001);
    assert_int_equal(rp_result_running(first), 1);
    assert_int_equal(rp_result_cancel(first), 0);
    assert_int_equal(rp_result_cancelled(first), 1);
    rp_result_free(first);
    rp_result_free(second);
}

int suite_run_completions(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(completions_give_each_call_once_with_its_tag),
        SUITE_CASE(completions_come_as_they_finish_with_more_added_meanwhile),
        SUITE_CASE(completions_give_cancelled_and_terminated_calls),
        SUITE_CASE(waits_for_any_and_all_of_several_calls),
        SUITE_CASE(cancel_says_whether_it_came_in_time),
        SUITE_CASE(cancel_of_a_call_behind_others_is_in_time),
    };
    return cmocka_run_group_tests_name("completions", cases, NULL, NULL);
}
