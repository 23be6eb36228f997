/* test_time.c: pools whose time has an end, and pools that only finish what runs. */
#include "gate.h"
#include "suite.h"

#include <stdbool.h>

enum { N = 600 };

/* What a way of ending a pool early is tried on: items that wait at a gate, so that it is known which run. */
typedef struct held {
    suite_fixture *fixture;
    gate closed;
    int64_t *results;
    rp_status *statuses;
    rp_error error;
} held;

/* The pool records, so that its ranks can be asked something. */
static held hold(suite_fixture *fixture)
{
    rp_pool_options options = suite_options();
    if (options.record == RP_RECORD_NONE) options.record = RP_RECORD_TOTALS;
    suite_reopen(fixture, &options);
    held self = {.fixture = fixture, .closed = gate_make()};
    self.results = suite_room(fixture, N, sizeof(int64_t));
    self.statuses = suite_room(fixture, N, sizeof(rp_status));
    return self;
}

/* Each rank has answered a question, so it has heard what was said to it before. */
static void await_ranks(const held *self)
{
    for (int rank = 0; rank < self->fixture->info.ranks; rank++) {
        rp_rank_report *report = NULL;
        rp_error error = {0};
        assert_status(RP_OK, rp_pool_report(self->fixture->pool, rank, &report, &error), &error);
        rp_rank_report_free(report);
    }
}

/* All workers have an item that waits at the gate. The pool is told to finish these alone, and then they go on. */
static void finish_running(const held *self)
{
    gate_await(&self->closed, self->fixture->info.workers);
    rp_pool_finish_running(self->fixture->pool);
    await_ranks(self);
    gate_open(&self->closed);
}

/* Large chunks, and shares of everything, that ranks and workers were given. */
static void finish_running_begins_nothing_that_was_given_out(void **state)
{
    static const rp_call_options ways[] = {{.chunk = 10}, {.schedule = RP_SCHEDULE_STATIC}, {.schedule = RP_SCHEDULE_GUIDED}, {.chunk = 1}};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(ways); k++) {
        held self = hold(fixture);
        rp_result *handle = NULL;
        rp_call_options options = ways[k];
        options.statuses = self.statuses;
        options.on_error = k % 2 ? RP_ON_ERROR_COLLECT : RP_ON_ERROR_STOP;
        int64_t *values = suite_numbers(fixture, N, 1000);
        rp_columns items = RP_COLUMNS(RP_CONSTANT(self.closed), RP_COLUMN(values));
        assert_status(RP_OK, rp_starmap_async(fixture->pool, wait_at, self.results, N, items, &options, &handle, &self.error), &self.error);
        finish_running(&self);
        assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &self.error), &self.error);
        assert_text(&self.error, "stopped");
        int n_ran = 0;
        for (int i = 0; i < N; i++) {
            assert_true(self.statuses[i] == RP_OK || self.statuses[i] == RP_CANCELLED);
            n_ran += self.statuses[i] == RP_OK;
            if (self.statuses[i] == RP_OK) assert_int_equal(self.results[i], 1000 + i);
        }
        assert_int_equal(n_ran, fixture->info.workers);
        assert_int_equal(rp_result_failures(handle), 0);
        rp_result_free(handle);
    }
}

static int count_delivered(const held *self, rp_iter *iterator, bool is_ordered)
{
    int64_t result;
    int n = 0;
    rp_error error = {0};
    rp_status status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error);
    for (; status == RP_OK; status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), n++) {
        assert_int_equal(result, 1000 + rp_iter_index(iterator));
        if (is_ordered) assert_int_equal(rp_iter_index(iterator), n);
    }
    assert_status(RP_CANCELLED, status, &error);
    assert_status(RP_CANCELLED, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_true(n <= self->fixture->info.workers);
    return n;
}

