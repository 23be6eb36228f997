/* test_computed.c: items that take no memory: grids, evenly spaced numbers, ranges and constants of any arithmetic type; and strings. */
#include "suite.h"

#include <string.h>

static double weigh(double a, float b, int16_t c, uint8_t d) { return a * 1e6 + (double)b * 1e4 + c * 100.0 + d; }
RP_TASK(weigh, double, double, float, int16_t, uint8_t)

static void weigh_all(size_t n, double *result, const double *a, const float *b, const int16_t *c, const uint8_t *d)
{
    for (size_t i = 0; i < n; i++) result[i] = weigh(a[i], b[i], c[i], d[i]);
}
RP_TASK_RANGE(weigh_all, double, double, float, int16_t, uint8_t)

static double itself(double x) { return x; }
RP_TASK(itself, double, double)

static int64_t length_of(const char *text) { return (int64_t)strlen(text); }
RP_TASK(length_of, int64_t, const char *)

static double sum_of_pair(point at, double factor) { return (at.x + at.y) * factor; }
RP_TASK(sum_of_pair, double, point, double)

static void a_grid_is_all_combinations_with_the_last_axis_fastest(void **state)
{
    suite_fixture *fixture = *state;
    static const double a[3] = {1, 2, 3};
    static const float b[2] = {0.5f, 0.25f};
    static const int16_t c[5] = {-2, -1, 0, 1, 2};
    static const uint8_t d[4] = {9, 8, 7, 255};
    double *results = suite_room(fixture, 120, sizeof(*results));
    rp_error error = {0};
    const rp_task *const forms[] = {weigh_task, weigh_all_task};
    for (size_t form = 0; form < N_OF(forms); form++) {
        rp_columns grid = RP_GRID(RP_AXIS(a), RP_AXIS(b), RP_AXIS_OF(&c[0], 5), RP_AXIS(d));
        assert_int_equal(rp_grid_size(grid), 120);
        assert_status(RP_OK, rp_starmap(fixture->pool, forms[form], results, rp_grid_size(grid), grid, NULL, &error), &error);
        for (int i = 0; i < 120; i++) assert_true(results[i] == weigh(a[i / 40], b[i / 20 % 2], c[i / 4 % 5], d[i % 4]));
    }
    static const point points[2] = {{1, 2, 0}, {3, 4, 0}};
    assert_status(RP_OK, rp_starmap(fixture->pool, sum_of_pair_task, results, 2, RP_GRID(RP_AXIS(points), RP_CONSTANT(10)), NULL, &error),
                  &error);
    assert_true(results[0] == 30 && results[1] == 70);
}

static void an_iterator_takes_a_grid(void **state)
{
    suite_fixture *fixture = *state;
    static const double masses[3] = {1, 2, 3}, speeds[2] = {5, 7};
    rp_columns grid = RP_GRID(RP_AXIS(masses), RP_AXIS(speeds));
    rp_iter *iterator;
    rp_error error = {0};
    double result = 0;
    rp_source source = {grid, rp_grid_size(grid), NULL, NULL, NULL};
    assert_status(RP_OK, rp_istarmap(fixture->pool, tasks.energy, source, NULL, &iterator, &error), &error);
    for (int i = 0; i < 6; i++) {
        assert_status(RP_OK, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
        assert_true(result == energy(masses[i / 2], speeds[i % 2]));
    }
    assert_status(RP_END, rp_iter_next(iterator, &result, SUITE_WAIT_S, &error), &error);
    rp_iter_free(iterator);
}

static void a_grid_that_can_not_be_counted_is_refused(void **state)
{
    suite_fixture *fixture = *state;
    static const double values[2] = {1, 2};
    double result;
    rp_error error = {0};
    rp_columns large = RP_GRID(RP_AXIS_OF(values, INT64_C(1) << 40), RP_AXIS_OF(values, INT64_C(1) << 40));
    assert_int_equal(rp_grid_size(large), 0);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, &result, 1, large, NULL, &error), &error);
    assert_text(&error, "64 bits");
    rp_columns empty = RP_GRID(RP_AXIS(values), RP_AXIS_OF(values, 0));
    assert_int_equal(rp_grid_size(empty), 0);
    assert_status(RP_USAGE, rp_starmap(fixture->pool, tasks.energy, &result, 1, empty, NULL, &error), &error);
}

