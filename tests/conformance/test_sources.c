/*
 * test_sources.c: sources that are functions: never asked for more than the window allows, endless, late, and failing; and ranges with more
 * items than 32 bits count.
 */
#include "suite.h"

#include <string.h>

/* A source of the numbers 0, 1, … that counts what it gives. */
typedef struct counter {
    int64_t given;
    int64_t end;        /* gives so many; negative: endless */
    int64_t failure_at; /* fails instead of giving that one; negative: never */
    int64_t late_every; /* gives RP_AGAIN once before each multiple of it, unless it may wait; 0: never */
    int late_now;
    int times_late;
} counter;

#define ENDLESS ((counter){.end = -1, .failure_at = -1})

static rp_status count_up(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    counter *self = state;
    if (self->given == self->failure_at) return rp_error_set(error, RP_SYSTEM, 77, "the well is dry");
    if (self->given == self->end) return RP_END;
    if (self->late_every > 0 && self->given % self->late_every == 0 && !may_wait && !self->late_now) {
        self->late_now = 1;
        self->times_late++;
        return RP_AGAIN;
    }
    self->late_now = 0;
    *(int64_t *)arguments[0] = self->given++;
    return RP_OK;
}

static rp_iter *start_squares(suite_fixture *fixture, counter *source, uint64_t window, uint64_t chunk, int unordered)
{
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.window = window, .chunk = chunk};
    rp_status status =
        (unordered ? rp_imap_unordered : rp_imap)(fixture->pool, tasks.square, RP_GENERATOR(count_up, source), &options, &iterator, &error);
    assert_status(RP_OK, status, &error);
    return iterator;
}

static void check_square(rp_iter *iterator, int64_t i)
{
    int64_t result = -1;
    rp_error error = {0};
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    assert_int_equal(result, i * i);
}

static void a_source_is_never_pulled_beyond_the_window(void **state)
{
    static const struct {
        uint64_t window, chunk;
    } cases[] = {{1, 1}, {2, 9}, {7, 1}, {7, 3}, {10, 10}, {64, 8}};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(cases); k++) {
        for (int unordered = 0; unordered < 2; unordered++) {
            counter source = ENDLESS;
            rp_iter *iterator = start_squares(fixture, &source, cases[k].window, cases[k].chunk, unordered);
            assert_true((uint64_t)source.given <= cases[k].window);
            for (uint64_t taken = 1; taken <= 100; taken++) {
                rp_error error = {0};
                assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
                assert_true((uint64_t)source.given <= taken + cases[k].window);
                assert_int_equal(rp_iter_pulled(iterator), source.given);
            }
            rp_iter_free(iterator);
        }
    }
}

/* A rank that waits for a core is as one far away: so many bytes more may be on their way to and from it. */
enum { ON_THE_WAY = 64 << 20 };

static void the_default_window_bounds_an_endless_source(void **state)
{
    suite_fixture *fixture = *state;
    counter source = ENDLESS;
    rp_iter *iterator = start_squares(fixture, &source, 0, 1, 0);
    uint64_t window = fixture->info.window, far = fixture->info.ranks > 1 ? ON_THE_WAY / (2 * sizeof(int64_t)) : 0;
    assert_true(window >= (uint64_t)fixture->info.workers);
    for (int64_t i = 0; i < 300; i++) {
        check_square(iterator, i);
        assert_in_range(source.given, i + 1, (uint64_t)i + 1 + window + far);
    }
    suite_sleep(0.05);
    assert_in_range(source.given, 300, 300 + window + far);
    rp_iter_free(iterator);
}

static void a_source_ends_when_it_says_so(void **state)
{
    static const int64_t ends[] = {0, 1, 10, 100};
    static const uint64_t chunks[] = {0, 1, 7, 200};
    for (size_t k = 0; k < N_OF(ends) * N_OF(chunks); k++) {
        counter source = {.end = ends[k % N_OF(ends)], .failure_at = -1};
        rp_iter *iterator = start_squares(*state, &source, 0, chunks[k / N_OF(ends)], 0);
        for (int64_t i = 0; i < source.end; i++) check_square(iterator, i);
        for (int again = 0; again < 2; again++) assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, NULL), NULL);
        assert_int_equal(rp_iter_pulled(iterator), source.end);
        rp_iter_free(iterator);
    }
}

