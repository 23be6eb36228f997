/* test_work.c: the cutoff of a call's items. */
#include "unit.h"

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

UNIT_MAIN(UNIT(the_cutoff_only_falls))
