/* test_take_over.c: a member is lost, and others get what it had. distribution_driver.h checks that each item is in one place at a time. */
#include "distribution_driver.h"

#include <math.h>

static const rpi_dispatch_entry *chunks_of(uint64_t n)
{
    static rpi_dispatch_entry like;
    like = (rpi_dispatch_entry){.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = n}};
    return &like;
}

static driver *of_members(int n) { return driver_create(n, (const unsigned[]){1, 1, 1, 1, 1, 1}); }

/* The first chunk that is out at the member; -1: none. */
static int out_at(const driver *self, int member)
{
    for (int k = 0; k < self->n_out; k++)
        if (self->out[k]->base.member == member) return k;
    return -1;
}

static int n_out_at(const driver *self, int member)
{
    int n = 0;
    for (int k = 0; k < self->n_out; k++) n += self->out[k]->base.member == member;
    return n;
}

/* Its members have said that they have what they were sent. */
static void accept_all(driver *self)
{
    for (int k = 0; k < self->n_out; k++) self->out[k]->base.is_accepted = true;
}

/* All that comes back, until nothing is out. Returns how many items, of those with so many losses. */
static uint64_t finish(driver *self, unsigned n_losses)
{
    uint64_t n = 0;
    for (driver_run(self); self->n_out > 0; driver_run(self)) {
        const rpi_chunk *chunk = &self->out[0]->base;
        if (chunk->n_losses == n_losses) n += chunk->count;
        driver_back(self, 0);
    }
    return n;
}

static void what_a_lost_member_had_runs_elsewhere(void **state)
{
    (void)state;
    driver *self = of_members(3);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 30, chunks_of(1));
    driver_run(self);
    int n = n_out_at(self, 2);
    assert_true(n > 0);
    driver_take_over(self, 2);
    assert_int_equal(finish(self, 1), n);
    assert_true(batch->done);
    driver_destroy(self);
}

static void a_chunk_that_was_not_sent_yet_has_seen_no_loss(void **state)
{
    (void)state;
    driver *self = of_members(2);
    driver_add(self, driver_open(self), 0, 1, chunks_of(1));
    driver_add(self, driver_open(self), 0, 1, chunks_of(1));
    driver_expect(self, RPI_SEND_CALL, 0);
    driver_expect(self, RPI_SEND_CHUNK, 0);
    driver_expect(self, RPI_SEND_CALL, 1);
    driver_take_over(self, 1);
    driver_expect(self, RPI_SEND_CALL, 0);
    assert_int_equal(driver_expect(self, RPI_SEND_CHUNK, 0).chunk->n_losses, 0);
    driver_finish(self);
    driver_destroy(self);
}

/* A chunk whose items were lost with so many. Others come back until one is out; the test fails when none is left. */
static const rpi_chunk *out_with(driver *self, unsigned n_losses)
{
    for (driver_run(self); self->n_out > 0; driver_run(self)) {
        for (int k = 0; k < self->n_out; k++)
            if (self->out[k]->base.n_losses == n_losses) return &self->out[k]->base;
        driver_back(self, 0);
    }
    fail_msg("no chunk is out that was lost with %u", n_losses);
    return NULL;
}

/* 100 items, then 10 at a time, then one by one. */
static void suspects_go_out_in_ever_smaller_pieces(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {100, 10, 1};
    driver *self = of_members(4);
    rpi_dispatch_set_workers(&self->distribution.dispatch, 0, 0);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 100, chunks_of(100));
    for (unsigned n = 0; n < RPI_MOST_LOSSES; n++) {
        const rpi_chunk *chunk = out_with(self, n);
        assert_int_equal(chunk->count, sizes[n]);
        accept_all(self);
        driver_take_over(self, chunk->member);
        if (n == 0) rpi_dispatch_set_workers(&self->distribution.dispatch, 0, 1);
    }
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

static void suspects_spare_member_0_while_there_are_others(void **state)
{
    (void)state;
    driver *self = of_members(3);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 12, chunks_of(1));
    driver_run(self);
    driver_take_over(self, 1);
    driver_run(self);
    accept_all(self);
    driver_take_over(self, 2); /* nobody else is left */
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

/* Items that nobody has had go on meanwhile, to member 0 too. */
static void others_go_on_while_suspects_wait(void **state)
{
    (void)state;
    driver *self = of_members(3);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 100, chunks_of(1));
    driver_run(self);
    driver_take_over(self, 1);
    for (int i = 0; i < 20; i++) {
        driver_run(self);
        assert_true(n_out_at(self, 0) > 0);
        driver_back(self, out_at(self, 0));
    }
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

