/* test_recorder.c: what a recorder keeps of grains, what it adds up, and what it drops. */
#include "unit.h"

#include "record/recorder.h"

#include <math.h>

#define assert_near(a, b, most) assert_true(fabs((double)(a) - (double)(b)) <= (most))

typedef struct fixture {
    rpi_work work;
    rpi_batch *batch;
    rpi_recorder *recorder;
    uint64_t origin_ns;
} fixture;

static fixture begin(uint64_t room)
{
    fixture self = {.batch = rpi_batch_create(), .recorder = rpi_recorder_create(&(rpi_recording){RP_RECORD_GRAINS, room})};
    assert_non_null(self.batch);
    assert_non_null(self.recorder);
    self.origin_ns = rpi_recorder_total(self.recorder, RPI_TOTAL_ORIGIN_NS);
    return self;
}

static void end(fixture *self)
{
    rpi_recorder_destroy(self->recorder);
    rpi_batch_destroy(self->batch);
}

/* n items of call 7 from `first` on, the chunk's and the grain's first one at once; times in microseconds after the origin. */
static void add(fixture *self, uint64_t first, uint64_t n, unsigned begin_us, unsigned end_us)
{
    self->work.id = 7;
    self->batch->work = &self->work;
    self->batch->first = first;
    if (self->batch->attempt == 0) self->batch->attempt = 1;
    rpi_timed_grain grain = {self->batch, 0, n, self->origin_ns + begin_us * 1000, self->origin_ns + end_us * 1000};
    rpi_recorder_add(self->recorder, &grain);
}

static uint64_t total(const fixture *self, rpi_total which) { return rpi_recorder_total(self->recorder, which); }

static void a_grain_is_kept_as_it_was(void **state)
{
    (void)state;
    fixture self = begin(2);
    self.batch->attempt = 3;
    rpi_recorder_count(self.recorder, RPI_TOTAL_FAILED, 2);
    add(&self, 100, 5, 30, 70);
    const rp_grain *grain = &self.recorder->grains[0];
    assert_int_equal(total(&self, RPI_TOTAL_RECORDED), 1);
    assert_int_equal(grain->call, 7);
    assert_int_equal(grain->first, 100);
    assert_int_equal(grain->count, 5);
    assert_int_equal(grain->attempt, 3);
    assert_int_equal(grain->failed, 2);
    assert_near(grain->begin_s, 30e-6, 1e-12);
    assert_near(grain->end_s, 70e-6, 1e-12);
    end(&self);
}

static void each_grain_has_its_own_failures(void **state)
{
    (void)state;
    fixture self = begin(1);
    rpi_recorder_count(self.recorder, RPI_TOTAL_FAILED, 2);
    add(&self, 0, 5, 0, 1);
    add(&self, 5, 5, 1, 2); /* no room */
    rpi_recorder_count(self.recorder, RPI_TOTAL_FAILED, 1);
    assert_int_equal(self.recorder->grains[0].failed, 2);
    assert_int_equal(total(&self, RPI_TOTAL_FAILED), 3);
    end(&self);
    self = begin(2);
    rpi_recorder_count(self.recorder, RPI_TOTAL_FAILED, 2);
    add(&self, 0, 5, 0, 1);
    rpi_recorder_count(self.recorder, RPI_TOTAL_FAILED, 1);
    add(&self, 5, 5, 1, 2);
    assert_int_equal(self.recorder->grains[1].failed, 1);
    end(&self);
}

static void what_finds_no_room_is_still_counted(void **state)
{
    (void)state;
    fixture self = begin(3);
    for (unsigned i = 0; i < 10; i++) add(&self, i, 2, 10 * i, 10 * i + 5);
    assert_int_equal(total(&self, RPI_TOTAL_RECORDED), 3);
    assert_int_equal(total(&self, RPI_TOTAL_GRAINS), 10);
    assert_int_equal(total(&self, RPI_TOTAL_ITEMS), 20);
    assert_int_equal(self.recorder->grains[2].first, 2);
    end(&self);
}

