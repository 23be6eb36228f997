/*
 * test_reduce.c: results folded into one value: the same bits whatever ran where, in the order of the items, without failures, and each
 * once.
 */
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tasks and folds ---- */

/* Neither the order nor the grouping of such numbers may change without changing the sum. */
static double rough(int64_t x) { return (x % 2 ? 1.0 : -1.0) * exp((double)(x * 7919 % 1000) / 50.0) / 3.0; }
RP_TASK(rough, double, int64_t)

static void rough_all(size_t n, double *result, const int64_t *x)
{
    for (size_t i = 0; i < n; i++) result[i] = rough(x[i]);
}
RP_TASK_RANGE(rough_all, double, int64_t)

static double unlike(double a, double b) { return 0.75 * a + b; } /* not even associative: any other tree shows */
RP_COMBINE(unlike, double)

static double same(double x) { return x; }
RP_TASK(same, double, double)

static int64_t same_integer(int64_t x) { return x; }
RP_TASK(same_integer, int64_t, int64_t)

static void nothing_at_all(int64_t x) { (void)x; }
RP_TASK(nothing_at_all, void, int64_t)

static double stumble_at(int64_t every, int64_t n_failing, int64_t x)
{
    if (x % every == 1 && rp_attempt() <= n_failing) return rp_fail(7, "%lld stumbled", (long long)x);
    return rough(x);
}
RP_TASK(stumble_at, double, int64_t, int64_t, int64_t)

static void say(int64_t x)
{
    char text[24];
    if (x % 11 == 5) rp_fail(1, "no word for it");
    rp_emit(text, (size_t)snprintf(text, sizeof(text), "%lld ", (long long)x));
}
RP_TASK_EMIT(say, int64_t)

static void join_begin(rp_accumulator *text) { (void)text; }

static void append(rp_accumulator *text, const void *data, size_t size)
{
    size_t before = rp_accumulator_size(text);
    char *to = rp_accumulator_resize(text, before + size);
    if (to) memcpy(to + before, data, size);
}

static void join_add(rp_accumulator *text, const rp_bytes *word) { append(text, word->data, word->size); }
static void join_merge(rp_accumulator *left, const rp_accumulator *right)
{
    append(left, rp_accumulator_data(right), rp_accumulator_size(right));
}
RP_FOLD_BYTES(join, rp_bytes)

typedef struct histogram {
    uint64_t n[10];
} histogram;

static void digits_begin(histogram *h) { *h = (histogram){{0}}; }
static void digits_add(histogram *h, const int64_t *x) { h->n[*x % 10]++; }
static void digits_merge(histogram *left, const histogram *right)
{
    for (int i = 0; i < 10; i++) left->n[i] += right->n[i];
}
RP_FOLD(digits, histogram, int64_t)

/* A table of counts, as of words. */
enum { TALLY_ROWS = 256 };
static void tally_begin(rp_accumulator *table) { (void)rp_accumulator_resize(table, TALLY_ROWS * sizeof(uint64_t)); }
static void tally_add(rp_accumulator *table, const int64_t *x)
{
    uint64_t *counts = rp_accumulator_data(table);
    if (counts) counts[*x % TALLY_ROWS]++;
}
static void tally_merge(rp_accumulator *left, const rp_accumulator *right)
{
    uint64_t *to = rp_accumulator_data(left);
    const uint64_t *from = rp_accumulator_data(right);
    for (int k = 0; to && from && k < TALLY_ROWS; k++) to[k] += from[k];
}
RP_FOLD_BYTES(tally, int64_t)

/* ---- the tree, as reduce.h says it ---- */

typedef struct serial_tree {
    uint64_t n, block;
    double (*of)(uint64_t item);
    int64_t without; /* each item of remainder 1 to that is left out; 0: none */
} serial_tree;

typedef struct maybe {
    int is_there;
    double value;
} maybe;

static maybe meet(maybe left, maybe right)
{
    if (!left.is_there || !right.is_there) return left.is_there ? left : right;
    return (maybe){1, unlike(left.value, right.value)};
}

static maybe of_block(const serial_tree *tree, uint64_t block)
{
    maybe value = {0, 0};
    for (uint64_t i = block * tree->block; i < tree->n && i < (block + 1) * tree->block; i++)
        if (!tree->without || i % (uint64_t)tree->without != 1) value = meet(value, (maybe){1, tree->of(i)});
    return value;
}

