/* test_retry.c: items that fail and are tried again, one event at a time, over an executor that runs batches when the test says so. */
#include "hand_executor.h"

#include "base/clock.h"

#include <errno.h>

/* The library is linked with these in place of the C library's, so that they can fail. */

static atomic_int failing_threads, failing_memory;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
void *__real_rpi_lines_alloc(size_t size);
void *__wrap_rpi_lines_alloc(size_t size);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    return atomic_load(&failing_threads) ? EAGAIN : __real_pthread_create(thread, attributes, start, argument);
}

void *__wrap_rpi_lines_alloc(size_t size) { return atomic_load(&failing_memory) ? NULL : __real_rpi_lines_alloc(size); }

/* Fails on its first `failing` tries. */
static int64_t come_round(int64_t failing, int64_t x)
{
    return rp_attempt() <= failing ? rp_fail(rp_attempt(), "try %d of %lld", rp_attempt(), (long long)x) : x * x;
}
RP_TASK(come_round, int64_t, int64_t, int64_t)

static void come_round_emit(int64_t failing, int64_t x)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", (long long)x);
    rp_emit(text, (size_t)size);
    if (rp_attempt() <= failing) rp_fail(1, "not yet");
}
RP_TASK_EMIT(come_round_emit, int64_t, int64_t)

enum { N = 10, ALWAYS = 1000 };

typedef struct fixture {
    hand *hand;
    int64_t failing[N], results[N];
    rp_status statuses[N];
    rp_result *handle;
} fixture;

static void open_fixture(void **state, double backoff_s)
{
    fixture *self = calloc(1, sizeof *self);
    self->hand = hand_open_with(2, (rp_pool_options){.retries = 2, .retry_pause_s = backoff_s});
    for (int i = 0; i < N; i++) self->results[i] = -1;
    *state = self;
}

static int set_up(void **state)
{
    open_fixture(state, 1e-3);
    return 0;
}

/* A backoff that never ends by itself during a test. */
static int set_up_long(void **state)
{
    open_fixture(state, 100 * UNIT_WAIT_S);
    return 0;
}

static int tear_down(void **state)
{
    fixture *self = *state;
    atomic_store(&failing_threads, 0);
    atomic_store(&failing_memory, 0);
    hand_close(self->hand);
    rp_result_free(self->handle);
    free(self);
    return 0;
}

static void start(fixture *self, rp_call_options options)
{
    rp_columns columns = RP_COLUMNS(RP_COLUMN(self->failing), RP_RANGE(0, 1));
    options.statuses = self->statuses;
    assert_int_equal(rp_starmap_async(self->hand->pool, come_round_task, self->results, N, columns, &options, &self->handle, NULL), RP_OK);
    assert_int_equal(self->hand->n_out, 1);
}

static const rp_call_options collect = {.on_error = RP_ON_ERROR_COLLECT};
static const rp_call_options stop = {.on_error = RP_ON_ERROR_STOP};

static void check_end(fixture *self, rp_status status, uint64_t n_failures, uint64_t n_completed)
{
    rp_error error;
    if (rp_result_get(self->handle, UNIT_WAIT_S, &error) != status) fail_msg("%s", rp_error_text(&error));
    assert_int_equal(rp_result_failures(self->handle), n_failures);
    assert_int_equal(rp_result_completed(self->handle), n_completed);
    unit_await(&self->hand->n_forgets, 1); /* after it was finished */
}

/* ---- tries ---- */

static void a_failed_item_runs_again_alone_and_first(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, collect);
    hand_finish(self->hand, 0);
    const rpi_batch *again = hand_await(self->hand, 1);
    assert_int_equal(again->first, 3);
    assert_int_equal(again->count, 1);
    assert_int_equal(again->attempt, 2);
    assert_int_equal(again->avoid_rank, 0); /* where it failed */
    assert_true(again->urgent && again->whole);
    assert_int_equal(rp_result_ready(self->handle), 0);
    assert_int_equal(rp_result_completed(self->handle), N - 1);
    assert_int_equal(rp_result_failures(self->handle), 0);
    hand_finish(self->hand, 0);
    check_end(self, RP_OK, 0, N);
    for (int64_t i = 0; i < N; i++) assert_int_equal(self->results[i], i * i);
    for (int i = 0; i < N; i++) assert_int_equal(self->statuses[i], RP_OK);
}

/* A probe in place of a batch's `done`: what the call says at that moment. */
static struct {
    void (*done)(rpi_batch *batch);
    const rp_result *handle;
    uint64_t n_completed;
} probe;

