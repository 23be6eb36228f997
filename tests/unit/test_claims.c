/* test_claims.c: grains claimed from a batch, also by several threads at once. */
#include "unit.h"

#include "task/claims.h"

#include <pthread.h>

static double mix(double scale, int32_t shift, int64_t x) { return scale * (double)x + shift; }
RP_TASK(mix, double, double, int32_t, int64_t)

static uint64_t length(rp_bytes bytes) { return bytes.size; }
RP_TASK(length, uint64_t, rp_bytes)

static const rp_columns none = {0, NULL};

/* ---- claims ---- */

enum { WORKERS = 4, MOST_ITEMS = 40000 };

typedef struct claims {
    rpi_batch *batch;
    unsigned n_workers;
    pthread_barrier_t start;
    unsigned char hits[MOST_ITEMS]; /* how often each item was claimed */
    _Atomic uint64_t n_claimed;
    bool outside;
    bool gives_back; /* another thread does so meanwhile */
    uint64_t end;    /* what it left */
} claims;

typedef struct claimer {
    claims *all;
    unsigned index;
} claimer;

static void *claim_until_none(void *argument)
{
    const claimer *self = argument;
    claims *all = self->all;
    uint64_t begin, end;
    pthread_barrier_wait(&all->start);
    while (rpi_claims_take(all->batch, self->index, &begin, &end)) {
        if (begin >= end || end > all->batch->count) all->outside = true;
        else
            for (uint64_t i = begin; i < end; i++) __atomic_fetch_add(&all->hits[i], 1, __ATOMIC_RELAXED);
        atomic_fetch_add(&all->n_claimed, end - begin);
        rpi_claims_learn(all->batch, self->index, end - begin, (end - begin) * (1 + self->index));
    }
    return NULL;
}

/* Gives back the rest, some at a time, as long as there is any. Nobody may have what comes back. */
static void *give_back_some(void *argument)
{
    claims *all = ((claimer *)argument)->all;
    pthread_barrier_wait(&all->start);
    all->end = all->batch->count;
    for (uint64_t random = 1; !rpi_claims_exhausted(all->batch); random = random * 6364136223846793005u + 1442695040888963407u) {
        uint64_t back = 1 + (random >> 33) % 50, kept = rpi_claims_give_back(all->batch, all->end > back ? all->end - back : 0);
        if (kept > all->end || rpi_claims_end(all->batch) != kept) all->outside = true;
        for (uint64_t i = kept; i < all->end; i++) __atomic_fetch_add(&all->hits[i], 1, __ATOMIC_RELAXED);
        all->end = kept;
    }
    return NULL;
}

static void claim_all(claims *all, rpi_work *work, rpi_schedule schedule)
{
    pthread_t threads[WORKERS], giver;
    claimer claimers[WORKERS], gives = {all, 0};
    rpi_batch_reset(all->batch, work, 0, schedule.n_items);
    all->batch->schedule = schedule;
    if (schedule.kind == RP_SCHEDULE_STATIC) all->batch->claims.taken = calloc(schedule.n_workers, 1);
    all->batch->claims.rated = rpi_rates_matter(schedule.kind);
    if (all->batch->claims.rated && !all->batch->claims.rates) all->batch->claims.rates = rpi_rates_create(WORKERS);
    if (all->batch->claims.rated) rpi_rates_forget(all->batch->claims.rates);
    memset(all->hits, 0, sizeof all->hits);
    atomic_store(&all->n_claimed, 0);
    all->outside = false;
    all->end = schedule.n_items;
    pthread_barrier_init(&all->start, NULL, WORKERS + all->gives_back);
    if (all->gives_back) assert_int_equal(pthread_create(&giver, NULL, give_back_some, &gives), 0);
    for (unsigned k = 0; k < WORKERS; k++) {
        claimers[k] = (claimer){all, k};
        assert_int_equal(pthread_create(&threads[k], NULL, claim_until_none, &claimers[k]), 0);
    }
    for (unsigned k = 0; k < WORKERS; k++) pthread_join(threads[k], NULL);
    if (all->gives_back) pthread_join(giver, NULL);
    pthread_barrier_destroy(&all->start);
}

static void check_claims(const claims *all, uint64_t n)
{
    assert_false(all->outside);
    assert_int_equal(atomic_load(&all->n_claimed), all->end);
    for (uint64_t i = 0; i < n; i++)
        if (all->hits[i] != 1)
            fail_msg("item %llu of %llu was claimed %d times", (unsigned long long)i, (unsigned long long)n, all->hits[i]);
    assert_true(rpi_claims_exhausted(all->batch));
}

