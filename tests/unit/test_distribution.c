/* test_distribution.c: which actions follow from which events. distribution_driver.h checks what holds for all of them. */
#include "distribution_driver.h"

static driver *two_members(void) { return driver_create(2, (const unsigned[]){1, 1}); }

static int set_up(void **state)
{
    *state = two_members();
    return 0;
}

/* What is still out comes back first. */
static int tear_down(void **state)
{
    driver_finish(*state);
    driver_destroy(*state);
    return 0;
}

/* ---- calls and chunks ---- */

static void a_call_goes_before_the_first_chunk_of_each_member(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_batch *batch = driver_add(two, call, 0, 4, NULL);
    for (int m = 0; m < 2; m++) {
        assert_ptr_equal(driver_expect(two, RPI_SEND_CALL, m).call, call->call);
        assert_int_equal(driver_expect(two, RPI_SEND_CHUNK, m).chunk->first, m);
    }
    for (int m = 0; m < 2; m++) assert_int_equal(driver_expect(two, RPI_SEND_CHUNK, m).chunk->first, 2 + m);
    driver_expect_none(two);
    for (int k = 0; k < 4; k++) {
        driver_back(two, 0);
        if (k == 3) driver_expect_done(two, batch);
        driver_expect_none(two);
    }
}

static void a_member_is_sent_a_call_once(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two), *other = driver_open(two);
    driver_add(two, call, 0, 1, NULL);
    driver_finish(two);
    driver_add(two, call, 1, 2, NULL);
    driver_expect(two, RPI_SEND_CHUNK, 0);
    driver_expect(two, RPI_SEND_CALL, 1);
    driver_expect(two, RPI_SEND_CHUNK, 1);
    driver_expect_none(two);
    driver_add(two, other, 0, 1, NULL);
    assert_ptr_equal(driver_expect(two, RPI_SEND_CALL, 0).call, other->call);
}

static void an_empty_batch_is_done_without_a_message(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 5, 0, NULL);
    driver_expect_done(two, batch);
    driver_expect_none(two);
}

static void every_schedule_hands_out_each_item_once(void **state)
{
    (void)state;
    static const uint64_t counts[] = {1, 2, 7, 100, 3000};
    static const double item_s[] = {0, 1e-6, 1e-2};
    unit_seed();
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (size_t c = 0; c < N_OF(counts); c++)
            for (size_t t = 0; t < N_OF(item_s); t++) {
                driver *self = driver_create(4, (const unsigned[]){1, 3, 0, 2});
                rpi_dispatch_entry like = {.schedule = {.kind = (rp_schedule)kind, .chunk = 1 + c}, .item_s = item_s[t]};
                driver_batch *batch = driver_add(self, driver_open(self), 0, counts[c], &like);
                for (driver_run(self); self->n_out > 0; driver_run(self)) {
                    self->now_s += 1e-3;
                    driver_back(self, (int)unit_random((uint64_t)self->n_out));
                }
                assert_true(batch->done);
                assert_int_equal(batch->position, counts[c]);
                driver_destroy(self);
            }
}

static void batches_begin_in_the_order_of_their_coming(void **state)
{
    driver *two = *state;
    driver_batch *batches[3];
    for (int k = 0; k < 3; k++) batches[k] = driver_add(two, driver_open(two), 0, 10, NULL);
    for (driver_run(two); two->n_out > 0; driver_run(two)) {
        for (int k = 1; k < 3; k++) assert_true(batches[k]->position == 0 || batches[k - 1]->position == 10);
        driver_back(two, 0);
    }
    assert_true(batches[2]->done);
}

static void a_chunk_is_found_at_its_member_while_it_is_out(void **state)
{
    driver *two = *state;
    driver_add(two, driver_open(two), 0, 5, NULL);
    driver_run(two);
    driver_chunk *chunk = two->out[0];
    uint64_t id = chunk->base.id;
    assert_ptr_equal(rpi_distribution_find(&two->distribution, 0, id), &chunk->base);
    assert_null(rpi_distribution_find(&two->distribution, 1, id));
    driver_back(two, 0);
    assert_null(rpi_distribution_find(&two->distribution, 0, id));
    driver_run(two);
    assert_ptr_equal(two->out[two->n_out - 1], chunk); /* used again, with another number */
    assert_true(chunk->base.id != id);
}