static void look_then_end(rpi_batch *batch)
{
    probe.n_completed = rp_result_completed(probe.handle);
    probe.done(batch);
}

/* Also between the end of its first try and the moment when that is looked at. */
static void an_item_that_will_be_tried_again_is_not_completed(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, collect);
    rpi_batch *whole = self->hand->out[0];
    whole->items_failed = NULL; /* the failure is looked at when the batch is done */
    probe.done = whole->done;
    probe.handle = self->handle;
    whole->done = look_then_end;
    hand_finish(self->hand, 0);
    assert_int_equal(probe.n_completed, N - 1);
    (void)hand_await(self->hand, 1);
    assert_int_equal(rp_result_completed(self->handle), N - 1);
    hand_finish(self->hand, 0);
    check_end(self, RP_OK, 0, N);
}

static void tries_end_with_the_last_failure(void **state)
{
    fixture *self = *state;
    self->failing[3] = ALWAYS;
    start(self, collect);
    for (int k = 0; k < 3; k++) {
        (void)hand_await(self->hand, 1);
        assert_int_equal(rp_result_failures(self->handle), 0);
        hand_finish(self->hand, 0);
    }
    check_end(self, RP_FAILED, 1, N);
    rp_error error;
    assert_int_equal(rp_result_failure(self->handle, 0, &error), RP_OK);
    assert_int_equal(error.item, 3);
    assert_int_equal(error.attempt, 3);
    assert_int_equal(error.code, 3);
    assert_contains(rp_error_text(&error), ", attempt 3");
    assert_int_equal(rp_result_failure(self->handle, 1, &error), RP_USAGE);
    assert_int_equal(self->hand->n_submitted, 3);
    assert_int_equal(self->statuses[3], RP_FAILED);
    assert_int_equal(self->statuses[4], RP_OK);
}

typedef struct told {
    atomic_int n;
    rp_error last;
} told;

static void take_told(void *argument, const rp_error *failure)
{
    told *self = argument;
    self->last = *failure;
    atomic_fetch_add(&self->n, 1);
}

/* Each before the next try begins; the last one is the item's failure, and isn't told. */
static void failed_tries_that_are_repeated_are_told(void **state)
{
    fixture *self = *state;
    told said = {.n = 0};
    rpi_retrier_tell(self->hand->pool->retrier, take_told, &said);
    self->failing[3] = ALWAYS;
    start(self, collect);
    for (int k = 0; k < 3; k++) {
        (void)hand_await(self->hand, 1);
        assert_int_equal(atomic_load(&said.n), k);
        if (k > 0) assert_true(said.last.item == 3 && said.last.attempt == k && said.last.code == k);
        hand_finish(self->hand, 0);
    }
    check_end(self, RP_FAILED, 1, N);
    assert_int_equal(atomic_load(&said.n), 2);
}

static void several_items_go_their_own_ways(void **state)
{
    fixture *self = *state;
    static const int64_t failing[N] = {0, 1, 2, ALWAYS, 0, 2, 1, ALWAYS, 0, 1};
    memcpy(self->failing, failing, sizeof failing);
    start(self, collect);
    hand_finish(self->hand, 0);
    for (uint64_t k = 0; k < 7 + 4; k++) { /* seven failed, four of them twice */
        (void)hand_await(self->hand, 1);
        assert_int_equal(rp_result_ready(self->handle), 0);
        hand_finish(self->hand, 0);
    }
    check_end(self, RP_FAILED, 2, N);
    for (int64_t i = 0; i < N; i++)
        if (failing[i] != ALWAYS) assert_int_equal(self->results[i], i * i);
    rp_error error;
    for (uint64_t k = 0; k < 2; k++) {
        assert_int_equal(rp_result_failure(self->handle, k, &error), RP_OK);
        assert_int_equal(error.item, k ? 7 : 3);
    }
}

static void a_call_may_refuse_the_pools_retries(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, (rp_call_options){.on_error = RP_ON_ERROR_COLLECT, .retries = RP_NO_RETRIES});
    hand_finish(self->hand, 0);
    check_end(self, RP_FAILED, 1, N);
    assert_int_equal(self->hand->n_submitted, 1);
}

