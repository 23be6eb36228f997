/*
 * test_map.c: apply, map and starmap: their results are those of a loop in this process, in the order of the items, whatever the chunks.
 */
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void apply_equals_a_local_call(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    int64_t nine_squared = 0;
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, &nine_squared, RP_COLUMNS(RP_CONSTANT((int64_t)9)), NULL, &error), &error);
    assert_int_equal(nine_squared, 81);

    double result = 0;
    assert_status(RP_OK,
                  rp_apply(fixture->pool, tasks.blend, &result,
                           RP_COLUMNS(RP_CONSTANT(2.5), RP_CONSTANT((int32_t)-3), RP_CONSTANT((int64_t)40), RP_CONSTANT(0.5f),
                                      RP_CONSTANT((uint8_t)200)),
                           NULL, &error),
                  &error);
    assert_true(result == blend(2.5, -3, 40, 0.5f, 200));
}

static void apply_takes_bound_arguments_first(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double result = 0;
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(3.0))};
    assert_status(RP_OK, rp_apply(fixture->pool, tasks.energy, &result, RP_COLUMNS(RP_CONSTANT(7.0)), &options, &error), &error);
    assert_true(result == energy(3.0, 7.0));
}

static void apply_many_times_gives_each_its_own_result(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    for (int64_t x = 0; x < 200; x++) {
        int64_t result = -1;
        assert_status(RP_OK, rp_apply(fixture->pool, tasks.square, &result, RP_COLUMNS(RP_CONSTANT(x)), NULL, &error), &error);
        assert_int_equal(result, x * x);
    }
}

static void check_map(suite_fixture *fixture, const int64_t *items, int64_t *results, uint64_t n, const rp_call_options *options)
{
    rp_error error = {0};
    memset(results, 0xff, (size_t)(n + 1) * sizeof(*results));
    assert_status(RP_OK, rp_map(fixture->pool, tasks.square, results, n, RP_COLUMN(items), options, &error), &error);
    for (uint64_t i = 0; i < n; i++) {
        if (results[i] == square(items[i])) continue;
        fail_msg("n %llu, chunk %llu, schedule %s: result %llu is %lld", (unsigned long long)n, (unsigned long long)options->chunk,
                 rp_schedule_name(options->schedule), (unsigned long long)i, (long long)results[i]);
    }
    assert_int_equal(results[n], -1);
}

static void map_equals_the_serial_loop(void **state)
{
    static const uint64_t sizes[] = {0, 1, 10, 100};
    static const uint64_t chunks[] = {0, 1, 7, 20, 200};
    suite_fixture *fixture = *state;
    const int64_t *items = suite_numbers(fixture, 100, -30);
    int64_t *results = suite_room(fixture, 101, sizeof(*results));
    for (size_t n = 0; n < N_OF(sizes); n++) {
        for (size_t chunk = 0; chunk < N_OF(chunks); chunk++) {
            rp_name schedule;
            for (size_t row = 0; rp_enumeration("rp_schedule", row, &schedule); row++) {
                rp_call_options options = {.schedule = (rp_schedule)schedule.value, .chunk = chunks[chunk]};
                check_map(fixture, items, results, sizes[n], &options);
            }
        }
    }
}

static void map_keeps_input_order(void **state)
{
    enum { N = 24 };
    suite_fixture *fixture = *state;
    double *seconds = suite_room(fixture, N, sizeof(*seconds));
    int64_t *results = suite_room(fixture, N, sizeof(*results));
    for (int i = 0; i < N; i++) seconds[i] = 0.001 * (double)((N - i) % 7);
    rp_error error = {0};
    rp_call_options options = {.chunk = 1};
    assert_status(RP_OK,
                  rp_starmap(fixture->pool, tasks.nap, results, N, RP_COLUMNS(RP_COLUMN(seconds), RP_RANGE(100, 1)), &options, &error),
                  &error);
    for (int i = 0; i < N; i++) assert_int_equal(results[i], 100 + i);
}

