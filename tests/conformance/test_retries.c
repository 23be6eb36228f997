/* test_retries.c: items that fail and are tried again: their results, where and when they run again, and what ends the wait. */
#include "suite.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* ---- tasks ---- */

enum { ALWAYS = 1000 };

/* x squared, after so many failed tries. */
static int64_t come_round(int64_t n_failing, int64_t x)
{
    return rp_attempt() <= n_failing ? rp_fail((int)x + 1, "try %d of %lld", rp_attempt(), (long long)x) : x * x;
}
RP_TASK(come_round, int64_t, int64_t, int64_t)

static int64_t come_round_late(int64_t n_failing, int64_t x)
{
    suite_sleep(0.004);
    return come_round(n_failing, x);
}
RP_TASK(come_round_late, int64_t, int64_t, int64_t)

/* A bad item makes all items of its range fail. When they are tried again, each runs by itself. */
static void come_round_all(size_t n, int64_t *result, const int64_t *n_failing, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) result[i] = come_round(n_failing[i], x[i]);
}
RP_TASK_RANGE(come_round_all, int64_t, int64_t, int64_t)

static void come_round_emit(int64_t n_failing, int64_t x)
{
    char text[24];
    int size = snprintf(text, sizeof(text), "%lld", (long long)come_round(n_failing, x));
    rp_emit(text, (size_t)size);
}
RP_TASK_EMIT(come_round_emit, int64_t, int64_t)

static int32_t elsewhere(int32_t bad_rank, int64_t x)
{
    return rp_rank() == bad_rank ? rp_fail((int)x, "not on rank %d", bad_rank) : rp_rank();
}
RP_TASK(elsewhere, int32_t, int32_t, int64_t)

/* Every fourth item is late on its first try. */
static int64_t late_once(int64_t x)
{
    if (x % 4 == 1 && rp_attempt() == 1) suite_sleep(1.0);
    return x * x;
}
RP_TASK(late_once, int64_t, int64_t)

/* Every fourth item ends its process on its first try. */
static int64_t crash_once(int64_t x)
{
    if (x % 4 == 1 && rp_attempt() == 1) raise(SIGKILL);
    return x * x;
}
RP_TASK(crash_once, int64_t, int64_t)

/* ---- a pool that retries ---- */

static int open_pool(void **state, double pause_s)
{
    if (suite_setup(state) != 0) return -1;
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    options.retries = 3;
    options.retry_pause_s = pause_s;
    options.on_error = RP_ON_ERROR_COLLECT;
    suite_reopen(fixture, &options);
    return 0;
}

static int setup_quick(void **state) { return open_pool(state, 0.001); }
static int setup_long(void **state) { return open_pool(state, 20 * SUITE_WAIT_S); }

enum { N = 60 };

typedef struct tries {
    int64_t *n_failing, *results;
    rp_status *statuses;
    rp_columns columns;
    rp_column column[2];
} tries;

/* Every fourth item succeeds at once; the others fail on as many tries as their index says, up to three. */
static tries *make_tries(suite_fixture *fixture)
{
    tries *made = suite_room(fixture, 1, sizeof(*made));
    made->n_failing = suite_numbers(fixture, N, 0);
    made->results = suite_room(fixture, N, sizeof(int64_t));
    made->statuses = suite_room(fixture, N, sizeof(rp_status));
    for (int i = 0; i < N; i++) made->n_failing[i] = i % 4;
    made->column[0] = RP_COLUMN(made->n_failing);
    made->column[1] = RP_RANGE(0, 1);
    made->columns = (rp_columns){2, made->column};
    return made;
}

static const rp_call_options cuts[] = {{.chunk = 0}, {.chunk = 1}, {.chunk = 7}, {.chunk = 500}, {.schedule = RP_SCHEDULE_STATIC}};

static void check_squares(const int64_t *results)
{
    for (int64_t i = 0; i < N; i++) assert_int_equal(results[i], i * i);
}

/* ---- what comes out ---- */

