/* test_grains.c: which items sandboxes are handed next: each once, leftovers first. No more are handed out at a time than may be lost or
 * may wait. */
#include "unit.h"

#include "isolate/grains.h"
#include "isolate/mailbox.h"

enum { N = 1000 };

static int64_t triple(int64_t x) { return 3 * x; }
RP_TASK(triple, int64_t, int64_t)

static void say(int64_t x) { rp_emit(&x, sizeof x); }
RP_TASK_EMIT(say, int64_t)

static uint64_t length(rp_bytes bytes) { return bytes.size; }
RP_TASK(length, uint64_t, rp_bytes)

/* ---- a batch of N items from index 50 of its call on ---- */

typedef struct bench {
    rpi_work work;
    rpi_batch *batch;
    rpi_grains grains;
} bench;

static void begin(bench *on, const rp_task *task, rp_columns columns)
{
    assert_int_equal(rpi_work_init(&on->work, task, (rp_columns){0, NULL}, columns, NULL), RP_OK);
    on->batch = rpi_batch_create();
    assert_non_null(on->batch);
    rpi_batch_reset(on->batch, &on->work, 50, N);
    rpi_grains_begin(&on->grains, on->batch);
}

static void end(bench *on)
{
    rpi_batch_destroy(on->batch);
    rpi_work_fini(&on->work);
}

static rpi_grain take(bench *on, uint64_t most_items)
{
    assert_true(rpi_grains_have(&on->grains));
    return rpi_grains_take(&on->grains, most_items);
}

static void check_grain(rpi_grain grain, uint64_t first, uint64_t last)
{
    assert_int_equal(grain.begin, first);
    assert_int_equal(grain.end, last + 1);
}

/* ---- how many ---- */

static void a_grain_goes_as_one_grain(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    assert_false(rpi_grains_have(&on.grains));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){100, 300, false});
    check_grain(take(&on, UINT64_MAX), 100, 299);
    assert_false(rpi_grains_have(&on.grains));
    end(&on);
}

static void a_sandbox_gets_no_more_items_than_it_may(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){100, 300, false});
    check_grain(take(&on, 13), 100, 112);
    rpi_grains_keep_left(&on.grains, (rpi_grain){105, 113, false});
    check_grain(take(&on, 5), 105, 109);
    check_grain(take(&on, 5), 110, 112);
    check_grain(take(&on, 200), 113, 299);
    end(&on);
}

static void items_that_emit_go_one_by_one(void **state)
{
    (void)state;
    bench on;
    begin(&on, say_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){0, 3, false});
    for (uint64_t i = 0; i < 3; i++) check_grain(take(&on, UINT64_MAX), i, i);
    assert_false(rpi_grains_have(&on.grains));
    end(&on);
}

static void large_results_and_arguments_go_a_few_at_a_time(void **state)
{
    (void)state;
    bench on;
    rp_task large = *triple_task;
    large.result_size = 1 << 20;
    begin(&on, &large, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){0, 8, false});
    assert_in_range(rpi_grain_length(take(&on, UINT64_MAX)), 2, 4);
    large.result_size = 100 << 20;
    assert_int_equal(rpi_grain_length(take(&on, UINT64_MAX)), 1);
    end(&on);

    static rp_bytes megabytes[50 + N];
    for (int i = 0; i < 50 + N; i++) megabytes[i] = (rp_bytes){megabytes, 1 << 20};
    begin(&on, length_task, RP_COLUMNS(RP_COLUMN(megabytes)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){0, 8, false});
    assert_in_range(rpi_grain_length(take(&on, UINT64_MAX)), 2, 4);
    end(&on);
}

/* ---- which ---- */

static void what_is_left_over_goes_before_the_grain(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){100, 300, false});
    check_grain(take(&on, 50), 100, 149);
    rpi_grains_keep_left(&on.grains, (rpi_grain){150, 150, false});
    assert_int_equal(on.grains.n_left, 0);
    rpi_grains_keep_left(&on.grains, (rpi_grain){120, 150, false});
    check_grain(take(&on, UINT64_MAX), 120, 149);
    check_grain(take(&on, UINT64_MAX), 150, 299);
    end(&on);
}

/* Sandboxes that take fewer and fewer items, and run none of them. */
static void what_is_left_over_is_cut_only_while_there_is_room(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){0, N, false});
    for (uint64_t most = N - 10; most > 10; most -= 10) {
        rpi_grains_keep_left(&on.grains, take(&on, most));
        assert_in_range(on.grains.n_left, 1, RPI_MOST_LEFT);
    }
    uint64_t n = 0;
    while (rpi_grains_have(&on.grains)) n += rpi_grain_length(rpi_grains_take(&on.grains, 10));
    assert_int_equal(n, N);
    end(&on);
}