static void totals_need_no_room(void **state)
{
    (void)state;
    rpi_recorder *recorder = rpi_recorder_create(&(rpi_recording){RP_RECORD_TOTALS, 0});
    fixture self = {.batch = rpi_batch_create(), .recorder = recorder, .origin_ns = rpi_recorder_total(recorder, RPI_TOTAL_ORIGIN_NS)};
    assert_null(recorder->grains);
    add(&self, 0, 4, 0, 5);
    assert_int_equal(total(&self, RPI_TOTAL_ITEMS), 4);
    assert_int_equal(total(&self, RPI_TOTAL_RECORDED), 0);
    end(&self);
}

static void times_add_up(void **state)
{
    (void)state;
    fixture self = begin(0);
    assert_int_equal(rpi_recorder_end_ns(self.recorder), 0);
    add(&self, 0, 1, 10, 20);
    add(&self, 1, 1, 25, 45);
    assert_int_equal(total(&self, RPI_TOTAL_BUSY_NS), 30000);
    assert_int_equal(total(&self, RPI_TOTAL_BEGIN_NS), 10000);
    assert_int_equal(total(&self, RPI_TOTAL_END_NS), 45000);
    assert_int_equal(rpi_recorder_end_ns(self.recorder), self.origin_ns + 45000);
    end(&self);
}

static void a_long_pause_is_a_wait(void **state)
{
    (void)state;
    fixture self = begin(0);
    unsigned wait_us = RPI_WAIT_NS / 1000;
    add(&self, 0, 1, 500, 600); /* items that were recorded before don't count */
    add(&self, 1, 1, 600 + wait_us, 700);
    assert_int_equal(total(&self, RPI_TOTAL_WAITS), 0);
    add(&self, 2, 1, 701 + wait_us, 800);
    assert_int_equal(total(&self, RPI_TOTAL_WAITS), 1);
    end(&self);
}

static void further_tries_are_counted(void **state)
{
    (void)state;
    fixture self = begin(0);
    add(&self, 0, 4, 0, 1);
    self.batch->attempt = 2;
    add(&self, 2, 1, 1, 2);
    assert_int_equal(total(&self, RPI_TOTAL_REPEATED), 1);
    assert_int_equal(total(&self, RPI_TOTAL_ITEMS), 5);
    end(&self);
}

static void a_chunk_counts_once_however_many_grains_it_has(void **state)
{
    (void)state;
    fixture self = begin(0);
    for (unsigned i = 0; i < 4; i++) add(&self, 0, 1, i, i + 1); /* a chunk that begins at 0: the least of all */
    assert_int_equal(total(&self, RPI_TOTAL_CHUNKS), 1);
    add(&self, 50, 1, 5, 6);
    add(&self, 50, 1, 6, 7);
    assert_int_equal(total(&self, RPI_TOTAL_CHUNKS), 2);
    self.batch->attempt = 2;
    add(&self, 50, 1, 7, 8);
    assert_int_equal(total(&self, RPI_TOTAL_CHUNKS), 3);
    end(&self);
}

static void no_items_leave_no_trace(void **state)
{
    (void)state;
    fixture self = begin(2);
    add(&self, 0, 0, 1, 2);
    assert_int_equal(total(&self, RPI_TOTAL_GRAINS), 0);
    assert_int_equal(total(&self, RPI_TOTAL_RECORDED), 0);
    rpi_recorder_destroy(NULL);
    end(&self);
}

UNIT_MAIN(UNIT(a_grain_is_kept_as_it_was), UNIT(each_grain_has_its_own_failures), UNIT(what_finds_no_room_is_still_counted),
          UNIT(totals_need_no_room), UNIT(times_add_up), UNIT(a_long_pause_is_a_wait), UNIT(further_tries_are_counted),
          UNIT(a_chunk_counts_once_however_many_grains_it_has), UNIT(no_items_leave_no_trace))