static void an_item_that_comes_round_is_no_failure(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_error error = {0};
        tries *made = make_tries(fixture);
        rp_call_options options = cuts[k];
        options.statuses = made->statuses;
        options.on_error = k % 2 ? RP_ON_ERROR_STOP : RP_ON_ERROR_COLLECT;
        assert_status(RP_OK, rp_starmap(fixture->pool, come_round_task, made->results, N, made->columns, &options, &error), &error);
        check_squares(made->results);
        for (int i = 0; i < N; i++) assert_int_equal(made->statuses[i], RP_OK);
    }
}

static void a_range_that_fails_is_tried_again_item_by_item(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_error error = {0};
        tries *made = make_tries(fixture);
        assert_status(RP_OK, rp_starmap(fixture->pool, come_round_all_task, made->results, N, made->columns, &cuts[k], &error), &error);
        check_squares(made->results);
    }
}

static void a_handle_counts_each_item_once(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_result *handle;
    tries *made = make_tries(fixture);
    rp_columns columns = made->columns;
    assert_status(RP_OK, rp_starmap_async(fixture->pool, come_round_task, made->results, N, columns, NULL, &handle, &error), &error);
    while (rp_result_wait(handle, 0.0005) != RP_OK) {
        assert_true(rp_result_completed(handle) <= N);
        assert_int_equal(rp_result_failures(handle), 0);
    }
    assert_status(RP_OK, rp_result_get(handle, 0, &error), &error);
    assert_int_equal(rp_result_completed(handle), N);
    check_squares(made->results);
    rp_result_free(handle);
}

static void check_iterator(suite_fixture *fixture, const rp_call_options *options, bool ordered)
{
    rp_error error = {0};
    rp_iter *iterator;
    tries *made = make_tries(fixture);
    rp_source source = {.columns = made->columns, .n_items = N};
    rp_status status = ordered ? rp_istarmap(fixture->pool, come_round_task, source, options, &iterator, &error)
                               : rp_istarmap_unordered(fixture->pool, come_round_task, source, options, &iterator, &error);
    assert_status(RP_OK, status, &error);
    for (int64_t n = 0; n < N; n++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        int64_t item = rp_iter_index(iterator);
        if (ordered) assert_int_equal(item, n);
        made->results[item] = result;
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    check_squares(made->results);
    rp_iter_free(iterator);
}

static void iterators_deliver_what_came_round(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_call_options options = cuts[k];
        options.on_error = k % 2 ? RP_ON_ERROR_STOP : RP_ON_ERROR_COLLECT;
        options.window = k == 1 ? 3 : 0;
        check_iterator(fixture, &options, true);
        check_iterator(fixture, &options, false);
    }
}

static rp_status next_pair(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    int64_t *next = state;
    (void)may_wait;
    (void)error;
    if (*next == N) return RP_END;
    *(int64_t *)arguments[0] = *next % 4;
    *(int64_t *)arguments[1] = (*next)++;
    return RP_OK;
}

/* Items that aren't in an array are kept until their last try. */
static void items_of_a_source_are_tried_again(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_iter *iterator;
    int64_t next = 0;
    rp_call_options options = {.chunk = 4};
    rp_source source = RP_GENERATOR(next_pair, &next);
    assert_status(RP_OK, rp_istarmap(fixture->pool, come_round_task, source, &options, &iterator, &error), &error);
    for (int64_t n = 0; n < N; n++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, n * n);
    }
    rp_iter_free(iterator);
}

static void emitted_results_are_those_of_the_last_try(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_error error = {0};
        tries *made = make_tries(fixture);
        rp_bytes *results = suite_room(fixture, N, sizeof(*results));
        made->n_failing[17] = ALWAYS;
        rp_columns columns = made->columns;
        assert_status(RP_FAILED, rp_starmap(fixture->pool, come_round_emit_task, results, N, columns, &cuts[k], &error), &error);
        assert_int_equal(error.item, 17);
        for (int64_t i = 0; i < N; i++) {
            char text[24];
            int size = snprintf(text, sizeof(text), "%lld", (long long)(i * i));
            assert_int_equal(results[i].size, i == 17 ? 0 : size);
            if (i != 17) assert_memory_equal(results[i].data, text, (size_t)size);
        }
        rp_bytes_free(results, N);
    }
}

