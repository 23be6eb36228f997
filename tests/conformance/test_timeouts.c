/*
 * test_timeouts.c: items that run longer than the time-out, without isolation. They fail in time, though their thread can't be stopped.
 * Neither the call nor the pool waits for that thread.
 */
#include "gate.h"
#include "suite.h"

enum { N_ITEMS = 40 };
static const double timeout_s = 0.4; /* no other item takes so long on a busy machine */

/* Items 3 and 30 wait until the end of the test. */
static gate *make_gates(suite_fixture *fixture)
{
    gate *gates = suite_room(fixture, N_ITEMS, sizeof(*gates));
    gates[3] = gates[30] = gate_make();
    return gates;
}

static void check_late(const suite_fixture *fixture, const rp_error *error, int64_t item)
{
    assert_int_equal(error->status, RP_FAILED);
    assert_int_equal(error->item, item);
    assert_int_equal(error->cause, RP_CAUSE_TIMEOUT);
    assert_int_equal(error->code, 0);
    assert_in_range(error->rank, 0, fixture->info.ranks - 1);
    assert_in_range(error->worker, 0, fixture->info.threads - 1);
    assert_true(error->seconds >= timeout_s - 0.01 && error->seconds < SUITE_WAIT_S);
    assert_text(error, "time-out of 0.4 s");
}

static void late_items_fail_in_time(void **state)
{
    suite_fixture *fixture = *state;
    gate *gates = make_gates(fixture);
    for (uint64_t chunk = 0; chunk < 12; chunk += 5) {
        int64_t *results = suite_room(fixture, N_ITEMS, sizeof(*results));
        rp_status statuses[N_ITEMS];
        rp_result *handle = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = chunk, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .timeout_s = timeout_s};
        rp_columns columns = RP_COLUMNS(RP_COLUMN(gates), RP_RANGE(0, 1));
        assert_status(RP_OK, rp_starmap_async(fixture->pool, wait_at, results, N_ITEMS, columns, &options, &handle, &error), &error);
        assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
        check_late(fixture, &error, 3);
        assert_status(RP_OK, rp_result_failure(handle, 1, &error), &error);
        check_late(fixture, &error, 30);
        assert_int_equal(rp_result_failures(handle), 2);
        for (int i = 0; i < N_ITEMS; i++) {
            assert_int_equal(statuses[i], i == 3 || i == 30 ? RP_FAILED : RP_OK);
            if (i != 3 && i != 30) assert_int_equal(results[i], i);
        }
        rp_result_free(handle);
    }
    suite_finish(fixture);
}

static void stop_ends_at_the_late_item(void **state)
{
    suite_fixture *fixture = *state;
    gate *gates = make_gates(fixture);
    int64_t *results = suite_room(fixture, N_ITEMS, sizeof(*results));
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .timeout_s = timeout_s};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(gates), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, wait_at, results, N_ITEMS, columns, &options, &error), &error);
    check_late(fixture, &error, 3);
    for (int i = 0; i < 3; i++) assert_int_equal(results[i], i);
    suite_finish(fixture);
}

static void iterators_go_past_late_items(void **state)
{
    suite_fixture *fixture = *state;
    gate *gates = make_gates(fixture);
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .timeout_s = timeout_s};
    assert_status(RP_OK,
                  rp_istarmap(fixture->pool, wait_at, RP_ITEMS(N_ITEMS, RP_COLUMN(gates), RP_RANGE(0, 1)), &options, &iterator, &error),
                  &error);
    for (int64_t i = 0; i < N_ITEMS; i++) {
        int64_t result = -1;
        rp_status status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error);
        assert_status(i == 3 || i == 30 ? RP_FAILED : RP_OK, status, &error);
        if (status == RP_OK) assert_int_equal(result, i);
        else check_late(fixture, &error, i);
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
    suite_finish(fixture);
}