static void finish_running_delivers_what_ran(void **state)
{
    suite_fixture *fixture = *state;
    for (int is_ordered = 0; is_ordered < 2; is_ordered++) {
        held self = hold(fixture);
        rp_iter *iterator = NULL;
        int64_t *values = suite_numbers(fixture, N, 1000), result;
        rp_call_options options = {.chunk = 3};
        rp_source source = RP_ITEMS(N, RP_CONSTANT(self.closed), RP_COLUMN(values));
        rp_status made = is_ordered ? rp_istarmap(fixture->pool, wait_at, source, &options, &iterator, &self.error)
                                    : rp_istarmap_unordered(fixture->pool, wait_at, source, &options, &iterator, &self.error);
        assert_status(RP_OK, made, &self.error);
        assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0.01, &self.error), &self.error);
        finish_running(&self);
        int n = count_delivered(&self, iterator, is_ordered);
        assert_int_equal(n, is_ordered && fixture->info.workers > 1 ? n : fixture->info.workers);
        assert_true(n >= 1);
        rp_iter_free(iterator);
    }
}

static void finish_running_ends_a_reduction(void **state)
{
    suite_fixture *fixture = *state;
    held self = hold(fixture);
    int64_t *values = suite_numbers(fixture, N, 1000), sum = -1;
    rp_result *handle = NULL;
    rp_call_options options = {.chunk = 3};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(self.closed), RP_COLUMN(values));
    assert_status(RP_OK, rp_reduce_async(fixture->pool, wait_at, rp_sum_int64, &sum, N, items, &options, &handle, &self.error),
                  &self.error);
    finish_running(&self);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &self.error), &self.error);
    assert_int_equal(sum, -1);
    rp_result_free(handle);
}

/* Takes three at once. An item's result is whether it began before the gate was opened. */
static void take_three(void)
{
    rp_item *items[3];
    int n = 0;
    while (n < 3 && (items[n] = rp_item_take())) {
        *(int64_t *)items[n]->result = gate_is_open(items[n]->arguments[0]) ? 2 : 1;
        n++;
    }
    if (n > 0) (void)gate_wait(*(const gate *)items[0]->arguments[0], 0);
    while (n > 0) rp_item_end(items[--n]);
}
RP_TASK_OVERLAP(take_three, int64_t, gate)

static void finish_running_begins_nothing_of_many_at_once(void **state)
{
    suite_fixture *fixture = *state;
    held self = hold(fixture);
    rp_result *handle = NULL;
    rp_call_options options = {.chunk = 5, .statuses = self.statuses, .on_error = RP_ON_ERROR_COLLECT};
    assert_status(RP_OK,
                  rp_map_async(fixture->pool, take_three_task, self.results, N, RP_CONSTANT(self.closed), &options, &handle, &self.error),
                  &self.error);
    finish_running(&self);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &self.error), &self.error);
    int n_ran = 0;
    for (int i = 0; i < N; i++) {
        assert_true(self.statuses[i] == RP_OK || self.statuses[i] == RP_CANCELLED);
        n_ran += self.statuses[i] == RP_OK;
        if (self.statuses[i] == RP_OK) assert_int_equal(self.results[i], 1);
    }
    assert_true(n_ran >= fixture->info.workers && n_ran <= 3 * fixture->info.workers);
    rp_result_free(handle);
}

/* What is finished isn't told that nobody wants it, and a task that can end its items is, when they are to end. */
static int64_t wait_and_ask(gate closed, int64_t value)
{
    (void)gate_wait(closed, value);
    return rp_cancelled() ? -1 : value;
}
RP_TASK(wait_and_ask, int64_t, gate, int64_t)

static int64_t run_until_ended(gate closed, int64_t value)
{
    (void)gate_wait(closed, value);
    while (!rp_cancelled()) suite_sleep(1e-3);
    if (value % 2 == 0) return value;
    while (rp_cancelled() < 2) suite_sleep(1e-3);
    return rp_fail_as(RP_CAUSE_ENDED, 7, "ended");
}
RP_TASK(run_until_ended, int64_t, gate, int64_t)