static void the_time_of_items_is_asked_before_each_chunk(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 0, 1000, NULL);
    for (int k = 0; k < 20; k++) {
        driver_run(two);
        for (int c = 0; c < two->n_out; c++) assert_int_equal(two->out[c]->base.count, 1);
        driver_back(two, 0);
    }
    batch->item_s = 1e-6; /* so short that several go in one chunk */
    driver_run(two);
    assert_true(two->out[two->n_out - 1]->base.count > 1);
}

static void batches_of_a_call_share_what_is_known_of_the_members(void **state)
{
    (void)state;
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        driver *two = two_members();
        driver_call *call = driver_open(two);
        rpi_dispatch_entry like = {.schedule = {.kind = (rp_schedule)kind, .chunk = 1}};
        driver_batch *one = driver_add(two, call, 0, 100, &like), *next = driver_add(two, call, 100, 100, &like);
        bool rated = rpi_rates_matter((rp_schedule)kind);
        assert_true((one->entry.dispatch.rates != NULL) == rated);
        assert_ptr_equal(one->entry.dispatch.rates, next->entry.dispatch.rates);
        driver_run(two);
        two->now_s += 1e-3;
        driver_back(two, 0);
        for (int m = 0; rated && m < 2; m++) assert_true((atomic_load(&call->call->rates->each[m].rate) > 0) == (m == 0));
        driver_destroy(two);
    }
}

/* ---- cutoffs ---- */

static void a_lower_cutoff_is_told_once_to_members_that_know_the_call(void **state)
{
    (void)state;
    driver *three = driver_create(3, (const unsigned[]){1, 1, 1});
    driver_call *call = driver_open(three);
    driver_batch *batch = driver_add(three, call, 10, 2, NULL);
    driver_run(three);
    driver_cut(three, call, 50);
    driver_expect(three, RPI_SEND_CUTOFF, 0);
    driver_cut(three, call, 40); /* the first member anew, as it was told of the higher one */
    for (int m = 0; m < 2; m++) driver_expect(three, RPI_SEND_CUTOFF, m);
    driver_expect_none(three);
    driver_cut(three, call, 40);
    driver_cut(three, call, 41);
    driver_expect_none(three);
    driver_finish(three);
    assert_int_equal(batch->position, 2);
    driver_destroy(three);
}

static void items_from_the_cutoff_on_are_not_handed_out(void **state)
{
    (void)state;
    for (uint64_t cutoff = 0; cutoff <= 30; cutoff++) {
        driver *two = two_members();
        driver_call *call = driver_open(two);
        driver_batch *early = driver_add(two, call, 0, 12, NULL), *late = driver_add(two, call, 12, 12, NULL);
        driver_run(two);
        driver_cut(two, call, cutoff);
        driver_batch *later = driver_add(two, call, 24, 3, NULL);
        driver_finish(two);
        assert_int_equal(early->position, cutoff < 4 ? 4 : cutoff < 12 ? cutoff : 12); /* four were out */
        assert_int_equal(late->position, cutoff < 12 ? 0 : cutoff < 24 ? cutoff - 12 : 12);
        assert_int_equal(later->position, cutoff < 24 ? 0 : cutoff < 27 ? cutoff - 24 : 3);
        assert_true(early->done && late->done && later->done);
        driver_destroy(two);
    }
}

static void a_cancelled_call_ends_when_its_chunks_are_back(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two), *other = driver_open(two);
    driver_batch *begun = driver_add(two, call, 0, 100, NULL), *waiting = driver_add(two, call, 100, 5, NULL);
    driver_batch *behind = driver_add(two, other, 0, 3, NULL);
    driver_run(two);
    driver_cut(two, call, 0);
    for (int m = 0; m < 2; m++) driver_expect(two, RPI_SEND_CUTOFF, m); /* members learn of it first */
    driver_expect_done(two, waiting);
    driver_expect_none(two);
    for (int k = 0; k < 4; k++) {
        assert_false(begun->done);
        driver_back(two, 0);
        driver_run(two);
    }
    assert_true(begun->done);
    assert_int_equal(begun->position, 4);
    driver_finish(two);
    assert_int_equal(behind->position, 3);
}

