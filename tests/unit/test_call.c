/* test_call.c: the states of a call, one event at a time: see the table in call.h. */
#include "hand_executor.h"

#include "pool/call_create.h"

#include <pthread.h>

static int64_t even_only(int64_t x) { return x % 2 ? rp_fail((int)x, "odd") : x; }
RP_TASK(even_only, int64_t, int64_t)

/* A call in the pool, without a batch. */
static rpi_call *begin(hand *executor)
{
    rpi_call *call;
    assert_int_equal(rpi_call_create(&executor->pool->for_calls, even_only_task, RP_COLUMNS(RP_RANGE(0, 1)), NULL,
                                     (rpi_call_shape){sizeof *call, false}, &call, NULL),
                     RP_OK);
    bool is_out;
    assert_int_equal(rpi_pool_begin(executor->pool, call, &is_out, NULL), RP_OK);
    return call;
}

static void end_batch(rpi_call *call, rp_status status, uint64_t failing_item)
{
    rpi_batch *batch = rpi_batch_create();
    rpi_batch_reset(batch, &call->work, 0, 1);
    batch->status = status;
    if (failing_item != UINT64_MAX) {
        rpi_failure *failure = rpi_failure_create("told", 4);
        failure->facts.item = failing_item;
        atomic_fetch_add(&call->work.n_failed, 1);
        rpi_batch_add_failure(batch, failure);
    }
    rpi_call_batch_ends(call, batch, NULL);
    rpi_batch_destroy(batch);
}

static void closing_while_nothing_is_out_finishes(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    assert_int_equal(rp_result_ready(call), 0);
    rpi_call_close(call);
    assert_int_equal(rp_result_ready(call), 1);
    assert_int_equal(executor->n_forgets, 1);
    rpi_call_close(call);
    rpi_call_cancel(call);
    assert_int_equal(executor->n_forgets, 1);
    assert_int_equal(rp_result_get(call, 0, NULL), RP_OK);
    rp_result_free(call);
}

static void the_last_batch_finishes_a_closed_call(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    for (int k = 0; k < 3; k++) assert_true(rpi_call_batch_begins(call));
    end_batch(call, RP_OK, UINT64_MAX);
    rpi_call_close(call);
    assert_false(rpi_call_batch_begins(call));
    end_batch(call, RP_OK, UINT64_MAX);
    assert_int_equal(rp_result_ready(call), 0);
    assert_int_equal(executor->n_forgets, 0);
    end_batch(call, RP_OK, UINT64_MAX);
    assert_int_equal(rp_result_ready(call), 1);
    assert_int_equal(executor->n_forgets, 1);
    rp_result_free(call);
}

static void an_open_call_stays_open_with_nothing_out(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    int successful = 7;
    assert_true(rpi_call_batch_begins(call));
    end_batch(call, RP_OK, UINT64_MAX);
    assert_int_equal(rp_result_ready(call), 0);
    assert_int_equal(rp_result_wait(call, 0.01), RP_TIMEOUT);
    assert_int_equal(rp_result_successful(call, &successful), RP_AGAIN);
    assert_int_equal(successful, 7);
    rp_result_free(call);
}

static void cancelling_waits_for_what_is_out(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    rp_error error;
    assert_true(rpi_call_batch_begins(call));
    rp_result_cancel(call);
    assert_int_equal(executor->n_stops, 1);
    assert_true(rpi_work_stopped(&call->work, 0));
    assert_false(rpi_call_batch_begins(call));
    assert_int_equal(rp_result_get(call, 0, &error), RP_CANCELLED); /* known at once */
    assert_int_equal(error.status, RP_CANCELLED);
    assert_int_equal(rp_result_wait(call, 0), RP_TIMEOUT); /* but not finished */
    end_batch(call, RP_OK, UINT64_MAX);
    assert_int_equal(rp_result_wait(call, 0), RP_OK);
    assert_int_equal(rp_result_get(call, 0, NULL), RP_CANCELLED);
    rp_result_free(call);
}

/* Closing, stopping and cancelling again change nothing. */
static void a_cancelled_call_stays_cancelled(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    assert_int_equal(call->state, RPI_CALL_OPEN);
    assert_true(rpi_call_batch_begins(call));
    rpi_call_cancel(call);
    assert_int_equal(call->state, RPI_CALL_CANCELLED);
    rpi_call_close(call);
    rpi_call_stop(call);
    rpi_call_cancel(call);
    assert_int_equal(call->state, RPI_CALL_CANCELLED);
    assert_int_equal(executor->n_drains, 0);
    end_batch(call, RP_OK, UINT64_MAX);
    assert_int_equal(call->state, RPI_CALL_FINISHED_CANCELLED);
    rpi_call_cancel(call);
    rpi_call_close(call);
    assert_int_equal(call->state, RPI_CALL_FINISHED_CANCELLED);
    assert_int_equal(executor->n_forgets, 1);
    rp_result_free(call);
}

static void failures_of_all_batches_come_sorted(void **state)
{
    hand *executor = *state;
    static const uint64_t items[] = {40, 3, 77, 12};
    rpi_call *call = begin(executor);
    rp_error error;
    for (size_t k = 0; k < N_OF(items); k++) assert_true(rpi_call_batch_begins(call));
    for (size_t k = 0; k < N_OF(items); k++) {
        assert_int_equal(rp_result_failure(call, 0, &error), RP_AGAIN);
        if (k == N_OF(items) - 1) rpi_call_close(call);
        end_batch(call, RP_OK, items[k]);
    }
    assert_int_equal(rp_result_failures(call), 4);
    static const int64_t sorted[] = {3, 12, 40, 77};
    for (uint64_t k = 0; k < 4; k++) {
        assert_int_equal(rp_result_failure(call, k, &error), RP_OK);
        assert_int_equal(error.item, sorted[k]);
    }
    assert_int_equal(rp_result_failure(call, 4, &error), RP_USAGE);
    assert_int_equal(rp_result_get(call, 0, &error), RP_FAILED);
    assert_int_equal(error.item, 3);
    rp_result_free(call);
}