static void the_result_of_a_later_try_is_kept_alone(void **state)
{
    fixture *self = *state;
    rp_bytes results[N];
    rp_call_options options = collect;
    self->failing[2] = 1;
    self->failing[5] = ALWAYS;
    rp_columns columns = RP_COLUMNS(RP_COLUMN(self->failing), RP_RANGE(0, 1));
    assert_int_equal(rp_starmap_async(self->hand->pool, come_round_emit_task, results, N, columns, &options, &self->handle, NULL), RP_OK);
    hand_finish(self->hand, 0);
    for (int k = 0; k < 3; k++) {
        (void)hand_await(self->hand, 1);
        hand_finish(self->hand, 0);
    }
    check_end(self, RP_FAILED, 1, N);
    for (int i = 0; i < N; i++) {
        assert_int_equal(results[i].size, i == 5 ? 0 : 1);
        if (i != 5) assert_int_equal(*(const char *)results[i].data, '0' + i);
    }
    rp_bytes_free(results, N);
}

/* ---- stop at the first failure ---- */

static void a_try_that_is_not_the_last_stops_nothing(void **state)
{
    fixture *self = *state;
    self->failing[3] = 2;
    start(self, stop);
    hand_finish(self->hand, 0);
    for (int k = 0; k < 2; k++) {
        (void)hand_await(self->hand, 1);
        assert_false(rpi_work_stopped(&self->handle->work, N - 1));
        hand_finish(self->hand, 0);
    }
    check_end(self, RP_OK, 0, N);
    assert_int_equal(self->hand->n_stops, 0);
}

static void a_final_failure_drops_the_tries_behind_it(void **state)
{
    fixture *self = *state;
    self->failing[3] = self->failing[7] = ALWAYS;
    start(self, stop);
    hand_finish(self->hand, 0);
    (void)hand_await(self->hand, 2);
    hand_finish(self->hand, 0); /* 3 */
    (void)hand_await(self->hand, 2);
    assert_int_equal(self->hand->out[1]->first, 3);
    hand_finish(self->hand, 1);
    hand_finish(self->hand, 0); /* 7: out, but not run, as it is behind the cutoff */
    check_end(self, RP_FAILED, 1, N - 1);
    rp_error error;
    assert_int_equal(rp_result_get(self->handle, 0, &error), RP_FAILED);
    assert_int_equal(error.item, 3);
    assert_int_equal(self->statuses[2], RP_OK);
    assert_int_equal(self->statuses[3], RP_FAILED);
    assert_int_equal(self->statuses[7], RP_CANCELLED);
}

/* ---- waits that are cut short ---- */

static void cancelling_ends_a_wait_at_once(void **state)
{
    fixture *self = *state;
    self->failing[3] = self->failing[5] = 1;
    start(self, collect);
    hand_finish(self->hand, 0);
    assert_int_equal(rp_result_wait(self->handle, 0.02), RP_TIMEOUT);
    rp_result_cancel(self->handle);
    assert_int_equal(rp_result_wait(self->handle, UNIT_WAIT_S), RP_OK);
    check_end(self, RP_CANCELLED, 0, N - 2);
    assert_int_equal(self->hand->n_submitted, 1);
}

static void terminating_ends_a_wait_at_once(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, stop);
    hand_finish(self->hand, 0);
    rp_pool_terminate(self->hand->pool);
    assert_int_equal(rp_result_wait(self->handle, UNIT_WAIT_S), RP_OK);
    check_end(self, RP_CANCELLED, 0, N - 1);
}

static void stopping_makes_the_last_failure_stand(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, stop);
    hand_finish(self->hand, 0);
    rp_pool_stop(self->hand->pool);
    check_end(self, RP_FAILED, 1, N);
    rp_error error;
    assert_int_equal(rp_result_get(self->handle, 0, &error), RP_FAILED);
    assert_int_equal(error.item, 3);
    assert_int_equal(error.attempt, 1);
    assert_int_equal(self->hand->n_stops, 1); /* the policy took effect */
    assert_int_equal(self->statuses[2], RP_OK);
    assert_int_equal(self->statuses[4], RP_CANCELLED);
}

static void failures_while_the_pool_stops_are_final(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, collect);
    rp_pool_stop(self->hand->pool);
    hand_finish(self->hand, 0);
    check_end(self, RP_FAILED, 1, N);
    assert_int_equal(self->hand->n_submitted, 1);
}

static void a_try_that_was_not_started_before_the_stop_is_not(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, collect);
    hand_finish(self->hand, 0);
    (void)hand_await(self->hand, 1);
    rp_pool_stop(self->hand->pool);
    hand_finish(self->hand, 0); /* finds nothing to claim */
    check_end(self, RP_FAILED, 1, N);
    assert_int_equal(self->results[3], 0); /* of the first try */
}

