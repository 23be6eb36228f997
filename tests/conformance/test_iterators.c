/*
 * test_iterators.c: imap and its variants over columns: order, each result once, results that come while others still run, time-outs, and
 * iterators that are cancelled or dropped.
 */
#include "gate.h"
#include "suite.h"

#include <string.h>

typedef rp_status iterate(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                          rp_error *error);

/* An iterator over items that sleep so long. Item i gives i. */
static rp_iter *start_naps(suite_fixture *fixture, iterate *method, uint64_t n, double seconds, uint64_t window, uint64_t chunk)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = chunk, .window = window, .bound = RP_COLUMNS(RP_CONSTANT(seconds))};
    assert_status(RP_OK, method(fixture->pool, tasks.nap, RP_ITEMS(n, RP_RANGE(0, 1)), &options, &iterator, &error), &error);
    return iterator;
}

/* An iterator over items that wait at the gate. */
static rp_iter *start_waits(suite_fixture *fixture, uint64_t n, const gate *at)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 1, .bound = RP_COLUMNS(RP_CONSTANT(*at))};
    assert_status(RP_OK, rp_imap(fixture->pool, wait_at, RP_ITEMS(n, RP_RANGE(0, 1)), &options, &iterator, &error), &error);
    return iterator;
}

/* Takes n results that may come in any order, each index once and with its own result; then the end. */
static void check_each_once(suite_fixture *fixture, rp_iter *iterator, int64_t n)
{
    unsigned char *seen = suite_room(fixture, (uint64_t)n, 1);
    rp_error error = {0};
    for (int64_t taken = 0; taken < n; taken++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_in_range(result, 0, n - 1);
        assert_int_equal(rp_iter_index(iterator), result);
        assert_int_equal(seen[result], 0);
        seen[result] = 1;
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
}

static void imap_keeps_input_order(void **state)
{
    enum { N = 30 };
    suite_fixture *fixture = *state;
    double *seconds = suite_room(fixture, N, sizeof(*seconds));
    rp_iter *iterator = NULL;
    rp_error error = {0};
    for (int i = 0; i < N; i++) seconds[i] = 0.001 * ((N - i) % 6);
    rp_call_options options = {.chunk = 1};
    rp_source source = RP_ITEMS(N, RP_COLUMN(seconds), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.nap, source, &options, &iterator, &error), &error);
    assert_int_equal(rp_iter_index(iterator), -1);
    for (int64_t i = 0; i < N; i++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, i);
        assert_int_equal(rp_iter_index(iterator), i);
    }
    for (int again = 0; again < 3; again++) {
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    }
    rp_iter_free(iterator);
}

static void imap_gives_what_the_serial_loop_gives(void **state)
{
    static const int64_t sizes[] = {0, 1, 10, 100};
    static const uint64_t chunks[] = {0, 1, 7, 20, 200};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(sizes) * N_OF(chunks); k++) {
        int64_t n = sizes[k % N_OF(sizes)];
        rp_iter *iterator = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = chunks[k / N_OF(sizes)]};
        rp_source source = RP_ITEMS((uint64_t)n, RP_RANGE(-7, 2));
        assert_status(RP_OK, rp_imap(fixture->pool, tasks.square, source, &options, &iterator, &error), &error);
        for (int64_t i = 0; i < n; i++) {
            int64_t result = -1;
            assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
            assert_int_equal(result, square(-7 + 2 * i));
        }
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        rp_iter_free(iterator);
    }
}

static void imap_unordered_gives_each_result_once(void **state)
{
    static const uint64_t sizes[] = {1, 2, 9, 10, 11};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(sizes) * N_OF(sizes); k++) {
        uint64_t window = sizes[k / N_OF(sizes)], chunk = sizes[k % N_OF(sizes)];
        rp_iter *iterator = start_naps(fixture, rp_imap_unordered, 50, 0.0, window, chunk);
        unsigned char seen[50] = {0};
        for (uint64_t taken = 0; taken < 50; taken++) {
            int64_t result = -1;
            rp_error error = {0};
            assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
            assert_in_range(result, 0, 49);
            assert_int_equal(seen[result]++, 0);
            assert_true(rp_iter_pulled(iterator) <= taken + 1 + window);
        }
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, NULL), NULL);
        rp_iter_free(iterator);
    }
}

