/* test_brief.c: which calls are expected to be brief, and what becomes of one that isn't. */
#include "pool/brief.h"
#include "unit.h"

static const double most_s = 1e-6, short_s = 1e-7, long_s = 1e-4;
static const char tasks[RPI_BRIEF_TASKS * 4096]; /* their addresses */

static void learn(rpi_brief *self, const void *task, int n_calls, double item_s)
{
    for (int k = 0; k < n_calls; k++) rpi_brief_learn(self, task, 2, item_s);
}

static void four_in_a_row_are_needed(void **state)
{
    (void)state;
    rpi_brief self;
    rpi_brief_init(&self, most_s);
    for (int k = 0; k < 4; k++) {
        assert_false(rpi_brief_expects(&self, tasks, 2));
        learn(&self, tasks, 1, short_s);
    }
    assert_true(rpi_brief_expects(&self, tasks, 2));
    learn(&self, tasks, 1, 0); /* not known */
    assert_true(rpi_brief_expects(&self, tasks, 2));
    learn(&self, tasks, 1, long_s);
    assert_false(rpi_brief_expects(&self, tasks, 2));
}

static void more_items_take_longer(void **state)
{
    (void)state;
    rpi_brief self;
    rpi_brief_init(&self, most_s);
    learn(&self, tasks, 10, short_s);
    assert_true(rpi_brief_expects(&self, tasks, 9));
    assert_false(rpi_brief_expects(&self, tasks, 11));
}

static void none_is_where_none_may_be(void **state)
{
    (void)state;
    rpi_brief self;
    rpi_brief_init(&self, 0);
    learn(&self, tasks, 100, short_s);
    assert_false(rpi_brief_expects(&self, tasks, 1));
}

/* However calls alternate, what those that were expected to be brief took is at most what brief ones have won, and one more. */
static void no_more_is_lost_than_was_won(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 200; round++) {
        rpi_brief self;
        double won_s = 0, lost_s = 0, item_s = long_s * (double)(1 + unit_random(100));
        uint64_t often = 1 + unit_random(300);
        rpi_brief_init(&self, most_s);
        for (int k = 0; k < 5000; k++) {
            bool is_long = unit_random(often) == 0;
            if (is_long && rpi_brief_expects(&self, tasks, 2)) lost_s += 2 * item_s;
            if (!is_long) won_s += most_s;
            learn(&self, tasks, 1, is_long ? item_s : short_s);
        }
        assert_true(lost_s <= won_s + 2 * item_s + 1e-9);
    }
}

static void a_call_that_stood_still_costs_a_second(void **state)
{
    (void)state;
    rpi_brief self;
    rpi_brief_init(&self, most_s);
    learn(&self, tasks, 5000, short_s);
    rpi_brief_stood_still(&self, tasks);
    learn(&self, tasks, 900000, short_s);
    assert_false(rpi_brief_expects(&self, tasks, 2));
    learn(&self, tasks, 200000, short_s);
    assert_true(rpi_brief_expects(&self, tasks, 2));
}

static void tasks_are_kept_apart(void **state)
{
    (void)state;
    rpi_brief self;
    rpi_brief_init(&self, most_s);
    learn(&self, tasks, 10, short_s);
    learn(&self, tasks + 64, 10, long_s);
    assert_true(rpi_brief_expects(&self, tasks, 2));
    assert_false(rpi_brief_expects(&self, tasks + 64, 2));
    rpi_brief_stood_still(&self, tasks + 128); /* isn't there */
    for (size_t k = 1; k < 4096; k++) learn(&self, tasks + k * 8, 1, short_s);
    assert_false(rpi_brief_expects(&self, tasks, 2)); /* another one has its place */
}

/* ---- in a pool ---- */

/* The second number of items that wait for each other is how many they are. */
static atomic_int n_there;
static int64_t meet(int64_t n)
{
    atomic_fetch_add(&n_there, 1);
    if (n > 0) unit_await(&n_there, (int)n);
    return n;
}
RP_TASK(meet, int64_t, int64_t)

static void run(rp_pool *pool, int64_t n)
{
    int64_t items[] = {n, n}, results[2] = {-1, -1};
    rp_error error;
    atomic_store(&n_there, 0);
    if (rp_map(pool, meet_task, results, 2, RP_COLUMN(items), NULL, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    assert_true(results[0] == n && results[1] == n);
}

static void items_that_wait_for_each_other_go_on(void **state)
{
    (void)state;
    rp_pool *pool;
    rp_error error;
    if (rp_pool_open(&(rp_pool_options){.executor = RP_EXECUTOR_PTHREAD, .threads = 2}, &pool, &error) != RP_OK)
        fail_msg("%s", rp_error_text(&error));
    for (int round = 0; round < 3; round++) {
        for (int k = 0; k < 2000; k++) run(pool, 0);
        run(pool, 2);
    }
    rp_pool_free(pool);
}

UNIT_MAIN(UNIT(four_in_a_row_are_needed), UNIT(more_items_take_longer), UNIT(none_is_where_none_may_be), UNIT(no_more_is_lost_than_was_won),
          UNIT(a_call_that_stood_still_costs_a_second), UNIT(tasks_are_kept_apart), UNIT(items_that_wait_for_each_other_go_on))
