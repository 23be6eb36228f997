/*
 * test_waiting.c: calls that wait for room, over an executor that runs batches when the test says so. Its two workers have room for ROOM
 * calls. Those that wait begin when there is room for LEAST.
 */
#include "hand_executor.h"

enum { ROOM = 64 + 2 * 8, LEAST = 32, MADE = ROOM + LEAST + 8 };

/* The library is linked with this in place of its own. */
static atomic_int failing_memory;
void *__real_rpi_lines_alloc(size_t size);
void *__wrap_rpi_lines_alloc(size_t size);
void *__wrap_rpi_lines_alloc(size_t size) { return atomic_load(&failing_memory) ? NULL : __real_rpi_lines_alloc(size); }

static int64_t next(int64_t x) { return x < 0 ? rp_fail(1, "below 0") : x + 1; }
RP_TASK(next, int64_t, int64_t)

static void say(int64_t x)
{
    (void)x;
    rp_emit("said", 4);
}
RP_TASK_EMIT(say, int64_t)

typedef struct made {
    int64_t results[MADE];
    rp_result *calls[MADE];
} made;

static void make(rp_pool *pool, made *self, int k, int64_t x, const rp_call_options *options)
{
    rp_error error;
    if (rp_apply_async(pool, next_task, &self->results[k], RP_COLUMNS(RP_CONSTANT(x)), options, &self->calls[k], &error) != RP_OK)
        fail_msg("%s", rp_error_text(&error));
}

static made *make_all(hand *executor)
{
    made *self = calloc(1, sizeof *self);
    assert_non_null(self);
    for (int k = 0; k < MADE; k++) make(executor->pool, self, k, k, NULL);
    return self;
}

static void free_made(made *self)
{
    for (int k = 0; k < MADE; k++) rp_result_free(self->calls[k]);
    free(self);
}

static void finish_all(hand *executor)
{
    while (executor->n_out > 0) hand_finish(executor, 0);
}

static void calls_wait_for_room_and_begin_in_their_order(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    assert_int_equal(executor->n_out, ROOM);
    for (int k = 0; k < MADE; k++) {
        assert_ptr_equal(executor->out[0]->owner, self->calls[k]);
        hand_finish(executor, 0);
        int n_submitted = ROOM + (k + 1) / LEAST * LEAST;
        assert_int_equal(executor->n_submitted, n_submitted < MADE ? n_submitted : MADE);
        assert_int_equal(rp_result_get(self->calls[k], 0, NULL), RP_OK);
        assert_int_equal(self->results[k], k + 1);
    }
    assert_int_equal(executor->n_out, 0);
    free_made(self);
}

/* It doesn't overtake them, though there would be room for it. */
static void a_new_call_comes_after_those_that_wait(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    int64_t result;
    rp_result *last;
    assert_int_equal(rp_apply_async(executor->pool, next_task, &result, RP_COLUMNS(RP_CONSTANT(INT64_C(7))), NULL, &last, NULL), RP_OK);
    for (int k = 0; k < 2 * LEAST; k++) hand_finish(executor, 0);
    assert_int_equal(executor->n_submitted, MADE + 1);
    assert_ptr_equal(executor->out[executor->n_out - 2]->owner, self->calls[MADE - 1]);
    assert_ptr_equal(executor->out[executor->n_out - 1]->owner, last);
    finish_all(executor);
    assert_int_equal(result, 8);
    rp_result_free(last);
    free_made(self);
}

static void a_call_that_waits_is_cancelled_at_once(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    int64_t x = 0;
    rp_bytes text = {"unset", 5};
    rp_result *call;
    assert_int_equal(rp_apply_async(executor->pool, say_task, &text, RP_COLUMNS(RP_CONSTANT(x)), NULL, &call, NULL), RP_OK);
    assert_int_equal(rp_result_cancel(call), 1);
    assert_int_equal(rp_result_ready(call), 1);
    assert_int_equal(rp_result_get(call, 0, NULL), RP_CANCELLED);
    assert_null(text.data); /* as of each item that hasn't run */
    assert_int_equal(rp_result_cancel(self->calls[ROOM]), 1);
    assert_int_equal(executor->n_submitted, ROOM);
    for (int k = 0; k < LEAST; k++) hand_finish(executor, 0);
    assert_ptr_equal(executor->out[ROOM - LEAST]->owner, self->calls[ROOM + 1]);
    finish_all(executor);
    assert_int_equal(executor->n_submitted, MADE - 1);
    rp_result_free(call);
    free_made(self);
}

static void calls_that_wait_end_with_a_stop(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    rp_pool_stop(executor->pool);
    for (int k = 0; k < MADE; k++) {
        assert_int_equal(rp_result_ready(self->calls[k]), k >= ROOM);
        if (k >= ROOM) assert_int_equal(rp_result_get(self->calls[k], 0, NULL), RP_CANCELLED);
    }
    finish_all(executor);
    assert_int_equal(executor->n_submitted, ROOM);
    free_made(self);
}