static void imap_works_with_every_window_and_chunk(void **state)
{
    static const uint64_t sizes[] = {1, 2, 9, 10, 11};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(sizes) * N_OF(sizes); k++) {
        uint64_t window = sizes[k / N_OF(sizes)], chunk = sizes[k % N_OF(sizes)];
        rp_iter *iterator = start_naps(fixture, rp_imap, 50, 0.0, window, chunk);
        for (int64_t i = 0; i < 50; i++) {
            int64_t result = -1;
            rp_error error = {0};
            assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
            assert_int_equal(result, i);
            assert_true(rp_iter_pulled(iterator) <= (uint64_t)i + 1 + window);
        }
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, NULL), NULL);
        rp_iter_free(iterator);
    }
}

static void imap_unordered_gives_results_as_they_complete(void **state)
{
    suite_fixture *fixture = *state;
    int n = 2 * fixture->info.workers;
    gate *gates = suite_room(fixture, (uint64_t)n, sizeof(*gates)), closed = gate_make();
    rp_iter *iterator = NULL;
    rp_error error = {0};
    int64_t result = -1;
    gates[0] = closed;
    rp_call_options options = {.chunk = 1, .window = (uint64_t)n};
    rp_source source = RP_ITEMS((uint64_t)n, RP_COLUMN(gates), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_istarmap_unordered(fixture->pool, wait_at, source, &options, &iterator, &error), &error);
    if (fixture->info.workers == 1) gate_open(&closed);
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S / 2, &error), &error);
    if (fixture->info.workers > 1) assert_int_not_equal(result, 0);
    gate_open(&closed);
    while (rp_iter_next(iterator, &result, SUITE_WAIT_S, &error) == RP_OK) n--;
    assert_int_equal(n, 1);
    rp_iter_free(iterator);
}

static void first_result_comes_while_later_items_run(void **state)
{
    suite_fixture *fixture = *state;
    int64_t n = 12 * fixture->info.workers;
    int64_t result = -1;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    gate *gates = suite_room(fixture, (uint64_t)n, sizeof(*gates)), closed = gate_make();
    gates[n - 1] = closed;
    rp_call_options options = {.chunk = 1, .window = (uint64_t)n};
    rp_source source = RP_ITEMS((uint64_t)n, RP_COLUMN(gates), RP_RANGE(0, 1));
    assert_status(RP_OK, rp_istarmap(fixture->pool, wait_at, source, &options, &iterator, &error), &error);
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S / 2, &error), &error);
    assert_int_equal(result, 0);
    gate_open(&closed);
    for (int64_t i = 1; i < n; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, i);
    }
    rp_iter_free(iterator);
}

static void istarmap_takes_several_arguments(void **state)
{
    enum { N = 75 };
    static iterate *const methods[] = {rp_istarmap, rp_istarmap_unordered};
    suite_fixture *fixture = *state;
    double *speeds = suite_room(fixture, N, sizeof(*speeds));
    for (int i = 0; i < N; i++) speeds[i] = 0.25 * i;
    for (size_t k = 0; k < N_OF(methods); k++) {
        rp_iter *iterator = NULL;
        rp_error error = {0};
        double result = 0;
        rp_call_options options = {.chunk = 4};
        rp_source source = RP_ITEMS(N, RP_CONSTANT(8.0), RP_COLUMN(speeds));
        assert_status(RP_OK, methods[k](fixture->pool, tasks.energy, source, &options, &iterator, &error), &error);
        for (int i = 0; i < N; i++) {
            assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
            int64_t index = rp_iter_index(iterator);
            assert_in_range(index, 0, N - 1);
            assert_true(result == energy(8.0, speeds[index]));
            if (methods[k] == rp_istarmap) assert_int_equal(index, i);
        }
        assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        rp_iter_free(iterator);
    }
}

static void iterators_over_no_items_end_at_once(void **state)
{
    static iterate *const methods[] = {rp_imap, rp_imap_unordered, rp_istarmap, rp_istarmap_unordered};
    for (size_t k = 0; k < N_OF(methods); k++) {
        rp_iter *iterator = start_naps(*state, methods[k], 0, 5.0, 0, 0);
        rp_error error = {0};
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        assert_status(RP_END, rp_iter_next(iterator, NULL, 0, &error), &error);
        rp_iter_free(iterator);
    }
}

