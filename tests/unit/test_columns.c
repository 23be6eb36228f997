/* test_columns.c: the arguments of a call, checked and copied, as a work has them. */
#include "unit.h"

#include "task/work.h"

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
    rp_columns range = RP_COLUMNS(RP_RANGE(0, 1));
    assert_refused(rpi_work_init(&work, length_task, none, range, &error), error, "argument 1 of task length is bytes");
    rp_columns last = RP_COLUMNS(RP_CONSTANT(1.0), RP_CONSTANT(1), RP_CONSTANT(1.5));
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

UNIT_MAIN(UNIT(arguments_are_bound_then_items), UNIT(a_wrong_number_of_arguments_is_refused), UNIT(wrong_types_are_refused_by_name),
          UNIT(what_is_bound_must_be_constant), UNIT(constants_are_copied))
