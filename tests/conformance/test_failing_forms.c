/*
 * test_failing_forms.c: items that fail in iterators, and in tasks that take ranges or emit; and how long an error's text may be.
 */
#include "stumbles.h"

#include <string.h>

static rp_iter *start_stumbles(suite_fixture *fixture, const stumbles *made, rp_on_error on_error, int unordered)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 3, .on_error = (rp_on_error)on_error};
    rp_source source = RP_ITEMS(made->n, RP_COLUMN(made->seconds), RP_COLUMN(made->codes), RP_RANGE(0, 1));
    rp_status status = (unordered ? rp_istarmap_unordered : rp_istarmap)(fixture->pool, tasks.stumble, source, &options, &iterator, &error);
    assert_status(RP_OK, status, &error);
    return iterator;
}

static void an_iterator_that_stops_gives_those_before_then_the_error(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    stumbles made = make_stumbles(fixture, 300);
    made.codes[29] = 6;
    made.codes[31] = 7;
    rp_iter *iterator = start_stumbles(fixture, &made, RP_ON_ERROR_STOP, 0);
    for (int64_t i = 0; i < 29; i++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, i);
    }
    assert_status(RP_FAILED, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    check_stumble(fixture, &error, 29, 6);
    assert_int_equal(rp_iter_index(iterator), 29);
    for (int again = 0; again < 2; again++) assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void an_iterator_that_collects_gives_all(void **state)
{
    suite_fixture *fixture = *state;
    stumbles made = make_stumbles(fixture, 100);
    for (int i = 5; i < 100; i += 9) made.codes[i] = i;
    for (int unordered = 0; unordered < 2; unordered++) {
        unsigned char seen[100] = {0};
        rp_iter *iterator = start_stumbles(fixture, &made, RP_ON_ERROR_COLLECT, unordered);
        for (int taken = 0; taken < 100; taken++) {
            rp_error error = {0};
            int64_t result = -1;
            rp_status status = rp_iter_next(iterator, &result, SUITE_WAIT_S, &error);
            int64_t index = rp_iter_index(iterator);
            assert_in_range(index, 0, 99);
            assert_status(made.codes[index] != 0 ? RP_FAILED : RP_OK, status, &error);
            if (status == RP_OK) assert_int_equal(result, index);
            if (status == RP_FAILED) check_stumble(fixture, &error, index, made.codes[index]);
            if (!unordered) assert_int_equal(index, taken);
            assert_int_equal(seen[index]++, 0);
        }
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, NULL), NULL);
        rp_iter_free(iterator);
    }
}

static void an_unordered_iterator_that_stops_ends(void **state)
{
    suite_fixture *fixture = *state;
    stumbles made = make_stumbles(fixture, 300);
    rp_error error = {0};
    rp_status status = RP_OK;
    made.codes[20] = 6;
    rp_iter *iterator = start_stumbles(fixture, &made, RP_ON_ERROR_STOP, 1);
    for (int taken = 0; taken < 300 && status == RP_OK; taken++) status = rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error);
    assert_status(RP_FAILED, status, &error);
    check_stumble(fixture, &error, 20, 6);
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

/* ---- other forms of tasks ---- */

static void a_range_that_fails_marks_all_its_items(void **state)
{
    suite_fixture *fixture = *state;
    int64_t results[100];
    int32_t *codes = suite_room(fixture, 100, sizeof(*codes));
    rp_status *statuses = suite_room(fixture, 100, sizeof(*statuses));
    rp_error error = {0};
    codes[50] = 9;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .statuses = statuses, .chunk = 8};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(codes), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble_all, results, 100, columns, &options, &error), &error);
    assert_int_equal(error.code, 9);
    assert_string_equal(error.message, STUMBLE_TEXT " 50");
    assert_int_equal(statuses[50], RP_FAILED);
    for (int64_t i = 0; i < 100; i++) {
        if (i / 8 != 50 / 8) assert_int_equal(statuses[i], RP_OK);
        if (statuses[i] == RP_OK) assert_int_equal(results[i], i);
    }
}

static void an_emitting_task_that_fails_leaves_no_bytes(void **state)
{
    suite_fixture *fixture = *state;
    rp_bytes *results = suite_room(fixture, 60, sizeof(*results));
    int32_t *codes = suite_room(fixture, 60, sizeof(*codes));
    rp_error error = {0};
    codes[44] = 8;
    rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .chunk = 8};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(codes), RP_RANGE(0, 1));
    assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble_emit, results, 60, columns, &options, &error), &error);
    check_stumble(fixture, &error, 44, 8);
    for (int64_t i = 0; i < 60; i++) {
        assert_int_equal(results[i].size, i == 44 ? 0 : sizeof(i));
        if (i != 44) assert_memory_equal(results[i].data, &i, sizeof(i));
    }
    assert_null(results[44].data);
    rp_bytes_free(results, 60);
}

/* All results can be freed then, whatever was in the array before. */
static void a_stopped_emitting_call_sets_every_result(void **state)
{
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < STUMBLE_CUTS; k++) {
        rp_bytes *results = suite_room(fixture, 100, sizeof(*results));
        int32_t *codes = suite_room(fixture, 100, sizeof(*codes));
        rp_error error = {0};
        memset(results, 0xa5, 100 * sizeof(*results));
        codes[33] = 8;
        rp_columns columns = RP_COLUMNS(RP_COLUMN(codes), RP_RANGE(0, 1));
        assert_status(RP_FAILED, rp_starmap(fixture->pool, tasks.stumble_emit, results, 100, columns, &stumble_cuts[k], &error), &error);
        for (int64_t i = 0; i < 33; i++) {
            assert_int_equal(results[i].size, sizeof(i));
            assert_memory_equal(results[i].data, &i, sizeof(i));
        }
        rp_bytes_free(results, 100);
    }
}

static void an_error_text_of_megabytes_is_shortened(void **state)
{
    suite_fixture *fixture = *state;
    int64_t result = 0;
    rp_error error = {0};
    rp_columns arguments = RP_COLUMNS(RP_CONSTANT((int64_t)3000000));
    assert_status(RP_FAILED, rp_apply(fixture->pool, tasks.long_complaint, &result, arguments, NULL, &error), &error);
    assert_in_range(strlen(error.message), 100, RP_ERROR_MESSAGE_SIZE - 1);
    assert_in_range(strlen(rp_error_text(&error)), 100, RP_ERROR_TEXT_SIZE - 1);
}

int suite_run_failing_forms(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(an_iterator_that_stops_gives_those_before_then_the_error),
        SUITE_CASE(an_iterator_that_collects_gives_all),
        SUITE_CASE(an_unordered_iterator_that_stops_ends),
        SUITE_CASE(a_range_that_fails_marks_all_its_items),
        SUITE_CASE(an_emitting_task_that_fails_leaves_no_bytes),
        SUITE_CASE(a_stopped_emitting_call_sets_every_result),
        SUITE_CASE(an_error_text_of_megabytes_is_shortened),
    };
    return cmocka_run_group_tests_name("failing forms", cases, NULL, NULL);
}
