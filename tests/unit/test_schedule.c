/* test_schedule.c: chunk sizes, against sequences worked out by hand from the papers' formulas, and that they always add up. */
#include "unit.h"

#include "schedule/schedule.h"

#include <math.h>

static void check_sequence(rpi_schedule schedule, double item_s, const uint64_t *sizes, size_t n)
{
    uint64_t position = 0;
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(rpi_schedule_size(&schedule, position, item_s), sizes[k]);
        position += sizes[k];
    }
    assert_int_equal(position, schedule.n_items);
    assert_int_equal(rpi_schedule_size(&schedule, position, item_s), 0);
}

#define CHECK_SEQUENCE(schedule, item_s, ...)                                                                                              \
    check_sequence((schedule), (item_s), (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* Walks from 0 to N; returns how many chunks there were. */
static uint64_t walk(const rpi_schedule *schedule, double item_s)
{
    uint64_t n_chunks = 0;
    for (uint64_t position = 0; position < schedule->n_items; n_chunks++) {
        uint64_t size = rpi_schedule_size(schedule, position, item_s);
        if (size < 1 || size > schedule->n_items - position)
            fail_msg("%s: %llu of %llu items at %llu, %u workers", rp_schedule_name(schedule->kind), (unsigned long long)size,
                     (unsigned long long)schedule->n_items, (unsigned long long)position, schedule->n_workers);
        position += size;
    }
    assert_int_equal(rpi_schedule_size(schedule, schedule->n_items, item_s), 0);
    assert_int_equal(rpi_schedule_size(schedule, schedule->n_items + 1, item_s), 0);
    return n_chunks;
}

static void walk_all(uint64_t n, unsigned workers, uint64_t chunk, double item_s)
{
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        rpi_schedule schedule = {(rp_schedule)kind, n, chunk, workers, 20e-6, 0};
        (void)walk(&schedule, item_s);
    }
}

static void sizes_add_up_to_all_items(void **state)
{
    (void)state;
    static const unsigned workers[] = {1, 2, 3, 4, 7, 16, 64, 1000};
    for (uint64_t n = 0; n <= 130; n++)
        for (size_t w = 0; w < N_OF(workers); w++) walk_all(n, workers[w], 1 + n % 7, (double)(n % 3) * 1e-6);
}

static void sizes_add_up_for_random_numbers(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 300; round++) {
        uint64_t n = unit_random(UINT64_C(1) << (1 + unit_random(17)));
        unsigned workers = 1 + (unsigned)unit_random(UINT64_C(1) << unit_random(11));
        walk_all(n, workers, 1 + unit_random(1000), (double)unit_random(1000) * 1e-7);
    }
}

static void any_position_gets_a_size_within_what_is_left(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 20000; round++) {
        uint64_t n = 1 + unit_random(UINT64_C(1) << (1 + unit_random(62))), position = unit_random(n);
        rpi_schedule schedule = {unit_random_schedule(),
                                 n,
                                 1 + unit_random(UINT64_C(1) << unit_random(63)),
                                 1 + (unsigned)unit_random(UINT64_C(1) << unit_random(16)),
                                 1e-3,
                                 unit_random(2) ? 1e-4 : 0};
        uint64_t size = rpi_schedule_size(&schedule, position, (double)unit_random(4) * 1e-8);
        assert_in_range(size, 1, n - position);
    }
}

static void few_chunks_for_very_many_items(void **state)
{
    (void)state;
    static const rp_schedule few[] = {RP_SCHEDULE_STATIC, RP_SCHEDULE_GUIDED, RP_SCHEDULE_TRAPEZOID, RP_SCHEDULE_FACTORING};
    for (size_t k = 0; k < N_OF(few); k++) {
        rpi_schedule schedule = {few[k], UINT64_C(1) << 40, 1, 8, 0, 0};
        assert_in_range(walk(&schedule, 0), 8, 2000);
    }
}

static void static_deals_out_once(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_STATIC, 10, 0, 4, 0, 0}), 0, 3, 3, 3, 1);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_STATIC, 12, 0, 4, 0, 0}), 0, 3, 3, 3, 3);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_STATIC, 2, 0, 4, 0, 0}), 0, 1, 1);
}

static void fixed_gives_the_chunk(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_FIXED, 10, 4, 3, 0, 0}), 0, 4, 4, 2);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_FIXED, 10, 40, 3, 0, 0}), 0, 10);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_FIXED, 3, 0, 3, 0, 0}), 0, 1, 1, 1);
}

/* GSS, ceil(R / P) with N = 100, P = 4: 100/4 = 25, 75/4 = 18.75, 56/4 = 14, 42/4 = 10.5, 31/4 = 7.75, … */
static void guided_is_that_of_polychronopoulos_and_kuck(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_GUIDED, 100, 0, 4, 0, 0}), 0, 25, 19, 14, 11, 8, 6, 5, 3, 3, 2, 1, 1, 1, 1);
}

