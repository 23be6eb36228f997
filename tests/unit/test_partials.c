/*
 * test_partials.c: parts of a tree, folded here and there and sent to and fro: the value is that of the number of items alone.
 */
#include "unit.h"

#include "task/folder.h"
#include "task/pack_partials.h"
#include "task/registry.h"

#include <stdlib.h>
#include <string.h>

static double mixed(double a, double b) { return 0.75 * a + b; } /* any other tree gives another value */
RP_COMBINE(mixed, double)

static double value_of(uint64_t item) { return (double)(item * 2654435761u % 1009) / 7; }

static double number(double x) { return x; }
RP_TASK(number, double, double)

/* ---- folding by the definition ---- */

static bool is_left_out(uint64_t item, uint64_t every) { return every && item % every == 3; }

static bool by_definition(const rpi_reduction *of, uint64_t begin, uint64_t blocks, uint64_t every, double *value)
{
    bool any = false;
    if (begin >= of->n_items) return false;
    if (blocks == 1) {
        for (uint64_t i = begin; i < begin + of->block && i < of->n_items; i++) {
            if (is_left_out(i, every)) continue;
            *value = any ? mixed(*value, value_of(i)) : value_of(i);
            any = true;
        }
        return any;
    }
    double right;
    any = by_definition(of, begin, blocks / 2, every, value);
    if (!by_definition(of, begin + blocks / 2 * of->block, blocks / 2, every, &right)) return any;
    *value = any ? mixed(*value, right) : right;
    return true;
}

static double expected_value(const rpi_reduction *of, uint64_t every)
{
    double value = 0;
    uint64_t blocks = 1;
    while (blocks * of->block < of->n_items) blocks *= 2;
    assert_true(by_definition(of, 0, blocks, every, &value));
    return value;
}

/* ---- folding in pieces ---- */

static const rp_task of_doubles = {.result_type = RP_TYPE_DOUBLE, .result_size = sizeof(double)};

static void fold_items(rpi_folder *folder, rpi_partials *to, uint64_t first, uint64_t n, uint64_t every)
{
    double *room = (double *)(void *)rpi_folder_room(folder, &of_doubles, n);
    for (uint64_t i = 0; i < n; i++) {
        room[i] = value_of(first + i);
        if (is_left_out(first + i, every)) assert_true(rpi_folder_leave_out(folder, first + i));
    }
    rpi_folder_fold(folder, to, first, n);
}

/* As a chunk of another rank: partials of its own, which are sent. */
static void fold_elsewhere(const rpi_reduction *reduction, rpi_partials *to, uint64_t first, uint64_t n, uint64_t every)
{
    rpi_folder folder = {0};
    rpi_partials own;
    rpi_partials_init(&own, reduction);
    fold_items(&folder, &own, first, n, every);
    rpi_folder_flush(&folder);
    rpi_partial *all = rpi_partials_take_all(&own);
    size_t size = rpi_partials_packed_size(reduction, all);
    char *bytes = calloc(1, size + 1);
    rpi_partials_pack(bytes, reduction, all);
    assert_true(rpi_partials_unpack(bytes, size, to, first, n));
    for (rpi_partial *next; all; all = next) {
        next = all->next;
        rpi_partial_destroy(reduction, all);
    }
    free(bytes);
    rpi_folder_fini(&folder);
    rpi_partials_fini(&own);
}

/* Cuts the items into pieces, and folds them in a random order. Returns the value. */
static double fold_in_pieces(const rpi_reduction *reduction, uint64_t every)
{
    enum { MOST = 4000 };
    static uint64_t cuts[MOST + 1];
    uint64_t n = 0, most = 1 + unit_random(reduction->n_items);
    for (cuts[0] = 0; cuts[n] < reduction->n_items && n < MOST - 1; n++) cuts[n + 1] = cuts[n] + 1 + unit_random(most);
    cuts[n] = reduction->n_items;
    rpi_partials all;
    rpi_folder folder = {0};
    rpi_partials_init(&all, reduction);
    static unsigned char done[MOST];
    memset(done, 0, sizeof done);
    for (uint64_t left = n; left > 0; left--) {
        uint64_t k = unit_random(n);
        while (done[k]) k = (k + 1) % n;
        done[k] = 1;
        if (unit_random(3) == 0) fold_elsewhere(reduction, &all, cuts[k], cuts[k + 1] - cuts[k], every);
        else fold_items(&folder, &all, cuts[k], cuts[k + 1] - cuts[k], every);
    }
    rpi_folder_flush(&folder);
    rpi_partial *whole = rpi_partials_finish(&all);
    assert_non_null(whole);
    double value;
    memcpy(&value, whole->value, sizeof value);
    uint64_t n_out = every ? (reduction->n_items + every - 4) / every : 0;
    if (reduction->n_items > 3 || !every) assert_int_equal(whole->n, reduction->n_items - n_out);
    rpi_partial_destroy(reduction, whole);
    rpi_folder_fini(&folder);
    rpi_partials_fini(&all);
    return value;
}