static void a_source_may_be_late(void **state)
{
    counter source = {.end = 60, .failure_at = -1, .late_every = 4};
    rp_iter *iterator = start_squares(*state, &source, 12, 3, 0);
    for (int64_t i = 0; i < 60; i++) check_square(iterator, i);
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, NULL), NULL);
    rp_iter_free(iterator);
}

static void a_failing_source_delivers_what_came_before(void **state)
{
    static const int64_t failures[] = {0, 1, 17};
    static const uint64_t chunks[] = {0, 1, 5};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(failures) * N_OF(chunks); k++) {
        counter source = {.end = -1, .failure_at = failures[k % N_OF(failures)]};
        rp_error error = {0};
        rp_iter *iterator = start_squares(fixture, &source, 8, chunks[k / N_OF(failures)], 0);
        for (int64_t i = 0; i < source.failure_at; i++) check_square(iterator, i);
        assert_status(RP_SYSTEM, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        assert_int_equal(error.code, 77);
        assert_text(&error, "the well is dry");
        assert_int_not_equal(rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), RP_OK);
        rp_iter_free(iterator);
    }
    counter source = {.end = 20, .failure_at = -1};
    rp_iter *iterator = start_squares(fixture, &source, 0, 0, 0);
    for (int64_t i = 0; i < 20; i++) check_square(iterator, i);
    rp_iter_free(iterator);
}

static void a_failing_source_delivers_what_came_before_unordered(void **state)
{
    unsigned char seen[17] = {0};
    counter source = {.end = -1, .failure_at = 17};
    rp_error error = {0};
    rp_iter *iterator = start_squares(*state, &source, 8, 2, 1);
    for (int taken = 0; taken < 17; taken++) {
        assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        assert_in_range(rp_iter_index(iterator), 0, 16);
        assert_int_equal(seen[rp_iter_index(iterator)]++, 0);
    }
    assert_status(RP_SYSTEM, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    assert_text(&error, "the well is dry");
    rp_iter_free(iterator);
}

/* ---- several arguments, and bytes that live until the next one ---- */

typedef struct word_source {
    char word[32];
    int given, end;
} word_source;

static rp_status next_word(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    (void)may_wait;
    (void)error;
    word_source *self = state;
    if (self->given == self->end) return RP_END;
    size_t size = (size_t)(self->given % 20);
    memset(self->word, 'a' + self->given % 26, sizeof(self->word));
    *(rp_bytes *)arguments[0] = (rp_bytes){self->word, size};
    *(int64_t *)arguments[1] = self->given % 3;
    self->given++;
    return RP_OK;
}

static void a_source_gives_several_arguments_and_bytes(void **state)
{
    suite_fixture *fixture = *state;
    word_source source = {.end = 100};
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.chunk = 6};
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.repeat, RP_GENERATOR(next_word, &source), &options, &iterator, &error), &error);
    for (int i = 0; i < 100; i++) {
        rp_bytes result = {NULL, 0};
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result.size, (i % 20) * (i % 3));
        for (size_t k = 0; k < result.size; k++) assert_int_equal(((const char *)result.data)[k], 'a' + i % 26);
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

/* Words, of which some are left out: gaps after each few, large ones, and items that go alone. */
typedef struct sparse_source {
    word_source words;
    rp_source_place place;
} sparse_source;

static int is_left_out(int i) { return i % 7 == 3 || (i > 20 && i < 60) || i < 2; }

static rp_status next_sparse(void *state, void *const *arguments, int may_wait, rp_error *error)
{
    sparse_source *self = state;
    while (self->words.given < self->words.end && is_left_out(self->words.given)) self->words.given++;
    int i = self->words.given;
    self->place = (rp_source_place){.index = (uint64_t)i, .is_alone = i % 11 == 0};
    return next_word(&self->words, arguments, may_wait, error);
}