static void late_items_are_tried_again(void **state)
{
    suite_fixture *fixture = *state;
    enum { FEW = 8 };
    rp_error error = {0};
    int64_t results[FEW];
    rp_call_options options = {.timeout_s = 0.4};
    assert_status(RP_OK, rp_map(fixture->pool, late_once_task, results, FEW, RP_RANGE(0, 1), &options, &error), &error);
    for (int64_t i = 0; i < FEW; i++) assert_int_equal(results[i], i * i);
}

static void isolated_items_that_crash_are_tried_again(void **state)
{
    suite_fixture *fixture = *state;
    if (suite_options().isolation == RP_ISOLATION_NONE) return;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_error error = {0};
        tries *made = make_tries(fixture);
        assert_status(RP_OK, rp_map(fixture->pool, crash_once_task, made->results, N, RP_RANGE(0, 1), &cuts[k], &error), &error);
        check_squares(made->results);
    }
}

static void the_last_failure_names_its_try(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_result *handle;
    tries *made = make_tries(fixture);
    made->n_failing[11] = made->n_failing[40] = ALWAYS;
    rp_columns columns = made->columns;
    assert_status(RP_OK, rp_starmap_async(fixture->pool, come_round_task, made->results, N, columns, NULL, &handle, &error), &error);
    assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(rp_result_failures(handle), 2);
    for (uint64_t k = 0; k < 2; k++) {
        assert_status(RP_OK, rp_result_failure(handle, k, &error), &error);
        assert_int_equal(error.item, k ? 40 : 11);
        assert_int_equal(error.attempt, 4);
        assert_text(&error, "try 4 of");
        assert_text(&error, ", attempt 4");
    }
    assert_status(RP_USAGE, rp_result_failure(handle, 2, &error), &error);
    assert_int_equal(rp_result_completed(handle), N);
    rp_result_free(handle);
}

static void under_stop_the_last_try_ends_the_call(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cuts); k++) {
        rp_error error = {0};
        tries *made = make_tries(fixture);
        rp_call_options options = cuts[k];
        options.on_error = RP_ON_ERROR_STOP;
        options.statuses = made->statuses;
        made->n_failing[20] = made->n_failing[21] = ALWAYS;
        rp_columns columns = made->columns;
        assert_status(RP_FAILED, rp_starmap(fixture->pool, come_round_task, made->results, N, columns, &options, &error), &error);
        assert_int_equal(error.item, 20);
        assert_int_equal(error.attempt, 4);
        for (int64_t i = 0; i < 20; i++) {
            assert_int_equal(made->statuses[i], RP_OK);
            assert_int_equal(made->results[i], i * i);
        }
        assert_int_equal(made->statuses[20], RP_FAILED);
        assert_int_equal(made->statuses[22], RP_CANCELLED);
    }
}

/* The last try doesn't wait until all others have run. */
static void under_stop_the_rest_is_not_run(void **state)
{
    suite_fixture *fixture = *state;
    static const rp_call_options options[] = {{.chunk = 0}, {.chunk = 1}, {.chunk = 5}};
    for (size_t k = 0; k < N_OF(options); k++) {
        uint64_t n = 1000 * (uint64_t)fixture->info.workers, ran = 0;
        rp_error error = {0};
        rp_call_options chosen = options[k];
        int64_t *n_failing = suite_room(fixture, n, sizeof(*n_failing)), *results = suite_room(fixture, n, sizeof(*results));
        n_failing[3] = ALWAYS;
        chosen.on_error = RP_ON_ERROR_STOP;
        rp_columns columns = RP_COLUMNS(RP_COLUMN(n_failing), RP_RANGE(1, 1));
        assert_status(RP_FAILED, rp_starmap(fixture->pool, come_round_late_task, results, n, columns, &chosen, &error), &error);
        assert_int_equal(error.item, 3);
        assert_int_equal(error.attempt, 4);
        for (uint64_t i = 0; i < n; i++) ran += results[i] != 0;
        assert_true(ran < n * 3 / 4);
    }
}

static void a_call_has_retries_of_its_own_or_none(void **state)
{
    suite_fixture *fixture = *state;
    static const unsigned retries[] = {RP_NO_RETRIES, 1, 0};
    static const int attempts[] = {1, 2, 4};
    for (size_t k = 0; k < N_OF(retries); k++) {
        rp_error error = {0};
        int64_t result;
        rp_call_options options = {.retries = retries[k]};
        rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)ALWAYS), RP_CONSTANT((int64_t)6));
        assert_status(RP_FAILED, rp_apply(fixture->pool, come_round_task, &result, arguments, &options, &error), &error);
        assert_int_equal(error.attempt, attempts[k]);
        assert_int_equal(error.code, 7);
    }
}