static void any_pieces_give_the_bits_of_the_whole(void **state)
{
    (void)state;
    static const uint64_t counts[] = {1, 2, 5, 63, 64, 100, 1023, 2500};
    unit_seed();
    for (int round = 0; round < 300; round++) {
        rpi_reduction reduction = rpi_reduction_make(mixed_fold, number_task, counts[unit_random(8)], false);
        reduction.block = (uint64_t)1 << unit_random(7); /* as in calls of millions of items */
        uint64_t every = reduction.n_items > 3 && unit_random(2) ? 4 + unit_random(60) : 0;
        double value = fold_in_pieces(&reduction, every), expected = expected_value(&reduction, every);
        assert_memory_equal(&value, &expected, sizeof value);
    }
}

static void blocks_grow_with_the_number_of_items(void **state)
{
    (void)state;
    static const uint64_t n[] = {0, 1, 65536, 131071, 131072, 262144, 4194304, UINT64_MAX};
    static const uint64_t block[] = {1, 1, 1, 1, 2, 4, 64, 64};
    for (size_t k = 0; k < sizeof n / sizeof n[0]; k++)
        assert_int_equal(rpi_reduction_make(mixed_fold, number_task, n[k], false).block, block[k]);
}

static void an_aligned_chunk_is_one_part_and_any_is_few(void **state)
{
    (void)state;
    rpi_reduction reduction = rpi_reduction_make(mixed_fold, number_task, 4096, false);
    for (int k = 0; k < 3; k++) {
        static const uint64_t first[] = {1024, 1, 0}, count[] = {512, 4094, 4096}, most[] = {1, 22, 1};
        rpi_folder folder = {0};
        rpi_partials own;
        rpi_partials_init(&own, &reduction);
        fold_items(&folder, &own, first[k], count[k], 0);
        rpi_folder_flush(&folder);
        assert_in_range(own.n, 1, most[k]);
        rpi_folder_fini(&folder);
        rpi_partials_fini(&own);
    }
}

static void parts_of_other_items_are_refused(void **state)
{
    (void)state;
    rpi_reduction reduction = rpi_reduction_make(mixed_fold, number_task, 100, false);
    rpi_partials to;
    rpi_partial *part = rpi_partial_create(&reduction, 3, 2); /* items 16 to 23 */
    part->next = NULL;
    part->n = 8;
    rpi_partials_init(&to, &reduction);
    size_t size = rpi_partials_packed_size(&reduction, part);
    char *bytes = calloc(1, size);
    rpi_partials_pack(bytes, &reduction, part);
    assert_false(rpi_partials_unpack(bytes, size, &to, 17, 20));
    assert_false(rpi_partials_unpack(bytes, size, &to, 10, 13));
    assert_false(rpi_partials_unpack(bytes, size - 8, &to, 16, 8));
    unit_seed();
    for (int round = 0; round < 20000; round++) {
        char altered[256];
        assert_in_range(size, 1, sizeof altered);
        memcpy(altered, bytes, size);
        for (uint64_t k = 1 + unit_random(3); k > 0; k--) altered[unit_random(size)] = (char)unit_random(256);
        (void)rpi_partials_unpack(altered, unit_random(4) ? size : unit_random(size), &to, 16, 8);
    }
    free(bytes);
    rpi_partial_destroy(&reduction, part);
    rpi_partials_fini(&to);
}

static void two_folds_of_one_name_clash(void **state)
{
    (void)state;
    rp_fold other = mixed_fold[0], ready = mixed_fold[0], unsound = mixed_fold[0];
    ready.name = "rp_count";
    unsound.merge = NULL;
    assert_int_equal(rp_fold_register(&unsound), RP_USAGE);
    assert_int_equal(rp_fold_register(mixed_fold), RP_OK);
    assert_null(rpi_registry_clash());
    assert_int_equal(rp_fold_register(&other), RP_USAGE);
    assert_string_equal(rpi_registry_clash(), "mixed");
    assert_int_equal(rp_fold_register(&ready), RP_USAGE);
    assert_ptr_equal(rp_fold_find("mixed"), mixed_fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_pieces_give_the_bits_of_the_whole),
        cmocka_unit_test(blocks_grow_with_the_number_of_items),
        cmocka_unit_test(an_aligned_chunk_is_one_part_and_any_is_few),
        cmocka_unit_test(parts_of_other_items_are_refused),
        cmocka_unit_test(two_folds_of_one_name_clash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
