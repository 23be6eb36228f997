/*
 * test_isolation.c: tasks that end the process they run in, with isolation on: each is the failure of one item, whatever the executor.
 */
#include "misdeeds.h"
#include "suite.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void reopen(suite_fixture *fixture, rp_pool_options options)
{
    options.isolation = RP_ISOLATION_PROCESS;
    suite_reopen(fixture, &options);
}

static void check_verdict(const suite_fixture *fixture, const rp_error *error, int64_t item, verdict expected)
{
    assert_int_equal(error->status, RP_FAILED);
    assert_int_equal(error->item, item);
    assert_int_equal(error->cause, expected.cause);
    assert_int_equal(error->code, expected.code);
    assert_int_equal(error->attempt, 1);
    assert_in_range(error->rank, 0, fixture->info.ranks - 1);
    assert_in_range(error->worker, 0, fixture->info.threads - 1);
    assert_true(error->host[0] != '\0' && error->seconds >= 0);
    assert_text(error, expected.cause == RP_CAUSE_EXIT ? "exit status" : "signal");
}

enum { N_ITEMS = 200, STEP = 19 };

/* Items 5, 24, 43, … do something deadly, one kind after another. */
static int32_t *make_deeds(suite_fixture *fixture)
{
    int32_t *deeds = suite_room(fixture, N_ITEMS, sizeof(*deeds));
    for (int i = 5; i < N_ITEMS; i += STEP) deeds[i] = (int32_t)deadly[i / STEP % N_DEADLY].deed;
    return deeds;
}

static void check_collected(suite_fixture *fixture, const rp_task *task, rp_call_options options)
{
    int32_t *deeds = make_deeds(fixture);
    int64_t *results = suite_room(fixture, N_ITEMS, sizeof(*results));
    rp_status *statuses = suite_room(fixture, N_ITEMS, sizeof(*statuses));
    rp_result *handle = NULL;
    rp_error error = {0};
    options.on_error = RP_ON_ERROR_COLLECT;
    options.statuses = statuses;
    rp_columns columns = RP_COLUMNS(RP_COLUMN(deeds), RP_RANGE(1000, 1));
    assert_status(RP_OK, rp_starmap_async(fixture->pool, task, results, N_ITEMS, columns, &options, &handle, &error), &error);
    assert_status(RP_FAILED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    uint64_t n = 0;
    for (int i = 0; i < N_ITEMS; i++) {
        rp_error failure = {0};
        assert_int_equal(statuses[i], deeds[i] == GOOD ? RP_OK : RP_FAILED);
        if (deeds[i] == GOOD) {
            assert_int_equal(results[i], 1000 + i);
            continue;
        }
        assert_status(RP_OK, rp_result_failure(handle, n++, &failure), &failure);
        check_verdict(fixture, &failure, i, deadly[i / STEP % N_DEADLY]);
    }
    assert_int_equal(rp_result_failures(handle), n);
    assert_int_equal(rp_result_completed(handle), N_ITEMS);
    rp_result_free(handle);
}

static void an_item_that_ends_its_process_fails_alone(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    check_collected(fixture, misdeeds.misbehave, (rp_call_options){.chunk = 0});
    check_collected(fixture, misdeeds.misbehave, (rp_call_options){.chunk = 1});
    check_collected(fixture, misdeeds.misbehave, (rp_call_options){.chunk = 30});
    check_collected(fixture, misdeeds.misbehave, (rp_call_options){.schedule = RP_SCHEDULE_STATIC});
    check_collected(fixture, misdeeds.misbehave_all, (rp_call_options){.chunk = 30});
}

static void stop_names_the_first_that_ended_its_process(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    int32_t *deeds = suite_room(fixture, N_ITEMS, sizeof(*deeds));
    int64_t *results = suite_room(fixture, N_ITEMS, sizeof(*results));
    rp_error error = {0};
    deeds[60] = ABORTS;
    deeds[61] = CALLS_EXIT;
    deeds[150] = CALLS_EXIT;
    for (uint64_t chunk = 0; chunk < 40; chunk += 13) {
        rp_call_options options = {.chunk = chunk};
        rp_columns columns = RP_COLUMNS(RP_COLUMN(deeds), RP_RANGE(0, 1));
        memset(results, 0, N_ITEMS * sizeof(*results));
        assert_status(RP_FAILED, rp_starmap(fixture->pool, misdeeds.misbehave, results, N_ITEMS, columns, &options, &error), &error);
        check_verdict(fixture, &error, 60, (verdict){ABORTS, RP_CAUSE_SIGNAL, SIGABRT});
        assert_string_equal(error.item_text, "4, 60");
        for (int i = 0; i < 60; i++) assert_int_equal(results[i], i);
    }
}

static void emitted_results_survive_their_neighbours(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    int32_t *deeds = make_deeds(fixture);
    rp_bytes *results = suite_room(fixture, N_ITEMS, sizeof(*results));
    rp_error error = {0};
    rp_call_options options = {.chunk = 10, .on_error = RP_ON_ERROR_COLLECT};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(deeds), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, misdeeds.emit_and_misbehave, results, N_ITEMS, columns, &options, &error), &error);
    for (int64_t i = 0; i < N_ITEMS; i++) {
        assert_int_equal(results[i].size, deeds[i] == GOOD ? sizeof(i) : 0);
        if (deeds[i] == GOOD) assert_memory_equal(results[i].data, &i, sizeof(i));
    }
    rp_bytes_free(results, N_ITEMS);
}

