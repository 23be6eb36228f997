/* test_dispatch.c: which member gets which items next: in simulated time, and by single questions. */
#include "simulator.h"

#include <math.h>

static double a_microsecond(uint64_t item)
{
    (void)item;
    return 1e-6;
}
static double a_millisecond(uint64_t item)
{
    (void)item;
    return 1e-3;
}
static double a_second(uint64_t item)
{
    (void)item;
    return 1;
}
static double uneven(uint64_t item) { return (double)(item * 2654435761u % 1000) * 1e-6; }
static double rising(uint64_t item) { return (double)item * 1e-6; }
static double any(uint64_t item)
{
    (void)item;
    return (double)unit_random(1000) * (unit_random(10) ? 1e-7 : 1e-4);
}

static double (*const durations[])(uint64_t) = {a_microsecond, a_millisecond, a_second, uneven, rising, any};

static void check_all_ran(const sim_entry *entry)
{
    assert_true(rpi_dispatch_is_finished(entry->entry));
    for (uint64_t i = 0; i < entry->call.n_items; i++)
        if (entry->hits[i] != 1)
            fail_msg("item %llu of %llu ran %d times", (unsigned long long)i, (unsigned long long)entry->call.n_items, entry->hits[i]);
}

/* ---- every item once ---- */

static void every_schedule_hands_out_every_item(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 2, 7, 16, 100, 1000};
    static const unsigned workers[3][4] = {{1}, {2, 2}, {1, 3, 0, 4}};
    static const int n_members[] = {1, 2, 4};
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (size_t w = 0; w < 3; w++)
            for (size_t c = 0; c < N_OF(counts); c++)
                for (size_t d = 0; d < N_OF(durations) - 1; d++) {
                    sim *world = sim_create(n_members[w], workers[w], 20e-6);
                    sim_entry *entry = sim_add(world, counts[c], (rp_schedule)kind, 1 + c % 3 * 7, durations[d]);
                    sim_run(world);
                    check_all_ran(entry);
                    if (w == 2) assert_int_equal(sim_n_items(world, 2), 0);
                    sim_destroy(world);
                    sim_entry_free(entry);
                }
}

static void random_worlds_hand_out_every_item_once(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[SIM_MOST_MEMBERS];
        int n_members = 1 + (int)unit_random(6);
        for (int p = 0; p < n_members; p++) workers[p] = (unsigned)unit_random(9);
        workers[0]++;
        sim *world = sim_create(n_members, workers, (double)unit_random(200) * 1e-6);
        sim_entry *entries[5];
        size_t n_entries = 1 + unit_random(5);
        for (size_t k = 0; k < n_entries; k++) {
            entries[k] = sim_add(world, unit_random(UINT64_C(1) << unit_random(11)), unit_random_schedule(), 1 + unit_random(40),
                                 durations[unit_random(N_OF(durations))]);
            entries[k]->entry->whole = unit_random(5) == 0;
            for (uint64_t steps = unit_random(50); steps > 0; steps--) (void)sim_step(world);
        }
        sim_run(world);
        for (size_t k = 0; k < n_entries; k++) check_all_ran(entries[k]);
        sim_destroy(world);
        for (size_t k = 0; k < n_entries; k++) sim_entry_free(entries[k]);
    }
}

static void stopped_entries_run_no_item_twice_and_none_beyond(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[3] = {2, 1, 3};
        sim *world = sim_create(3, workers, 20e-6);
        sim_entry *entry = sim_add(world, 1 + unit_random(2000), unit_random_schedule(), 1 + unit_random(9), durations[unit_random(5)]);
        sim_entry *after = sim_add(world, unit_random(100), RP_SCHEDULE_AUTO, 0, a_microsecond);
        for (uint64_t steps = unit_random(300); steps > 0; steps--) (void)sim_step(world);
        uint64_t out = entry->entry->position, end = unit_random(entry->call.n_items + 5);
        rpi_dispatch_stop(world->dispatch, entry->entry, end);
        sim_run(world);
        uint64_t last = end < entry->call.n_items ? (end > out ? end : out) : entry->call.n_items;
        for (uint64_t i = 0; i < entry->call.n_items; i++) {
            if (i < end) assert_int_equal(entry->hits[i], i < last);
            else assert_true(entry->hits[i] <= (i < last)); /* what was out may have come back */
        }
        assert_true(rpi_dispatch_is_finished(entry->entry));
        check_all_ran(after);
        sim_destroy(world);
        sim_entry_free(entry);
        sim_entry_free(after);
    }
}

