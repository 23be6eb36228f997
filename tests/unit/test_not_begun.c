/* test_not_begun.c: what is recorded of items that may not begin any more. */
#include "unit.h"

#include "task/not_begun.h"

static int64_t same(int64_t x) { return x; }
RP_TASK(same, int64_t, int64_t)

enum { N = 10000 };

typedef struct drained {
    rpi_work work;
    rpi_batch *batch;
} drained;

static int set_up(void **state)
{
    drained *self = calloc(1, sizeof *self);
    self->batch = rpi_batch_create();
    assert_int_equal(rpi_work_init(&self->work, same_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_RANGE(0, 1)), NULL), RP_OK);
    rpi_batch_reset(self->batch, &self->work, 100, N);
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    drained *self = *state;
    rpi_batch_destroy(self->batch);
    rpi_work_fini(&self->work);
    free(self);
    return 0;
}

static uint64_t n_recorded(const drained *self) { return rpi_not_begun_count(atomic_load(&self->batch->failures), UINT64_MAX); }

/* The cutoff alone has stopped them. */
static void nothing_is_recorded_while_items_begin(void **state)
{
    drained *self = *state;
    rpi_not_begun(self->batch, 3, 8);
    assert_int_equal(n_recorded(self), 0);
    assert_false(atomic_load(&self->work.drained));
}

static void each_item_below_the_cutoff_is_recorded(void **state)
{
    drained *self = *state;
    rpi_work_begin_none(&self->work);
    assert_true(atomic_load(&self->work.draining));
    rpi_work_lower_cutoff(&self->work, 106);
    rpi_not_begun(self->batch, 3, 8);
    assert_int_equal(n_recorded(self), 3);
    assert_true(atomic_load(&self->work.drained));
    assert_int_equal(atomic_load(&self->work.n_failed), 0);
    for (const rpi_failure *at = atomic_load(&self->batch->failures); at; at = at->next) {
        assert_in_range(at->facts.item, 103, 105);
        assert_int_equal(rpi_failure_to_error(at, NULL), RP_CANCELLED);
    }
}

static void very_many_lower_the_cutoff(void **state)
{
    drained *self = *state;
    rpi_work_begin_none(&self->work);
    rpi_not_begun(self->batch, 50, N);
    assert_int_equal(n_recorded(self), 0);
    assert_int_equal(atomic_load(&self->work.cutoff), 150);
    assert_true(atomic_load(&self->work.drained));
}

/* Its last failure stands. */
static void of_a_second_try_nothing_is_recorded(void **state)
{
    drained *self = *state;
    rpi_work_begin_none(&self->work);
    self->batch->attempt = 2;
    rpi_not_begun(self->batch, 0, 1);
    assert_int_equal(n_recorded(self), 0);
    assert_false(atomic_load(&self->work.drained));
}

static void the_longest_item_is_kept(void **state)
{
    drained *self = *state;
    rpi_work_note_longest(&self->work, 5);
    rpi_work_note_longest(&self->work, 3);
    assert_int_equal(atomic_load(&self->work.longest_ns), 5);
}

UNIT_MAIN(cmocka_unit_test_setup_teardown(nothing_is_recorded_while_items_begin, set_up, tear_down),
          cmocka_unit_test_setup_teardown(each_item_below_the_cutoff_is_recorded, set_up, tear_down),
          cmocka_unit_test_setup_teardown(very_many_lower_the_cutoff, set_up, tear_down),
          cmocka_unit_test_setup_teardown(of_a_second_try_nothing_is_recorded, set_up, tear_down),
          cmocka_unit_test_setup_teardown(the_longest_item_is_kept, set_up, tear_down))
