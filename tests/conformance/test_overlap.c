/*
 * test_overlap.c: tasks that have many items at once (RP_TASK_OVERLAP). They get as many as there are, or, with isolation and time-outs,
 * one after the other; results and failures are each item's own either way.
 */
#include "suite.h"

#include <pthread.h>
#include <string.h>

enum { N = 200, AT_ONCE = 8 };

/* What item x does: a remainder of 10. */
enum { FAILS = 3, IS_LEFT = 5, EXITS = 7 };

/* Takes some items, and ends them the last one first. Items of `harms` and of no other remainder do something bad. */
static void in_turn(void)
{
    rp_item *items[AT_ONCE];
    int n = 0;
    while (n < AT_ONCE && (items[n] = rp_item_take())) n++;
    while (n > 0) {
        rp_item *item = items[--n];
        int64_t harms = *(const int64_t *)item->arguments[0], x = *(const int64_t *)item->arguments[1];
        *(int64_t *)item->result = 2 * x;
        if (harms != x % 10) rp_item_end(item);
        else if (harms == FAILS) (void)rp_item_fail(item, 40, "no %lld on try %d", (long long)x, item->attempt);
        else if (harms == EXITS) pthread_exit(NULL);
    }
}
RP_TASK_OVERLAP(in_turn, int64_t, int64_t, int64_t)

/* One that has no results, and takes nothing. */
static void idle(void) {}
RP_TASK_OVERLAP(idle, void, int64_t)

static void reopen(suite_fixture *fixture, unsigned retries)
{
    rp_pool_options options = suite_options();
    options.overlap = AT_ONCE;
    options.retries = retries;
    options.retry_pause_s = 0.001;
    suite_reopen(fixture, &options);
}

/* Runs all items over a map; the statuses say which have failed. */
static void run(suite_fixture *fixture, int64_t harms, rp_call_options *options, rp_status *statuses, rp_error *error)
{
    int64_t *results = suite_room(fixture, N, sizeof(*results));
    options->on_error = RP_ON_ERROR_COLLECT;
    options->statuses = statuses;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(harms), RP_RANGE(0, 1));
    (void)rp_starmap(fixture->pool, in_turn_task, results, N, columns, options, error);
    for (int64_t x = 0; x < N; x++)
        if (statuses[x] == RP_OK) assert_int_equal(results[x], 2 * x);
}

static void results_are_in_their_places(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    reopen(fixture, 0);
    for (uint64_t chunk = 0; chunk < 40; chunk = 3 * chunk + 1) {
        run(fixture, -1, &(rp_call_options){.chunk = chunk}, statuses, &error);
        for (int x = 0; x < N; x++) assert_status(RP_OK, statuses[x], &error);
    }
}

static void an_iterator_gives_them_in_order(void **state)
{
    suite_fixture *fixture = *state;
    int64_t none = -1, result = 0;
    rp_iter *iterator;
    rp_error error = {0};
    reopen(fixture, 0);
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(none))};
    assert_status(RP_OK, rp_imap(fixture->pool, in_turn_task, RP_ITEMS(N, RP_RANGE(0, 1)), &options, &iterator, &error), &error);
    for (int64_t x = 0; x < N; x++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, 2 * x);
    }
    assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void a_failure_is_its_items_own(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    reopen(fixture, 0);
    run(fixture, FAILS, &(rp_call_options){0}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == FAILS ? RP_FAILED : RP_OK);
    assert_int_equal(error.item, FAILS);
    assert_int_equal(error.code, 40);
    assert_string_equal(error.message, "no 3 on try 1");
}

static void failed_items_are_tried_again(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    reopen(fixture, 2);
    run(fixture, FAILS, &(rp_call_options){0}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == FAILS ? RP_FAILED : RP_OK);
    assert_string_equal(error.message, "no 3 on try 3");
}

static void the_stop_policy_names_the_first(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *results = suite_room(fixture, N, sizeof(*results)), fails = FAILS;
    rp_error error = {0};
    reopen(fixture, 0);
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(fails), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, in_turn_task, results, N, columns, NULL, &error), &error);
    assert_int_equal(error.item, FAILS);
    for (int64_t x = 0; x < FAILS; x++) assert_int_equal(results[x], 2 * x);
}

static void an_item_that_is_left_has_failed(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    reopen(fixture, 0);
    run(fixture, IS_LEFT, &(rp_call_options){0}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == IS_LEFT ? RP_FAILED : RP_OK);
    assert_string_equal(error.message, "the task returned without ending it");
    assert_status(RP_FAILED,
                  rp_map(fixture->pool, idle_task, NULL, N, RP_RANGE(0, 1),
                         &(rp_call_options){.statuses = statuses, .on_error = RP_ON_ERROR_COLLECT}, &error),
                  &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], RP_FAILED);
}

/* Those that it had at once go with it; all others run. */
static void a_task_that_ends_its_thread_fails_what_it_has(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    int n_failed = 0;
    reopen(fixture, 0);
    run(fixture, EXITS, &(rp_call_options){0}, statuses, &error);
    for (int x = 0; x < N; x++) {
        if (x % 10 == EXITS) assert_int_equal(statuses[x], RP_FAILED);
        n_failed += statuses[x] != RP_OK;
    }
    assert_in_range(n_failed, N / 10, N / 10 * AT_ONCE);
    assert_non_null(strstr(error.message, "ended its thread"));
}

static void with_a_time_out_they_run_one_by_one(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    reopen(fixture, 0);
    run(fixture, FAILS, &(rp_call_options){.timeout_s = SUITE_WAIT_S}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == FAILS ? RP_FAILED : RP_OK);
    run(fixture, EXITS, &(rp_call_options){.timeout_s = SUITE_WAIT_S}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == EXITS ? RP_FAILED : RP_OK);
}

static void isolated_ones_run_one_by_one(void **state)
{
    suite_fixture *fixture = *state;
    rp_status *statuses = suite_room(fixture, N, sizeof(*statuses));
    rp_error error = {0};
    rp_pool_options options = suite_options();
    options.overlap = AT_ONCE;
    options.isolation = RP_ISOLATION_PROCESS;
    suite_reopen(fixture, &options);
    run(fixture, FAILS, &(rp_call_options){0}, statuses, &error);
    for (int x = 0; x < N; x++) assert_int_equal(statuses[x], x % 10 == FAILS ? RP_FAILED : RP_OK);
}

static void outside_a_task_there_are_none(void **state)
{
    (void)state;
    assert_null(rp_item_take());
    rp_item_end(NULL);
    assert_int_equal(rp_item_fail(NULL, 1, "nothing"), 0);
}

int suite_run_overlap(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(results_are_in_their_places),
        SUITE_CASE(an_iterator_gives_them_in_order),
        SUITE_CASE(a_failure_is_its_items_own),
        SUITE_CASE(failed_items_are_tried_again),
        SUITE_CASE(the_stop_policy_names_the_first),
        SUITE_CASE(an_item_that_is_left_has_failed),
        SUITE_CASE(a_task_that_ends_its_thread_fails_what_it_has),
        SUITE_CASE(with_a_time_out_they_run_one_by_one),
        SUITE_CASE(isolated_ones_run_one_by_one),
        SUITE_CASE(outside_a_task_there_are_none),
    };
    return cmocka_run_group_tests_name("overlap", cases, NULL, NULL);
}
