/* test_work.c: the arguments of a call, checked and copied; batches, and grains claimed from them by several threads at once. */
#include "unit.h"

#include "task/work.h"

#include <pthread.h>

static double mix(double scale, int32_t shift, int64_t x) { return scale * (double)x + shift; }
RP_TASK(mix, double, double, int32_t, int64_t)

static uint64_t length(rp_bytes bytes) { return bytes.size; }
RP_TASK(length, uint64_t, rp_bytes)

static const rp_columns none = {0, NULL};

static void arguments_are_bound_then_items(void **state)
{
    (void)state;
    rpi_work work;
    rp_error error;
    int32_t shifts[3] = {1, 2, 3};
    rp_columns bound = RP_COLUMNS(RP_CONSTANT(2.5)), items = RP_COLUMNS(RP_COLUMN(shifts), RP_RANGE(-4, 2));
    assert_int_equal(rpi_work_init(&work, mix_task, bound, items, &error), RP_OK);
    assert_ptr_equal(work.task, mix_task);
    assert_int_equal(atomic_load(&work.cutoff), RPI_NO_CUTOFF);
    assert_int_equal(work.arguments[0].kind, RP_COLUMN_CONSTANT);
    assert_ptr_equal(work.arguments[1].data, shifts);
    assert_true(work.arguments[2].start == -4 && work.arguments[2].step == 2);
    rpi_work_fini(&work);
    rpi_work_fini(&work);
}

static void a_wrong_number_of_arguments_is_refused(void **state)
{
    (void)state;
    rpi_work work;
    rp_error error;
    rp_columns one = RP_COLUMNS(RP_CONSTANT(2.5)), three = RP_COLUMNS(RP_CONSTANT(1.0), RP_CONSTANT(1), RP_RANGE(0, 1));
    assert_refused(rpi_work_init(&work, mix_task, one, one, &error), error,
                   "task mix has 3 arguments, the call gives 1 bound and 1 by column");
    assert_refused(rpi_work_init(&work, mix_task, one, three, &error), error, "1 bound and 3 by column");
    assert_refused(rpi_work_init(&work, length_task, none, none, &error), error, "task length has 1 argument,");
}

static void wrong_types_are_refused_by_name(void **state)
{
    (void)state;
    rpi_work work;
    rp_error error;
    float scales[2] = {1, 2};
    rp_columns wrong = RP_COLUMNS(RP_COLUMN(scales), RP_CONSTANT(1), RP_RANGE(0, 1));
    assert_refused(rpi_work_init(&work, mix_task, none, wrong, &error), error,
                   "argument 1 of task mix is double (8 bytes), its column holds float (4 bytes)");
    rp_columns range = RP_COLUMNS(RP_CONSTANT(1.0), RP_RANGE(0, 1), RP_RANGE(0, 1));
    assert_refused(rpi_work_init(&work, mix_task, none, range, &error), error, "argument 2 of task mix is int32");
    rp_columns last = RP_COLUMNS(RP_CONSTANT(1.0), RP_CONSTANT(1), RP_CONSTANT(1.0));
    assert_refused(rpi_work_init(&work, mix_task, none, last, &error), error, "argument 3 of task mix is int64");
}

static void what_is_bound_must_be_constant(void **state)
{
    (void)state;
    rpi_work work;
    rp_error error;
    double scales[2] = {1, 2};
    rp_columns bound = RP_COLUMNS(RP_COLUMN(scales)), items = RP_COLUMNS(RP_CONSTANT(1), RP_RANGE(0, 1));
    assert_refused(rpi_work_init(&work, mix_task, bound, items, &error), error, "bound argument 1 of task mix isn't a constant");
}

