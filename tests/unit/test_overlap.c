/*
 * test_overlap.c: one worker with many items at once, over several batches: chunks of one item of an iterator are a batch each.
 */
#include "unit.h"

enum { N = 64, AT_ONCE = 8 };

static atomic_int n_read;   /* results that the test has */
static int most_open;       /* of the worker */
static int waits_for_first; /* the other items end once the result of the first has been read */

static int n_open;
static rp_item *items[N];

static void take(void)
{
    rp_item *item;
    while (n_open < AT_ONCE && (item = rp_item_take())) items[n_open++] = item;
    if (n_open > most_open) most_open = n_open;
}

static void end_first(void)
{
    *(int64_t *)items[0]->result = *(const int64_t *)items[0]->arguments[0];
    rp_item_end(items[0]);
    memmove(items, items + 1, (size_t)--n_open * sizeof *items);
}

/* Ends an item only when it has as many as it wants, until only so many are left. */
static void greedy(void)
{
    for (take(); n_open > 0; take()) {
        double begun = unit_now();
        while (n_open < AT_ONCE && items[n_open - 1]->index < N - 1 && unit_now() < begun + UNIT_WAIT_S) {
            unit_sleep(0.0001);
            take();
        }
        while (waits_for_first && items[0]->index > 0 && atomic_load(&n_read) == 0 && unit_now() < begun + UNIT_WAIT_S) unit_sleep(0.0001);
        end_first();
    }
}
RP_TASK_OVERLAP(greedy, int64_t, int64_t)

static void read_all(int ordered)
{
    rp_pool *pool;
    rp_iter *iterator;
    rp_error error;
    int64_t result, sum = 0;
    atomic_store(&n_read, 0);
    most_open = n_open = 0;
    rp_pool_options options = {.executor = RP_EXECUTOR_PTHREAD, .threads = 1, .chunk = 1, .overlap = AT_ONCE};
    assert_int_equal(rp_pool_open(&options, &pool, &error), RP_OK);
    rp_source source = RP_ITEMS(N, RP_RANGE(0, 1));
    if (ordered) assert_int_equal(rp_imap(pool, greedy_task, source, NULL, &iterator, &error), RP_OK);
    else assert_int_equal(rp_imap_unordered(pool, greedy_task, source, NULL, &iterator, &error), RP_OK);
    for (int i = 0; i < N; i++) {
        assert_int_equal(rp_iter_next(iterator, &result, UNIT_WAIT_S, &error), RP_OK);
        sum += result;
        atomic_fetch_add(&n_read, 1);
    }
    assert_int_equal(rp_iter_next(iterator, &result, UNIT_WAIT_S, &error), RP_END);
    assert_int_equal(sum, N * (N - 1) / 2);
    rp_iter_free(iterator);
    rp_pool_free(pool);
}

static void items_of_several_batches_are_there_at_once(void **state)
{
    (void)state;
    for (int ordered = 0; ordered < 2; ordered++) {
        double begun = unit_now();
        read_all(ordered);
        assert_int_equal(most_open, AT_ONCE);
        assert_true(unit_now() < begun + UNIT_WAIT_S);
    }
}

static void a_batch_ends_when_its_own_items_have(void **state)
{
    (void)state;
    double begun = unit_now();
    waits_for_first = 1;
    read_all(1);
    waits_for_first = 0;
    assert_true(unit_now() < begun + UNIT_WAIT_S);
}

UNIT_MAIN(cmocka_unit_test(items_of_several_batches_are_there_at_once), cmocka_unit_test(a_batch_ends_when_its_own_items_have))
