/* test_rates.c: chunks by measured rates, against numbers worked out by hand from the papers' formulas, and that they always add up. */
#include "unit.h"

#include "schedule/rates.h"

static const rp_schedule kinds[] = {RP_SCHEDULE_AWF_B, RP_SCHEDULE_AWF_C, RP_SCHEDULE_AWF_D, RP_SCHEDULE_AWF_E, RP_SCHEDULE_AF};

static rpi_rates *make_rates(unsigned n)
{
    rpi_rates *rates = rpi_rates_create(n);
    assert_non_null(rates);
    return rates;
}

static void learn(rpi_rates *rates, unsigned who, rp_schedule kind, uint64_t n_items, double seconds)
{
    rpi_rates_learn(rates, who, kind, 1, (rpi_chunk_times){n_items, seconds, seconds});
}

static void no_other_schedule_goes_by_rates(void **state)
{
    (void)state;
    int n = 0;
    for (int row = 0, kind; unit_schedule(row, &kind); row++) n += rpi_rates_matter((rp_schedule)kind);
    assert_int_equal(n, N_OF(kinds));
    for (size_t k = 0; k < N_OF(kinds); k++) assert_true(rpi_rates_matter(kinds[k]));
}

/* Sizes add up to N, whatever the rates are, and whichever participant asks. */
static void walk(rp_schedule kind, uint64_t n, unsigned workers)
{
    rpi_schedule schedule = {kind, n, 0, workers, 0, 0};
    rpi_rates *rates = make_rates(workers);
    uint64_t n_chunks = 0;
    for (uint64_t position = 0; position < n; n_chunks++) {
        unsigned who = (unsigned)unit_random(workers);
        uint64_t size = rpi_rates_size(rates, who, &schedule, position);
        if (size < 1 || size > n - position)
            fail_msg("%s: %llu of %llu items at %llu, %u workers", rp_schedule_name(kind), (unsigned long long)size, (unsigned long long)n,
                     (unsigned long long)position, workers);
        position += size;
        learn(rates, who, kind, size, (double)unit_random(1000000) * 1e-9 * (double)(1 + unit_random(1000)));
    }
    assert_int_equal(rpi_rates_size(rates, 0, &schedule, n), 0);
    rpi_rates_destroy(rates);
}

static void sizes_add_up_to_all_items(void **state)
{
    (void)state;
    unit_seed();
    for (size_t k = 0; k < N_OF(kinds); k++)
        for (int round = 0; round < 300; round++)
            walk(kinds[k], unit_random(UINT64_C(1) << unit_random(15)), 1 + (unsigned)unit_random(70));
}

/* N = 1000, P = 4: mfsc is 250 / log2 250 = 31.4. */
static void who_is_not_known_gets_half_of_mfsc(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_OF(kinds); k++) {
        rpi_schedule schedule = {kinds[k], 1000, 0, 4, 0, 0};
        rpi_rates *rates = make_rates(4);
        assert_int_equal(rpi_rates_size(rates, 0, &schedule, 0), 16);
        learn(rates, 1, kinds[k], 10, 0.1);
        assert_int_equal(rpi_rates_size(rates, 0, &schedule, 16), 16);
        assert_int_equal(rpi_rates_size(rates, 0, &schedule, 960), 5); /* 40 left, no more than an eighth of them */
        rpi_rates_destroy(rates);
    }
}

/* pi = 0.1 and 0.3: w = 2 / 0.1 / (1 / 0.1 + 1 / 0.3) = 1.5, and 0.5. Chunks of N = 100, P = 2 at 20: awf-c 80 / 4 = 20, awf-b as FAC2 25.
 */
static void weights_are_those_of_banicescu_velusamy_and_devaprasad(void **state)
{
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        bool by_batch = kinds[k] == RP_SCHEDULE_AWF_B || kinds[k] == RP_SCHEDULE_AWF_D;
        rpi_schedule schedule = {kinds[k], 100, 0, 2, 0, 0};
        rpi_rates *rates = make_rates(2);
        learn(rates, 0, kinds[k], 10, 1);
        learn(rates, 1, kinds[k], 10, 3);
        assert_int_equal(rpi_rates_size(rates, 0, &schedule, 20), by_batch ? 38 : 30);
        assert_int_equal(rpi_rates_size(rates, 1, &schedule, 20), by_batch ? 13 : 10);
        rpi_rates_destroy(rates);
    }
}

/* 10 items in 1 s, 10 in 4 s: (1 * 1 + 2 * 4) / (1 * 10 + 2 * 10) = 0.3, against 0.1: weight 0.5. */
static void later_chunks_count_more(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AWF_C, 100, 0, 2, 0, 0};
    rpi_rates *rates = make_rates(2);
    learn(rates, 0, schedule.kind, 10, 1);
    learn(rates, 1, schedule.kind, 10, 1);
    learn(rates, 1, schedule.kind, 10, 4);
    assert_int_equal(rpi_rates_size(rates, 1, &schedule, 20), 10);
    assert_int_equal(rpi_rates_size(rates, 0, &schedule, 20), 30);
    rpi_rates_destroy(rates);
}