static void a_dropped_batch_leaves_the_others_of_its_call(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_batch *dropped = driver_add(two, call, 0, 10, NULL), *other = driver_add(two, call, 10, 3, NULL);
    driver_batch *unbegun = driver_add(two, call, 13, 3, NULL);
    driver_run(two);
    driver_drop(two, dropped);
    driver_drop(two, unbegun);
    driver_expect_done(two, unbegun); /* and nobody is told */
    driver_expect_none(two);
    driver_finish(two);
    assert_int_equal(dropped->position, 4);
    assert_int_equal(other->position, 3);
}

/* ---- further tries ---- */

static const rpi_dispatch_entry urgent = {.schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 1}, .urgent = true};
static const rpi_dispatch_entry not_on_1 = {
    .schedule = {.kind = RP_SCHEDULE_FIXED, .chunk = 1}, .urgent = true, .avoids = true, .avoided = 1};

static void an_urgent_batch_goes_first(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_add(two, call, 0, 20, NULL);
    driver_run(two);
    driver_batch *first = driver_add(two, call, 0, 1, &urgent), *second = driver_add(two, call, 1, 1, &urgent);
    driver_back(two, 0);
    assert_ptr_equal(driver_expect(two, RPI_SEND_CHUNK, 0).chunk->entry, &first->entry);
    driver_back(two, 0);
    assert_ptr_equal(driver_expect(two, RPI_SEND_CHUNK, 1).chunk->entry, &second->entry);
}

static void a_member_that_is_avoided_is_given_what_is_behind(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_batch *batch = driver_add(two, call, 0, 20, NULL);
    driver_run(two);
    driver_batch *retry = driver_add(two, call, 0, 1, &not_on_1);
    batch->item_s = 1e-2;
    driver_back(two, 1);
    assert_ptr_equal(driver_expect(two, RPI_SEND_CHUNK, 1).chunk->entry, &batch->entry);
    assert_true(batch->entry.dispatch.item_s > 0); /* asked of the batch that is given, not only of the first */
    driver_expect_none(two);
    driver_back(two, 0);
    assert_ptr_equal(driver_expect(two, RPI_SEND_CHUNK, 0).chunk->entry, &retry->entry);
}

/* ---- losses ---- */

static void what_a_lost_member_has_is_not_handed_out_again(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 0, 4, NULL);
    driver_run(two);
    driver_lose(two, 1);
    driver_expect_none(two); /* two chunks are with the other member */
    for (int k = 0; k < 2; k++) driver_back(two, 0);
    driver_expect_done(two, batch);
}

static void what_a_lost_member_does_not_have_goes_to_others(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 0, 10, NULL);
    driver_run(two);
    driver_lose(two, 0);
    driver_finish(two); /* the driver fails on a chunk to the lost member */
    assert_int_equal(batch->position, 10);
}

static void without_members_a_batch_waits_until_it_is_given_up(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 0, 10, NULL);
    driver_run(two);
    for (int m = 0; m < 2; m++) driver_lose(two, m);
    driver_expect_none(two);
    assert_int_equal(batch->position, 4);
    driver_drop(two, batch);
    driver_expect_done(two, batch);
}

static void a_member_lost_after_its_call_is_sent_no_chunk(void **state)
{
    driver *two = *state;
    driver_batch *batch = driver_add(two, driver_open(two), 0, 3, NULL);
    driver_expect(two, RPI_SEND_CALL, 0);
    driver_expect(two, RPI_SEND_CHUNK, 0);
    driver_expect(two, RPI_SEND_CALL, 1);
    driver_lose(two, 1);
    assert_int_equal(driver_expect(two, RPI_SEND_CHUNK, 0).chunk->first, 2); /* item 1 counts as the lost member's */
    driver_finish(two);
    assert_true(batch->done);
}

/* ---- no memory for a message ---- */

static void a_chunk_that_cannot_be_sent_ends_its_batch_alone(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_batch *failed = driver_add(two, call, 0, 10, NULL), *other = driver_add(two, call, 10, 3, NULL);
    driver_run(two);
    driver_fail(two, 2);
    driver_finish(two); /* the driver looks at the status, and that the end waits for what is out */
    assert_true(failed->done && failed->failed && other->done);
    assert_int_equal(failed->position, 4);
    assert_int_equal(other->position, 3);
}