static void next_keeps_its_time_out(void **state)
{
    int64_t result = -1;
    rp_error error = {0};
    double start = suite_now();
    gate closed = gate_make();
    rp_iter *iterator = start_waits(*state, 2, &closed);
    assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0, &error), &error);
    assert_status(RP_TIMEOUT, rp_iter_next(iterator, &result, 0.05, &error), &error);
    assert_true(suite_now() - start >= 0.05);
    gate_open(&closed);
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_int_equal(result, 0);
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_int_equal(result, 1);
    rp_iter_free(iterator);
}

static void several_iterators_are_read_in_turn(void **state)
{
    suite_fixture *fixture = *state;
    rp_iter *first = start_naps(fixture, rp_imap, 40, 0.001, 5, 2), *second = start_naps(fixture, rp_imap, 40, 0.001, 3, 1);
    for (int64_t i = 0; i < 40; i++) {
        int64_t a = -1, b = -1, squared = 0;
        rp_error error = {0};
        assert_status(RP_OK, rp_iter_next(second, &b, SUITE_WAIT_S, &error), &error);
        assert_status(RP_OK, rp_iter_next(first, &a, SUITE_WAIT_S, &error), &error);
        assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, &squared, RP_COLUMNS(RP_CONSTANT(a)), NULL, &error), &error);
        assert_true(a == i && b == i && squared == i * i);
    }
    rp_iter_free(first);
    rp_iter_free(second);
}

/* ---- cancelled and dropped ---- */

static void a_dropped_iterator_does_not_hold_up_the_pool(void **state)
{
    static iterate *const methods[] = {rp_imap, rp_imap_unordered};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(methods); k++) {
        rp_iter *iterator = start_naps(fixture, methods[k], UINT64_MAX, 0.01, 0, 0);
        rp_error error = {0};
        for (int i = 0; i < 5; i++) assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        rp_iter_free(iterator);
    }
    suite_finish(fixture);
    rp_iter_free(NULL);
}

static void a_cancelled_iterator_says_so(void **state)
{
    suite_fixture *fixture = *state;
    rp_iter *iterator = start_naps(fixture, rp_imap, 10000, 0.02, 0, 1);
    rp_error error = {0};
    assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_cancel(iterator);
    assert_status(RP_CANCELLED, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
    iterator = start_naps(fixture, rp_imap_unordered, 25, 0.0, 0, 0);
    check_each_once(fixture, iterator, 25);
    rp_iter_free(iterator);
}

static void an_iterator_of_a_terminated_pool_is_cancelled_at_once(void **state)
{
    suite_fixture *fixture = *state;
    gate closed = gate_make();
    rp_iter *iterator = start_waits(fixture, 1000, &closed);
    rp_error error = {0};
    gate_await(&closed, 1);
    rp_pool_terminate(fixture->pool);
    assert_status(RP_CANCELLED, rp_iter_next(iterator, NULL, SUITE_WAIT_S / 2, &error), &error);
    gate_open(&closed);
    assert_status(RP_OK, rp_pool_join(fixture->pool, &error), &error);
    rp_pool_free(fixture->pool);
    fixture->pool = NULL;
    assert_status(RP_CANCELLED, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

int suite_run_iterators(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(imap_keeps_input_order),
        SUITE_CASE(imap_gives_what_the_serial_loop_gives),
        SUITE_CASE(imap_unordered_gives_each_result_once),
        SUITE_CASE(imap_works_with_every_window_and_chunk),
        SUITE_CASE(imap_unordered_gives_results_as_they_complete),
        SUITE_CASE(first_result_comes_while_later_items_run),
        SUITE_CASE(istarmap_takes_several_arguments),
        SUITE_CASE(iterators_over_no_items_end_at_once),
        SUITE_CASE(next_keeps_its_time_out),
        SUITE_CASE(several_iterators_are_read_in_turn),
        SUITE_CASE(a_dropped_iterator_does_not_hold_up_the_pool),
        SUITE_CASE(a_cancelled_iterator_says_so),
        SUITE_CASE(an_iterator_of_a_terminated_pool_is_cancelled_at_once),
    };
    return cmocka_run_group_tests_name("iterators", cases, NULL, NULL);
}