static void items_from_the_cutoff_on_are_dropped(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){100, 300, false});
    check_grain(take(&on, 50), 100, 149);
    check_grain(take(&on, 50), 150, 199);
    rpi_grains_keep_left(&on.grains, (rpi_grain){110, 150, false});
    rpi_grains_keep_left(&on.grains, (rpi_grain){160, 200, false});
    rpi_work_lower_cutoff(&on.work, 50 + 120);
    check_grain(take(&on, UINT64_MAX), 110, 149);
    assert_false(rpi_grains_have(&on.grains));
    end(&on);
}

/* ---- sandboxes that die at random with up to two grains out ---- */

/* Items that were damaged go out one by one, then the others as before. */
static void careful_items_go_one_by_one(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    rpi_grains_add_claimed(&on.grains, (rpi_grain){100, 300, true}); /* a claimed grain never is careful */
    assert_false(rpi_grains_are_careful(&on.grains));
    rpi_grains_keep_left(&on.grains, (rpi_grain){40, 43, true});
    for (uint64_t i = 40; i < 43; i++) {
        assert_true(rpi_grains_are_careful(&on.grains));
        rpi_grain grain = take(&on, 1000);
        check_grain(grain, i, i);
        assert_true(grain.careful);
    }
    assert_false(rpi_grains_are_careful(&on.grains));
    rpi_grain grain = take(&on, 1000);
    check_grain(grain, 100, 299);
    assert_false(grain.careful);
    end(&on);
}

static bool have_or_claim(bench *on, uint64_t *claimed)
{
    if (rpi_grains_have(&on->grains)) return true;
    if (*claimed == N) return false;
    rpi_grain grain = {*claimed, *claimed + 1 + unit_random(N - *claimed), false};
    rpi_grains_add_claimed(&on->grains, grain);
    *claimed = grain.end;
    return true;
}

static unsigned take_for_a_sandbox(bench *on, uint64_t most_tasks, uint64_t *claimed, rpi_grain *out)
{
    unsigned n_out = 0;
    for (uint64_t left = most_tasks; n_out < RPI_REQUESTS && left > 0 && have_or_claim(on, claimed); n_out++) {
        out[n_out] = rpi_grains_take(&on->grains, left);
        uint64_t n = rpi_grain_length(out[n_out]);
        left = n < left ? left - n : 0;
    }
    return n_out;
}

/* It has run some of each. */
static void bury(bench *on, const rpi_grain *out, unsigned n_out, unsigned char *runs)
{
    for (unsigned k = 0; k < n_out; k++) {
        uint64_t n_run = unit_random(rpi_grain_length(out[k]) + 1);
        for (uint64_t i = 0; i < n_run; i++) runs[out[k].begin + i]++;
        rpi_grains_keep_left(&on->grains, (rpi_grain){out[k].begin + n_run, out[k].end, false});
        assert_in_range(on->grains.n_left, 0, RPI_MOST_LEFT);
    }
}

static void each_item_is_run_once_whatever_is_left_over(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 500; round++) {
        bench on;
        rpi_grain out[RPI_REQUESTS];
        unsigned char runs[N] = {0};
        uint64_t claimed = 0;
        begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
        for (unsigned n_out; (n_out = take_for_a_sandbox(&on, 1 + unit_random(60), &claimed, out)) > 0;) bury(&on, out, n_out, runs);
        for (int i = 0; i < N; i++) assert_int_equal(runs[i], 1);
        end(&on);
    }
}

/* ---- ahead ---- */

static void only_items_known_to_be_short_wait_behind_others(void **state)
{
    (void)state;
    bench on;
    begin(&on, triple_task, RP_COLUMNS(RP_RANGE(0, 1)));
    assert_false(rpi_grains_may_wait(&on.grains));
    rpi_work_measure(&on.work, 10, 1000);
    assert_true(rpi_grains_may_wait(&on.grains));
    for (int i = 0; i < 40; i++) rpi_work_measure(&on.work, 1, 5000000);
    assert_false(rpi_grains_may_wait(&on.grains));
    end(&on);
}

UNIT_MAIN(UNIT(careful_items_go_one_by_one), UNIT(a_grain_goes_as_one_grain), UNIT(a_sandbox_gets_no_more_items_than_it_may),
          UNIT(items_that_emit_go_one_by_one), UNIT(large_results_and_arguments_go_a_few_at_a_time),
          UNIT(what_is_left_over_goes_before_the_grain), UNIT(what_is_left_over_is_cut_only_while_there_is_room),
          UNIT(items_from_the_cutoff_on_are_dropped), UNIT(each_item_is_run_once_whatever_is_left_over),
          UNIT(only_items_known_to_be_short_wait_behind_others))