static maybe of_blocks(const serial_tree *tree, uint64_t first, uint64_t n_blocks)
{
    if (first * tree->block >= tree->n) return (maybe){0, 0};
    if (n_blocks == 1) return of_block(tree, first);
    return meet(of_blocks(tree, first, n_blocks / 2), of_blocks(tree, first + n_blocks / 2, n_blocks / 2));
}

static double rough_of(uint64_t item) { return rough((int64_t)item); }

static double in_a_tree(uint64_t n, int64_t without)
{
    serial_tree tree = {n, 1, rough_of, without};
    while (tree.block < 64 && 2 * tree.block <= n / 65536) tree.block *= 2;
    uint64_t n_blocks = 1;
    while (n_blocks * tree.block < n) n_blocks *= 2;
    return of_blocks(&tree, 0, n_blocks).value;
}

static void check_bits(double value, double expected, uint64_t n, const char *how)
{
    if (memcmp(&value, &expected, sizeof value) != 0) fail_msg("%s, n %llu: %a, not %a", how, (unsigned long long)n, value, expected);
}

/* ---- tests ---- */

static void reduce_is_the_tree_of_the_number_of_items(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t counts[] = {1, 2, 3, 7, 64, 1000, 1025, 131071, 131072, 300001};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(counts); k++) {
        double value = 0;
        assert_status(RP_OK,
                      rp_reduce(fixture->pool, rough_all_task, unlike_fold, &value, counts[k], RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error),
                      &error);
        check_bits(value, in_a_tree(counts[k], 0), counts[k], "range form");
    }
}