static void calls_that_wait_end_where_none_may_begin(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    rp_pool_finish_running(executor->pool);
    for (int k = ROOM; k < MADE; k++) assert_int_equal(rp_result_get(self->calls[k], 0, NULL), RP_CANCELLED);
    finish_all(executor);
    free_made(self);
}

static void an_iterator_begins_after_those_that_wait(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    static const int64_t items[1] = {5};
    rp_iter *iterator;
    assert_int_equal(rp_imap(executor->pool, next_task, RP_ITEMS(1, RP_COLUMN(items)), NULL, &iterator, NULL), RP_OK);
    assert_int_equal(executor->n_out, MADE + 1);
    assert_ptr_equal(executor->out[MADE - 1]->owner, self->calls[MADE - 1]);
    finish_all(executor);
    rp_iter_free(iterator);
    free_made(self);
}

/* Its wait may be long, and the workers have nothing of it meanwhile. */
static void a_call_that_waits_for_a_retry_has_no_room(void **state)
{
    (void)state;
    hand *executor = hand_open_with(2, (rp_pool_options){.retries = 1, .retry_pause_s = 30, .on_error = RP_ON_ERROR_COLLECT});
    made *self = calloc(1, sizeof *self);
    assert_non_null(self);
    for (int k = 0; k < MADE; k++) make(executor->pool, self, k, k < LEAST ? -1 : k, NULL);
    for (int k = 0; k < LEAST; k++) hand_finish(executor, 0);
    for (int k = 0; k < LEAST; k++) assert_int_equal(rp_result_ready(self->calls[k]), 0);
    assert_int_equal(executor->n_submitted, ROOM + LEAST);
    for (int k = 0; k < LEAST; k++) rp_result_cancel(self->calls[k]);
    finish_all(executor);
    for (int k = LEAST; k < MADE; k++) assert_int_equal(rp_result_get(self->calls[k], UNIT_WAIT_S, NULL), RP_OK);
    free_made(self);
    hand_close(executor);
}

static void a_call_without_memory_for_its_batch_says_so(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    atomic_store(&failing_memory, 1);
    for (int k = 0; k < LEAST; k++) hand_finish(executor, 0);
    atomic_store(&failing_memory, 0);
    for (int k = ROOM; k < MADE; k++) assert_int_equal(rp_result_get(self->calls[k], 0, NULL), RP_NO_MEMORY);
    finish_all(executor);
    free_made(self);
}

/* As the serial executor does when it can't make a thread. */
static void an_executor_may_run_what_it_is_given_at_once(void **state)
{
    hand *executor = *state;
    made *self = make_all(executor);
    executor->at_once = true;
    for (int k = 0; k < LEAST; k++) hand_finish(executor, 0);
    assert_int_equal(executor->n_submitted, MADE);
    assert_int_equal(executor->deepest, 1);
    executor->at_once = false;
    finish_all(executor);
    free_made(self);
}

enum { MANY = 5000 };

/* Ends race with begins. */
static void many_calls_run_in_threads_and_end_with_their_pool(void **state)
{
    (void)state;
    static int64_t results[MANY];
    static rp_result *calls[MANY];
    for (int terminates = 0; terminates < 2; terminates++) {
        rp_pool *pool;
        assert_int_equal(rp_pool_open(&(rp_pool_options){.executor = RP_EXECUTOR_PTHREAD, .threads = 3}, &pool, NULL), RP_OK);
        for (int k = 0; k < MANY; k++)
            assert_int_equal(rp_apply_async(pool, next_task, &results[k], RP_COLUMNS(RP_CONSTANT((int64_t)k)), NULL, &calls[k], NULL),
                             RP_OK);
        if (terminates) rp_pool_terminate(pool);
        else rp_pool_close(pool);
        assert_int_equal(rp_pool_join(pool, NULL), RP_OK);
        rp_pool_free(pool);
        for (int k = 0; k < MANY; k++) {
            rp_status status = rp_result_get(calls[k], 0, NULL);
            assert_true(status == RP_OK || (terminates && status == RP_CANCELLED));
            if (!terminates) assert_int_equal(results[k], k + 1);
            rp_result_free(calls[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(calls_wait_for_room_and_begin_in_their_order, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(a_new_call_comes_after_those_that_wait, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(a_call_that_waits_is_cancelled_at_once, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(calls_that_wait_end_with_a_stop, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(calls_that_wait_end_where_none_may_begin, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(an_iterator_begins_after_those_that_wait, hand_set_up, hand_tear_down),
        cmocka_unit_test(a_call_that_waits_for_a_retry_has_no_room),
        cmocka_unit_test_setup_teardown(a_call_without_memory_for_its_batch_says_so, hand_set_up, hand_tear_down),
        cmocka_unit_test_setup_teardown(an_executor_may_run_what_it_is_given_at_once, hand_set_up, hand_tear_down),
        cmocka_unit_test(many_calls_run_in_threads_and_end_with_their_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