static rpi_work *new_work(void)
{
    static rpi_work work;
    rp_columns items = RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT(1), RP_RANGE(0, 1));
    assert_int_equal(rpi_work_init(&work, mix_task, none, items, NULL), RP_OK);
    return &work;
}

static int make_claims(void **state)
{
    claims *all = calloc(1, sizeof *all);
    if (!all || !(all->batch = rpi_batch_create())) return -1;
    *state = all;
    return 0;
}

static int free_claims(void **state)
{
    claims *all = *state;
    rpi_work *work = all->batch->work;
    rpi_batch_destroy(all->batch);
    if (work) rpi_work_fini(work);
    free(all);
    return 0;
}

static void each_item_is_claimed_once(void **state)
{
    claims *all = *state;
    static const uint64_t sizes[] = {1, 2, 3, 5, 64, 1000, MOST_ITEMS};
    rpi_work *work = new_work();
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (size_t s = 0; s < N_OF(sizes); s++)
            for (uint64_t chunk = 1; chunk < 100; chunk = chunk * 3 + 1) {
                if (kind == RP_SCHEDULE_AUTO) work->estimate = (rpi_estimate){1, (double)chunk * 1e-9};
                claim_all(all, work, (rpi_schedule){(rp_schedule)kind, sizes[s], chunk, WORKERS, 20e-6, 0});
                check_claims(all, sizes[s]);
            }
}

static void a_chunk_beyond_all_counts_is_claimed_once(void **state)
{
    claims *all = *state;
    static const uint64_t chunks[] = {UINT64_C(1) << 62, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX};
    rpi_work *work = new_work();
    for (int round = 0; round < 400; round++) {
        claim_all(all, work, (rpi_schedule){RP_SCHEDULE_FIXED, 10, chunks[round % (int)N_OF(chunks)], WORKERS, 0, 0});
        check_claims(all, 10);
    }
}

static void static_parts_are_split_evenly(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_batch_reset(all->batch, new_work(), 0, 10);
    all->batch->schedule = (rpi_schedule){RP_SCHEDULE_STATIC, 10, 1, 4, 0, 0};
    all->batch->claims.taken = calloc(4, 1);
    assert_true(rpi_claims_take(all->batch, 3, &begin, &end));
    assert_true(begin == 8 && end == 10);
    assert_true(rpi_claims_take(all->batch, 0, &begin, &end));
    assert_true(begin == 0 && end == 3);
    assert_false(rpi_claims_take(all->batch, 0, &begin, &end));
    assert_false(rpi_claims_exhausted(all->batch));
    assert_true(rpi_claims_take(all->batch, 2, &begin, &end));
    assert_true(begin == 6 && end == 8);
    assert_true(rpi_claims_take(all->batch, 1, &begin, &end));
    assert_true(begin == 3 && end == 6);
    assert_true(rpi_claims_exhausted(all->batch));
}

static void fewer_items_than_workers_leave_empty_static_parts(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_batch_reset(all->batch, new_work(), 0, 1);
    all->batch->schedule = (rpi_schedule){RP_SCHEDULE_STATIC, 1, 1, 3, 0, 0};
    all->batch->claims.taken = calloc(3, 1);
    assert_false(rpi_claims_take(all->batch, 2, &begin, &end));
    assert_false(rpi_claims_exhausted(all->batch));
    assert_true(rpi_claims_take(all->batch, 0, &begin, &end));
    assert_true(begin == 0 && end == 1);
    assert_true(rpi_claims_exhausted(all->batch));
}

static void nothing_is_claimed_from_the_cutoff_on(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_work *work = new_work();
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        atomic_store(&work->cutoff, RPI_NO_CUTOFF);
        rpi_batch_reset(all->batch, work, 100, 50);
        all->batch->schedule = (rpi_schedule){(rp_schedule)kind, 50, 1, WORKERS, 0, 0};
        assert_true(rpi_claims_take(all->batch, 0, &begin, &end));
        rpi_work_lower_cutoff(work, 100 + end);
        assert_false(rpi_claims_take(all->batch, 1, &begin, &end));
        assert_true(rpi_claims_exhausted(all->batch));
    }
}