/* ---- where and when ---- */

static void the_next_try_is_on_another_rank(void **state)
{
    suite_fixture *fixture = *state;
    for (int32_t bad = 0; bad < fixture->info.ranks; bad++) {
        rp_error error = {0};
        int32_t *ranks = suite_room(fixture, N, sizeof(*ranks));
        rp_call_options options = {.retries = 1, .chunk = 1};
        rp_columns columns = RP_COLUMNS(RP_CONSTANT(bad), RP_RANGE(0, 1));
        rp_status status = rp_starmap(fixture->pool, elsewhere_task, ranks, N, columns, &options, &error);
        if (fixture->info.ranks == 1) {
            assert_status(RP_FAILED, status, &error);
            assert_int_equal(error.attempt, 2);
            continue;
        }
        assert_status(RP_OK, status, &error);
        for (int i = 0; i < N; i++) {
            assert_in_range(ranks[i], 0, fixture->info.ranks - 1);
            assert_int_not_equal(ranks[i], bad);
        }
    }
}

static void the_pause_grows(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    int64_t result = 0;
    rp_pool_options options = suite_options();
    options.retries = 3;
    options.retry_pause_s = 0.05;
    suite_reopen(fixture, &options);
    double began = suite_now();
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)3), RP_CONSTANT((int64_t)6));
    assert_status(RP_OK, rp_apply(fixture->pool, come_round_task, &result, arguments, NULL, &error), &error);
    assert_int_equal(result, 36);
    assert_true(suite_now() - began >= 0.05 + 0.1 + 0.2);
}

/* The retry doesn't wait for the calls that came meanwhile. */
static void a_further_try_goes_before_what_waits(void **state)
{
    suite_fixture *fixture = *state;
    enum { NAPS = 200 };
    uint64_t n = NAPS * (uint64_t)fixture->info.workers;
    rp_error error = {0};
    rp_result *retried, **naps = suite_room(fixture, n, sizeof(rp_result *));
    int64_t result = 0, *results = suite_numbers(fixture, n, 0);
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)1), RP_CONSTANT((int64_t)6));
    rp_columns nap = RP_COLUMNS(RP_CONSTANT(0.02), RP_CONSTANT((int64_t)6));
    assert_status(RP_OK, rp_apply_async(fixture->pool, come_round_task, &result, arguments, NULL, &retried, &error), &error);
    for (uint64_t k = 0; k < n; k++)
        assert_status(RP_OK, rp_apply_async(fixture->pool, tasks.nap, &results[k], nap, NULL, &naps[k], &error), &error);
    assert_status(RP_OK, rp_result_wait(retried, SUITE_WAIT_S), NULL);
    assert_int_equal(rp_result_ready(naps[n - 1]), 0);
    assert_status(RP_OK, rp_result_get(retried, 0, &error), &error);
    for (uint64_t k = 0; k < n; k++) rp_result_free(naps[k]);
    rp_result_free(retried);
}

/* ---- while an item waits for its next try, for longer than any test may take ---- */

/* A call in which item 5 waits and all others are done. */
static rp_result *start_waiting(suite_fixture *fixture, tries *made)
{
    rp_error error = {0};
    rp_result *handle;
    rp_call_options options = {.statuses = made->statuses};
    for (int i = 0; i < N; i++) made->n_failing[i] = i == 5;
    rp_columns columns = made->columns;
    assert_status(RP_OK, rp_starmap_async(fixture->pool, come_round_task, made->results, N, columns, &options, &handle, &error), &error);
    double deadline = suite_now() + SUITE_WAIT_S;
    while (rp_result_completed(handle) < N - 1 && suite_now() < deadline) suite_sleep(0.001);
    assert_int_equal(rp_result_wait(handle, 0.02), RP_TIMEOUT);
    assert_int_equal(rp_result_completed(handle), N - 1);
    return handle;
}