/* A call behind one that has only suspects left isn't held up by it. */
static void a_later_call_does_not_wait_for_suspects(void **state)
{
    (void)state;
    driver *self = of_members(3);
    driver_add(self, driver_open(self), 0, 6, chunks_of(1));
    driver_run(self);
    while (out_at(self, 0) >= 0) driver_back(self, out_at(self, 0));
    driver_take_over(self, 1); /* member 2 has enough just now */
    driver_expect_none(self);
    driver_batch *later = driver_add(self, driver_open(self), 0, 3, chunks_of(1));
    driver_run(self);
    assert_ptr_equal(self->out[out_at(self, 0)]->base.entry, &later->entry);
    driver_finish(self);
    driver_destroy(self);
}

static void a_loss_that_nobody_saw_does_not_count(void **state)
{
    (void)state;
    driver *self = of_members(6);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 6, chunks_of(1));
    driver_run(self);
    for (int m = 1; m < 5; m++) { /* a node with four ranks: what they had is passed on before all ends are seen */
        driver_take_over(self, m);
        driver_run(self);
    }
    for (uint64_t i = 0; i < 6; i++) assert_true(batch->losses[i] <= 1);
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

static void an_item_that_was_with_three_that_died_is_given_up(void **state)
{
    (void)state;
    driver *self = of_members(5);
    rpi_dispatch_set_workers(&self->distribution.dispatch, 0, 0);
    driver_batch *batch = driver_add(self, driver_open(self), 7, 1, chunks_of(1));
    for (unsigned n = 0; n < RPI_MOST_LOSSES; n++) {
        driver_run(self);
        assert_false(batch->done);
        assert_int_equal(self->out[0]->base.n_losses, n);
        accept_all(self);
        driver_take_over(self, self->out[0]->base.member);
    }
    driver_expect_done(self, batch);
    driver_expect_none(self);
    driver_destroy(self);
}

/* Each member has one of those that were lost twice at a time, however many wait. */
static void those_that_were_lost_twice_are_alone(void **state)
{
    (void)state;
    driver *self = of_members(5);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 40, chunks_of(4));
    for (unsigned n = 0; n < 2; n++) {
        driver_run(self);
        int member = n == 0 ? 1 : out_with(self, n)->member;
        accept_all(self);
        driver_take_over(self, member);
    }
    assert_true(finish(self, 2) > 1); /* the driver checks each */
    assert_true(batch->done);
    driver_destroy(self);
}

static void a_recall_that_was_not_answered_is_void(void **state)
{
    (void)state;
    driver *self = of_members(2);
    rpi_dispatch_entry like = {.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 10}, .item_s = 1e-3};
    driver_batch *batch = driver_add(self, driver_open(self), 0, 40, &like);
    driver_run(self);
    for (int k = 0; k < 2; k++) { /* member 0 is through with its own */
        self->now_s += 10e-3;
        driver_back(self, out_at(self, 0));
        if (k == 0) driver_expect_none(self);
    }
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_take_over(self, 1);
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

static void a_retry_is_not_stuck_between_whom_it_avoids_and_member_0(void **state)
{
    (void)state;
    driver *self = of_members(3);
    rpi_dispatch_entry like = {
        .schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 1}, .urgent = true, .whole = true, .avoids = true, .avoided = 1};
    rpi_dispatch_set_workers(&self->distribution.dispatch, 0, 0);
    driver_batch *batch = driver_add(self, driver_open(self), 0, 1, &like);
    driver_run(self);
    rpi_dispatch_set_workers(&self->distribution.dispatch, 0, 1);
    driver_take_over(self, 2);
    driver_run(self);
    assert_int_equal(self->out[0]->base.member, 1);
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

static void what_is_behind_a_cutoff_is_not_handed_out_again(void **state)
{
    (void)state;
    driver *self = of_members(2);
    driver_call *call = driver_open(self);
    driver_batch *batch = driver_add(self, call, 0, 8, chunks_of(2));
    driver_run(self);
    driver_cut(self, call, 1);
    driver_take_over(self, 1);
    (void)finish(self, 0);
    assert_true(batch->done);
    driver_destroy(self);
}

UNIT_MAIN(UNIT(what_a_lost_member_had_runs_elsewhere), UNIT(a_chunk_that_was_not_sent_yet_has_seen_no_loss),
          UNIT(suspects_go_out_in_ever_smaller_pieces), UNIT(suspects_spare_member_0_while_there_are_others),
          UNIT(others_go_on_while_suspects_wait), UNIT(a_later_call_does_not_wait_for_suspects),
          UNIT(a_loss_that_nobody_saw_does_not_count), UNIT(an_item_that_was_with_three_that_died_is_given_up),
          UNIT(those_that_were_lost_twice_are_alone), UNIT(a_recall_that_was_not_answered_is_void),
          UNIT(a_retry_is_not_stuck_between_whom_it_avoids_and_member_0), UNIT(what_is_behind_a_cutoff_is_not_handed_out_again))