static void what_the_executor_could_not_do_is_the_outcome(void **state)
{
    hand *executor = *state;
    static const rp_status statuses[] = {RP_LOST, RP_NO_MEMORY};
    for (size_t k = 0; k < N_OF(statuses); k++) {
        rpi_call *call = begin(executor);
        rp_error error;
        int successful = 7;
        assert_true(rpi_call_batch_begins(call) && rpi_call_batch_begins(call) && rpi_call_batch_begins(call));
        rpi_call_close(call);
        end_batch(call, RP_OK, 4);
        end_batch(call, statuses[k], UINT64_MAX);
        end_batch(call, RP_OK, UINT64_MAX);
        assert_int_equal(rp_result_get(call, 0, &error), statuses[k]);
        assert_int_equal(error.status, statuses[k]);
        assert_int_equal(rp_result_successful(call, &successful), RP_OK);
        assert_int_equal(successful, 0);
        rp_result_free(call);
    }
}

static void a_map_that_is_lost_says_so(void **state)
{
    hand *executor = *state;
    int64_t results[10];
    rp_result *handle;
    rp_error error;
    assert_int_equal(rp_map_async(executor->pool, even_only_task, results, 10, RP_RANGE(0, 1), NULL, &handle, NULL), RP_OK);
    assert_int_equal(executor->n_out, 1);
    hand_drop(executor, 0, RP_LOST);
    assert_int_equal(rp_result_get(handle, 0, &error), RP_LOST);
    assert_contains(rp_error_text(&error), "lost");
    rp_result_free(handle);
}

static void statuses_are_written_when_it_is_finished(void **state)
{
    hand *executor = *state;
    int64_t results[6];
    rp_status statuses[6];
    for (int i = 0; i < 6; i++) statuses[i] = RP_TIMEOUT;
    rp_result *handle;
    rp_call_options options = {.statuses = statuses, .on_error = RP_ON_ERROR_STOP};
    assert_int_equal(rp_map_async(executor->pool, even_only_task, results, 6, RP_RANGE(-2, 1), &options, &handle, NULL), RP_OK);
    for (int i = 0; i < 6; i++) assert_int_equal(statuses[i], RP_TIMEOUT);
    hand_finish(executor, 0);
    static const rp_status expected[] = {RP_OK, RP_FAILED, RP_CANCELLED, RP_CANCELLED, RP_CANCELLED, RP_CANCELLED};
    assert_memory_equal(statuses, expected, sizeof expected);
    rp_result_free(handle);
}

/* Failures of a call whose handle is freed unread count too, once the call is finished. */
static void a_pool_counts_failures_that_nobody_reads(void **state)
{
    hand *executor = *state;
    for (int k = 0; k < 2; k++) {
        rpi_call *call = begin(executor);
        assert_true(rpi_call_batch_begins(call));
        end_batch(call, RP_OK, 3);
        assert_int_equal(rp_pool_failures(executor->pool), k);
        rp_result_free(call);
        assert_int_equal(rp_pool_failures(executor->pool), k + 1);
    }
}

/* A worker that leaves a batch takes its items back before it adds them. */
static void what_was_said_to_be_completed_stays_so(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    assert_true(rpi_call_batch_begins(call));
    executor->n_done = 5;
    assert_int_equal(rp_result_completed(call), 5);
    executor->n_done = 0;
    assert_int_equal(rp_result_completed(call), 5);
    atomic_fetch_add(&call->work.n_finished, 6);
    assert_int_equal(rp_result_completed(call), 6);
    end_batch(call, RP_OK, UINT64_MAX);
    rpi_call_close(call);
    assert_int_equal(rp_result_completed(call), 6);
    rp_result_free(call);
}

static void *cancel(void *call)
{
    unit_sleep(0.02);
    rp_result_cancel(call);
    return NULL;
}

static void a_waiting_get_ends_with_the_cancel(void **state)
{
    hand *executor = *state;
    rpi_call *call = begin(executor);
    pthread_t thread;
    assert_true(rpi_call_batch_begins(call));
    assert_int_equal(pthread_create(&thread, NULL, cancel, call), 0);
    assert_int_equal(rp_result_get(call, -1, NULL), RP_CANCELLED);
    pthread_join(thread, NULL);
    end_batch(call, RP_OK, UINT64_MAX);
    rp_result_free(call);
    rp_result_free(NULL);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, hand_set_up, hand_tear_down)

UNIT_MAIN(WITH(what_was_said_to_be_completed_stays_so), WITH(closing_while_nothing_is_out_finishes),
          WITH(the_last_batch_finishes_a_closed_call), WITH(an_open_call_stays_open_with_nothing_out),
          WITH(cancelling_waits_for_what_is_out), WITH(a_cancelled_call_stays_cancelled), WITH(failures_of_all_batches_come_sorted),
          WITH(what_the_executor_could_not_do_is_the_outcome), WITH(a_map_that_is_lost_says_so),
          WITH(statuses_are_written_when_it_is_finished), WITH(a_waiting_get_ends_with_the_cancel),
          WITH(a_pool_counts_failures_that_nobody_reads))