static void iterators_go_past_items_that_ended_their_process(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    int32_t *deeds = make_deeds(fixture);
    for (int ordered = 0; ordered < 2; ordered++) {
        rp_iter *iterator = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = 4, .on_error = RP_ON_ERROR_COLLECT};
        rp_source source = RP_ITEMS(N_ITEMS, RP_COLUMN(deeds), RP_RANGE(0, 1));
        rp_status status = ordered ? rp_istarmap(fixture->pool, misdeeds.misbehave, source, &options, &iterator, &error)
                                   : rp_istarmap_unordered(fixture->pool, misdeeds.misbehave, source, &options, &iterator, &error);
        assert_status(RP_OK, status, &error);
        int seen = 0;
        for (int64_t result; (status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error)) != RP_END; seen++) {
            int64_t index = rp_iter_index(iterator);
            if (ordered) assert_int_equal(index, seen);
            if (deeds[index] == GOOD) {
                assert_status(RP_OK, status, &error);
                assert_int_equal(result, index);
            } else {
                assert_status(RP_FAILED, status, &error);
                check_verdict(fixture, &error, index, deadly[index / STEP % N_DEADLY]);
            }
        }
        assert_int_equal(seen, N_ITEMS);
        rp_iter_free(iterator);
    }
}

/* An endless loop can't be told to stop, but its process can be killed. */
static void an_endless_loop_is_ended_by_the_time_out(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    options.timeout_s = 0.6;
    reopen(fixture, options);
    int32_t deeds[40] = {[3] = LOOPS, [30] = LOOPS};
    int64_t results[40];
    rp_status statuses[40];
    rp_error error = {0};
    rp_call_options call = {.chunk = 5, .on_error = RP_ON_ERROR_COLLECT, .statuses = statuses};
    assert_status(RP_FAILED,
                  rp_starmap(fixture->pool, misdeeds.misbehave, results, 40, RP_COLUMNS(RP_COLUMN(deeds), RP_RANGE(0, 1)), &call, &error),
                  &error);
    assert_int_equal(error.item, 3);
    assert_int_equal(error.cause, RP_CAUSE_TIMEOUT);
    assert_true(error.seconds >= 0.59 && error.seconds < SUITE_WAIT_S);
    assert_text(&error, "killed");
    for (int i = 0; i < 40; i++) {
        assert_int_equal(statuses[i], deeds[i] == LOOPS ? RP_FAILED : RP_OK);
        if (deeds[i] == GOOD) assert_int_equal(results[i], i);
    }
}

/* ---- children ---- */

/* The processes of some items. */
static int64_t *run_children(suite_fixture *fixture, uint64_t *n)
{
    reopen(fixture, suite_options());
    *n = 10 * (uint64_t)fixture->info.workers;
    int64_t *processes = suite_room(fixture, *n, sizeof(*processes));
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    assert_status(RP_OK, rp_map(fixture->pool, misdeeds.which_process, processes, *n, RP_CONSTANT(0.005), &options, &error), &error);
    return processes;
}

static void check_gone(pid_t process)
{
    char path[64], stat[256] = "";
    int is_gone = kill(process, 0) == -1 && errno == ESRCH;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = is_gone ? NULL : fopen(path, "r");
    if (file && !fgets(stat, sizeof stat, file)) stat[0] = '\0';
    if (file) fclose(file);
    if (!is_gone) print_error("process %d (this one is %d) is there: %s\n", (int)process, (int)getpid(), stat);
    assert_true(is_gone);
}

static void end_pool(suite_fixture *fixture, const int64_t *processes, uint64_t n)
{
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    for (uint64_t i = 0; i < n; i++) {
        assert_int_not_equal(processes[i], getpid());
        check_gone((pid_t)processes[i]);
    }
}

static void children_are_others_than_their_rank_and_end_with_the_pool(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n;
    const int64_t *processes = run_children(fixture, &n);
    end_pool(fixture, processes, n);
}

/* They are killed after 10 s, so one executor is enough. */
static void children_that_hang_at_the_end_end_with_the_pool(void **state)
{
    suite_fixture *fixture = *state;
    uint64_t n;
    if (fixture->info.executor != RP_EXECUTOR_SERIAL || suite_options().isolation == RP_ISOLATION_NONE) skip();
    const int64_t *processes = run_children(fixture, &n);
    for (uint64_t i = 0; i < n; i++) assert_int_equal(kill((pid_t)processes[i], SIGSTOP), 0);
    end_pool(fixture, processes, n);
}

