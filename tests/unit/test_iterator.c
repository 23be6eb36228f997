/* test_iterator.c: which chunks an iterator sends out and what it delivers, when chunks finish in an order of the test's choosing. */
#include "hand_executor.h"

static int64_t square(int64_t x) { return x * x; }
RP_TASK(square, int64_t, int64_t)

static rp_iter *open_iterator(hand *executor, bool ordered, uint64_t n, uint64_t chunk, uint64_t window)
{
    rp_iter *iterator;
    rp_error error;
    rp_call_options options = {.chunk = chunk, .window = window};
    rp_source source = RP_ITEMS(n, RP_RANGE(0, 1));
    rp_status status = ordered ? rp_imap(executor->pool, square_task, source, &options, &iterator, &error)
                               : rp_imap_unordered(executor->pool, square_task, source, &options, &iterator, &error);
    if (status != RP_OK) fail_msg("%s", rp_error_text(&error));
    return iterator;
}

static void check_next(rp_iter *iterator, int64_t index)
{
    int64_t result = -1;
    rp_error error = {0};
    rp_status status = rp_iter_next(iterator, &result, 0, &error);
    if (status != RP_OK) fail_msg("item %lld: %s: %s", (long long)index, rp_status_text(status), rp_error_text(&error));
    assert_int_equal(result, index * index);
    assert_int_equal(rp_iter_index(iterator), index);
}

static void chunks_fill_the_window_and_no_more(void **state)
{
    hand *executor = *state;
    rp_iter *iterator = open_iterator(executor, true, 100, 4, 10);
    assert_int_equal(executor->n_out, 2); /* a third would make 12 */
    assert_int_equal(rp_iter_pulled(iterator), 8);
    assert_int_equal(rp_iter_index(iterator), -1);
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_TIMEOUT);
    hand_finish(executor, 0);
    check_next(iterator, 0);
    check_next(iterator, 1);
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_OK);
    check_next(iterator, 3);
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_TIMEOUT);
    assert_int_equal(rp_iter_pulled(iterator), 12);
    while (executor->n_out > 0) hand_finish(executor, 0);
    rp_iter_free(iterator);
}

/* A rank is so far that each of two workers runs 100 items before its results are there. */
static void the_window_covers_the_way_to_a_far_rank(void **state)
{
    hand *executor = *state;
    for (int given = 0; given < 2; given++) {
        rp_iter *iterator = open_iterator(executor, true, 100000, 4, given ? 40 : 0);
        uint64_t near = executor->n_items;
        rpi_work *work = executor->out[0]->work;
        atomic_store(&work->round_trip_s, 0.1);
        rpi_work_measure(work, 1000, 1000 * 1000 * 1000);
        assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_TIMEOUT);
        uint64_t more = executor->n_items - near;
        if (given) assert_int_equal(more, 0); /* who gives a window means it */
        else assert_in_range(more, 196, 200);
        rp_iter_cancel(iterator);
        while (executor->n_out > 0) hand_finish(executor, 0);
        rp_iter_free(iterator);
    }
}

static void results_come_in_order_whatever_finishes_first(void **state)
{
    hand *executor = *state;
    rp_iter *iterator = open_iterator(executor, true, 12, 3, 12);
    assert_int_equal(executor->n_out, 4);
    for (size_t k = 4; k-- > 1;) {
        hand_finish(executor, k);
        assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_TIMEOUT);
    }
    hand_finish(executor, 0);
    for (int64_t i = 0; i < 12; i++) check_next(iterator, i);
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_END);
    assert_int_equal(rp_iter_next(iterator, NULL, -1, NULL), RP_END);
    rp_iter_free(iterator);
}

static void unordered_results_come_as_chunks_finish(void **state)
{
    hand *executor = *state;
    rp_iter *iterator = open_iterator(executor, false, 12, 3, 12);
    static const size_t order[] = {2, 0, 1, 0}; /* of those still out: chunks 2, 0, 3, 1 */
    static const int64_t chunks[] = {2, 0, 3, 1};
    for (size_t k = 0; k < 4; k++) hand_finish(executor, order[k]);
    for (size_t k = 0; k < 4; k++)
        for (int64_t i = 0; i < 3; i++) check_next(iterator, 3 * chunks[k] + i);
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_END);
    rp_iter_free(iterator);
}

/* Chunks are used again: however long the iterator runs, it has only as many batches as the window holds, and one that is being read. */
static void chunks_are_used_again(void **state)
{
    hand *executor = *state;
    const rpi_batch *seen[16];
    size_t n_seen = 0;
    rp_iter *iterator = open_iterator(executor, true, 3000, 3, 12);
    for (int64_t i = 0; i < 3000; i++) {
        if (i % 3 == 0) {
            size_t k = 0;
            while (k < n_seen && seen[k] != executor->out[0]) k++;
            if (k == n_seen) seen[n_seen++] = executor->out[0];
            assert_in_range(n_seen, 1, 6);
            hand_finish(executor, 0);
        }
        check_next(iterator, i);
        assert_true(rp_iter_pulled(iterator) - (uint64_t)i <= 12 + 1);
    }
    assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_END);
    assert_int_equal(executor->n_submitted, 1000);
    assert_in_range(executor->most_items_out, 9, 12);
    rp_iter_free(iterator);
}

static void a_chunk_that_is_lost_ends_it(void **state)
{
    hand *executor = *state;
    rp_error error;
    rp_iter *iterator = open_iterator(executor, true, 9, 3, 9);
    hand_finish(executor, 0);
    for (int64_t i = 0; i < 3; i++) check_next(iterator, i);
    while (executor->n_out > 0) hand_drop(executor, 0, RP_LOST);
    rp_status status;
    int n = 0;
    while ((status = rp_iter_next(iterator, NULL, 0, &error)) == RP_OK && n < 100) n++;
    assert_int_equal(status, RP_LOST);
    assert_int_equal(n, 0); /* items that didn't run aren't delivered */
    rp_iter_free(iterator);
}

static void each_window_and_chunk_delivers_all(void **state)
{
    hand *executor = *state;
    for (uint64_t chunk = 0; chunk <= 11; chunk++)
        for (uint64_t window = 0; window <= 11; window++) {
            rp_iter *iterator = open_iterator(executor, true, 23, chunk, window);
            for (int64_t i = 0; i < 23; i++) {
                while (rp_iter_next(iterator, NULL, 0, NULL) == RP_TIMEOUT) hand_finish(executor, executor->n_out - 1);
                assert_int_equal(rp_iter_index(iterator), i);
                if (window) assert_true(rp_iter_pulled(iterator) <= (uint64_t)i + window);
            }
            assert_int_equal(rp_iter_next(iterator, NULL, 0, NULL), RP_END);
            assert_int_equal(executor->n_out, 0);
            rp_iter_free(iterator);
        }
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, hand_set_up, hand_tear_down)

UNIT_MAIN(WITH(chunks_fill_the_window_and_no_more), WITH(the_window_covers_the_way_to_a_far_rank),
          WITH(results_come_in_order_whatever_finishes_first), WITH(unordered_results_come_as_chunks_finish), WITH(chunks_are_used_again),
          WITH(a_chunk_that_is_lost_ends_it), WITH(each_window_and_chunk_delivers_all))
