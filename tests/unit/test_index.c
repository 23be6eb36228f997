/* test_index.c: what the index keeps of items, whatever the order of their records. */
#include "unit.h"

#include "journal/index.h"

static rpi_index on;

static void begin(void)
{
    rpi_index_fini(&on);
    rpi_index_init(&on);
}

static void apply(rpi_record_kind kind, uint64_t item, uint64_t hash, uint32_t frame)
{
    rpi_journal_record record = {.kind = kind, .index = item, .hash = {{hash, 0}}};
    assert_int_equal(rpi_index_apply(&on, &record, frame, NULL), RP_OK);
}

static rpi_journal_entry find(uint64_t item)
{
    rpi_journal_entry entry;
    (void)rpi_index_find(&on, item, &entry);
    return entry;
}

static void equal_items_have_a_record_each(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 0; i < 10000; i += 2) apply(RPI_RECORD_DONE, i, 5, (uint32_t)i);
    for (uint64_t i = 0; i < 10000; i++) {
        assert_int_equal(find(i).outcome, i % 2 ? RPI_OUTCOME_NONE : RPI_OUTCOME_DONE);
        assert_int_equal(find(i).frame, i % 2 ? 0 : i);
    }
    assert_int_equal(on.n_done, 5000);
    assert_int_equal(on.end, 9999);
}

static void items_far_apart_are_all_found(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 1, n = 0; n < 1000; n++, i = i * 3 + 1) apply(RPI_RECORD_FAILED, i >> 1, i, 1);
    for (uint64_t i = 1, n = 0; n < 1000; n++, i = i * 3 + 1) assert_int_equal(find(i >> 1).outcome, RPI_OUTCOME_FAILED);
    apply(RPI_RECORD_DONE, UINT64_MAX, 1, 1); /* no index: it is passed over */
    assert_int_equal(find(UINT64_MAX).outcome, RPI_OUTCOME_NONE);
}

static void the_first_success_stays_and_a_failure_gives_way(void **state)
{
    (void)state;
    begin();
    apply(RPI_RECORD_FAILED, 3, 7, 1);
    apply(RPI_RECORD_DONE, 3, 7, 2);
    apply(RPI_RECORD_DONE, 3, 7, 3);
    apply(RPI_RECORD_FAILED, 3, 7, 4);
    assert_int_equal(find(3).outcome, RPI_OUTCOME_DONE);
    assert_int_equal(find(3).frame, 2);
    assert_int_equal(on.n_done, 1);
    assert_int_equal(on.n_failed, 0);
}

static void an_item_that_changed_begins_anew(void **state)
{
    (void)state;
    begin();
    apply(RPI_RECORD_DONE, 3, 7, 1);
    apply(RPI_RECORD_FAILED, 3, 8, 2);
    assert_int_equal(find(3).outcome, RPI_OUTCOME_FAILED);
    assert_int_equal(find(3).hash, 8);
    assert_int_equal(on.n_done, 0);
    assert_int_equal(on.n_failed, 1);
}

static void what_was_out_when_its_run_died_counts_as_crashed(void **state)
{
    (void)state;
    begin();
    for (unsigned run = 0; run < 5; run++) {
        apply(RPI_RECORD_BEGUN, 4094, 4, 0);
        apply(RPI_RECORD_DONE, 4096, 7, 1);
        assert_true(find(4095).is_out);
        assert_false(find(4096).is_out);
        rpi_index_end_run(&on, run > 0); /* the first one ended by itself */
        assert_false(find(4095).is_out);
        assert_int_equal(find(4095).n_crashes, run < 3 ? run : 3);
        assert_int_equal(find(4096).n_crashes, 0);
        assert_int_equal(find(4098).n_crashes, 0);
    }
}

static void a_lost_rank_counts_and_its_items_are_no_longer_out(void **state)
{
    (void)state;
    begin();
    apply(RPI_RECORD_BEGUN, 0, 3, 0);
    apply(RPI_RECORD_CRASHED, 1, 0, 0);
    assert_int_equal(find(1).n_crashes, 1);
    rpi_index_end_run(&on, true);
    assert_int_equal(find(1).n_crashes, 1);
    assert_int_equal(find(2).n_crashes, 1);
}

static void tries_are_kept(void **state)
{
    (void)state;
    begin();
    rpi_journal_record record = {.kind = RPI_RECORD_RETRY, .index = 4, .attempt = 2};
    assert_int_equal(rpi_index_apply(&on, &record, 0, NULL), RP_OK);
    assert_int_equal(find(4).n_tries, 2);
    assert_int_equal(find(4).outcome, RPI_OUTCOME_NONE);
    record.kind = RPI_RECORD_DONE;
    record.attempt = 3;
    assert_int_equal(rpi_index_apply(&on, &record, 0, NULL), RP_OK);
    assert_int_equal(find(4).n_tries, 3);
    apply(RPI_RECORD_DONE, 5, 1, 1);
    assert_int_equal(find(5).n_tries, 1);
    assert_int_equal(find(6).n_tries, 0);
}

static void the_next_item_is_found_across_gaps(void **state)
{
    (void)state;
    begin();
    assert_true(rpi_index_next(&on, 0) == UINT64_MAX);
    apply(RPI_RECORD_DONE, 10, 1, 1);
    apply(RPI_RECORD_DONE, 1000000, 1, 1);
    assert_int_equal(rpi_index_next(&on, 0), 10);
    assert_int_equal(rpi_index_next(&on, 11), 1000000);
    assert_true(rpi_index_next(&on, 1000001) == UINT64_MAX);
}

static void an_absurd_range_is_passed_over(void **state)
{
    (void)state;
    begin();
    apply(RPI_RECORD_BEGUN, 5, UINT64_MAX, 0);
    apply(RPI_RECORD_BEGUN, UINT64_MAX - 2, 10, 0);
    assert_int_equal(on.n_blocks, 0);
    rpi_index_fini(&on);
}

UNIT_MAIN(UNIT(equal_items_have_a_record_each), UNIT(items_far_apart_are_all_found), UNIT(the_first_success_stays_and_a_failure_gives_way),
          UNIT(an_item_that_changed_begins_anew), UNIT(what_was_out_when_its_run_died_counts_as_crashed),
          UNIT(a_lost_rank_counts_and_its_items_are_no_longer_out), UNIT(tries_are_kept), UNIT(the_next_item_is_found_across_gaps),
          UNIT(an_absurd_range_is_passed_over))