static void constants_are_copied(void **state)
{
    (void)state;
    rpi_work work;
    char text[] = "before";
    rp_bytes bytes = {text, 6};
    rp_columns items = RP_COLUMNS(RP_CONSTANT_AT(&bytes));
    assert_int_equal(rpi_work_init(&work, length_task, none, items, NULL), RP_OK);
    memcpy(text, "after!", 6);
    bytes = (rp_bytes){NULL, 0};
    const rp_bytes *kept = work.arguments[0].data;
    assert_int_equal(kept->size, 6);
    assert_memory_equal(kept->data, "before", 6);
    assert_int_equal((uintptr_t)kept % 16, 0);
    rpi_work_fini(&work);

    rp_columns empty = RP_COLUMNS(RP_CONSTANT(((rp_bytes){NULL, 0})));
    assert_int_equal(rpi_work_init(&work, length_task, none, empty, NULL), RP_OK);
    assert_int_equal(((const rp_bytes *)work.arguments[0].data)->size, 0);
    rpi_work_fini(&work);
}

static void the_limit_only_falls(void **state)
{
    (void)state;
    rpi_work work = {.task = mix_task};
    atomic_store(&work.cutoff, RPI_NO_CUTOFF);
    assert_false(rpi_work_stopped(&work, UINT64_MAX - 1));
    rpi_work_lower_cutoff(&work, 10);
    rpi_work_lower_cutoff(&work, 12);
    assert_int_equal(atomic_load(&work.cutoff), 10);
    assert_true(rpi_work_stopped(&work, 10));
    assert_false(rpi_work_stopped(&work, 9));
    rpi_work_lower_cutoff(&work, 0);
    assert_true(rpi_work_stopped(&work, 0));
}