static void too_many_failures_end_the_waits(void **state)
{
    fixture *self = *state;
    for (int i = 0; i < 6; i++) self->failing[i] = ALWAYS;
    start(self, (rp_call_options){.on_error = RP_ON_ERROR_COLLECT, .max_failures = 1, .retries = 1});
    hand_finish(self->hand, 0);
    (void)hand_await(self->hand, 6);
    assert_int_equal(self->hand->n_drains, 0);
    hand_finish(self->hand, 0);
    hand_finish(self->hand, 0);
    assert_int_equal(self->hand->n_drains, 1);
    while (self->hand->n_out) hand_finish(self->hand, 0); /* the others don't run: their first failures stand */
    check_end(self, RP_FAILED, 6, N);
    rp_error error;
    for (uint64_t k = 0; k < 6; k++) {
        assert_int_equal(rp_result_failure(self->handle, k, &error), RP_OK);
        assert_int_equal(error.attempt, k < 2 ? 2 : 1);
    }
}

/* ---- what can't be had ---- */

static void without_a_thread_the_first_failure_stands(void **state)
{
    fixture *self = *state;
    self->failing[3] = 1;
    start(self, collect);
    atomic_store(&failing_threads, 1);
    hand_finish(self->hand, 0);
    check_end(self, RP_FAILED, 1, N);
    assert_int_equal(self->hand->n_submitted, 1);
}

static void without_memory_for_a_try_the_last_failure_stands(void **state)
{
    fixture *self = *state;
    self->failing[3] = ALWAYS;
    start(self, stop);
    hand_finish(self->hand, 0);
    (void)hand_await(self->hand, 1);
    atomic_store(&failing_memory, 1);
    hand_finish(self->hand, 0);
    check_end(self, RP_FAILED, 1, N);
    rp_error error;
    assert_int_equal(rp_result_failure(self->handle, 0, &error), RP_OK);
    assert_int_equal(error.attempt, 2);
    assert_int_equal(self->statuses[4], RP_CANCELLED);
}

static void a_lost_try_loses_the_call(void **state)
{
    fixture *self = *state;
    self->failing[3] = self->failing[5] = ALWAYS;
    start(self, collect);
    hand_finish(self->hand, 0);
    (void)hand_await(self->hand, 2);
    hand_drop(self->hand, 0, RP_LOST);
    hand_drop(self->hand, 0, RP_LOST);
    assert_int_equal(rp_result_get(self->handle, UNIT_WAIT_S, NULL), RP_LOST);
    assert_int_equal(rp_result_failures(self->handle), 0);
}

static void a_lost_batch_ends_the_waits_of_its_call(void **state)
{
    fixture *self = *state;
    rp_iter *iterator;
    rp_call_options options = {.chunk = 5, .window = 10, .on_error = RP_ON_ERROR_COLLECT};
    self->failing[3] = 1;
    rp_source source = RP_ITEMS(N, RP_COLUMN(self->failing), RP_RANGE(0, 1));
    assert_int_equal(rp_istarmap(self->hand->pool, come_round_task, source, &options, &iterator, NULL), RP_OK);
    assert_int_equal(self->hand->n_out, 2);
    hand_finish(self->hand, 0);
    hand_drop(self->hand, 0, RP_LOST);
    rp_status status;
    while ((status = rp_iter_next(iterator, NULL, UNIT_WAIT_S, NULL)) == RP_OK) continue;
    assert_int_equal(status, RP_LOST);
    unit_await(&self->hand->n_forgets, 1);
    rp_iter_free(iterator);
}

/* As an executor does when a rank sent an item back that failed, and has tries left. */
static void send_back(rpi_batch *whole, uint64_t item, int rank)
{
    rpi_failure *failure = rpi_failure_create("busy", 4);
    failure->facts = (rpi_failure_facts){.item = item, .cause = RP_CAUSE_TASK, .rank = rank, .attempt = 1};
    atomic_fetch_add(&whole->work->n_repeated, 1);
    rpi_batch_add_failure(whole, failure);
    whole->items_failed(whole);
}

/* Items that came back with a part are tried again before the whole batch is done. */
static void parts_are_tried_again_while_others_run(void **state)
{
    fixture *self = *state;
    start(self, collect);
    rpi_batch *whole = self->hand->out[0];
    self->failing[3] = 1; /* as if a rank had sent this one back */
    send_back(whole, 3, 2);
    const rpi_batch *again = hand_await(self->hand, 2);
    assert_int_equal(again->first, 3);
    assert_int_equal(again->avoid_rank, 2);
    hand_finish(self->hand, 1);
    assert_int_equal(self->results[3], 9);
    self->failing[3] = 0;
    assert_int_equal(rp_result_ready(self->handle), 0);
    hand_finish(self->hand, 0);
    check_end(self, RP_OK, 0, N);
}