/* The same task, with the flag. */
static rp_task ending_task;

__attribute__((__constructor__)) static void register_ending(void)
{
    ending_task = *run_until_ended_task;
    ending_task.name = "ending";
    ending_task.flags |= RP_TASK_ENDS_ITEMS;
    (void)rp_task_register(&ending_task);
}

static void what_is_finished_is_not_told_to_end(void **state)
{
    suite_fixture *fixture = *state;
    held self = hold(fixture);
    rp_result *handle = NULL;
    int64_t *values = suite_numbers(fixture, N, 1000);
    rp_call_options options = {.chunk = 3, .statuses = self.statuses};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(self.closed), RP_COLUMN(values));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, wait_and_ask_task, self.results, N, items, &options, &handle, &self.error),
                  &self.error);
    gate_await(&self.closed, fixture->info.workers);
    rp_pool_end_running(fixture->pool, 1); /* the task hasn't the flag */
    await_ranks(&self);
    gate_open(&self.closed);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &self.error), &self.error);
    for (int i = 0; i < N; i++)
        if (self.statuses[i] == RP_OK) assert_int_equal(self.results[i], 1000 + i);
    rp_result_free(handle);
}

/* Items that were ended are delivered, but they haven't failed: no policy takes note, none is tried again, and the call was cancelled. */
static void what_runs_is_ended(void **state)
{
    suite_fixture *fixture = *state;
    held self = hold(fixture);
    rp_iter *iterator = NULL;
    int64_t *values = suite_numbers(fixture, N, 1000), result;
    rp_call_options options = {.chunk = 1, .on_error = RP_ON_ERROR_STOP, .retries = 3};
    rp_source source = RP_ITEMS(N, RP_CONSTANT(self.closed), RP_COLUMN(values));
    gate_open(&self.closed);
    assert_status(RP_OK, rp_istarmap_unordered(fixture->pool, &ending_task, source, &options, &iterator, &self.error), &self.error);
    assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0.01, &self.error), &self.error);
    gate_await(&self.closed, fixture->info.workers);
    rp_pool_end_running(fixture->pool, 0);
    await_ranks(&self);
    rp_pool_end_running(fixture->pool, 1);
    int n_ended = 0, n_done = 0;
    rp_status status;
    while ((status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &self.error)) == RP_OK || status == RP_FAILED) {
        int is_done = (1000 + rp_iter_index(iterator)) % 2 == 0;
        assert_int_equal(status, is_done ? RP_OK : RP_FAILED);
        if (is_done) assert_int_equal(result, 1000 + rp_iter_index(iterator));
        if (!is_done) assert_int_equal(self.error.cause, RP_CAUSE_ENDED);
        if (!is_done) assert_int_equal(self.error.code, 7);
        n_ended += !is_done;
        n_done += is_done;
    }
    assert_status(RP_CANCELLED, status, &self.error);
    assert_int_equal(n_ended + n_done, fixture->info.workers);
    rp_iter_free(iterator);
    suite_finish(fixture);
    assert_int_equal(rp_pool_failures(fixture->pool), 0);
}

/* ---- the end of the time ---- */

static void reopen_with_limit(suite_fixture *fixture, double limit_s, double request_s)
{
    rp_pool_options options = suite_options();
    options.time_limit_s = limit_s;
    options.time_request_s = request_s;
    suite_reopen(fixture, &options);
}

static rp_pool_time time_of(const suite_fixture *fixture)
{
    rp_pool_time time;
    rp_pool_get_time(fixture->pool, &time);
    return time;
}