static void map_takes_pool_wide_options(void **state)
{
    suite_fixture *fixture = *state;
    const int64_t *items = suite_numbers(fixture, 500, 1);
    int64_t *results = suite_room(fixture, 500, sizeof(*results));
    rp_name schedule;
    for (size_t row = 0; rp_enumeration("rp_schedule", row, &schedule); row++) {
        rp_pool_options options = suite_options();
        rp_pool *pool = NULL;
        rp_error error = {0};
        options.schedule = (rp_schedule)schedule.value;
        options.chunk = 3;
        assert_status(RP_OK, rp_pool_open(&options, &pool, &error), &error);
        rp_status status = rp_map(pool, tasks.square, results, 500, RP_COLUMN(items), NULL, &error);
        rp_pool_free(pool);
        assert_status(RP_OK, status, &error);
        for (int i = 0; i < 500; i++) assert_int_equal(results[i], square(items[i]));
    }
}

static void starmap_unpacks_typed_columns(void **state)
{
    enum { N = 90 };
    suite_fixture *fixture = *state;
    double *scales = suite_room(fixture, N, sizeof(*scales)), *results = suite_room(fixture, N, sizeof(*results));
    int32_t *shifts = suite_room(fixture, N, sizeof(*shifts));
    float *weights = suite_room(fixture, N, sizeof(*weights));
    uint8_t *flags = suite_room(fixture, N, sizeof(*flags));
    for (int i = 0; i < N; i++) {
        scales[i] = 1.0 / (1 + i);
        shifts[i] = -i;
        weights[i] = (float)i * 0.25f;
        flags[i] = (uint8_t)(255 - i);
    }
    rp_error error = {0};
    rp_call_options options = {.chunk = 7};
    rp_columns columns = RP_COLUMNS(RP_COLUMN(scales), RP_COLUMN(shifts), RP_RANGE(1000, -3), RP_COLUMN(weights), RP_COLUMN(flags));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.blend, results, N, columns, &options, &error), &error);
    for (int i = 0; i < N; i++) assert_true(results[i] == blend(scales[i], shifts[i], 1000 - 3 * i, weights[i], flags[i]));
}

static void starmap_repeats_constants(void **state)
{
    double speeds[50], results[50], mass = 4.0;
    suite_fixture *fixture = *state;
    rp_error error = {0};
    for (int i = 0; i < 50; i++) speeds[i] = 0.5 * i;
    assert_status(RP_OK,
                  rp_starmap(fixture->pool, tasks.energy, results, 50, RP_COLUMNS(RP_CONSTANT(mass), RP_COLUMN(speeds)), NULL, &error),
                  &error);
    for (int i = 0; i < 50; i++) assert_true(results[i] == energy(mass, speeds[i]));
}

static void starmap_binds_leading_arguments(void **state)
{
    double results[60];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    rp_call_options options = {.chunk = 7, .bound = RP_COLUMNS(RP_CONSTANT(0.125), RP_CONSTANT((int32_t)11))};
    rp_columns columns = RP_COLUMNS(RP_RANGE(-5, 2), RP_CONSTANT(2.0f), RP_CONSTANT((uint8_t)3));
    assert_status(RP_OK, rp_starmap(fixture->pool, tasks.blend, results, 60, columns, &options, &error), &error);
    for (int i = 0; i < 60; i++) assert_true(results[i] == blend(0.125, 11, -5 + 2 * i, 2.0f, 3));
}

static void map_binds_leading_arguments(void **state)
{
    double speeds[33], results[33];
    suite_fixture *fixture = *state;
    rp_error error = {0};
    for (int i = 0; i < 33; i++) speeds[i] = 1.5 * i;
    rp_call_options options = {.bound = RP_COLUMNS(RP_CONSTANT(2.0))};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.energy, results, 33, RP_COLUMN(speeds), &options, &error), &error);
    for (int i = 0; i < 33; i++) assert_true(results[i] == energy(2.0, speeds[i]));
}