/* TSS(f, l) with f = ceil(N / 2P), l = 1. N = 1000, P = 4: f = 125, C = ceil(2N / (f + l)) = 16, d = (f - l) / (C - 1) = 8.27: 125, 116.7,
 * 108.5, … The last chunk is what the rounded ones before it left. */
static void trapezoid_is_that_of_tzen_and_ni(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_TRAPEZOID, 1000, 0, 4, 0, 0}), 0, 125, 116, 108, 100, 91, 83, 75, 67, 58, 50, 42, 34, 25, 17,
                   9);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_TRAPEZOID, 3, 0, 4, 0, 0}), 0, 1, 1, 1);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_TRAPEZOID, 1, 0, 1, 0, 0}), 0, 1);
}

/* Rounding errors add up: a size may come twice or be skipped. The number of chunks is still about C. */
static void trapezoid_falls_steadily(void **state)
{
    (void)state;
    for (uint64_t n = 100; n < 100000; n = n * 3 + 7)
        for (unsigned workers = 1; workers < 40 && workers * 10 < n; workers = workers * 2 + 1) {
            rpi_schedule schedule = {RP_SCHEDULE_TRAPEZOID, n, 0, workers, 0, 0};
            double first = ceil((double)n / (2 * workers)), n_chunks = ceil(2 * (double)n / (first + 1)),
                   step = (first - 1) / (n_chunks - 1);
            uint64_t before = rpi_schedule_size(&schedule, 0, 0), k = 1;
            assert_int_equal(before, first);
            for (uint64_t position = before, size; position < n; position += size, before = size, k++) {
                size = rpi_schedule_size(&schedule, position, 0);
                if (size > before || (position + size < n && (double)(before - size) > 2 * step + 2))
                    fail_msg("%llu items, %u workers: %llu after %llu", (unsigned long long)n, workers, (unsigned long long)size,
                             (unsigned long long)before);
            }
            assert_true(fabs((double)k - n_chunks) <= 3 + n_chunks / 7);
        }
}

/* FAC2: P chunks of ceil(R / 2P), then again. N = 100, P = 4: 4 x 13, R = 48: 4 x 6, R = 24: 4 x 3, R = 12: 4 x 2, R = 4: 4 x 1. */
static void factoring_is_that_of_hummel_schonberg_and_flynn(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_FACTORING, 100, 0, 4, 0, 0}), 0, 13, 13, 13, 13, 6, 6, 6, 6, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1,
                   1);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_FACTORING, 3, 0, 4, 0, 0}), 0, 1, 1, 1);
}

/* ceil(N / P) / log2 ceil(N / P), with ceil(100 / 4) / log2 25 = 5.4, as many chunks as FAC2 makes: there 20, here 20. */
static void mfsc_makes_as_many_chunks_as_factoring(void **state)
{
    (void)state;
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_MFSC, 100, 0, 4, 0, 0}), 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_MFSC, 8, 0, 4, 0, 0}), 0, 2, 2, 2, 2);
    CHECK_SEQUENCE(((rpi_schedule){RP_SCHEDULE_MFSC, 3, 0, 4, 0, 0}), 0, 1, 1, 1);
    for (uint64_t n = 1000; n < 1000000; n *= 3) {
        rpi_schedule mfsc = {RP_SCHEDULE_MFSC, n, 0, 8, 0, 0}, factoring = {RP_SCHEDULE_FACTORING, n, 0, 8, 0, 0};
        double ratio = (double)walk(&mfsc, 0) / (double)walk(&factoring, 0);
        assert_true(ratio > 0.75 && ratio < 1.2);
    }
}

static void without_rates_workers_count_as_equal(void **state)
{
    (void)state;
    for (uint64_t position = 0; position < 100; position++) {
        rpi_schedule factoring = {RP_SCHEDULE_FACTORING, 100, 0, 4, 0, 0}, af = {RP_SCHEDULE_AF, 100, 0, 4, 0, 0};
        assert_int_equal(rpi_schedule_size(&af, position, 0), rpi_schedule_size(&factoring, position, 0));
    }
}

static void auto_starts_with_single_items(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AUTO, 100000, 0, 4, 20e-6, 0};
    assert_int_equal(rpi_schedule_size(&schedule, 0, 0), 1);
    assert_int_equal(rpi_schedule_size(&schedule, 50000, 0), 1); /* no time is known */
    assert_int_equal(rpi_schedule_size(&schedule, 0, 1e-9), 1);  /* no item was run yet, so it isn't trusted */
    assert_int_equal(rpi_schedule_size(&schedule, 7, 1e-9), 1);
}

static void auto_takes_as_many_items_as_fill_the_time(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AUTO, 100000, 0, 4, 20e-6, 0};
    assert_int_equal(rpi_schedule_size(&schedule, 50000, 1e-6 * (1 - 1e-9)), 20);
    assert_int_equal(rpi_schedule_size(&schedule, 50000, 15e-6), 1);
    assert_int_equal(rpi_schedule_size(&schedule, 50000, 1.0), 1);
}