static void check_sparse(rp_iter *iterator, char seen[100], int ordered)
{
    rp_error error = {0};
    rp_bytes result = {NULL, 0};
    static const int none = -1;
    int before = ordered ? (int)rp_iter_index(iterator) : none;
    assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    int i = (int)rp_iter_index(iterator);
    assert_in_range(i, before + 1, 99);
    assert_false(is_left_out(i) || seen[i]);
    seen[i] = 1;
    assert_int_equal(result.size, (i % 20) * (i % 3));
    for (size_t k = 0; k < result.size; k++) assert_int_equal(((const char *)result.data)[k], 'a' + i % 26);
}

static void items_keep_their_indices_where_others_are_left_out(void **state)
{
    static const uint64_t chunks[] = {0, 1, 4, 100};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < 2 * N_OF(chunks); k++) {
        char seen[100] = {0};
        sparse_source source = {.words = {.end = 100}};
        rp_iter *iterator = NULL;
        rp_error error = {0};
        rp_call_options options = {.chunk = chunks[k / 2], .place = &source.place};
        rp_source from = {.next = next_sparse, .state = &source};
        rp_status status = k % 2 ? rp_istarmap_unordered(fixture->pool, tasks.repeat, from, &options, &iterator, &error)
                                 : rp_istarmap(fixture->pool, tasks.repeat, from, &options, &iterator, &error);
        assert_status(RP_OK, status, &error);
        for (int i = 0; i < 100; i++)
            if (!is_left_out(i)) check_sparse(iterator, seen, k % 2 == 0);
        assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
        rp_iter_free(iterator);
    }
}

/* A source that is left before its end, with an item that belongs to the next chunk. */
static void a_source_with_gaps_may_be_left(void **state)
{
    suite_fixture *fixture = *state;
    sparse_source source = {.words = {.end = 100}};
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.window = 1, .chunk = 1, .place = &source.place};
    rp_source from = {.next = next_sparse, .state = &source};
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.repeat, from, &options, &iterator, &error), &error);
    assert_status(RP_OK, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    assert_int_equal(rp_iter_index(iterator), 2);
    int rank = -2;
    assert_true(rp_iter_seconds(iterator, &rank) >= 0 && rank >= 0);
    rp_iter_free(iterator);
}

static void a_source_works_with_bound_arguments(void **state)
{
    suite_fixture *fixture = *state;
    counter source = {.end = 40, .failure_at = -1};
    rp_iter *iterator = NULL;
    rp_error error = {0};
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(0.0))};
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.nap, RP_GENERATOR(count_up, &source), &options, &iterator, &error), &error);
    for (int64_t i = 0; i < 40; i++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result, i);
    }
    rp_iter_free(iterator);
}

static void more_items_than_32_bits_count(void **state)
{
    static const uint64_t sizes[] = {UINT64_MAX, 6000000000u};
    suite_fixture *fixture = *state;
    for (size_t k = 0; k < N_OF(sizes); k++) {
        rp_iter *iterator = NULL;
        rp_error error = {0};
        rp_source source = RP_ITEMS(sizes[k], RP_RANGE(5000000000, 1));
        rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(0.0))};
        assert_status(RP_OK, rp_imap(fixture->pool, tasks.nap, source, &options, &iterator, &error), &error);
        for (int64_t i = 0; i < 100; i++) {
            int64_t result = -1;
            assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
            assert_int_equal(result, 5000000000 + i);
        }
        rp_iter_free(iterator);
    }
}

int suite_run_sources(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_source_is_never_pulled_beyond_the_window),
        SUITE_CASE(the_default_window_bounds_an_endless_source),
        SUITE_CASE(a_source_ends_when_it_says_so),
        SUITE_CASE(a_source_may_be_late),
        SUITE_CASE(a_failing_source_delivers_what_came_before),
        SUITE_CASE(a_failing_source_delivers_what_came_before_unordered),
        SUITE_CASE(a_source_gives_several_arguments_and_bytes),
        SUITE_CASE(items_keep_their_indices_where_others_are_left_out),
        SUITE_CASE(a_source_with_gaps_may_be_left),
        SUITE_CASE(a_source_works_with_bound_arguments),
        SUITE_CASE(more_items_than_32_bits_count),
    };
    return cmocka_run_group_tests_name("sources", cases, NULL, NULL);
}