static void time_outs_are_kept_meanwhile(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_iter *iterator;
    rp_result *handle = start_waiting(fixture, make_tries(fixture));
    assert_status(RP_TIMEOUT, rp_result_get(handle, 0.01, &error), &error);
    rp_result_free(handle);
    tries *made = make_tries(fixture);
    rp_source source = {.columns = made->columns, .n_items = N};
    rp_call_options options = {.chunk = 1};
    assert_status(RP_OK, rp_istarmap(fixture->pool, come_round_task, source, &options, &iterator, &error), &error);
    assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    assert_status(RP_TIMEOUT, rp_iter_next(iterator, NULL, 0.02, &error), &error); /* item 1 waits */
    rp_iter_free(iterator);
}

static void a_cancel_does_not_wait_for_it(void **state)
{
    suite_fixture *fixture = *state;
    rp_result *handle = start_waiting(fixture, make_tries(fixture));
    rp_result_cancel(handle);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    assert_status(RP_CANCELLED, rp_result_get(handle, 0, NULL), NULL);
    rp_result_free(handle);
    suite_finish(fixture);
}

static void a_terminate_does_not_wait_for_it(void **state)
{
    suite_fixture *fixture = *state;
    rp_result *handle = start_waiting(fixture, make_tries(fixture));
    rp_pool_terminate(fixture->pool);
    assert_status(RP_OK, rp_pool_join(fixture->pool, NULL), NULL);
    assert_status(RP_CANCELLED, rp_result_get(handle, 0, NULL), NULL);
    rp_result_free(handle);
}

static void a_stop_makes_its_last_failure_the_items(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    tries *made = make_tries(fixture);
    rp_result *handle = start_waiting(fixture, made);
    rp_pool_stop(fixture->pool);
    assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(error.item, 5);
    assert_int_equal(error.attempt, 1);
    for (int i = 0; i < N; i++) assert_int_equal(made->statuses[i], i == 5 ? RP_FAILED : RP_OK);
    assert_int_equal(rp_result_completed(handle), N);
    suite_finish(fixture);
    rp_result_free(handle);
}

static void other_calls_go_on_meanwhile(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_result *handle = start_waiting(fixture, make_tries(fixture));
    tries *made = make_tries(fixture);
    rp_call_options options = {.retries = RP_NO_RETRIES};
    rp_columns columns = made->columns;
    assert_status(RP_FAILED, rp_starmap(fixture->pool, come_round_task, made->results, N, columns, &options, &error), &error);
    assert_int_equal(error.item, 1);
    for (int64_t i = 0; i < N; i += 4) assert_int_equal(made->results[i], i * i);
    assert_int_equal(rp_result_ready(handle), 0);
    rp_result_free(handle);
}

#define QUICK(function) cmocka_unit_test_setup_teardown(function, setup_quick, suite_teardown)
#define LONG(function)  cmocka_unit_test_setup_teardown(function, setup_long, suite_teardown)

int suite_run_retries(void)
{
    const struct CMUnitTest cases[] = {
        QUICK(an_item_that_comes_round_is_no_failure),
        QUICK(a_range_that_fails_is_tried_again_item_by_item),
        QUICK(a_handle_counts_each_item_once),
        QUICK(iterators_deliver_what_came_round),
        QUICK(items_of_a_source_are_tried_again),
        QUICK(emitted_results_are_those_of_the_last_try),
        QUICK(late_items_are_tried_again),
        QUICK(isolated_items_that_crash_are_tried_again),
        QUICK(the_last_failure_names_its_try),
        QUICK(under_stop_the_last_try_ends_the_call),
        QUICK(under_stop_the_rest_is_not_run),
        QUICK(a_call_has_retries_of_its_own_or_none),
        QUICK(the_next_try_is_on_another_rank),
        QUICK(the_pause_grows),
        QUICK(a_further_try_goes_before_what_waits),
        LONG(time_outs_are_kept_meanwhile),
        LONG(a_cancel_does_not_wait_for_it),
        LONG(a_terminate_does_not_wait_for_it),
        LONG(a_stop_makes_its_last_failure_the_items),
        LONG(other_calls_go_on_meanwhile),
    };
    return cmocka_run_group_tests_name("retries", cases, NULL, NULL);
}