static void linspace_has_both_ends_exactly(void **state)
{
    suite_fixture *fixture = *state;
    enum { N = 1001 };
    double *results = suite_room(fixture, N, sizeof(*results));
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, itself_task, results, N, RP_LINSPACE(-0.3, 1.7, N), NULL, &error), &error);
    assert_true(results[0] == -0.3 && results[N - 1] == 1.7);
    for (int i = 1; i < N - 1; i++) assert_true(results[i] == -0.3 + i * ((1.7 - -0.3) / (N - 1)));
    assert_status(RP_USAGE, rp_map(fixture->pool, itself_task, results, N, RP_LINSPACE(0.0, 1.0, 5), NULL, &error), &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, tasks.square, (int64_t *)results, 5, RP_LINSPACE(0.0, 1.0, 5), NULL, &error), &error);
}

static void ranges_fit_what_holds_all_of_their_numbers(void **state)
{
    suite_fixture *fixture = *state;
    double results[11];
    rp_error error = {0};
    for (int form = 0; form < 2; form++) {
        assert_status(RP_OK,
                      rp_starmap(fixture->pool, form ? weigh_all_task : weigh_task, results, 11,
                                 RP_COLUMNS(RP_RANGE(-5, 1), RP_RANGE(10, -2), RP_RANGE(-32768, 6553), RP_RANGE(0, 25)), NULL, &error),
                      &error);
        for (int i = 0; i < 11; i++)
            assert_true(results[i] == weigh(i - 5, (float)(10 - 2 * i), (int16_t)(-32768 + 6553 * i), (uint8_t)(25 * i)));
    }
    static const int64_t first[] = {-1, 0, 6}, step[] = {1, 26, 25}, beyond = INT64_C(1) << 53;
    for (size_t k = 0; k < N_OF(first); k++)
        assert_status(RP_USAGE,
                      rp_starmap(fixture->pool, weigh_task, results, 11,
                                 RP_COLUMNS(RP_CONSTANT(1.0), RP_CONSTANT(1.0f), RP_CONSTANT(1), RP_RANGE(first[k], step[k])), NULL,
                                 &error),
                      &error);
    assert_status(RP_USAGE, rp_map(fixture->pool, itself_task, results, 2, RP_RANGE(beyond, 1), NULL, &error), &error);
    assert_status(RP_OK, rp_map(fixture->pool, itself_task, results, 2, RP_RANGE(beyond - 1, 1), NULL, &error), &error);
    assert_true(results[1] == (double)beyond);
}

static void constants_fit_what_holds_them_exactly(void **state)
{
    suite_fixture *fixture = *state;
    double result = 0;
    rp_error error = {0};
    assert_status(RP_OK,
                  rp_apply(fixture->pool, weigh_task, &result,
                           RP_COLUMNS(RP_CONSTANT(3), RP_CONSTANT(0.25), RP_CONSTANT(INT64_C(-32768)), RP_CONSTANT(255.0)), NULL, &error),
                  &error);
    assert_true(result == weigh(3, 0.25f, -32768, 255));
    rp_column refused[][4] = {
        {RP_CONSTANT((INT64_C(1) << 53) + 1), RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(0)},
        {RP_CONSTANT(0), RP_CONSTANT(0.1), RP_CONSTANT(0), RP_CONSTANT(0)},
        {RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(32768), RP_CONSTANT(0)},
        {RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(-1)},
        {RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(0.5), RP_CONSTANT(0)},
        {RP_CONSTANT("0"), RP_CONSTANT(0), RP_CONSTANT(0), RP_CONSTANT(0)},
    };
    for (size_t k = 0; k < N_OF(refused); k++)
        assert_status(RP_USAGE, rp_apply(fixture->pool, weigh_task, &result, ((rp_columns){4, refused[k]}), NULL, &error), &error);
}

static void strings_are_a_column(void **state)
{
    suite_fixture *fixture = *state;
    char first[] = "a", second[] = "four", *texts[] = {first, second, NULL};
    int64_t lengths[3];
    rp_error error = {0};
    assert_status(RP_OK, rp_map(fixture->pool, length_of_task, lengths, 2, RP_STRINGS(texts, 2), NULL, &error), &error);
    assert_true(lengths[0] == 1 && lengths[1] == 4);
    assert_status(RP_USAGE, rp_map(fixture->pool, length_of_task, lengths, 3, RP_STRINGS(texts, 2), NULL, &error), &error);
}

int suite_run_computed(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(a_grid_is_all_combinations_with_the_last_axis_fastest),
        SUITE_CASE(an_iterator_takes_a_grid),
        SUITE_CASE(a_grid_that_can_not_be_counted_is_refused),
        SUITE_CASE(linspace_has_both_ends_exactly),
        SUITE_CASE(ranges_fit_what_holds_all_of_their_numbers),
        SUITE_CASE(constants_fit_what_holds_them_exactly),
        SUITE_CASE(strings_are_a_column),
    };
    return cmocka_run_group_tests_name("computed", cases, NULL, NULL);
}