/* ---- fair and ahead ---- */

static void as_many_long_items_as_workers_go_one_to_each(void **state)
{
    (void)state;
    static const unsigned workers[][3] = {{8, 8, 0}, {1, 2, 5}, {4, 1, 1}, {3, 3, 3}};
    for (size_t w = 0; w < N_OF(workers); w++) {
        sim *world = sim_create(3, workers[w], 20e-6);
        sim_entry *entry = sim_add(world, workers[w][0] + workers[w][1] + workers[w][2], RP_SCHEDULE_AUTO, 0, a_second);
        sim_run(world);
        for (int p = 0; p < 3; p++) assert_int_equal(sim_n_items(world, p), workers[w][p]);
        assert_true(entry->call.finished_s < 1.001);
        sim_destroy(world);
        sim_entry_free(entry);
    }
}

static void fewer_items_than_workers_spread(void **state)
{
    (void)state;
    sim *world = sim_create(4, (const unsigned[]){4, 4, 4, 4}, 20e-6);
    sim_entry *entry = sim_add(world, 8, RP_SCHEDULE_AUTO, 0, a_second);
    sim_run(world);
    for (int p = 0; p < 4; p++) assert_int_equal(sim_n_items(world, p), 2);
    sim_destroy(world);
    sim_entry_free(entry);
}

static void static_gives_each_member_its_share_in_one_chunk(void **state)
{
    (void)state;
    static const unsigned workers[] = {1, 2, 5};
    sim *world = sim_create(3, workers, 20e-6);
    sim_entry *entry = sim_add(world, 800, RP_SCHEDULE_STATIC, 0, a_millisecond);
    sim_run(world);
    assert_int_equal(entry->call.n_chunks, 3);
    for (int p = 0; p < 3; p++) assert_int_equal(sim_n_items(world, p), 100 * workers[p]);
    sim_destroy(world);
    sim_entry_free(entry);
}

/* While items last, no member runs dry: it has two chunks or more, and more items than workers. */
static void look_for_dry_members(sim *self)
{
    const rpi_dispatch_entry *first = rpi_dispatch_first(self->dispatch);
    if (!first || first->position >= first->count) return;
    bool last_items = first->count - first->position <= self->dispatch->n_workers && !rpi_dispatch_following(self->dispatch, first);
    if (last_items && first->item_s >= 0.5e-3) return;
    for (int p = 0; p < self->dispatch->n_members; p++) {
        assert_true(self->members[p].n_chunks_out >= 2);
        assert_true(self->members[p].n_items_out >= self->members[p].n_workers);
    }
}

static void no_member_is_without_a_second_chunk_while_items_last(void **state)
{
    (void)state;
    for (int row = 0, kind; unit_schedule(row, &kind); row++)
        for (size_t d = 0; d < N_OF(durations) - 1; d++) {
            sim *world = sim_create(3, (const unsigned[]){2, 1, 4}, 50e-6);
            world->look = look_for_dry_members;
            sim_entry *entry = sim_add(world, 3000, (rp_schedule)kind, 2, durations[d]);
            sim_run(world);
            check_all_ran(entry);
            sim_destroy(world);
            sim_entry_free(entry);
        }
}

