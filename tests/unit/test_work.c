/* test_work.c: the cutoff of a call's items, and a work that is used again. */
#include "unit.h"

#include "task/columns.h"
#include "task/work.h"

static double mix(double scale, int32_t shift, int64_t x) { return scale * (double)x + shift; }
RP_TASK(mix, double, double, int32_t, int64_t)

static void the_cutoff_only_falls(void **state)
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

/* As a new one with the same arguments and options. */
static void a_renewed_work_has_nothing_of_the_call_before(void **state)
{
    (void)state;
    static const int64_t items[3] = {1, 2, 3};
    rpi_work work, fresh;
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(0.5), RP_CONSTANT((int32_t)7), RP_COLUMN(items));
    rp_error loss = {.rank = 1};
    assert_int_equal(rpi_work_init(&fresh, mix_task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    assert_int_equal(rpi_work_init(&work, mix_task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    work.on_error = fresh.on_error = RP_ON_ERROR_COLLECT;
    work.max_attempts = fresh.max_attempts = 3;
    work.timeout_ns = fresh.timeout_ns = 1000;
    work.id = 1;
    rpi_work_lower_cutoff(&work, 2);
    rpi_work_begin_none(&work);
    rpi_work_begin(&work);
    rpi_work_note_longest(&work, 100);
    rpi_work_measure(&work, 2, 100);
    rpi_work_add_loss(&work, &loss);
    atomic_store(&work.n_finished, 3);
    rpi_work_renew(&work, 2, 99);
    assert_true(work.id == 2 && work.seed == 99 && work.owns_arguments);
    assert_true(*(const double *)work.arguments[0].data == 0.5);
    rpi_columns_free(fresh.arguments, mix_task);
    free(fresh.arguments);
    fresh.id = 2;
    fresh.seed = 99;
    fresh.arguments = work.arguments;
    assert_memory_equal(&work, &fresh, sizeof work);
    rpi_work_fini(&work);
}

UNIT_MAIN(UNIT(the_cutoff_only_falls), UNIT(a_renewed_work_has_nothing_of_the_call_before))