static void reduce_has_the_same_bits_with_every_schedule_and_chunk(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t chunks[] = {0, 1, 7, 64, 1000};
    const uint64_t n = 3001, large = 140003;
    double expected = in_a_tree(n, 0), large_expected = in_a_tree(large, 0);
    rp_error error = {0};
    rp_name name;
    for (size_t row = 0; rp_enumeration("rp_schedule", row, &name); row++) {
        rp_schedule schedule = (rp_schedule)name.value;
        for (size_t c = 0; c < N_OF(chunks); c++) {
            double value = 0;
            rp_call_options options = {.schedule = schedule, .chunk = chunks[c]};
            if (schedule != RP_SCHEDULE_FIXED && schedule != RP_SCHEDULE_AUTO && chunks[c] > 1) continue;
            assert_status(RP_OK, rp_reduce(fixture->pool, rough_task, unlike_fold, &value, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                          &error);
            check_bits(value, expected, n, rp_schedule_name(schedule));
            if (chunks[c] == 1) continue;
            assert_status(
                RP_OK, rp_reduce(fixture->pool, rough_all_task, unlike_fold, &value, large, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                &error);
            check_bits(value, large_expected, large, rp_schedule_name(schedule));
        }
    }
}

/* What say emits for the numbers below n that it has a word for. */
static char *expected_words(suite_fixture *fixture, int64_t n)
{
    char *text = suite_room(fixture, (uint64_t)n * 8 + 1, 1), *at = text;
    for (int64_t x = 0; x < n; x++)
        if (x % 11 != 5) at += sprintf(at, "%lld ", (long long)x);
    return text;
}

static void reduce_joins_in_the_order_of_the_items(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t chunks[] = {0, 1, 13, 100};
    const int64_t n = 700;
    const char *expected = expected_words(fixture, n);
    rp_error error = {0};
    for (size_t c = 0; c < N_OF(chunks); c++) {
        rp_bytes text = {NULL, 0};
        uint64_t reduced = 0;
        rp_call_options options = {.chunk = chunks[c], .on_error = RP_ON_ERROR_COLLECT, .reduced = &reduced};
        assert_status(RP_FAILED, rp_reduce(fixture->pool, say_task, join_fold, &text, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(error.item, 5);
        assert_int_equal(reduced, n - (n + 5) / 11);
        assert_int_equal(text.size, strlen(expected));
        assert_memory_equal(text.data, expected, text.size);
        rp_bytes_free(&text, 1);
    }
}

/* The whole blocks of large calls are closed with results that travel as they are: bytes, too. */
static void reduce_joins_blocks_of_several_items(void **state)
{
    suite_fixture *fixture = *state;
    const int64_t n = 131072 + 3;
    rp_error error = {0};
    rp_bytes text = {NULL, 0};
    rp_call_options options = {.chunk = 1001, .on_error = RP_ON_ERROR_COLLECT};
    char *expected = expected_words(fixture, n);
    assert_status(RP_FAILED, rp_reduce(fixture->pool, say_task, join_fold, &text, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error), &error);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
    rp_bytes_free(&text, 1);
}

static void reduce_invents_no_identity(void **state)
{
    suite_fixture *fixture = *state;
    rp_error error = {0};
    double zero = -0.0, value = 5, initial = 2.5;
    uint64_t reduced = 99;
    assert_status(RP_OK, rp_reduce(fixture->pool, same_task, rp_sum_double, &value, 1, RP_COLUMNS(RP_CONSTANT(zero)), NULL, &error),
                  &error);
    assert_true(value == 0 && signbit(value));

    value = 5;
    rp_call_options options = {.reduced = &reduced};
    assert_status(RP_END, rp_reduce(fixture->pool, same_task, rp_sum_double, &value, 0, RP_COLUMNS(RP_CONSTANT(zero)), &options, &error),
                  &error);
    assert_true(value == 5 && reduced == 0);

    options.initial = &initial;
    assert_status(RP_OK, rp_reduce(fixture->pool, same_task, rp_sum_double, &value, 0, RP_COLUMNS(RP_CONSTANT(zero)), &options, &error),
                  &error);
    assert_true(value == 2.5 && reduced == 0);
    assert_status(RP_OK, rp_reduce(fixture->pool, same_task, unlike_fold, &value, 1, RP_COLUMNS(RP_CONSTANT(4.0)), &options, &error),
                  &error);
    assert_true(value == unlike(2.5, 4.0) && reduced == 1);

    options = (rp_call_options){.on_error = RP_ON_ERROR_COLLECT, .reduced = &reduced};
    value = 5;
    assert_status(RP_FAILED,
                  rp_reduce(fixture->pool, stumble_at_task, rp_sum_double, &value, 1,
                            RP_COLUMNS(RP_CONSTANT((int64_t)3), RP_CONSTANT((int64_t)9), RP_CONSTANT((int64_t)1)), &options, &error),
                  &error);
    assert_true(value == 5 && reduced == 0 && error.item == 0);
}

static void reduce_extremes_prefer_nan_and_the_first(void **state)
{
    suite_fixture *fixture = *state;
    static const double numbers[][5] = {{3, 1, 2, 1, 3}, {NAN, 1, 2, 3, 4}, {1, 2, NAN, 0, NAN}, {4, 3, 2, 1, NAN}, {-1, -1, -1, -1, -1}};
    static const uint64_t least[] = {1, 0, 2, 4, 0}, most[] = {0, 0, 2, 4, 0};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(numbers); k++) {
        for (int any = 0; any < 2; any++) {
            rp_indexed_double small = {0, 99}, large = {0, 99};
            rp_call_options options = {.reduce_order = any ? RP_ORDER_ANY : RP_ORDER_FIXED, .chunk = 1};
            assert_status(
                RP_OK, rp_reduce(fixture->pool, same_task, rp_min_double, &small, 5, RP_COLUMNS(RP_COLUMN(numbers[k])), &options, &error),
                &error);
            assert_status(
                RP_OK, rp_reduce(fixture->pool, same_task, rp_max_double, &large, 5, RP_COLUMNS(RP_COLUMN(numbers[k])), &options, &error),
                &error);
            assert_int_equal(small.index, least[k]);
            assert_int_equal(large.index, most[k]);
            assert_memory_equal(&small.value, &numbers[k][least[k]], sizeof(double));
            assert_memory_equal(&large.value, &numbers[k][most[k]], sizeof(double));
        }
    }
    rp_indexed_int64 last = {0, 0};
    assert_status(RP_OK, rp_reduce(fixture->pool, tasks.square, rp_max_int64, &last, 1000, RP_COLUMNS(RP_RANGE(-999, 1)), NULL, &error),
                  &error);
    assert_true(last.value == 999 * 999 && last.index == 0);
}

static void reduce_moments_do_not_cancel(void **state)
{
    suite_fixture *fixture = *state;
    static const double numbers[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    rp_moments moments = {0};
    rp_error error = {0};
    assert_status(RP_OK, rp_reduce(fixture->pool, same_task, rp_moments_double, &moments, 4, RP_COLUMNS(RP_COLUMN(numbers)), NULL, &error),
                  &error);
    assert_int_equal(moments.count, 4);
    assert_true(moments.mean == 1e9 + 10);
    assert_true(rp_variance(&moments) == 30);
}

static void reduce_integer_sums_are_exact_or_fail(void **state)
{
    suite_fixture *fixture = *state;
    static const int64_t beyond[] = {INT64_MAX, INT64_MAX, -INT64_MAX, -5}, too_large[] = {INT64_MAX, 1};
    int64_t sum = 0, initial = -1;
    rp_error error = {0};
    assert_status(RP_OK, rp_reduce(fixture->pool, same_integer_task, rp_sum_int64, &sum, 4, RP_COLUMNS(RP_COLUMN(beyond)), NULL, &error),
                  &error);
    assert_true(sum == INT64_MAX - 5);
    sum = 3;
    assert_status(RP_FAILED,
                  rp_reduce(fixture->pool, same_integer_task, rp_sum_int64, &sum, 2, RP_COLUMNS(RP_COLUMN(too_large)), NULL, &error),
                  &error);
    assert_true(sum == 3 && error.item == -1);
    assert_text(&error, "doesn't fit");
    rp_call_options options = {.initial = &initial};
    assert_status(RP_OK,
                  rp_reduce(fixture->pool, same_integer_task, rp_sum_int64, &sum, 2, RP_COLUMNS(RP_COLUMN(too_large)), &options, &error),
                  &error);
    assert_true(sum == INT64_MAX);
}

static void reduce_leaves_failures_out_and_keeps_the_tree(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t counts[] = {1000, 140003};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(counts); k++) {
        double value = 0;
        uint64_t reduced = 0, n = counts[k];
        rp_call_options options = {.on_error = RP_ON_ERROR_COLLECT, .reduced = &reduced};
        assert_status(RP_FAILED,
                      rp_reduce(fixture->pool, stumble_at_task, unlike_fold, &value, n,
                                RP_COLUMNS(RP_CONSTANT((int64_t)97), RP_CONSTANT((int64_t)9), RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(error.item, 1);
        assert_int_equal(reduced, n - (n + 95) / 97);
        check_bits(value, in_a_tree(n, 97), n, "without failures");
    }
}

static void reduce_that_stops_leaves_its_value_alone(void **state)
{
    suite_fixture *fixture = *state;
    double value = 5;
    uint64_t reduced = 6;
    rp_error error = {0};
    rp_call_options options = {.reduced = &reduced};
    assert_status(RP_FAILED,
                  rp_reduce(fixture->pool, stumble_at_task, rp_sum_double, &value, 1000,
                            RP_COLUMNS(RP_CONSTANT((int64_t)97), RP_CONSTANT((int64_t)9), RP_RANGE(0, 1)), &options, &error),
                  &error);
    assert_int_equal(error.item, 1);
    assert_true(value == 5 && reduced == 6);
}

static void reduce_counts_retried_items_once(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t counts[] = {50, 140003};
    rp_error error = {0};
    for (size_t k = 0; k < N_OF(counts); k++) {
        uint64_t n = counts[k], reduced = 0;
        double value = 0;
        int64_t every = k == 0 ? 7 : 30011;
        rp_call_options options = {.retries = 2, .reduced = &reduced};
        assert_status(RP_OK,
                      rp_reduce(fixture->pool, stumble_at_task, unlike_fold, &value, n,
                                RP_COLUMNS(RP_CONSTANT(every), RP_CONSTANT((int64_t)1), RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(reduced, n);
        check_bits(value, in_a_tree(n, 0), n, "with retries");
    }
}

static void same_all(size_t n, double *result, const double *x) { memcpy(result, x, n * sizeof *x); }
RP_TASK_RANGE(same_all, double, double)

/* Whole numbers, whose sums are exact in any order. */
static void reduce_in_any_order_has_each_number_once(void **state)
{
    suite_fixture *fixture = *state;
    static const uint64_t counts[] = {1, 2, 8, 9, 63, 64, 65, 66, 1000, 140003, 1000003};
    for (size_t k = 0; k < N_OF(counts); k++) {
        uint64_t n = counts[k], reduced = 0;
        double sum = 0, initial = 0.5;
        rp_error error = {0};
        rp_call_options options = {.reduce_order = RP_ORDER_ANY, .reduced = &reduced, .initial = &initial};
        assert_status(RP_OK, rp_reduce(fixture->pool, same_all_task, rp_sum_double, &sum, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_true(sum == 0.5 + (double)(n * (n - 1) / 2));
        assert_int_equal(reduced, n);
    }
}

static void reduce_in_any_order_has_all_items(void **state)
{
    suite_fixture *fixture = *state;
    const uint64_t n = 20000;
    histogram counts;
    uint64_t reduced = 0, n_void = 0;
    rp_error error = {0};
    for (int any = 0; any < 2; any++) {
        rp_call_options options = {.reduce_order = any ? RP_ORDER_ANY : RP_ORDER_FIXED, .reduced = &reduced};
        assert_status(RP_OK,
                      rp_reduce(fixture->pool, same_integer_task, digits_fold, &counts, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        for (int digit = 0; digit < 10; digit++) assert_int_equal(counts.n[digit], n / 10);
        assert_int_equal(reduced, n);
        assert_status(RP_OK,
                      rp_reduce(fixture->pool, nothing_at_all_task, rp_count, &n_void, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(n_void, n);
        rp_bytes text;
        options.on_error = RP_ON_ERROR_COLLECT;
        assert_status(RP_FAILED, rp_reduce(fixture->pool, say_task, join_fold, &text, 500, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(text.size, strlen(expected_words(fixture, 500)));
        rp_bytes_free(&text, 1);
    }
}

/* What other ranks sent back: bytes and chunks. */
static rp_rank_report traffic_of(suite_fixture *fixture)
{
    rp_rank_report sum = {0};
    for (int rank = 1; rank < fixture->info.ranks; rank++) {
        rp_rank_report *report;
        rp_error error = {0};
        assert_status(RP_OK, rp_pool_report(fixture->pool, rank, &report, &error), &error);
        sum.bytes_received += report->bytes_received;
        sum.messages_received += report->messages_received;
        sum.n_chunks += report->n_chunks;
        rp_rank_report_free(report);
    }
    return sum;
}

static void a_chunk_in_any_order_travels_as_one_table(void **state)
{
    suite_fixture *fixture = *state;
    enum { TABLE = TALLY_ROWS * sizeof(uint64_t), OVERHEAD = 400 };
    const uint64_t n = 30000;
    rp_pool_options pool = suite_options();
    rp_error error = {0};
    pool.record = RP_RECORD_TOTALS;
    for (int any = 0; any < 2; any++) {
        suite_reopen(fixture, &pool);
        rp_bytes table;
        rp_call_options options = {.reduce_order = any ? RP_ORDER_ANY : RP_ORDER_FIXED, .chunk = 777};
        assert_status(RP_OK,
                      rp_reduce(fixture->pool, same_integer_task, tally_fold, &table, n, RP_COLUMNS(RP_RANGE(0, 1)), &options, &error),
                      &error);
        assert_int_equal(table.size, TABLE);
        for (int k = 0; k < TALLY_ROWS; k++)
            assert_int_equal(((const uint64_t *)table.data)[k], n / TALLY_ROWS + ((uint64_t)k < n % TALLY_ROWS));
        rp_bytes_free(&table, 1);
        rp_rank_report sent = traffic_of(fixture);
        uint64_t most = any ? 1 : 2 * 10; /* tables: one, or one for each level of a part of the tree */
        assert_in_range(sent.bytes_received, 0, sent.n_chunks * most * TABLE + sent.messages_received * most * OVERHEAD);
    }
}

/* As in a program that was linked with a library whose folds ended before fold_tree: the linker made a copy of that size. */
static void a_ready_fold_that_is_shorter_will_do(void **state)
{
    suite_fixture *fixture = *state;
    struct {
        char part[offsetof(rp_fold, fold_tree)];
        uintptr_t behind;
    } copy = {.behind = 1};
    const uint64_t n = 1 << 21;
    double whole = 0, value = 1;
    rp_error error = {0};
    rp_columns items = RP_COLUMNS(RP_RANGE(0, 1));
    memcpy(copy.part, rp_sum_double, sizeof copy.part);
    assert_status(RP_OK, rp_reduce(fixture->pool, rough_task, rp_sum_double, &whole, n, items, NULL, &error), &error);
    assert_status(RP_OK, rp_reduce(fixture->pool, rough_task, (const rp_fold *)(const void *)&copy, &value, n, items, NULL, &error),
                  &error);
    assert_memory_equal(&value, &whole, sizeof value);
}

static void reduce_async_gives_its_value_with_the_outcome(void **state)
{
    suite_fixture *fixture = *state;
    double *value = suite_room(fixture, 1, sizeof(*value));
    int64_t *sum = suite_room(fixture, 1, sizeof(*sum));
    rp_result *first, *second;
    rp_error error = {0};
    assert_status(RP_OK,
                  rp_reduce_async(fixture->pool, rough_task, unlike_fold, value, 1000, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &first, &error),
                  &error);
    assert_status(RP_OK, rp_result_get(first, SUITE_WAIT_S, &error), &error);
    check_bits(*value, in_a_tree(1000, 0), 1000, "async");
    rp_result_free(first);

    *sum = 5;
    assert_status(RP_OK,
                  rp_reduce_async(fixture->pool, tasks.nap, rp_sum_int64, sum, 10000, RP_COLUMNS(RP_CONSTANT(0.01), RP_RANGE(0, 1)), NULL,
                                  &second, &error),
                  &error);
    rp_result_cancel(second);
    assert_status(RP_CANCELLED, rp_result_get(second, SUITE_WAIT_S, &error), &error);
    rp_result_free(second);
    assert_true(*sum == 5);
}

static void reduce_checks_task_fold_and_place(void **state)
{
    suite_fixture *fixture = *state;
    double value = 0;
    float small = 0;
    int64_t other = 0;
    rp_error error = {0};
    assert_status(RP_USAGE, rp_reduce(fixture->pool, tasks.square, rp_sum_double, &value, 1, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error),
                  &error);
    assert_text(&error, "fold rp_sum_double takes results that are double");
    assert_status(RP_USAGE, rp_reduce(fixture->pool, rough_task, rp_sum_double, &small, 1, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error),
                  &error);
    assert_text(&error, "fold rp_sum_double gives double");
    assert_status(RP_USAGE, rp_reduce(fixture->pool, rough_task, rp_sum_double, &other, 1, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error),
                  &error);
    assert_status(RP_USAGE, rp_reduce(fixture->pool, rough_task, NULL, &value, 1, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error), &error);
    assert_status(RP_USAGE, (rp_reduce)(fixture->pool, rough_task, rp_sum_double, NULL, 1, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error),
                  &error);
    assert_ptr_equal(rp_fold_find("unlike"), unlike_fold);
    assert_ptr_equal(rp_fold_find("rp_sum_double"), rp_sum_double);
    assert_null(rp_fold_find("no such fold"));
}

int suite_run_reduce(void)
{
    const struct CMUnitTest cases[] = {
        SUITE_CASE(reduce_is_the_tree_of_the_number_of_items),
        SUITE_CASE(reduce_has_the_same_bits_with_every_schedule_and_chunk),
        SUITE_CASE(reduce_joins_in_the_order_of_the_items),
        SUITE_CASE(reduce_joins_blocks_of_several_items),
        SUITE_CASE(reduce_invents_no_identity),
        SUITE_CASE(reduce_extremes_prefer_nan_and_the_first),
        SUITE_CASE(reduce_moments_do_not_cancel),
        SUITE_CASE(reduce_integer_sums_are_exact_or_fail),
        SUITE_CASE(reduce_leaves_failures_out_and_keeps_the_tree),
        SUITE_CASE(reduce_that_stops_leaves_its_value_alone),
        SUITE_CASE(reduce_counts_retried_items_once),
        SUITE_CASE(reduce_in_any_order_has_all_items),
        SUITE_CASE(reduce_in_any_order_has_each_number_once),
        SUITE_CASE(a_chunk_in_any_order_travels_as_one_table),
        SUITE_CASE(a_ready_fold_that_is_shorter_will_do),
        SUITE_CASE(reduce_async_gives_its_value_with_the_outcome),
        SUITE_CASE(reduce_checks_task_fold_and_place),
    };
    return cmocka_run_group_tests_name("reduce", cases, NULL, NULL);
}