static void a_call_that_cannot_be_sent_is_sent_with_the_next_batch(void **state)
{
    driver *two = *state;
    driver_call *call = driver_open(two);
    driver_batch *failed = driver_add(two, call, 0, 10, NULL);
    rpi_action action = driver_expect(two, RPI_SEND_CALL, 0);
    driver_fail_call(two, &action);
    driver_expect_done(two, failed);
    driver_expect_none(two);
    driver_add(two, call, 10, 1, NULL);
    driver_expect(two, RPI_SEND_CALL, 0);
}

/* ---- the end of a call ---- */

static void a_call_is_forgotten_by_the_members_that_know_it(void **state)
{
    (void)state;
    driver *three = driver_create(3, (const unsigned[]){1, 1, 1});
    driver_call *call = driver_open(three), *unknown = driver_open(three);
    driver_add(three, call, 0, 2, NULL);
    driver_finish(three);
    driver_cut(three, call, 1); /* not told any more */
    driver_forget(three, unknown);
    driver_forget(three, call);
    for (int m = 0; m < 2; m++) assert_ptr_equal(driver_expect(three, RPI_SEND_FORGET, m).call, call->call);
    driver_expect_none(three);
    assert_true(rpi_list_is_empty(&three->distribution.calls));
    driver_destroy(three);
}

static void nothing_is_left_of_one_that_ends_in_the_middle(void **state)
{
    (void)state;
    rpi_distribution zero = {.members = NULL};
    rpi_distribution_fini(&zero);
    driver *two = two_members();
    driver_open(two);
    driver_add(two, driver_open(two), 0, 10, &(rpi_dispatch_entry){.schedule = {.kind = RP_SCHEDULE_AWF_B}});
    driver_expect(two, RPI_SEND_CALL, 0);
    driver_destroy(two); /* the driver counts the chunks that are freed */
}

/* ---- any order ---- */

static void any_order_of_events_keeps_the_rules(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 600; round++) {
        unsigned n_workers[DRIVER_MEMBERS];
        int n_members = 1 + (int)unit_random(DRIVER_MEMBERS);
        for (int m = 0; m < n_members; m++) n_workers[m] = (unsigned)unit_random(5);
        n_workers[0] += n_members == 1;
        driver *self = driver_create(n_members, n_workers);
        driver_open(self);
        for (uint64_t steps = unit_random(400); steps > 0; steps--) driver_any_event(self);
        if (unit_random(4) > 0) driver_end_all(self);
        driver_destroy(self);
    }
}

#define TWO(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

UNIT_MAIN(TWO(a_call_goes_before_the_first_chunk_of_each_member), TWO(a_member_is_sent_a_call_once),
          TWO(an_empty_batch_is_done_without_a_message), UNIT(every_schedule_hands_out_each_item_once),
          TWO(batches_begin_in_the_order_of_their_coming), TWO(a_chunk_is_found_at_its_member_while_it_is_out),
          TWO(the_time_of_items_is_asked_before_each_chunk), UNIT(batches_of_a_call_share_what_is_known_of_the_members),
          UNIT(a_lower_cutoff_is_told_once_to_members_that_know_the_call), UNIT(items_from_the_cutoff_on_are_not_handed_out),
          TWO(a_cancelled_call_ends_when_its_chunks_are_back), TWO(a_dropped_batch_leaves_the_others_of_its_call),
          TWO(an_urgent_batch_goes_first), TWO(a_member_that_is_avoided_is_given_what_is_behind),
          TWO(what_a_lost_member_has_is_not_handed_out_again), TWO(what_a_lost_member_does_not_have_goes_to_others),
          TWO(without_members_a_batch_waits_until_it_is_given_up), TWO(a_member_lost_after_its_call_is_sent_no_chunk),
          TWO(a_chunk_that_cannot_be_sent_ends_its_batch_alone), TWO(a_call_that_cannot_be_sent_is_sent_with_the_next_batch),
          UNIT(a_call_is_forgotten_by_the_members_that_know_it), UNIT(nothing_is_left_of_one_that_ends_in_the_middle),
          UNIT(any_order_of_events_keeps_the_rules))
