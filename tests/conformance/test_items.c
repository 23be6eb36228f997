/*
 * test_items.c: what items and results may be: structs, members of structs, fixed arrays, ranges, bytes of any length, and results that
 * tasks emit; in all four forms of declaration.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void structs_are_items_and_results(void **state)
{
    point points[40], results[40];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    memset(points, 0, sizeof(points));
    for (int i = 0; i < 40; i++) points[i] = (point){i, -i, 10 * i};
    rp_call_options options = {.chunk = 7};
    assert_status(RP_OK,
                  rp_starmap(fixture->pool, tasks.mirror, results, 40, RP_COLUMNS(RP_COLUMN(points), RP_CONSTANT(5.0)), &options, &error),
                  &error);
    for (int i = 0; i < 40; i++) {
        assert_true(results[i].x == 10.0 - i && results[i].y == -i);
        assert_int_equal(results[i].label, -10 * i);
    }
}

static particle *make_particles(suite_fixture *fixture, int n)
{
    particle *particles = suite_room(fixture, (uint64_t)n, sizeof(*particles));
    for (int i = 0; i < n; i++) particles[i] = (particle){i, 1.0 + i, 0.5 * i, "abcd"};
    return particles;
}

static void members_of_structs_are_columns(void **state)
{
    double results[70];
    suite_fixture *fixture = *state;
    const particle *particles = make_particles(fixture, 70);
    rp_error error = {0};
    rp_columns columns = RP_COLUMNS(RP_FIELD(particles, mass), RP_FIELD(particles, speed));
    rp_call_options options = {.chunk = 7};
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.energy, results, 70, columns, &options, &error), &error);
    for (int i = 0; i < 70; i++) assert_true(results[i] == energy(particles[i].mass, particles[i].speed));
}

static void fixed_arrays_are_items_and_results(void **state)
{
    enum { N = 30 };
    suite_fixture *fixture = *state;
    matrix *matrices = suite_room(fixture, N, sizeof(*matrices)), *results = suite_room(fixture, N, sizeof(*results));
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < 9; k++) matrices[i][k] = 10 * i + k;
    }
    const double factor = 2.0;
    rp_error error = {0};
    rp_call_options options = {.chunk = 4};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(matrices), RP_CONSTANT(factor));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.turn, results, N, columns, &options, &error), &error);
    for (int i = 0; i < N; i++) {
        matrix expected;
        turn(&expected, &matrices[i], &factor);
        assert_memory_equal(results[i], expected, sizeof(expected));
    }
}

static void a_fixed_array_may_be_constant(void **state)
{
    suite_fixture *fixture = *state;
    const matrix identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double factors[20];
    matrix *results = suite_room(fixture, 20, sizeof(*results));
    rp_error error = {0};
    for (int i = 0; i < 20; i++) factors[i] = i;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT_AT(&identity), RP_COLUMN(factors));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.turn, results, 20, columns, NULL, &error), &error);
    for (int i = 0; i < 20; i++) assert_true(results[i][0] == i && results[i][4] == i && results[i][8] == i && results[i][1] == 0);
}

/* A kernel that gets many items at once is given contiguous arrays, whatever the columns are. */
static void range_form_takes_constants_and_strided_columns(void **state)
{
    enum { N = 301 };
    static const uint64_t chunks[] = {0, 1, 7, 1000};
    suite_fixture *fixture = *state;
    const particle *particles = make_particles(fixture, N);
    double *results = suite_room(fixture, N, sizeof(*results));
    int64_t *sums = suite_room(fixture, N, sizeof(*sums));
    for (size_t k = 0; k < N_OF(chunks); k++) {
        rp_call_options options = {.chunk = chunks[k]};
        rp_error error = {0};
        rp_columns strided = RP_COLUMNS(RP_CONSTANT(3.0), RP_FIELD(particles, speed));
        assert_status(RP_OK, rp_starmap(fixture->pool, tasks.scale_all, results, N, strided, &options, &error), &error);
        rp_columns counted = RP_COLUMNS(RP_RANGE(1000, -2), RP_FIELD(particles, kind));
        assert_status(RP_OK, rp_starmap(fixture->pool, tasks.add_all, sums, N, counted, &options, &error), &error);
        for (int i = 0; i < N; i++) {
            assert_true(results[i] == 3.0 * particles[i].speed);
            assert_int_equal(sums[i], 1000 - 2 * i + i);
        }
    }
}

static void range_form_takes_bound_arguments(void **state)
{
    double x[100], results[100];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    for (int i = 0; i < 100; i++) x[i] = i;
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(-1.5))};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.scale_all, results, 100, RP_COLUMN(x), &options, &error), &error);
    for (int i = 0; i < 100; i++) assert_true(results[i] == -1.5 * i);
}

static void a_range_is_a_column_of_numbers(void **state)
{
    int64_t results[150];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 150, RP_RANGE(-50, 3), NULL, &error), &error);
    for (int64_t i = 0; i < 150; i++) assert_int_equal(results[i], square(-50 + 3 * i));
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, 150, RP_RANGE(2000000000, 1), NULL, &error), &error);
    for (int64_t i = 0; i < 150; i++) assert_int_equal(results[i], square(2000000000 + i));
}

