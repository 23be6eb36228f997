/* test_recalls.c: what is taken back from whom, and what becomes of it. */
#include "distribution_driver.h"

static const double item_s = 1e-3;

/* Two members with two chunks of ten items each; the first has run its own after 20 ms, the other none. */
static driver *one_idle(const rpi_dispatch_entry *like, driver_batch **batch)
{
    driver *self = driver_create(2, (const unsigned[]){1, 1});
    *batch = driver_add(self, driver_open(self), 0, 40, like);
    driver_run(self);
    assert_int_equal(self->n_out, 4);
    for (int k = 0; k < 2; k++) {
        self->now_s += 10 * item_s;
        for (int c = 0; c < self->n_out; c++)
            if (self->out[c]->base.member == 0) {
                driver_back(self, c);
                break;
            }
        if (k == 0) driver_expect_none(self);
    }
    assert_int_equal(self->n_out, 2);
    return self;
}

static const rpi_dispatch_entry tens = {.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 10}, .item_s = 1e-3};

static void end(driver *self)
{
    driver_finish(self);
    for (int k = 0; k < self->n_batches; k++) assert_true(self->batches[k].done);
    driver_destroy(self);
}

static void what_waits_at_a_member_goes_to_one_that_has_nothing(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    const rpi_chunk *asked = driver_expect(self, RPI_SEND_RECALL, 1).chunk;
    assert_int_equal(asked->recalled->first, 30); /* its last chunk, and all of it */
    assert_int_equal(asked->recalled->count, 10);
    driver_expect_none(self);
    driver_return(self, 1, 0);
    const rpi_chunk *again = driver_expect(self, RPI_SEND_CHUNK, 0).chunk;
    assert_int_equal(again->first, 30);
    assert_int_equal(again->count, 10);
    driver_expect_none(self);
    end(self);
}

static void a_part_that_has_begun_stays(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_return(self, 1, 7);
    assert_int_equal(self->out[1]->base.count, 7);
    const rpi_chunk *again = driver_expect(self, RPI_SEND_CHUNK, 0).chunk;
    assert_int_equal(again->first, 37);
    assert_int_equal(again->count, 3);
    end(self);
}

static void a_chunk_that_has_begun_is_asked_for_once(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_return(self, 1, 10);
    driver_expect(self, RPI_SEND_RECALL, 1); /* the one before it */
    driver_return(self, 0, 10);
    self->now_s += 1;
    driver_expect_none(self);
    end(self);
}

static void an_answer_that_the_results_overtake_changes_nothing(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    const rpi_chunk *asked = driver_expect(self, RPI_SEND_RECALL, 1).chunk;
    uint64_t id = asked->id;
    driver_back(self, 1);
    driver_run(self);
    assert_null(rpi_distribution_find(&self->distribution, 1, id));
    end(self);
}

static void what_a_lost_member_was_asked_for_is_lost(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_lose(self, 1);
    driver_expect_done(self, batch);
    driver_destroy(self);
}

static void what_comes_back_from_behind_the_cutoff_does_not_go_out_again(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_cut(self, batch->of, 33);
    driver_run(self);
    driver_return(self, 1, 1);
    const rpi_chunk *again = driver_expect(self, RPI_SEND_CHUNK, 0).chunk;
    assert_int_equal(again->first, 31);
    assert_int_equal(again->count, 2);
    end(self);
}

static void what_waits_to_go_out_again_is_cut_too(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    driver_expect(self, RPI_SEND_RECALL, 1);
    driver_return(self, 1, 0);
    driver_cut(self, batch->of, 0);
    for (int m = 0; m < 2; m++) driver_expect(self, RPI_SEND_CUTOFF, m);
    driver_expect_none(self);
    end(self);
}

static void nothing_is_asked_for_that_would_not_be_there_in_time(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    self->distribution.dispatch.trip_s = 40 * item_s; /* twice what the member will take */
    driver_expect_none(self);
    end(self);
}