/* Bit for bit the same, so that a program's output doesn't depend on the number of workers. */
static void every_schedule_and_chunk_gives_the_same_bytes(void **state)
{
    enum { N = 2003 };
    static const uint64_t chunks[] = {0, 1, 7, 64, 5000};
    suite_fixture *fixture = *state;
    double *items = suite_room(fixture, N, sizeof(*items));
    double *expected = suite_room(fixture, N, sizeof(*expected)), *results = suite_room(fixture, N, sizeof(*results));
    for (int i = 0; i < N; i++) {
        items[i] = 0.37 * i - 100;
        expected[i] = wave(items[i]);
    }
    rp_name schedule;
    for (size_t row = 0; rp_enumeration("rp_schedule", row, &schedule); row++) {
        for (size_t chunk = 0; chunk < N_OF(chunks); chunk++) {
            rp_call_options options = {.schedule = (rp_schedule)schedule.value, .chunk = chunks[chunk]};
            rp_error error = {0};
            memset(results, 0, N * sizeof(*results));
            assert_status(RP_OK, rp_map(fixture->pool, tasks.wave, results, N, RP_COLUMN(items), &options, &error), &error);
            assert_memory_equal(results, expected, N * sizeof(*results));
        }
    }
}

static void blocking_calls_over_no_items_return_at_once(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    int64_t nothing[1] = {7};
    double start = suite_now();
    rp_name schedule;
    for (size_t row = 0; rp_enumeration("rp_schedule", row, &schedule); row++) {
        rp_call_options options = {.schedule = (rp_schedule)schedule.value};
        assert_status(RP_OK, rp_map(fixture->pool, tasks.square, nothing, 0, RP_COLUMN(nothing), &options, &error), &error);
        assert_status(RP_OK,
                      rp_starmap(fixture->pool, tasks.nap, nothing, 0, RP_COLUMNS(RP_CONSTANT(2 * SUITE_WAIT_S), RP_COLUMN(nothing)),
                                 &options, &error),
                      &error);
    }
    assert_true(suite_now() - start < SUITE_WAIT_S);
    assert_int_equal(nothing[0], 7);
}

static void tasks_know_their_item_and_their_worker(void **state)
{
    enum { N = 64 };
    suite_fixture *fixture = *state;
    whereabouts *results = suite_room(fixture, N, sizeof(*results));
    rp_error error = {0};
    rp_call_options options = {.chunk = 5};
    assert_status(RP_OK, rp_map(fixture->pool, tasks.where_am_i, results, N, RP_CONSTANT(0.0), &options, &error), &error);
    for (int i = 0; i < N; i++) {
        rp_rank_info rank = {.threads = 0};
        assert_int_equal(results[i].item, i);
        assert_in_range(results[i].rank, 0, fixture->info.ranks - 1);
        assert_int_equal(rp_pool_get_rank_info(fixture->pool, results[i].rank, &rank), RP_OK);
        assert_in_range(results[i].worker, 0, rank.threads - 1);
        assert_int_equal(results[i].start_number, 0);
    }
    assert_int_equal(rp_item_index(), -1);
    assert_int_equal(rp_rank(), -1);
    assert_int_equal(rp_worker(), -1);
}

int suite_run_map(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(apply_equals_a_local_call),
        SUITE_CASE(apply_takes_bound_arguments_first),
        SUITE_CASE(apply_many_times_gives_each_its_own_result),
        SUITE_CASE(map_equals_the_serial_loop),
        SUITE_CASE(map_keeps_input_order),
        SUITE_CASE(map_takes_pool_wide_options),
        SUITE_CASE(starmap_unpacks_typed_columns),
        SUITE_CASE(starmap_repeats_constants),
        SUITE_CASE(starmap_binds_leading_arguments),
        SUITE_CASE(map_binds_leading_arguments),
        SUITE_CASE(every_schedule_and_chunk_gives_the_same_bytes),
        SUITE_CASE(blocking_calls_over_no_items_return_at_once),
        SUITE_CASE(tasks_know_their_item_and_their_worker),
    };
    return cmocka_run_group_tests_name("map", cases, NULL, NULL);
}