/* Workers that pass items on to a child want items for some time at once. Items take 1 us here, and 100 of them were measured before. */
static uint64_t claim_for(rp_schedule kind, uint64_t chunk, unsigned n_workers, double least_s, uint64_t position)
{
    rpi_work work;
    rpi_batch *batch = rpi_batch_create();
    uint64_t begin = 0, end = 0;
    assert_int_equal(rpi_work_init(&work, mix_task, none, RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT(1), RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_work_measure(&work, 100, 100 * 1000);
    rpi_batch_reset(batch, &work, 0, 10000);
    batch->schedule = (rpi_schedule){kind, 10000, chunk, n_workers, 1e-6, 0};
    atomic_store(&batch->claims.next, position);
    assert_true(rpi_claims_take_for(batch, 0, least_s, &begin, &end));
    assert_int_equal(begin, position);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
    return end - begin;
}

static void short_items_are_claimed_for_some_time_at_once(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        rp_schedule kind = k ? RP_SCHEDULE_AUTO : RP_SCHEDULE_FIXED;
        assert_in_range(claim_for(kind, 1, 2, 0, 4000), 1, 1);
        assert_in_range(claim_for(kind, 1, 2, 500e-6, 4000), 490, 500);
        assert_in_range(claim_for(kind, 1, 2, 500e-6, 9600), 1, 200); /* others want some of what is left */
        assert_in_range(claim_for(kind, 1, 2, 500e-6, 20), 1, 10);    /* too little is known */
        assert_in_range(claim_for(kind, 1, 1, 500e-6, 0), 490, 500);  /* there is no other worker */
        assert_int_equal(claim_for(kind, 1, 1, 500e-6, 9900), 100);
    }
    assert_int_equal(claim_for(RP_SCHEDULE_FIXED, 64, 1, 500e-6, 0), 448);
    assert_int_equal(claim_for(RP_SCHEDULE_FIXED, 64, 2, 500e-6, 6400), 448);
    assert_int_equal(claim_for(RP_SCHEDULE_FIXED, 640, 1, 500e-6, 0), 640);
}

static void further_tries_are_not_claimed_while_the_call_drains(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_work *work = new_work();
    atomic_store(&work->draining, true);
    for (unsigned attempt = 1; attempt <= 2; attempt++) {
        rpi_batch_reset(all->batch, work, 100, 1);
        all->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, 1, 1, WORKERS, 0, 0};
        all->batch->attempt = attempt;
        assert_int_equal(rpi_claims_take(all->batch, 0, &begin, &end), attempt == 1);
        assert_true(rpi_claims_exhausted(all->batch));
    }
}

static void what_is_given_back_is_claimed_by_nobody(void **state)
{
    claims *all = *state;
    all->gives_back = true;
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (int round = 0; round < 20 && kind != RP_SCHEDULE_STATIC; round++) {
            uint64_t n = 1 + unit_random(MOST_ITEMS);
            rpi_work *work = new_work();
            rpi_work_measure(work, 100, 100 * 1000);
            claim_all(all, work, (rpi_schedule){(rp_schedule)kind, n, 1 + unit_random(9), WORKERS, 20e-6, 0});
            check_claims(all, n);
            rpi_work_fini(work);
        }
    (void)new_work();
}

static void only_what_no_grain_has_is_given_back(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_batch_reset(all->batch, new_work(), 0, 100);
    all->batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, 100, 30, 1, 0, 0};
    assert_true(rpi_claims_take(all->batch, 0, &begin, &end));
    assert_int_equal(rpi_claims_give_back(all->batch, 80), 80);
    assert_int_equal(rpi_claims_give_back(all->batch, 90), 80);
    assert_true(rpi_claims_take(all->batch, 0, &begin, &end));
    assert_int_equal(rpi_claims_give_back(all->batch, 0), 60);
    assert_true(rpi_claims_exhausted(all->batch));
    assert_int_equal(rpi_claims_give_back(all->batch, 0), 60);
    assert_false(rpi_claims_take(all->batch, 0, &begin, &end));
}

#define CLAIMS(function) cmocka_unit_test_setup_teardown(function, make_claims, free_claims)

UNIT_MAIN(UNIT(short_items_are_claimed_for_some_time_at_once), CLAIMS(each_item_is_claimed_once),
          CLAIMS(a_chunk_beyond_all_counts_is_claimed_once), CLAIMS(static_parts_are_split_evenly),
          CLAIMS(fewer_items_than_workers_leave_empty_static_parts), CLAIMS(nothing_is_claimed_from_the_cutoff_on),
          CLAIMS(further_tries_are_not_claimed_while_the_call_drains), CLAIMS(what_is_given_back_is_claimed_by_nobody),
          CLAIMS(only_what_no_grain_has_is_given_back))