static void children_are_replaced_after_so_many_tasks(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    enum { MOST = 7 };
    options.max_tasks_per_child = MOST;
    reopen(fixture, options);
    uint64_t n = 30 * (uint64_t)fixture->info.workers;
    int64_t *processes = suite_room(fixture, n, sizeof(*processes));
    for (uint64_t chunk = 0; chunk < 20; chunk += 9) {
        rp_error error = {0};
        rp_call_options call = {.chunk = chunk};
        assert_status(RP_OK, rp_map(fixture->pool, misdeeds.which_process, processes, n, RP_CONSTANT(0.0), &call, &error), &error);
        for (uint64_t i = 0; i < n; i++) {
            int same = 0;
            for (uint64_t other = 0; other < n; other++) same += processes[other] == processes[i];
            assert_in_range(same, 1, MOST);
        }
    }
}

static void the_initializer_runs_in_each_new_child(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    start_order order = {.pool_number = MAX_START_POOLS - 1, .failing_rank = -1};
    options.initializer = tasks.initializer;
    options.initializer_argument = (rp_bytes){&order, sizeof(order)};
    options.max_tasks_per_child = 3;
    reopen(fixture, options);
    whereabouts places[60];
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.where_am_i, places, 60, RP_CONSTANT(0.0), NULL, &error), &error);
    for (int i = 0; i < 60; i++) {
        assert_int_equal(places[i].item, i);
        assert_int_equal(places[i].process_starts, 1);
        assert_int_equal(places[i].start_number, 1);
    }
}

static void an_initializer_that_ends_its_process_makes_open_fail(void **state)
{
    suite_fixture *fixture = *state;
    rp_pool_options options = suite_options();
    rp_error error = {0};
    rp_pool *pool = NULL;
    options.isolation = RP_ISOLATION_PROCESS;
    options.initializer = misdeeds.exits;
    double start = suite_now();
    assert_status(RP_SYSTEM, rp_pool_open(&options, &pool, &error), &error);
    assert_text(&error, "ended while it started");
    assert_null(pool);
    assert_true(suite_now() - start < SUITE_WAIT_S);
    int64_t squared = 0;
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, &squared, RP_COLUMNS(RP_CONSTANT((int64_t)6)), NULL, &error), &error);
    assert_int_equal(squared, 36);
}

/* Idle children are killed from outside, as the kernel may do. The next call doesn't notice. */
static void a_child_that_is_killed_while_idle_is_replaced(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    uint64_t n = 10 * (uint64_t)fixture->info.workers;
    int64_t *processes = suite_room(fixture, n, sizeof(*processes));
    rp_error error = {0};
    for (int round = 0; round < 5; round++) {
        rp_call_options options = {.chunk = 1};
        assert_status(RP_OK, rp_map(fixture->pool, misdeeds.which_process, processes, n, RP_CONSTANT(0.002), &options, &error), &error);
        for (uint64_t i = 0; i < n; i++) (void)kill((pid_t)processes[i], SIGKILL);
    }
}

static void cancel_and_terminate_leave_children_in_order(void **state)
{
    suite_fixture *fixture = *state;
    reopen(fixture, suite_options());
    uint64_t n = 10000 * (uint64_t)fixture->info.workers; /* they would take too long */
    int64_t *processes = suite_room(fixture, n, sizeof(*processes));
    rp_result *handle = NULL;
    rp_error error = {0};
    double start = suite_now();
    assert_status(RP_OK, rp_map_async(fixture->pool, misdeeds.which_process, processes, n, RP_CONSTANT(0.05), NULL, &handle, &error),
                  &error);
    suite_sleep(0.1);
    rp_result_cancel(handle);
    assert_status(RP_CANCELLED, rp_result_get(handle, SUITE_WAIT_S, &error), &error);
    assert_status(RP_OK, rp_result_wait(handle, SUITE_WAIT_S), NULL);
    rp_result_free(handle);
    assert_status(RP_OK, rp_map_async(fixture->pool, misdeeds.which_process, processes, n, RP_CONSTANT(0.05), NULL, &handle, &error),
                  &error);
    suite_sleep(0.1);
    rp_pool_terminate(fixture->pool);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    assert_status(RP_CANCELLED, rp_result_get(handle, 0, &error), &error);
    rp_result_free(handle);
    assert_true(suite_now() - start < SUITE_WAIT_S);
}

int suite_run_isolation(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(an_item_that_ends_its_process_fails_alone),       SUITE_CASE(stop_names_the_first_that_ended_its_process),
        SUITE_CASE(emitted_results_survive_their_neighbours),        SUITE_CASE(iterators_go_past_items_that_ended_their_process),
        SUITE_CASE(an_endless_loop_is_ended_by_the_time_out),        SUITE_CASE(children_are_others_than_their_rank_and_end_with_the_pool),
        SUITE_CASE(children_that_hang_at_the_end_end_with_the_pool), SUITE_CASE(children_are_replaced_after_so_many_tasks),
        SUITE_CASE(the_initializer_runs_in_each_new_child),          SUITE_CASE(an_initializer_that_ends_its_process_makes_open_fail),
        SUITE_CASE(a_child_that_is_killed_while_idle_is_replaced),   SUITE_CASE(cancel_and_terminate_leave_children_in_order),
    };
    return cmocka_run_group_tests_name("isolation", cases, NULL, NULL);
}
