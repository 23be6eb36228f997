/* test_places.c: items and results in regions are sent as their places; a place that isn't in its region is refused. */
#include "unit.h"

#include "task/places.h"

enum { N = 1000 };

typedef struct record {
    double mass, speed;
} record;

static double blend(double a, int64_t b, double c) { return a + (double)b * c; }
RP_TASK(blend, double, double, int64_t, double)

static const rp_columns none = {0, NULL};
static record *records;
static double *results, plain[N];

static int set_up(void **state)
{
    (void)state;
    char *base;
    if (rpi_regions_make(N * sizeof *records, NULL, true, &base, NULL) != RP_OK) return -1;
    records = (record *)(void *)base;
    if (rpi_regions_make(N * sizeof *results, NULL, true, &base, NULL) != RP_OK) return -1;
    results = (double *)(void *)base;
    for (int i = 0; i < N; i++) records[i] = (record){i, 2.0 * i}, plain[i] = -i;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rpi_regions_free(records);
    rpi_regions_free(results);
    return 0;
}

typedef struct fixture {
    rpi_work work, other; /* the sender's and the receiver's */
    rpi_batch *batch, *there;
    rpi_places places;
    char *packed;
    size_t size;
} fixture;

enum { FIRST = 10, COUNT = 300 };

static void make(fixture *made, bool with_results)
{
    rp_columns items = RP_COLUMNS(RP_FIELD(records, speed), RP_RANGE(5, 1), RP_COLUMN(plain));
    rp_columns shape = {3, (rp_column[]){items.columns[0], items.columns[1], items.columns[2]}};
    ((rp_column *)(uintptr_t)shape.columns)[0].data = ((rp_column *)(uintptr_t)shape.columns)[2].data = NULL;
    assert_int_equal(rpi_work_init(&made->work, blend_task, none, items, NULL), RP_OK);
    assert_int_equal(rpi_work_init(&made->other, blend_task, none, shape, NULL), RP_OK);
    made->batch = rpi_batch_create();
    made->there = rpi_batch_create();
    rpi_batch_reset(made->batch, &made->work, 0, N);
    made->batch->results = (char *)results;
    rpi_places_find(made->batch, FIRST, COUNT, &rpi_namer_here, with_results, &made->places);
    made->size = rpi_places_packed_size(&made->places, made->batch, FIRST, COUNT);
    made->packed = malloc(made->size);
    rpi_places_pack(made->packed, &made->places, made->batch, FIRST, COUNT);
    rpi_batch_reset(made->there, &made->other, 0, COUNT);
    made->there->results = NULL;
}

static void drop(fixture *made)
{
    rpi_batch_destroy(made->batch);
    rpi_batch_destroy(made->there);
    rpi_work_fini(&made->work);
    rpi_work_fini(&made->other);
    free(made->packed);
}

static rp_status unpack(fixture *made, rpi_held *held)
{
    return rpi_places_unpack(made->packed, made->size, made->places.mask, COUNT, made->there, NULL, true, held);
}

static void what_is_in_a_region_is_sent_as_its_place(void **state)
{
    (void)state;
    rpi_held held;
    fixture made;
    make(&made, true);
    assert_int_equal(made.places.mask, 1 | RPI_RESULTS_PLACED);
    assert_int_equal(made.size, 2 * sizeof(rpi_place) + COUNT * sizeof(double));
    assert_int_equal(unpack(&made, &held), RP_OK);
    assert_int_equal(held.n, 2);
    assert_ptr_equal(made.there->views[0].base, &records[FIRST].speed);
    assert_int_equal(made.there->views[0].stride_bytes, sizeof(record));
    assert_memory_equal(made.there->views[2].base, &plain[FIRST], COUNT * sizeof(double));
    assert_ptr_equal(made.there->results, (char *)&results[FIRST]);
    rpi_held_release(&held);
    drop(&made);
}

static void without_a_namer_all_is_bytes(void **state)
{
    (void)state;
    fixture made;
    make(&made, true);
    rpi_places_find(made.batch, FIRST, COUNT, NULL, true, &made.places);
    assert_int_equal(made.places.mask, 0);
    assert_int_equal(rpi_places_packed_size(&made.places, made.batch, FIRST, COUNT), 2 * COUNT * sizeof(double));
    drop(&made);
}

static void results_have_no_place_where_they_may_not_be_written(void **state)
{
    (void)state;
    rpi_held held;
    fixture made;
    make(&made, true);
    assert_int_equal(rpi_places_unpack(made.packed, made.size, made.places.mask, COUNT, made.there, NULL, false, &held), RP_USAGE);
    assert_int_equal(held.n, 0);
    drop(&made);
}

static rpi_place *place(fixture *made, unsigned k) { return &((rpi_place *)(void *)made->packed)[k]; }

static void assert_refused_place(fixture *made)
{
    rpi_held held;
    assert_int_not_equal(unpack(made, &held), RP_OK);
    assert_int_equal(held.n, 0);
    drop(made);
}

static void a_place_beyond_its_region_is_refused(void **state)
{
    (void)state;
    const uint64_t offsets[] = {UINT64_MAX, UINT64_MAX - 7, UINT64_C(1) << 40, N * sizeof(record), 14 << 10};
    const uint64_t strides[] = {UINT64_MAX, UINT64_C(1) << 62, (UINT64_C(1) << 63) + 8, 4096};
    for (unsigned k = 0; k < 2; k++) {
        for (size_t i = 0; i < N_OF(offsets); i++) {
            fixture made;
            make(&made, true);
            place(&made, k)->offset = offsets[i];
            assert_refused_place(&made);
        }
        for (size_t i = 0; i < N_OF(strides); i++) {
            fixture made;
            make(&made, true);
            place(&made, k)->stride_bytes = strides[i];
            assert_refused_place(&made);
        }
    }
}

static void a_place_that_does_not_fit_its_column_is_refused(void **state)
{
    (void)state;
    const unsigned masks[] = {2, 2 | RPI_RESULTS_PLACED, 1 << 5, RPI_RESULTS_PLACED << 1, 0xff, ~0u};
    for (size_t i = 0; i < N_OF(masks); i++) {
        fixture made;
        make(&made, true);
        made.places.mask = masks[i];
        assert_refused_place(&made);
    }
}

static void what_is_cut_off_is_refused(void **state)
{
    (void)state;
    fixture made;
    make(&made, true);
    rpi_held held;
    for (size_t whole = made.size; made.size > 0; made.size -= made.size > whole - 64 ? 1 : 17 % made.size + 1) {
        if (made.size == whole) continue;
        assert_int_equal(unpack(&made, &held), RP_USAGE);
        assert_int_equal(held.n, 0);
    }
    drop(&made);
}

static void a_region_that_is_gone_is_not_reached(void **state)
{
    (void)state;
    rpi_held held;
    fixture made;
    make(&made, false);
    rpi_regions_free(records);
    assert_int_equal(unpack(&made, &held), RP_UNSUPPORTED);
    drop(&made);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
UNIT_MAIN(CASE(what_is_in_a_region_is_sent_as_its_place), CASE(without_a_namer_all_is_bytes),
          CASE(results_have_no_place_where_they_may_not_be_written), CASE(a_place_beyond_its_region_is_refused),
          CASE(a_place_that_does_not_fit_its_column_is_refused), CASE(what_is_cut_off_is_refused),
          CASE(a_region_that_is_gone_is_not_reached))