static void long_items_are_not_sent_ahead_at_the_end(void **state)
{
    (void)state;
    rpi_dispatch_member members[2] = {{.n_workers = 2}, {.n_workers = 2}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entry = {.schedule = {RP_SCHEDULE_FIXED, 8, 1, 0, 0, 0}, .count = 8, .item_s = 0.01};
    rpi_dispatch_init(&dispatch, members, 2);
    rpi_dispatch_add(&dispatch, &entry);
    for (int k = 0; k < 4; k++) assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(members[0].n_items_out, 2);
    assert_int_equal(members[1].n_items_out, 2);
    assert_false(rpi_dispatch_next(&dispatch, &plan)); /* the four that are left wait for the first worker */
    rpi_dispatch_back(&dispatch, 1, &entry, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.member, 1);
    assert_int_equal(plan.first, 4);
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    entry.item_s = 1e-6; /* short ones are */
    assert_true(rpi_dispatch_next(&dispatch, &plan));
}

/* Several at a time only where there are so many members that one by one would be too many messages. */
static void long_items_go_one_by_one_to_few_members(void **state)
{
    (void)state;
    enum { MANY = 1000, WORKERS = 8 };
    static rpi_dispatch_member members[MANY];
    static const int n_members[] = {4, MANY};
    for (int k = 0; k < 2; k++)
        for (int known = 0; known < 2; known++) {
            rpi_dispatch dispatch;
            rpi_chunk_plan plan;
            rpi_dispatch_entry entry = {
                .schedule = {.kind = RP_SCHEDULE_AUTO, .n_items = 1000000}, .count = 1000000, .item_s = known ? 0.01 : 0};
            for (int p = 0; p < MANY; p++) members[p] = (rpi_dispatch_member){.n_workers = WORKERS};
            rpi_dispatch_init(&dispatch, members, n_members[k]);
            rpi_dispatch_add(&dispatch, &entry);
            assert_true(rpi_dispatch_next(&dispatch, &plan));
            assert_int_equal(plan.count, k == 0 ? 1 : WORKERS);
            entry.position = entry.count - WORKERS * (uint64_t)n_members[k] / 4; /* towards the end, less */
            assert_true(rpi_dispatch_next(&dispatch, &plan));
            assert_int_equal(plan.count, 1);
        }
}

static void long_items_are_sent_ahead_while_another_entry_follows(void **state)
{
    (void)state;
    rpi_dispatch_member members[2] = {{.n_workers = 1}, {.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entries[2];
    rpi_dispatch_init(&dispatch, members, 2);
    for (int k = 0; k < 2; k++) {
        entries[k] = (rpi_dispatch_entry){.schedule = {RP_SCHEDULE_FIXED, 4, 1, 0, 0, 0}, .count = 4, .item_s = 0.01};
        rpi_dispatch_add(&dispatch, &entries[k]);
    }
    for (int k = 0; k < 4; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.entry, &entries[0]);
    }
    assert_false(rpi_dispatch_next(&dispatch, &plan));
}

/* ---- the neediest member ---- */

enum { MOST_MEMBERS = 70 };

static double load_of(const rpi_dispatch_member *member) { return (double)member->n_items_out / member->n_workers; }

/* Among all members with fewer chunks than that, the first with the fewest items a worker. */
static int lightest_of(const rpi_dispatch *dispatch, uint64_t fewer_than)
{
    int best = -1;
    for (int p = 0; p < dispatch->n_members; p++) {
        const rpi_dispatch_member *member = &dispatch->members[p];
        if (member->n_workers == 0 || member->n_chunks_out >= fewer_than) continue;
        if (best < 0 || load_of(member) < load_of(&dispatch->members[best])) best = p;
    }
    return best;
}

/* Plans a chunk, and compares its member with the one that a search of all finds. */
static bool check_next(rpi_dispatch *dispatch, rpi_chunk_plan *plan)
{
    int lightest = lightest_of(dispatch, UINT64_MAX), short_of_chunks = lightest_of(dispatch, 2);
    bool needed = lightest >= 0 && load_of(&dispatch->members[lightest]) < 1;
    const rpi_dispatch_entry *head = rpi_dispatch_first(dispatch);
    if (!head) return false;
    bool last = head->count - head->position <= dispatch->n_workers;
    bool any = rpi_dispatch_next(dispatch, plan);
    if (!any) assert_false(needed);
    if (!any && !last) assert_int_equal(short_of_chunks, -1);
    if (any) assert_true(plan->member == lightest || (!needed && plan->member == short_of_chunks));
    return any;
}

/* Compares the totals that the dispatcher keeps with those counted anew. */
static void check_standing(const rpi_dispatch *dispatch)
{
    uint64_t n_items_out = 0;
    int n_starving = 0;
    double least = HUGE_VAL;
    for (int p = 0; p < dispatch->n_members; p++) {
        const rpi_dispatch_member *member = &dispatch->members[p];
        n_items_out += member->n_items_out;
        if (p == 0) continue;
        n_starving += member->n_items_out > 0 && member->n_items_out <= member->n_workers;
        if (member->n_workers > 0 && load_of(member) < least) least = load_of(member);
    }
    assert_int_equal(dispatch->n_items_out, n_items_out);
    assert_int_equal(dispatch->n_starving, n_starving);
    assert_true(rpi_dispatch_least_load(dispatch) <= least && rpi_dispatch_least_load(dispatch) >= least);
}

static void change_workers(rpi_dispatch *dispatch, int member, unsigned n_workers)
{
    if (dispatch->n_workers + n_workers > dispatch->members[member].n_workers) rpi_dispatch_set_workers(dispatch, member, n_workers);
}

static void how_members_stand_is_known_among_any_number(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 300; round++) {
        rpi_dispatch_member members[MOST_MEMBERS] = {0};
        rpi_chunk_plan out[200];
        size_t n_out = 0;
        int n_members = 1 + (int)unit_random(MOST_MEMBERS);
        for (int p = 0; p < n_members; p++) members[p].n_workers = (unsigned)unit_random(5);
        rpi_dispatch dispatch;
        rpi_dispatch_entry entry = {.schedule = {.kind = (rp_schedule)unit_random(6), .n_items = 5000, .chunk = 1 + unit_random(9)},
                                    .count = 5000};
        rpi_dispatch_init(&dispatch, members, n_members);
        if (dispatch.n_workers == 0) continue;
        rpi_dispatch_add(&dispatch, &entry);
        for (int step = 0; step < 500; step++) {
            entry.item_s = (double)unit_random(3) * 1e-3;
            if (n_out < N_OF(out) && unit_random(3) > 0) n_out += check_next(&dispatch, &out[n_out]);
            if (n_out > 0 && unit_random(3) == 0) {
                size_t k = unit_random(n_out--);
                rpi_dispatch_back(&dispatch, out[k].member, out[k].entry, out[k].count);
                out[k] = out[n_out];
            }
            int changed = (int)unit_random(50 * (uint64_t)n_members);
            if (changed < n_members) change_workers(&dispatch, changed, (unsigned)unit_random(2) * (unsigned)unit_random(5));
            check_standing(&dispatch);
        }
    }
}

static void places_that_come_later_are_given_items(void **state)
{
    (void)state;
    rpi_dispatch_member members[3] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entry = {.schedule = {.kind = RP_SCHEDULE_FIXED, .n_items = 100, .chunk = 1}, .count = 100};
    rpi_dispatch_init(&dispatch, members, 3);
    rpi_dispatch_set_workers(&dispatch, 2, 4);
    assert_int_equal(dispatch.n_workers, 5);
    rpi_dispatch_add(&dispatch, &entry);
    uint64_t n[3] = {0};
    while (rpi_dispatch_next(&dispatch, &plan)) n[plan.member] += plan.count;
    assert_true(n[0] >= 2 && n[1] == 0 && n[2] >= 5);
}

/* ---- order ---- */

static void entries_are_handed_out_in_their_order(void **state)
{
    (void)state;
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_entry *entries[4];
    for (int k = 0; k < 4; k++) entries[k] = sim_add(world, 50, (rp_schedule)(k % 6), 3, uneven);
    sim_run(world);
    for (int k = 0; k < 4; k++) check_all_ran(entries[k]);
    for (int k = 1; k < 4; k++) {
        assert_true(entries[k]->call.started_s >= entries[k - 1]->call.started_s);
        assert_true(entries[k]->call.started_s <= entries[k - 1]->call.finished_s); /* without a barrier between them */
    }
    sim_destroy(world);
    for (int k = 0; k < 4; k++) sim_entry_free(entries[k]);
}

static void whole_entries_are_one_chunk(void **state)
{
    (void)state;
    sim *world = sim_create(3, (const unsigned[]){2, 2, 1}, 20e-6);
    sim_entry *entries[12];
    for (int k = 0; k < 12; k++) {
        entries[k] = sim_add(world, 20, (rp_schedule)(k % 6), 3, a_millisecond);
        entries[k]->entry->whole = true;
    }
    sim_run(world);
    for (int k = 0; k < 12; k++) {
        check_all_ran(entries[k]);
        assert_int_equal(entries[k]->call.n_chunks, 1);
    }
    for (int p = 0; p < 3; p++) assert_in_range(sim_n_items(world, p), 40, 120);
    sim_destroy(world);
    for (int k = 0; k < 12; k++) sim_entry_free(entries[k]);
}

static void a_stopped_entry_leaves_the_queue(void **state)
{
    (void)state;
    rpi_dispatch_member members[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entries[3];
    rpi_dispatch_init(&dispatch, members, 1);
    for (int k = 0; k < 3; k++) {
        entries[k] = (rpi_dispatch_entry){.schedule = {RP_SCHEDULE_FIXED, 10, 1, 0, 0, 0}, .count = 10};
        rpi_dispatch_add(&dispatch, &entries[k]);
    }
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_stop(&dispatch, &entries[2], 0); /* the last, before it began */
    assert_true(rpi_dispatch_is_finished(&entries[2]));
    rpi_dispatch_stop(&dispatch, &entries[0], 0); /* the first, which has one out */
    assert_false(rpi_dispatch_is_finished(&entries[0]));
    assert_false(entries[0].queued);
    rpi_dispatch_stop(&dispatch, &entries[0], 0);
    rpi_dispatch_back(&dispatch, 0, &entries[0], 1);
    assert_true(rpi_dispatch_is_finished(&entries[0]));
    rpi_dispatch_add(&dispatch, &entries[2]); /* the list's end is right */
    entries[2].count = 10;
    uint64_t n[3] = {0};
    while (rpi_dispatch_next(&dispatch, &plan)) {
        n[plan.entry - entries] += plan.count;
        rpi_dispatch_back(&dispatch, 0, plan.entry, plan.count);
    }
    assert_true(n[0] == 0 && n[1] == 10);
    assert_null(rpi_dispatch_first(&dispatch));
}

static void an_empty_entry_is_through_at_once(void **state)
{
    (void)state;
    rpi_dispatch_member members[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entry = {.count = 0};
    rpi_dispatch_init(&dispatch, members, 1);
    rpi_dispatch_add(&dispatch, &entry);
    assert_true(rpi_dispatch_is_finished(&entry));
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_stop(&dispatch, &entry, 0);
}

/* ---- tries after a failure ---- */

static void urgent_entries_go_first_in_their_order(void **state)
{
    (void)state;
    rpi_dispatch_member members[1] = {{.n_workers = 1}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entries[6];
    static const int order[] = {0, 2, 3, 5, 0, 1, 4}; /* the first was begun before the others came */
    rpi_dispatch_init(&dispatch, members, 1);
    for (int k = 0; k < 6; k++) {
        bool urgent = k == 2 || k == 3 || k == 5;
        entries[k] = (rpi_dispatch_entry){.schedule = {RP_SCHEDULE_FIXED, 2, 1, 0, 0, 0}, .count = k ? 1 : 2, .urgent = urgent};
        rpi_dispatch_add(&dispatch, &entries[k]);
        if (k > 0) continue;
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.entry, &entries[order[0]]);
        rpi_dispatch_back(&dispatch, 0, plan.entry, plan.count);
    }
    for (size_t k = 1; k < N_OF(order); k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.entry, &entries[order[k]]);
        rpi_dispatch_back(&dispatch, 0, plan.entry, plan.count);
        if (k != 3) continue;
        entries[5].urgent = true; /* once more: the end of the urgent ones is right */
        rpi_dispatch_add(&dispatch, &entries[5]);
        rpi_dispatch_stop(&dispatch, &entries[5], 0);
    }
    assert_null(rpi_dispatch_first(&dispatch));
}

static rpi_dispatch_entry avoiding(int member)
{
    return (rpi_dispatch_entry){
        .schedule = {RP_SCHEDULE_FIXED, 1, 1, 0, 0, 0}, .count = 1, .whole = true, .urgent = true, .avoids = true, .avoided = member};
}

/* So many chunks of one item are out. */
static void set_out(rpi_dispatch *dispatch, int member, uint64_t n)
{
    dispatch->members[member].n_chunks_out = dispatch->members[member].n_items_out = n;
    rpi_dispatch_set_workers(dispatch, member, dispatch->members[member].n_workers); /* so that it is compared again */
}

static void an_avoided_member_is_used_only_when_there_is_no_other(void **state)
{
    (void)state;
    rpi_dispatch_member members[3] = {{.n_workers = 0}, {.n_workers = 2}, {.n_workers = 2, .n_chunks_out = 5, .n_items_out = 50}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry entry = avoiding(1);
    rpi_dispatch_init(&dispatch, members, 3);
    rpi_dispatch_add(&dispatch, &entry);
    assert_false(rpi_dispatch_next(&dispatch, &plan)); /* member 1 is idle, but there is member 2 */
    set_out(&dispatch, 2, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.member, 2);
    rpi_dispatch_set_workers(&dispatch, 2, 0); /* lost */
    rpi_dispatch_add(&dispatch, &entry);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.member, 1);
}

static void an_entry_that_waits_for_another_member_holds_up_none(void **state)
{
    (void)state;
    rpi_dispatch_member members[3] = {
        {.n_workers = 1}, {.n_workers = 1, .n_chunks_out = 2, .n_items_out = 2}, {.n_workers = 1, .n_chunks_out = 2, .n_items_out = 2}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry retries[3] = {avoiding(0), avoiding(0), avoiding(1)};
    rpi_dispatch_entry entry = {.schedule = {RP_SCHEDULE_FIXED, 100, 1, 0, 0, 0}, .count = 100};
    rpi_dispatch_init(&dispatch, members, 3);
    rpi_dispatch_add(&dispatch, &retries[0]);
    rpi_dispatch_add(&dispatch, &retries[1]);
    rpi_dispatch_add(&dispatch, &entry);
    for (int k = 0; k < 2; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.entry, &entry);
        assert_int_equal(plan.member, 0);
    }
    assert_false(rpi_dispatch_next(&dispatch, &plan));
    rpi_dispatch_back(&dispatch, 0, &entry, 1);
    rpi_dispatch_add(&dispatch, &retries[2]); /* may go where the others can't */
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_ptr_equal(plan.entry, &retries[2]);
    assert_int_equal(plan.member, 0);
    set_out(&dispatch, 2, 0);
    for (int k = 0; k < 2; k++) {
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_ptr_equal(plan.entry, &retries[k]);
        assert_int_equal(plan.member, 2);
    }
}

/* Short items keep each member well supplied, but they don't keep out an entry that must go there. */
static void what_goes_past_a_waiting_entry_leaves_it_room(void **state)
{
    (void)state;
    rpi_dispatch_member members[2] = {{.n_workers = 1}, {.n_workers = 1, .n_chunks_out = 2, .n_items_out = 2}};
    rpi_dispatch dispatch;
    rpi_chunk_plan plan;
    rpi_dispatch_entry retry = avoiding(0);
    rpi_dispatch_entry entry = {.schedule = {RP_SCHEDULE_FIXED, 100, 1, 0, 0, 0}, .count = 100, .item_s = 1e-3};
    rpi_dispatch_init(&dispatch, members, 2);
    rpi_dispatch_add(&dispatch, &entry);
    rpi_dispatch_add(&dispatch, &retry);
    uint64_t n = 0;
    while (rpi_dispatch_next(&dispatch, &plan)) {
        assert_ptr_equal(plan.entry, &entry);
        assert_int_equal(plan.member, 0); /* though member 1 has fewer items than this entry would give it */
        n += plan.count;
    }
    assert_in_range(n, 3, 16);
    rpi_dispatch_back(&dispatch, 1, &entry, 1);
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_ptr_equal(plan.entry, &retry);
    assert_true(rpi_dispatch_next(&dispatch, &plan)); /* and now it has */
    assert_ptr_equal(plan.entry, &entry);
    assert_int_equal(plan.member, 1);
}

static void what_goes_past_a_waiting_entry_does_not_starve_it(void **state)
{
    (void)state;
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_entry *entry = sim_add(world, 100000, RP_SCHEDULE_AUTO, 0, a_microsecond);
    for (int k = 0; k < 200; k++) (void)sim_step(world);
    double began_s = world->world->now_s;
    sim_entry *retry = sim_add_retry(world, 0, a_microsecond);
    sim_run(world);
    check_all_ran(entry);
    check_all_ran(retry);
    assert_true(retry->call.finished_s - began_s < (entry->call.finished_s - began_s) / 2);
    sim_destroy(world);
    sim_entry_free(entry);
    sim_entry_free(retry);
}

static void random_retries_run_once_and_where_they_may(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 1000; round++) {
        unsigned workers[SIM_MOST_MEMBERS];
        int n_members = 1 + (int)unit_random(5);
        for (int p = 0; p < n_members; p++) workers[p] = (unsigned)unit_random(4);
        workers[0]++;
        sim *world = sim_create(n_members, workers, (double)unit_random(200) * 1e-6);
        sim_entry *entries[40];
        for (size_t k = 0; k < N_OF(entries); k++) {
            double (*duration)(uint64_t) = durations[unit_random(N_OF(durations))];
            bool retry = unit_random(3) > 0;
            if (retry) entries[k] = sim_add_retry(world, (int)unit_random((uint64_t)n_members + 1) - 1, duration);
            else entries[k] = sim_add(world, unit_random(300), unit_random_schedule(), 1 + unit_random(40), duration);
            for (uint64_t steps = unit_random(20); steps > 0; steps--) (void)sim_step(world);
        }
        sim_run(world);
        for (size_t k = 0; k < N_OF(entries); k++) check_all_ran(entries[k]);
        sim_destroy(world);
        for (size_t k = 0; k < N_OF(entries); k++) sim_entry_free(entries[k]);
    }
}

/* ---- members that are far ---- */

/* Two members of one worker with items of a millisecond. The second one's first chunk went out at 0. */
static void start_two(rpi_dispatch *dispatch, rpi_dispatch_member members[2], rpi_dispatch_entry *entry)
{
    rpi_chunk_plan plan;
    for (int m = 0; m < 2; m++) members[m] = (rpi_dispatch_member){.n_workers = 1};
    *entry = (rpi_dispatch_entry){.schedule = {RP_SCHEDULE_AUTO, 10000, 1, 0, 0, 0}, .count = 10000, .item_s = 1e-3, .n_measured = 10};
    rpi_dispatch_init(dispatch, members, 2);
    rpi_dispatch_add(dispatch, entry);
    while (rpi_dispatch_next(dispatch, &plan)) continue;
}

static void a_member_that_does_not_answer_is_sent_more(void **state)
{
    (void)state;
    rpi_dispatch_member members[2];
    rpi_dispatch dispatch;
    rpi_dispatch_entry entry;
    rpi_chunk_plan plan;
    start_two(&dispatch, members, &entry);
    uint64_t first = members[1].n_items_out;
    assert_in_range(first, 8, 20);
    dispatch.now_s = 0.1;
    while (rpi_dispatch_next(&dispatch, &plan)) assert_int_equal(plan.member, 1);
    assert_in_range(members[1].n_items_out, 100, 130);
    rpi_dispatch_learn(&dispatch, 1, &entry, &(rpi_chunk_round_trip){first, 1e-3 * (double)first, 0, 0.1, 0.09}); /* not far, but slow */
    rpi_dispatch_back(&dispatch, 1, &entry, first);
    dispatch.now_s = 10;
    assert_false(rpi_dispatch_next(&dispatch, &plan));
}

static void nothing_goes_far_that_others_finish_sooner(void **state)
{
    (void)state;
    rpi_dispatch_member members[2];
    rpi_dispatch dispatch;
    rpi_dispatch_entry entry;
    rpi_chunk_plan plan;
    start_two(&dispatch, members, &entry);
    rpi_dispatch_learn(&dispatch, 1, &entry, &(rpi_chunk_round_trip){8, 8e-3, 0, 0.108, 8e-3}); /* 0.1 s */
    rpi_dispatch_stop(&dispatch, &entry, entry.position + 90);
    for (int m = 0; m < 2; m++) rpi_dispatch_back(&dispatch, m, &entry, members[m].n_items_out);
    while (rpi_dispatch_next(&dispatch, &plan)) {
        assert_int_equal(plan.member, 0);
        rpi_dispatch_back(&dispatch, 0, &entry, plan.count);
    }
    assert_int_equal(rpi_dispatch_left(&entry), 0);
}

static void what_the_near_one_does_not_get_done_goes_far(void **state)
{
    (void)state;
    rpi_dispatch_member members[2];
    rpi_dispatch dispatch;
    rpi_dispatch_entry entry;
    rpi_chunk_plan plan;
    start_two(&dispatch, members, &entry);
    rpi_dispatch_learn(&dispatch, 1, &entry, &(rpi_chunk_round_trip){8, 8e-3, 0, 0.108, 8e-3}); /* 0.1 s */
    rpi_dispatch_back(&dispatch, 1, &entry, members[1].n_items_out);
    rpi_dispatch_stop(&dispatch, &entry, entry.position + 60);
    dispatch.now_s = 0.15;
    while (rpi_dispatch_next(&dispatch, &plan)) assert_int_equal(plan.member, 0);
    assert_true(rpi_dispatch_left(&entry) > 0);
    dispatch.now_s = 0.3; /* nothing came back since */
    assert_true(rpi_dispatch_next(&dispatch, &plan));
    assert_int_equal(plan.member, 1);
}

/* As there is nobody else. */
static void what_avoids_the_near_one_goes_far(void **state)
{
    (void)state;
    rpi_dispatch_member members[2];
    rpi_dispatch dispatch;
    rpi_dispatch_entry entry, retry = avoiding(0);
    rpi_chunk_plan plan;
    start_two(&dispatch, members, &entry);
    rpi_dispatch_learn(&dispatch, 1, &entry, &(rpi_chunk_round_trip){8, 8e-3, 0, 0.108, 8e-3}); /* 0.1 s */
    rpi_dispatch_stop(&dispatch, &entry, 0);
    for (int m = 0; m < 2; m++) rpi_dispatch_back(&dispatch, m, &entry, members[m].n_items_out);
    for (int known = 0; known < 2; known++) {
        retry.item_s = known ? 1e-6 : 0;
        rpi_dispatch_add(&dispatch, &retry);
        assert_true(rpi_dispatch_next(&dispatch, &plan));
        assert_int_equal(plan.member, 1);
        rpi_dispatch_back(&dispatch, 1, &retry, 1);
    }
}

/* ---- how well ---- */

static void check_makespan(rp_schedule kind, uint64_t n, double (*duration)(uint64_t), double most_ratio, uint64_t most_chunks)
{
    sim *world = sim_create(2, (const unsigned[]){2, 2}, 20e-6);
    sim_entry *entry = sim_add(world, n, kind, 1, duration);
    sim_run(world);
    check_all_ran(entry);
    double best = entry->call.busy_s / 4;
    if (entry->call.finished_s > most_ratio * best || entry->call.n_chunks > most_chunks)
        fail_msg("%s, %llu items: %.4g s, could be %.4g; %llu chunks", rp_schedule_name(kind), (unsigned long long)n,
                 entry->call.finished_s, best, (unsigned long long)entry->call.n_chunks);
    sim_destroy(world);
    sim_entry_free(entry);
}

static void the_makespan_is_near_the_best(void **state)
{
    (void)state;
    check_makespan(RP_SCHEDULE_AUTO, 400, a_millisecond, 1.03, 400);
    check_makespan(RP_SCHEDULE_AUTO, 2000, uneven, 1.03, 1500);
    check_makespan(RP_SCHEDULE_FIXED, 400, a_millisecond, 1.03, 400);
    check_makespan(RP_SCHEDULE_GUIDED, 2000, uneven, 1.15, 200); /* one member has half of all, and one chunk more ahead */
    check_makespan(RP_SCHEDULE_FACTORING, 2000, uneven, 1.05, 300);
    check_makespan(RP_SCHEDULE_TRAPEZOID, 2000, uneven, 1.10, 200);
}

static void short_items_travel_together(void **state)
{
    (void)state;
    check_makespan(RP_SCHEDULE_AUTO, 200000, a_microsecond, 1.10, 400);
    check_makespan(RP_SCHEDULE_FIXED, 200000, a_microsecond, 1.10, 1000);
}

UNIT_MAIN(UNIT(every_schedule_hands_out_every_item), UNIT(random_worlds_hand_out_every_item_once),
          UNIT(stopped_entries_run_no_item_twice_and_none_beyond), UNIT(as_many_long_items_as_workers_go_one_to_each),
          UNIT(fewer_items_than_workers_spread), UNIT(static_gives_each_member_its_share_in_one_chunk),
          UNIT(no_member_is_without_a_second_chunk_while_items_last), UNIT(long_items_are_not_sent_ahead_at_the_end),
          UNIT(long_items_go_one_by_one_to_few_members), UNIT(long_items_are_sent_ahead_while_another_entry_follows),
          UNIT(how_members_stand_is_known_among_any_number), UNIT(places_that_come_later_are_given_items),
          UNIT(entries_are_handed_out_in_their_order), UNIT(whole_entries_are_one_chunk), UNIT(a_stopped_entry_leaves_the_queue),
          UNIT(an_empty_entry_is_through_at_once), UNIT(urgent_entries_go_first_in_their_order),
          UNIT(an_avoided_member_is_used_only_when_there_is_no_other), UNIT(an_entry_that_waits_for_another_member_holds_up_none),
          UNIT(what_goes_past_a_waiting_entry_leaves_it_room), UNIT(what_goes_past_a_waiting_entry_does_not_starve_it),
          UNIT(random_retries_run_once_and_where_they_may), UNIT(a_member_that_does_not_answer_is_sent_more),
          UNIT(nothing_goes_far_that_others_finish_sooner), UNIT(what_the_near_one_does_not_get_done_goes_far),
          UNIT(what_avoids_the_near_one_goes_far), UNIT(the_makespan_is_near_the_best), UNIT(short_items_travel_together))