static void nothing_is_taken_back_while_others_wait_to_be_handed_out(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    rpi_dispatch_entry retry = {
        .schedule = {RP_SCHEDULE_FIXED, 1, 1, 0, 0, 0}, .whole = true, .urgent = true, .avoids = true, .avoided = 0};
    driver_add(self, batch->of, 0, 1, &retry);
    driver_expect_none(self);
    end(self);
}

static void shares_and_retries_stay(void **state)
{
    (void)state;
    static const rpi_dispatch_entry stay[] = {{.schedule = {.kind = RP_SCHEDULE_STATIC}, .item_s = 1e-3},
                                              {.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 10}, .item_s = 1e-3, .urgent = true}};
    for (size_t k = 0; k < N_OF(stay); k++) {
        driver *self = driver_create(2, (const unsigned[]){1, 1});
        driver_add(self, driver_open(self), 0, 40, &stay[k]);
        driver_run(self);
        while (self->out[0]->base.member == 0 || (self->n_out > 1 && self->out[1]->base.member == 0)) {
            self->now_s += 0.1;
            driver_back(self, self->out[0]->base.member == 0 ? 0 : 1);
            driver_expect_none(self);
        }
        end(self);
    }
}

/* Brings back what the first member has until it is given no more. Returns how many items the other one was asked for. */
static uint64_t n_asked_for(driver *self)
{
    uint64_t n = 0;
    for (rpi_action action;;) {
        int k = 0;
        while (driver_next(self, &action))
            if (action.kind == RPI_SEND_RECALL) n += action.chunk->recalled->count;
        while (k < self->n_out && self->out[k]->base.member != 0) k++;
        if (k == self->n_out) return n;
        driver_back(self, k);
    }
}

static void a_member_that_was_slower_gives_back_more(void **state)
{
    (void)state;
    uint64_t asked[2];
    for (int slow = 0; slow < 2; slow++) {
        driver *self = driver_create(2, (const unsigned[]){1, 1});
        self->distribution.members[1].expected_s = 1;
        self->distribution.members[1].busy_s = slow ? 3 : 1;
        rpi_dispatch_entry like = {.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 1}, .item_s = 0.1e-3};
        driver_add(self, driver_open(self), 0, 64, &like);
        asked[slow] = n_asked_for(self);
        end(self);
    }
    assert_true(asked[0] > 0 && asked[1] > asked[0]);
}

static void it_looks_again_while_a_worker_has_nothing(void **state)
{
    (void)state;
    driver_batch *batch;
    driver *self = one_idle(&tens, &batch);
    assert_true(rpi_distribution_look_s(&self->distribution) <= self->now_s);
    driver_run(self);
    double look_s = rpi_distribution_look_s(&self->distribution);
    assert_true(look_s > self->now_s && look_s < self->now_s + 0.1);
    end(self);
    driver *busy = driver_create(2, (const unsigned[]){1, 1});
    driver_add(busy, driver_open(busy), 0, 40, &tens);
    driver_run(busy);
    assert_true(rpi_distribution_look_s(&busy->distribution) > 1e300);
    end(busy);
}

UNIT_MAIN(UNIT(what_waits_at_a_member_goes_to_one_that_has_nothing), UNIT(a_part_that_has_begun_stays),
          UNIT(a_chunk_that_has_begun_is_asked_for_once), UNIT(an_answer_that_the_results_overtake_changes_nothing),
          UNIT(what_a_lost_member_was_asked_for_is_lost), UNIT(what_comes_back_from_behind_the_cutoff_does_not_go_out_again),
          UNIT(what_waits_to_go_out_again_is_cut_too), UNIT(nothing_is_asked_for_that_would_not_be_there_in_time),
          UNIT(nothing_is_taken_back_while_others_wait_to_be_handed_out), UNIT(shares_and_retries_stay),
          UNIT(a_member_that_was_slower_gives_back_more), UNIT(it_looks_again_while_a_worker_has_nothing))