/* With a second left, and 10 s in reserve, nothing begins. */
static void a_pool_ends_by_itself_when_its_time_does(void **state)
{
    enum { MANY = 20000 };
    suite_fixture *fixture = *state;
    reopen_with_limit(fixture, 1e9, 0);
    int64_t *values = suite_numbers(fixture, MANY, 1000), *results = suite_room(fixture, MANY, sizeof(int64_t));
    rp_status *statuses = suite_room(fixture, MANY, sizeof(rp_status));
    rp_result *handle = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .statuses = statuses};
    rp_columns items = RP_COLUMNS(RP_CONSTANT(0.01), RP_COLUMN(values));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, tasks.nap, results, MANY, items, &options, &handle, &error), &error);
    for (double end = suite_now() + SUITE_WAIT_S; rp_result_completed(handle) < 5; suite_sleep(0.001)) assert_true(suite_now() < end);
    assert_int_equal(time_of(fixture).is_over, 0);
    assert_status(RP_OK, rp_pool_set_time_left(fixture->pool, 1, 0, &error), &error);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_int_equal(time_of(fixture).is_over, 1);
    for (int i = 0; i < MANY; i++)
        if (statuses[i] == RP_OK) assert_int_equal(results[i], 1000 + i);
    assert_int_equal(statuses[MANY - 1], RP_CANCELLED);
    assert_status(RP_CLOSED, rp_apply(fixture->pool, tasks.square, results, RP_COLUMNS(RP_COLUMN(values)), NULL, &error), &error);
    rp_result_free(handle);
}

static void the_reserve_has_the_request_and_the_closing(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    reopen_with_limit(fixture, 1e6, 50);
    assert_true(time_of(fixture).reserve_s > 59.9 && time_of(fixture).reserve_s < 60.1);
    assert_status(RP_OK, rp_pool_set_time_left(fixture->pool, 1e5, 7, &error), &error);
    assert_true(time_of(fixture).reserve_s > 66.9 && time_of(fixture).reserve_s < 67.1 && time_of(fixture).left_s <= 1e5);
    assert_status(RP_USAGE, rp_pool_set_time_left(fixture->pool, -1, 0, &error), &error);
    reopen_with_limit(fixture, 0, 0);
    assert_status(RP_USAGE, rp_pool_set_time_left(fixture->pool, 1, 0, &error), &error);
    assert_true(time_of(fixture).reserve_s == 0);
}

/* On whatever rank and in whatever chunk it is. No upper bound, as the machine may be busy. */
static void the_longest_item_is_known(void **state)
{
    suite_fixture *fixture = *state;
    int64_t *values = suite_numbers(fixture, 40, 1000), *results = suite_room(fixture, 40, sizeof(int64_t));
    double *seconds = suite_room(fixture, 40, sizeof *seconds);
    rp_error error = {0};
    for (int k = 0; k < 2; k++) {
        rp_call_options options = {.chunk = k ? 10 : 1};
        reopen_with_limit(fixture, 1e9, 0);
        seconds[k ? 39 : 0] = 0.25;
        rp_columns items = RP_COLUMNS(RP_COLUMN(seconds), RP_COLUMN(values));
        assert_status(RP_OK, rp_starmap(fixture->pool, tasks.nap, results, 40, items, &options, &error), &error);
        for (double end = suite_now() + SUITE_WAIT_S; time_of(fixture).longest_s < 0.249; suite_sleep(0.01)) assert_true(suite_now() < end);
    }
}

int suite_run_time(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(finish_running_begins_nothing_that_was_given_out),
        SUITE_CASE(finish_running_delivers_what_ran),
        SUITE_CASE(finish_running_ends_a_reduction),
        SUITE_CASE(finish_running_begins_nothing_of_many_at_once),
        SUITE_CASE(what_is_finished_is_not_told_to_end),
        SUITE_CASE(what_runs_is_ended),
        SUITE_CASE(a_pool_ends_by_itself_when_its_time_does),
        SUITE_CASE(the_reserve_has_the_request_and_the_closing),
        SUITE_CASE(the_longest_item_is_known),
    };
    return cmocka_run_group_tests_name("time", cases, NULL, NULL);
}