static void a_batch_has_views_into_the_columns(void **state)
{
    (void)state;
    rpi_work work;
    struct {
        int32_t shift;
        char other[12];
    } rows[10];
    rp_columns items = RP_COLUMNS(RP_CONSTANT(2.0), RP_FIELD(rows, shift), RP_RANGE(0, 1));
    assert_int_equal(rpi_work_init(&work, mix_task, none, items, NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    assert_non_null(batch);
    assert_int_equal((uintptr_t)batch % RPI_CACHE_LINE, 0);
    rpi_batch_reset(batch, &work, 3, 5);
    assert_true(batch->views[0].base == work.arguments[0].data && batch->views[0].stride_bytes == 0);
    assert_true(batch->views[1].base == (char *)&rows[3].shift && batch->views[1].stride_bytes == sizeof rows[0]);
    assert_null(batch->views[2].base);
    rpi_batch_destroy(batch);
    rpi_batch_destroy(NULL);
    rpi_work_fini(&work);
}

static void a_part_of_a_batch_is_as_the_whole_from_there_on(void **state)
{
    (void)state;
    rpi_work work;
    int32_t shifts[10];
    double results[5];
    rp_columns items = RP_COLUMNS(RP_CONSTANT(2.0), RP_COLUMN(shifts), RP_RANGE(0, 1));
    assert_int_equal(rpi_work_init(&work, mix_task, none, items, NULL), RP_OK);
    rpi_batch *whole = rpi_batch_create(), *part = rpi_batch_create();
    rpi_batch_reset(whole, &work, 3, 5);
    whole->results = (char *)results;
    whole->attempt = 4;
    whole->urgent = true;
    rpi_batch_reset_part(part, whole, 2, 3);
    assert_true(part->first == 5 && part->count == 3 && part->attempt == 4 && part->urgent);
    assert_true(part->views[0].base == whole->views[0].base && part->views[0].stride_bytes == 0);
    assert_true(part->views[1].base == (char *)&shifts[5] && part->views[1].stride_bytes == sizeof shifts[0]);
    assert_null(part->views[2].base);
    assert_ptr_equal(part->results, (char *)results + 2 * work.task->result_size);
    rpi_batch_destroy(whole);
    rpi_batch_destroy(part);
    rpi_work_fini(&work);
}

static void a_reset_batch_is_as_new(void **state)
{
    (void)state;
    rpi_work work;
    rp_columns items = RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT(1), RP_RANGE(0, 1));
    assert_int_equal(rpi_work_init(&work, mix_task, none, items, NULL), RP_OK);
    rpi_batch *batch = rpi_batch_create();
    rpi_batch_reset(batch, &work, 0, 5);
    batch->schedule = (rpi_schedule){RP_SCHEDULE_FIXED, 5, 5, 1, 0, 0};
    uint64_t begin, end;
    assert_true(rpi_batch_claim(batch, 0, &begin, &end));
    assert_true(rpi_batch_exhausted(batch));
    rpi_batch_add_failure(batch, rpi_failure_create("one", 3));
    rpi_batch_add_failure(batch, rpi_failure_create("two", 3));
    assert_string_equal(atomic_load(&batch->failures)->message, "two");
    assert_string_equal(atomic_load(&batch->failures)->next->message, "one");
    batch->status = RP_LOST;
    batch->taken = calloc(3, 1);
    rpi_batch_reset(batch, &work, 0, 5);
    assert_null(atomic_load(&batch->failures));
    assert_null(batch->taken);
    assert_int_equal(batch->status, RP_OK);
    assert_false(rpi_batch_exhausted(batch));
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

/* ---- claims ---- */

enum { WORKERS = 4, MOST_ITEMS = 40000 };

typedef struct claims {
    rpi_batch *batch;
    unsigned n_workers;
    pthread_barrier_t start;
    unsigned char hits[MOST_ITEMS]; /* one that is wrong by far is as wrong as by one */
    _Atomic uint64_t n_claimed;
    bool outside;
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
    while (rpi_batch_claim(all->batch, self->index, &begin, &end)) {
        if (begin >= end || end > all->batch->count) all->outside = true;
        else
            for (uint64_t i = begin; i < end; i++) __atomic_fetch_add(&all->hits[i], 1, __ATOMIC_RELAXED);
        atomic_fetch_add(&all->n_claimed, end - begin);
        rpi_batch_learn(all->batch, self->index, end - begin, (end - begin) * (1 + self->index));
    }
    return NULL;
}

static void claim_all(claims *all, rpi_work *work, rpi_schedule schedule)
{
    pthread_t threads[WORKERS];
    claimer claimers[WORKERS];
    rpi_batch_reset(all->batch, work, 0, schedule.n_items);
    all->batch->schedule = schedule;
    if (schedule.kind == RP_SCHEDULE_STATIC) all->batch->taken = calloc(schedule.n_workers, 1);
    all->batch->rated = rpi_rates_matter(schedule.kind);
    if (all->batch->rated && !all->batch->rates) all->batch->rates = rpi_rates_create(WORKERS);
    if (all->batch->rated) rpi_rates_forget(all->batch->rates);
    memset(all->hits, 0, sizeof all->hits);
    atomic_store(&all->n_claimed, 0);
    all->outside = false;
    pthread_barrier_init(&all->start, NULL, WORKERS);
    for (unsigned k = 0; k < WORKERS; k++) {
        claimers[k] = (claimer){all, k};
        assert_int_equal(pthread_create(&threads[k], NULL, claim_until_none, &claimers[k]), 0);
    }
    for (unsigned k = 0; k < WORKERS; k++) pthread_join(threads[k], NULL);
    pthread_barrier_destroy(&all->start);
}

static void check_claims(const claims *all, uint64_t n)
{
    assert_false(all->outside);
    assert_int_equal(atomic_load(&all->n_claimed), n);
    for (uint64_t i = 0; i < n; i++)
        if (all->hits[i] != 1)
            fail_msg("item %llu of %llu was claimed %d times", (unsigned long long)i, (unsigned long long)n, all->hits[i]);
    assert_true(rpi_batch_exhausted(all->batch));
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
    all->batch->taken = calloc(4, 1);
    assert_true(rpi_batch_claim(all->batch, 3, &begin, &end));
    assert_true(begin == 8 && end == 10);
    assert_true(rpi_batch_claim(all->batch, 0, &begin, &end));
    assert_true(begin == 0 && end == 3);
    assert_false(rpi_batch_claim(all->batch, 0, &begin, &end));
    assert_false(rpi_batch_exhausted(all->batch));
    assert_true(rpi_batch_claim(all->batch, 2, &begin, &end));
    assert_true(begin == 6 && end == 8);
    assert_true(rpi_batch_claim(all->batch, 1, &begin, &end));
    assert_true(begin == 3 && end == 6);
    assert_true(rpi_batch_exhausted(all->batch));
}

static void fewer_items_than_workers_leave_empty_static_parts(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_batch_reset(all->batch, new_work(), 0, 1);
    all->batch->schedule = (rpi_schedule){RP_SCHEDULE_STATIC, 1, 1, 3, 0, 0};
    all->batch->taken = calloc(3, 1);
    assert_false(rpi_batch_claim(all->batch, 2, &begin, &end));
    assert_false(rpi_batch_exhausted(all->batch));
    assert_true(rpi_batch_claim(all->batch, 0, &begin, &end));
    assert_true(begin == 0 && end == 1);
    assert_true(rpi_batch_exhausted(all->batch));
}

static void nothing_is_claimed_from_the_limit_on(void **state)
{
    claims *all = *state;
    uint64_t begin, end;
    rpi_work *work = new_work();
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        atomic_store(&work->cutoff, RPI_NO_CUTOFF);
        rpi_batch_reset(all->batch, work, 100, 50);
        all->batch->schedule = (rpi_schedule){(rp_schedule)kind, 50, 1, WORKERS, 0, 0};
        assert_true(rpi_batch_claim(all->batch, 0, &begin, &end));
        rpi_work_lower_cutoff(work, 100 + end);
        assert_false(rpi_batch_claim(all->batch, 1, &begin, &end));
        assert_true(rpi_batch_exhausted(all->batch));
    }
}

/* Workers that hand items on to a child want some time's worth at once. Items of 1 us here, 100 of which went before. */
static uint64_t claim_for(rp_schedule kind, uint64_t chunk, unsigned n_workers, double least_s, uint64_t position)
{
    rpi_work work;
    rpi_batch *batch = rpi_batch_create();
    uint64_t begin = 0, end = 0;
    assert_int_equal(rpi_work_init(&work, mix_task, none, RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT(1), RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_work_measure(&work, 100, 100 * 1000);
    rpi_batch_reset(batch, &work, 0, 10000);
    batch->schedule = (rpi_schedule){kind, 10000, chunk, n_workers, 1e-6, 0};
    atomic_store(&batch->next, position);
    assert_true(rpi_batch_claim_for(batch, 0, least_s, &begin, &end));
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
        assert_in_range(claim_for(kind, 1, 1, 500e-6, 0), 490, 500);  /* nobody else wants any */
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
        assert_int_equal(rpi_batch_claim(all->batch, 0, &begin, &end), attempt == 1);
        assert_true(rpi_batch_exhausted(all->batch));
    }
}

#define CLAIMS(function) cmocka_unit_test_setup_teardown(function, make_claims, free_claims)

UNIT_MAIN(UNIT(short_items_are_claimed_for_some_time_at_once), UNIT(arguments_are_bound_then_items),
          UNIT(a_wrong_number_of_arguments_is_refused), UNIT(wrong_types_are_refused_by_name), UNIT(what_is_bound_must_be_constant),
          UNIT(constants_are_copied), UNIT(the_limit_only_falls), UNIT(a_batch_has_views_into_the_columns),
          UNIT(a_part_of_a_batch_is_as_the_whole_from_there_on), UNIT(a_reset_batch_is_as_new), CLAIMS(each_item_is_claimed_once),
          CLAIMS(a_chunk_beyond_all_counts_is_claimed_once), CLAIMS(static_parts_are_split_evenly),
          CLAIMS(fewer_items_than_workers_leave_empty_static_parts), CLAIMS(nothing_is_claimed_from_the_limit_on),
          CLAIMS(further_tries_are_not_claimed_while_the_call_drains))