static void a_call_has_its_own_time_out_or_none(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options pool_options = suite_options();
    rp_error error = {0};
    int64_t result = 0;
    pool_options.timeout_s = 0.05;
    suite_reopen(fixture, &pool_options);
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT(0.3), RP_CONSTANT((int64_t)5));
    assert_status(RP_FAILED, rp_apply(fixture->pool, tasks.nap, &result, arguments, NULL, &error), &error);
    assert_int_equal(error.cause, RP_CAUSE_TIMEOUT);
    rp_call_options longer = {.timeout_s = SUITE_WAIT_S}, none = {.timeout_s = -1};
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.nap, &result, arguments, &longer, &error), &error);
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.nap, &result, arguments, &none, &error), &error);
    assert_int_equal(result, 5);
}

/* A pool whose states are counted from their start to their end. */
static void open_counting(suite_fixture *fixture, start_order *order)
{
    rp_pool_options options = suite_options();
    options.initializer = tasks.initializer;
    options.initializer_argument = (rp_bytes){order, sizeof(*order)};
    suite_reopen(fixture, &options);
}

/* Once the late items have returned. States in children that were killed aren't counted. */
static void check_that_all_states_ended(int pool_number)
{
    if (suite_options().isolation != RP_ISOLATION_NONE) return;
    double deadline = suite_now() + SUITE_WAIT_S;
    while (tasks_starts(pool_number) != tasks_finishes(pool_number) && suite_now() < deadline) suite_sleep(0.002);
    assert_int_equal(tasks_starts(pool_number), tasks_finishes(pool_number));
}

/* The thread that can't be stopped keeps the worker's state. The next thread gets a state of its own. */
static void a_worker_has_a_new_state_after_a_late_item(void **state)
{
    suite_fixture *fixture = *state;
    start_order order = {.pool_number = MAX_START_POOLS - 2, .failing_rank = -1};
    rp_error error = {0};
    open_counting(fixture, &order);
    double seconds[20] = {[2] = 1.0};
    whereabouts places[20];
    rp_call_options call = {.chunk = 1, .timeout_s = timeout_s, .on_error = RP_ON_ERROR_COLLECT};
    assert_status(RP_FAILED, rp_map(fixture->pool, tasks.where_am_i, places, 20, RP_COLUMN(seconds), &call, &error), &error);
    check_late(fixture, &error, 2);
    for (int i = 0; i < 20; i++)
        if (i != 2) assert_true(places[i].start_number >= 1);
    double none[1] = {0};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.where_am_i, places, 1, RP_COLUMN(none), &call, &error), &error);
    suite_finish(fixture);
    check_that_all_states_ended(order.pool_number);
}

/* Each worker's last item was late, and the next call runs in the workers' own threads. */
static void a_worker_has_a_state_after_a_late_item_without_a_time_out(void **state)
{
    suite_fixture *fixture = *state;
    start_order order = {.pool_number = MAX_START_POOLS - 3, .failing_rank = -1};
    rp_error error = {0};
    open_counting(fixture, &order);
    uint64_t n = 4 * (uint64_t)fixture->info.workers;
    whereabouts *places = suite_room(fixture, n, sizeof(*places));
    rp_call_options timed = {.chunk = 1, .timeout_s = 0.1, .on_error = RP_ON_ERROR_COLLECT}, untimed = {.chunk = 1, .timeout_s = -1};
    assert_status(RP_FAILED, rp_map(fixture->pool, tasks.where_am_i, places, n, RP_CONSTANT(1.0), &timed, &error), &error);
    assert_status(RP_OK, rp_map(fixture->pool, tasks.where_am_i, places, n, RP_CONSTANT(0.01), &untimed, &error), &error);
    for (uint64_t i = 0; i < n; i++) assert_true(places[i].start_number >= 1);
    suite_finish(fixture);
    check_that_all_states_ended(order.pool_number);
}

int suite_run_timeouts(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(late_items_fail_in_time),
        SUITE_CASE(stop_ends_at_the_late_item),
        SUITE_CASE(iterators_go_past_late_items),
        SUITE_CASE(a_call_has_its_own_time_out_or_none),
        SUITE_CASE(a_worker_has_a_new_state_after_a_late_item),
        SUITE_CASE(a_worker_has_a_state_after_a_late_item_without_a_time_out),
    };
    return cmocka_run_group_tests_name("time-outs", cases, NULL, NULL);
}
