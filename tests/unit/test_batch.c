/* test_batch.c: batches, their views, and their parts. */
#include "unit.h"

#include "task/claims.h"

static double mix(double scale, int32_t shift, int64_t x) { return scale * (double)x + shift; }
RP_TASK(mix, double, double, int32_t, int64_t)

static uint64_t length(rp_bytes bytes) { return bytes.size; }
RP_TASK(length, uint64_t, rp_bytes)

static const rp_columns none = {0, NULL};

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
    assert_true(rpi_claims_take(batch, 0, &begin, &end));
    assert_true(rpi_claims_exhausted(batch));
    rpi_batch_add_failure(batch, rpi_failure_create("one", 3));
    rpi_batch_add_failure(batch, rpi_failure_create("two", 3));
    assert_string_equal(atomic_load(&batch->failures)->message, "two");
    assert_string_equal(atomic_load(&batch->failures)->next->message, "one");
    batch->status = RP_LOST;
    batch->claims.taken = calloc(3, 1);
    rpi_batch_reset(batch, &work, 0, 5);
    assert_null(atomic_load(&batch->failures));
    assert_null(batch->claims.taken);
    assert_int_equal(batch->status, RP_OK);
    assert_false(rpi_claims_exhausted(batch));
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
}

UNIT_MAIN(UNIT(a_batch_has_views_into_the_columns), UNIT(a_part_of_a_batch_is_as_the_whole_from_there_on), UNIT(a_reset_batch_is_as_new))