/* FAC2 of N = 100, P = 2: two of 25, two of 13, two of 6, … */
static void b_renews_weights_with_a_batch_and_c_with_a_chunk(void **state)
{
    (void)state;
    rpi_schedule b = {RP_SCHEDULE_AWF_B, 100, 0, 2, 0, 0}, c = {RP_SCHEDULE_AWF_C, 100, 0, 2, 0, 0};
    rpi_rates *rates = make_rates(2), *others = make_rates(2);
    for (unsigned who = 0; who < 2; who++) {
        learn(rates, who, b.kind, 10, 1);
        learn(others, who, c.kind, 10, 1);
    }
    assert_int_equal(rpi_rates_size(rates, 0, &b, 0), 25);
    assert_int_equal(rpi_rates_size(others, 0, &c, 0), 25);
    learn(rates, 1, b.kind, 1000000, 3e5);
    learn(others, 1, c.kind, 1000000, 3e5);
    assert_int_equal(rpi_rates_size(rates, 0, &b, 40), 25);
    assert_int_equal(rpi_rates_size(others, 0, &c, 44), 21); /* 14 * 1.5 */
    assert_int_equal(rpi_rates_size(rates, 0, &b, 76), 9);   /* 6 * 1.5 */
    rpi_rates_destroy(rates);
    rpi_rates_destroy(others);
}

/* Four workers with items for 4 s in all, back after 3 s: 1 s or 3 s of each. */
static void d_and_e_count_what_messages_take(void **state)
{
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        bool overhead = kinds[k] == RP_SCHEDULE_AWF_D || kinds[k] == RP_SCHEDULE_AWF_E;
        rpi_rates *rates = make_rates(1);
        rpi_rates_learn(rates, 0, kinds[k], 4, (rpi_chunk_times){40, 4, 3});
        assert_true(rates->each[0].rate == (overhead ? 40 / 12.0 : 10));
        rpi_rates_destroy(rates);
    }
}

/* Two equal participants, each 4 items of 1 s and 4 of 3 s: mu = 2, sigma^2 = 4 + 4, D = 2 * 4, T = 1. At R = 100: (8 + 200 - sqrt(64 +
 * 3200)) / 4. */
static void af_is_that_of_banicescu_and_liu(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AF, 1000, 0, 2, 0, 0};
    rpi_rates *rates = make_rates(2);
    for (unsigned who = 0; who < 2; who++) {
        learn(rates, who, schedule.kind, 4, 4);
        learn(rates, who, schedule.kind, 4, 12);
    }
    assert_int_equal(rpi_rates_size(rates, 1, &schedule, 900), 38);
    assert_int_equal(rpi_rates_size(rates, 1, &schedule, 0), 250); /* no more than the first chunk of FAC2 */
    rpi_rates_destroy(rates);
}

/* One of two is known: the other one is taken to be like it. */
static void the_unknown_count_as_average(void **state)
{
    (void)state;
    rpi_schedule af = {RP_SCHEDULE_AF, 1000, 0, 2, 0, 0}, c = {RP_SCHEDULE_AWF_C, 1000, 0, 2, 0, 0};
    rpi_rates *rates = make_rates(2);
    learn(rates, 1, af.kind, 4, 4);
    learn(rates, 1, af.kind, 4, 12);
    assert_int_equal(rpi_rates_size(rates, 1, &af, 900), 38);
    assert_int_equal(rpi_rates_size(rates, 1, &c, 900), 25);
    rpi_rates_destroy(rates);
}

static void what_is_forgotten_is_not_known(void **state)
{
    (void)state;
    rpi_schedule schedule = {RP_SCHEDULE_AWF_C, 1000, 0, 2, 0, 0};
    rpi_rates *rates = make_rates(2);
    uint64_t first = rpi_rates_size(rates, 0, &schedule, 0);
    learn(rates, 0, schedule.kind, 10, 1);
    assert_int_not_equal(rpi_rates_size(rates, 0, &schedule, 0), first);
    rpi_rates_forget(rates);
    assert_int_equal(rpi_rates_size(rates, 0, &schedule, 0), first);
    rpi_rates_destroy(rates);
    rpi_rates_destroy(NULL);
}

static void what_took_no_time_teaches_nothing(void **state)
{
    (void)state;
    rpi_rates *rates = make_rates(1);
    learn(rates, 0, RP_SCHEDULE_AF, 0, 1);
    learn(rates, 0, RP_SCHEDULE_AF, 1, 0);
    rpi_rates_learn(rates, 0, RP_SCHEDULE_AF, 0, (rpi_chunk_times){1, 1, 1}); /* a rank that was lost */
    assert_int_equal(rates->each[0].n_chunks, 0);
    rpi_rates_destroy(rates);
}

UNIT_MAIN(UNIT(no_other_schedule_goes_by_rates), UNIT(sizes_add_up_to_all_items), UNIT(who_is_not_known_gets_half_of_mfsc),
          UNIT(weights_are_those_of_banicescu_velusamy_and_devaprasad), UNIT(later_chunks_count_more),
          UNIT(b_renews_weights_with_a_batch_and_c_with_a_chunk), UNIT(d_and_e_count_what_messages_take),
          UNIT(af_is_that_of_banicescu_and_liu), UNIT(the_unknown_count_as_average), UNIT(what_is_forgotten_is_not_known),
          UNIT(what_took_no_time_teaches_nothing))
