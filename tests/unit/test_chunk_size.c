/* test_chunk_size.c: how many items a member's next chunk has, by single questions. test_dispatch.c and test_simulator.c show how well. */
#include "unit.h"

#include "schedule/chunk_size.h"

enum { MEMBERS = 64 };

static rpi_dispatch_member members[MEMBERS];

/* Members with one worker each, none of which has anything. */
static rpi_dispatch dispatch_of(int n_members)
{
    for (int m = 0; m < n_members; m++) members[m] = (rpi_dispatch_member){.n_workers = 1};
    return (rpi_dispatch){.members = members, .n_members = n_members, .n_workers = (unsigned)n_members};
}

static rpi_dispatch_entry entry_of(uint64_t count, double item_s, double n_measured)
{
    return (rpi_dispatch_entry){
        .schedule = {.kind = RP_SCHEDULE_AUTO, .n_items = count}, .count = count, .item_s = item_s, .n_measured = n_measured};
}

static void an_estimate_is_trusted_for_some_times_what_it_rests_on(void **state)
{
    (void)state;
    rpi_dispatch two = dispatch_of(2);
    rpi_dispatch_entry entry = entry_of(100000, 1e-6, 0);
    assert_int_equal(rpi_chunk_count(&two, &entry, 1), 1);
    uint64_t before = 1;
    for (entry.n_measured = 1; entry.n_measured < 500; entry.n_measured *= 3) {
        uint64_t size = rpi_chunk_count(&two, &entry, 1);
        assert_true(size > before && size < 10 * (uint64_t)entry.n_measured);
        before = size;
    }
    entry.n_measured = 1e6;
    assert_int_equal(rpi_chunk_count(&two, &entry, 1), 4000); /* the time of a chunk */
    entry.item_s = 1e-4;
    assert_int_equal(rpi_chunk_count(&two, &entry, 1), 40);
}

static void nobody_gets_more_than_half_of_its_part_at_first(void **state)
{
    (void)state;
    rpi_dispatch many = dispatch_of(MEMBERS);
    rpi_dispatch_entry entry = entry_of(MEMBERS * 100, 3e-6, 1000);
    assert_int_equal(rpi_chunk_count(&many, &entry, 5), 50);
}

/* 64 members with items of 3 us: to serve all of them takes longer than what is left. */
static void the_last_chunk_is_all_that_a_member_is_going_to_get(void **state)
{
    (void)state;
    rpi_dispatch many = dispatch_of(MEMBERS);
    rpi_dispatch_entry entry = entry_of(MEMBERS * 100, 3e-6, 1000);
    entry.position = MEMBERS * 50;
    many.n_items_out = MEMBERS * 50;
    for (int m = 0; m < MEMBERS; m++) members[m].n_items_out = 50;
    assert_int_equal(rpi_chunk_count(&many, &entry, 5), 50);
    members[5].n_items_out = 70;
    members[6].n_items_out = 30;
    assert_int_equal(rpi_chunk_count(&many, &entry, 5), 30);
    assert_int_equal(rpi_chunk_count(&many, &entry, 6), 50); /* no more than each was handed out so far */
    entry.item_s = 3e-3;                                     /* there is time for many rounds */
    assert_true(rpi_chunk_count(&many, &entry, 5) < 10);
}

static void what_came_back_counts_as_left(void **state)
{
    (void)state;
    rpi_dispatch two = dispatch_of(2);
    rpi_dispatch_entry entry = entry_of(1000, 1e-6, 1e6);
    entry.position = 1000;
    entry.n_returned = 100;
    assert_in_range(rpi_chunk_count(&two, &entry, 0), 20, 60);
}

static void grains_share_the_chunk_among_the_workers(void **state)
{
    (void)state;
    for (int row = 0, kind; unit_schedule(row, &kind); row++) {
        rpi_dispatch_entry entry = {.schedule = {.kind = (rp_schedule)kind, .n_items = 1000, .chunk = 7}, .count = 1000};
        rpi_schedule grains = rpi_chunk_grains(&entry, 3, 30);
        assert_int_equal(grains.n_items, 30);
        assert_int_equal(grains.n_workers, 3);
        assert_in_range(rpi_schedule_size(&grains, 0, 1e-3), 1, 10);
    }
}

UNIT_MAIN(UNIT(an_estimate_is_trusted_for_some_times_what_it_rests_on), UNIT(nobody_gets_more_than_half_of_its_part_at_first),
          UNIT(the_last_chunk_is_all_that_a_member_is_going_to_get), UNIT(what_came_back_counts_as_left),
          UNIT(grains_share_the_chunk_among_the_workers))