static void auto_reaches_no_further_than_what_was_run(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AUTO, 100000, 0, 4, 20e-6, 0};
    assert_int_equal(rpi_schedule_size(&schedule, 8, 1e-12), 2);
    assert_int_equal(rpi_schedule_size(&schedule, 400, 1e-12), 100);
}

static void auto_tapers_towards_the_end(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AUTO, 100000, 0, 4, 20e-6, 0};
    assert_int_equal(rpi_schedule_size(&schedule, 99920, 1e-12), 10); /* 80 left, ceil(80 / 2 * 4) */
    assert_int_equal(rpi_schedule_size(&schedule, 99999, 1e-12), 1);
}

static void auto_takes_shorter_chunks_where_long_ones_would_be_much_of_what_is_left(void **state)
{
    (void)state;
    rpi_schedule schedule = {.kind = RP_SCHEDULE_AUTO, .n_items = 100000, .n_workers = 4, .target_s = 200e-6, .short_s = 20e-6};
    assert_int_equal(rpi_schedule_size(&schedule, 50000, 1e-6 * (1 - 1e-9)), 200);
    assert_int_equal(rpi_schedule_size(&schedule, 100000 - 3200, 1e-6 * (1 - 1e-9)), 100); /* 3200 / 8 * 4 */
    assert_int_equal(rpi_schedule_size(&schedule, 100000 - 320, 1e-6 * (1 - 1e-9)), 20);
    assert_int_equal(rpi_schedule_size(&schedule, 100000 - 80, 1e-6 * (1 - 1e-9)), 10); /* the taper */
    schedule.short_s = 0;
    assert_int_equal(rpi_schedule_size(&schedule, 100000 - 3200, 1e-6 * (1 - 1e-9)), 200);
}

static void auto_does_not_taper_for_one_worker_alone(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AUTO, 100000, 0, 1, 20e-6, 0};
    assert_int_equal(rpi_schedule_size(&schedule, 99920, 1e-12), 80);
    assert_int_equal(rpi_schedule_size(&schedule, 99920, 1e-6 * (1 - 1e-9)), 20);
}

static void split_is_even_and_complete(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 50; n++)
        for (uint64_t count = 1; count < 12; count++) {
            assert_int_equal(rpi_schedule_split(n, 0, count), 0);
            assert_int_equal(rpi_schedule_split(n, count, count), n);
            for (uint64_t k = 0; k < count; k++) {
                uint64_t size = rpi_schedule_split(n, k + 1, count) - rpi_schedule_split(n, k, count);
                assert_in_range(size, n / count, n / count + (n % count > 0));
            }
        }
    assert_int_equal(rpi_schedule_split(UINT64_MAX, 7, 7), UINT64_MAX);
}

static void a_chunk_makes_auto_fixed(void **state)
{
    (void)state;
    rp_schedule kind;
    uint64_t chunk;
    rpi_schedule_choose(RP_SCHEDULE_AUTO, 0, &kind, &chunk);
    assert_int_equal(kind, RP_SCHEDULE_AUTO);
    rpi_schedule_choose(RP_SCHEDULE_AUTO, 5, &kind, &chunk);
    assert_int_equal(kind, RP_SCHEDULE_FIXED);
    assert_int_equal(chunk, 5);
    rpi_schedule_choose(RP_SCHEDULE_FIXED, 0, &kind, &chunk);
    assert_int_equal(kind, RP_SCHEDULE_FIXED);
    assert_int_equal(chunk, 1);
    rpi_schedule_choose(RP_SCHEDULE_GUIDED, 5, &kind, &chunk);
    assert_int_equal(kind, RP_SCHEDULE_GUIDED);
}

UNIT_MAIN(UNIT(sizes_add_up_to_all_items), UNIT(sizes_add_up_for_random_numbers), UNIT(any_position_gets_a_size_within_what_is_left),
          UNIT(few_chunks_for_very_many_items), UNIT(static_deals_out_once), UNIT(fixed_gives_the_chunk),
          UNIT(guided_is_that_of_polychronopoulos_and_kuck), UNIT(trapezoid_is_that_of_tzen_and_ni), UNIT(trapezoid_falls_steadily),
          UNIT(factoring_is_that_of_hummel_schonberg_and_flynn), UNIT(mfsc_makes_as_many_chunks_as_factoring),
          UNIT(without_rates_workers_count_as_equal), UNIT(auto_starts_with_single_items), UNIT(auto_takes_as_many_items_as_fill_the_time),
          UNIT(auto_reaches_no_further_than_what_was_run), UNIT(auto_tapers_towards_the_end),
          UNIT(auto_does_not_taper_for_one_worker_alone), UNIT(auto_takes_shorter_chunks_where_long_ones_would_be_much_of_what_is_left),
          UNIT(split_is_even_and_complete), UNIT(a_chunk_makes_auto_fixed))
