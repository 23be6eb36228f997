/* test_list.c: the list and the queue with urgent entries, against plain arrays. */
#include "unit.h"

#include "base/list.h"

typedef struct entry {
    int number;
    rpi_list_link link;
    bool is_in, is_urgent;
} entry;

static entry *entry_at(rpi_list_link *link) { return RPI_ENTRY(link, entry, link); }

static void an_empty_list_has_no_entries(void **state)
{
    (void)state;
    rpi_list list;
    rpi_list_init(&list);
    assert_true(rpi_list_is_empty(&list));
    assert_null(rpi_list_first(&list));
    assert_null(rpi_list_last(&list));
    assert_null(rpi_list_take_first(&list));
    assert_null(entry_at(rpi_list_first(&list)));
}

static void entries_come_in_the_order_that_they_were_added_in(void **state)
{
    (void)state;
    rpi_list list;
    entry entries[5];
    rpi_list_init(&list);
    for (int k = 0; k < 5; k++) entries[k].number = k;
    for (int k = 2; k < 5; k++) rpi_list_add_last(&list, &entries[k].link);
    rpi_list_add_first(&list, &entries[1].link);
    rpi_list_add_first(&list, &entries[0].link);
    int n = 0;
    for (rpi_list_link *at = rpi_list_first(&list); at; at = rpi_list_next(&list, at)) assert_int_equal(entry_at(at)->number, n++);
    assert_int_equal(n, 5);
    assert_int_equal(entry_at(rpi_list_last(&list))->number, 4);
    rpi_list_remove(&entries[2].link);
    rpi_list_remove(&entries[4].link);
    assert_int_equal(entry_at(rpi_list_last(&list))->number, 3);
    static const int left[] = {0, 1, 3};
    for (size_t k = 0; k < N_OF(left); k++) assert_int_equal(entry_at(rpi_list_take_first(&list))->number, left[k]);
    assert_true(rpi_list_is_empty(&list));
}

static void all_entries_move_behind_those_that_are_there(void **state)
{
    (void)state;
    rpi_list list, from;
    entry entries[6];
    rpi_list_init(&list);
    rpi_list_init(&from);
    rpi_list_take_all(&list, &from);
    assert_true(rpi_list_is_empty(&list));
    for (int k = 0; k < 6; k++) {
        entries[k].number = k;
        rpi_list_add_last(&from, &entries[k].link);
        if (k % 3 == 2) rpi_list_take_all(&list, &from);
        assert_true(k % 3 < 2 || rpi_list_is_empty(&from));
    }
    for (int k = 0; k < 6; k++) assert_int_equal(entry_at(rpi_list_take_first(&list))->number, k);
    assert_true(rpi_list_is_empty(&list));
}

/* Each urgent entry in the order of coming, then each of the others. */
static void check_order(const rpi_queue *queue, entry *const *came, size_t n_came)
{
    rpi_list_link *at = rpi_list_first(&queue->list);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < n_came; k++) {
            if (!came[k]->is_in || came[k]->is_urgent != (pass == 0)) continue;
            assert_ptr_equal(entry_at(at), came[k]);
            at = rpi_list_next(&queue->list, at);
        }
    }
    assert_null(at);
}

static void urgent_entries_go_behind_the_urgent_ones_before_all_others(void **state)
{
    (void)state;
    enum { N = 300 };
    rpi_queue queue;
    unit_seed();
    for (int round = 0; round < 20; round++) {
        entry entries[N] = {{0}}, *came[N];
        rpi_queue_init(&queue);
        for (size_t k = 0; k < N; k++) {
            came[k] = &entries[k];
            entries[k].is_urgent = unit_random(3) == 0;
            entries[k].is_in = true;
            rpi_queue_add(&queue, &entries[k].link, entries[k].is_urgent);
            entry *leaves = &entries[unit_random(k + 1)];
            if (leaves->is_in && unit_random(2) == 0) {
                rpi_queue_remove(&queue, &leaves->link);
                leaves->is_in = false;
            }
            check_order(&queue, came, k + 1);
        }
    }
}

UNIT_MAIN(UNIT(an_empty_list_has_no_entries), UNIT(entries_come_in_the_order_that_they_were_added_in),
          UNIT(all_entries_move_behind_those_that_are_there), UNIT(urgent_entries_go_behind_the_urgent_ones_before_all_others))