static void final_failures_are_not_taken_for_new_ones(void **state)
{
    fixture *self = *state;
    start(self, collect);
    rpi_batch *whole = self->hand->out[0];
    self->failing[3] = ALWAYS;
    send_back(whole, 3, 0);
    for (int k = 0; k < 2; k++) {
        (void)hand_await(self->hand, 2);
        hand_finish(self->hand, 1);
    }
    whole->items_failed(whole);
    self->failing[3] = 0;
    hand_finish(self->hand, 0);
    check_end(self, RP_FAILED, 1, N);
    rp_error error;
    assert_int_equal(rp_result_failure(self->handle, 0, &error), RP_OK);
    assert_int_equal(error.attempt, 3);
    assert_int_equal(self->hand->n_submitted, 3);
}

/* ---- iterators ---- */

static void a_chunk_is_delivered_when_its_tries_are_over(void **state)
{
    fixture *self = *state;
    for (int ordered = 0; ordered < 2; ordered++) {
        rp_iter *iterator;
        rp_call_options options = {.chunk = 2, .window = 4};
        self->failing[0] = 1;
        self->failing[9] = 2;
        rp_source source = RP_ITEMS(N, RP_COLUMN(self->failing), RP_RANGE(0, 1));
        rp_status status = ordered ? rp_istarmap(self->hand->pool, come_round_task, source, &options, &iterator, NULL)
                                   : rp_istarmap_unordered(self->hand->pool, come_round_task, source, &options, &iterator, NULL);
        assert_int_equal(status, RP_OK);
        hand_finish(self->hand, 0);
        assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_TIMEOUT);
        (void)hand_await(self->hand, 2);
        int64_t result, sum = 0;
        for (int n = 0; n < N;) {
            while (rp_iter_next(iterator, &result, 0, NULL) == RP_OK) {
                assert_int_equal(result, rp_iter_index(iterator) * rp_iter_index(iterator));
                if (ordered) assert_int_equal(rp_iter_index(iterator), n);
                sum += result;
                n++;
            }
            if (n == N) break;
            (void)hand_await(self->hand, 1);
            hand_finish(self->hand, 0);
        }
        assert_int_equal(sum, 285);
        assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_END);
        rp_iter_free(iterator);
    }
}

static void a_dropped_iterator_ends_its_waits(void **state)
{
    fixture *self = *state;
    rp_iter *iterator;
    rp_call_options options = {.chunk = 2, .window = 4};
    self->failing[0] = 1;
    rp_source source = RP_ITEMS(N, RP_COLUMN(self->failing), RP_RANGE(0, 1));
    assert_int_equal(rp_istarmap(self->hand->pool, come_round_task, source, &options, &iterator, NULL), RP_OK);
    hand_finish(self->hand, 0);
    hand_finish(self->hand, 0);
    rp_iter_free(iterator);
    unit_await(&self->hand->n_forgets, 1);
    assert_int_equal(self->hand->n_out, 0);
}

#define RETRY(function)      cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define RETRY_LONG(function) cmocka_unit_test_setup_teardown(function, set_up_long, tear_down)

UNIT_MAIN(RETRY(a_failed_item_runs_again_alone_and_first), RETRY(an_item_that_will_be_tried_again_is_not_completed),
          RETRY(tries_end_with_the_last_failure), RETRY(failed_tries_that_are_repeated_are_told), RETRY(several_items_go_their_own_ways),
          RETRY(a_call_may_refuse_the_pools_retries), RETRY(the_result_of_a_later_try_is_kept_alone),
          RETRY(a_try_that_is_not_the_last_stops_nothing), RETRY(a_final_failure_drops_the_tries_behind_it),
          RETRY_LONG(cancelling_ends_a_wait_at_once), RETRY_LONG(terminating_ends_a_wait_at_once),
          RETRY_LONG(stopping_makes_the_last_failure_stand), RETRY_LONG(failures_while_the_pool_stops_are_final),
          RETRY(a_try_that_was_not_started_before_the_stop_is_not), RETRY(too_many_failures_end_the_waits),
          RETRY(without_a_thread_the_first_failure_stands), RETRY(without_memory_for_a_try_the_last_failure_stands),
          RETRY(a_lost_try_loses_the_call), RETRY_LONG(a_lost_batch_ends_the_waits_of_its_call),
          RETRY(parts_are_tried_again_while_others_run), RETRY(final_failures_are_not_taken_for_new_ones),
          RETRY(a_chunk_is_delivered_when_its_tries_are_over), RETRY_LONG(a_dropped_iterator_ends_its_waits))