/* Item i has i bytes for most i, none for some, and much for one. */
static rp_bytes *make_texts(suite_fixture *fixture, int n)
{
    enum { LARGEST = 300000 };
    rp_bytes *texts = suite_room(fixture, (uint64_t)n, sizeof(*texts));
    char *letters = suite_room(fixture, LARGEST, 1);
    for (int k = 0; k < LARGEST; k++) letters[k] = (char)('a' + k % 23);
    for (int i = 0; i < n; i++) {
        size_t size = i % 10 == 3 ? 0 : (size_t)i;
        if (i == 17) size = LARGEST - 17;
        texts[i] = (rp_bytes){size > 0 ? letters + i : NULL, size};
    }
    return texts;
}

static void bytes_of_different_lengths_are_items(void **state)
{
    uint64_t results[100];
    suite_fixture *fixture = *state;
    const rp_bytes *texts = make_texts(fixture, 100);
    static const uint64_t chunks[] = {0, 1, 7, 200};
    for (size_t k = 0; k < N_OF(chunks); k++) {
        rp_error error = {0};
        rp_call_options options = {.chunk = chunks[k]};
        memset(results, 0, sizeof(results));
        assert_status(RP_OK, rp_map(fixture->pool, tasks.checksum, results, 100, RP_COLUMN(texts), &options, &error), &error);
        for (int i = 0; i < 100; i++) assert_true(results[i] == checksum(texts[i]));
    }
}

static void bytes_may_be_constant(void **state)
{
    uint64_t result = 0;
    suite_fixture *fixture = *state;
    rp_bytes text = {"a constant of some length", 25};
    rp_error error = {0};
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.checksum, &result, RP_COLUMNS(RP_CONSTANT(text)), NULL, &error), &error);
    assert_true(result == checksum(text));
}

static void check_repeated(const rp_bytes *word, int64_t times, const rp_bytes *result)
{
    assert_int_equal(result->size, word->size * (size_t)times);
    for (int64_t k = 0; k < times && word->size > 0; k++) {
        assert_memory_equal((const char *)result->data + (size_t)k * word->size, word->data, word->size);
    }
}

static void emitted_results_have_any_length(void **state)
{
    enum { N = 60 };
    static const uint64_t chunks[] = {0, 1, 7, 200};
    suite_fixture *fixture = *state;
    const rp_bytes *texts = make_texts(fixture, N);
    int64_t *times = suite_room(fixture, N, sizeof(*times));
    rp_bytes *results = suite_room(fixture, N, sizeof(*results));
    for (int i = 0; i < N; i++) times[i] = i % 4;
    for (size_t k = 0; k < N_OF(chunks); k++) {
        rp_error error = {0};
        rp_call_options options = {.chunk = chunks[k]};
        rp_columns columns = RP_COLUMNS(RP_COLUMN(texts), RP_COLUMN(times));
        assert_status(RP_OK, rp_starmap(fixture->pool, tasks.repeat, results, N, columns, &options, &error), &error);
        for (int i = 0; i < N; i++) check_repeated(&texts[i], times[i], &results[i]);
        rp_bytes_free(results, N);
        for (int i = 0; i < N; i++) assert_true(results[i].data == NULL && results[i].size == 0);
    }
    rp_bytes_free(NULL, 0);
}

static void apply_gives_emitted_bytes(void **state)
{
    suite_fixture *fixture = *state;
    rp_bytes word = {"ho", 2}, result = {NULL, 0};
    rp_error error = {0};
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(word), RP_CONSTANT((int64_t)3));
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.repeat, &result, columns, NULL, &error), &error);
    assert_int_equal(result.size, 6);
    assert_memory_equal(result.data, "hohoho", 6);
    rp_bytes_free(&result, 1);
}

static void iterators_give_emitted_bytes(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_iter *iterator = NULL;
    rp_call_options options = {.chunk = 6, .window = 20};
    assert_status(RP_OK, rp_imap(fixture->pool, tasks.describe, RP_ITEMS(90, RP_RANGE(0, 1)), &options, &iterator, &error), &error);
    for (int i = 0; i < 90; i++) {
        char expected[64];
        rp_bytes result = {NULL, 0};
        int length = snprintf(expected, sizeof(expected), "%0*d", 1 + i % 40, i);
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_int_equal(result.size, length);
        assert_memory_equal(result.data, expected, (size_t)length);
    }
    assert_status(RP_END, rp_iter_next(iterator, NULL, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

int suite_run_items(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(structs_are_items_and_results),
        SUITE_CASE(members_of_structs_are_columns),
        SUITE_CASE(fixed_arrays_are_items_and_results),
        SUITE_CASE(a_fixed_array_may_be_constant),
        SUITE_CASE(range_form_takes_constants_and_strided_columns),
        SUITE_CASE(range_form_takes_bound_arguments),
        SUITE_CASE(a_range_is_a_column_of_numbers),
        SUITE_CASE(bytes_of_different_lengths_are_items),
        SUITE_CASE(bytes_may_be_constant),
        SUITE_CASE(emitted_results_have_any_length),
        SUITE_CASE(apply_gives_emitted_bytes),
        SUITE_CASE(iterators_give_emitted_bytes),
    };
    return cmocka_run_group_tests_name("items", cases, NULL, NULL);
}
