/* test_item_values.c: what an item is known by in a journal. */
#include "pool/item_values.h"
#include "unit.h"

#include <string.h>

static double mix(double a, int b, const char *text, rp_bytes bytes) { return a + b + (double)strlen(text) + (double)bytes.size; }
RP_TASK(mix, double, double, int, const char *, rp_bytes)

static double other_mix(double a, int b, const char *text, rp_bytes bytes) { return mix(a, b, text, bytes); }
RP_TASK(other_mix, double, double, int, const char *, rp_bytes)

static int64_t twice(int64_t x) { return 2 * x; }
RP_TASK(twice, int64_t, int64_t)

typedef struct block {
    char bytes[100];
} block;

static int first(block of) { return of.bytes[0]; }
RP_TASK(first, int, block)

static const rp_columns none = {0, NULL};

static rpi_item_hash hash(const rp_task *task, rp_columns bound, rp_columns items, uint64_t k)
{
    rpi_work work;
    rpi_item_values values;
    rpi_batch *batch = rpi_batch_create();
    assert_int_equal(rpi_work_init(&work, task, bound, items, NULL), RP_OK);
    rpi_batch_reset(batch, &work, 0, k + 1);
    rpi_item_values_init(&values, &work);
    rpi_item_hash result = rpi_item_values_hash_at(&values, batch, k);
    rpi_batch_destroy(batch);
    rpi_work_fini(&work);
    return result;
}

#define SAME(a, b)  assert_true(rpi_item_hash_same(a, b))
#define OTHER(a, b) assert_false(rpi_item_hash_same(a, b))

static void it_is_the_values_whatever_column_they_come_from(void **state)
{
    (void)state;
    int64_t numbers[] = {5, 8, 11};
    double line[] = {0, 0.5, 1};
    rp_bytes bytes[] = {{"xy", 2}, {"xy", 2}, {"xy", 2}};
    const char *texts[] = {"a", "b", "c"};
    int b[] = {1, 2, 3};
    for (uint64_t k = 0; k < 3; k++) {
        SAME(hash(twice_task, none, RP_COLUMNS(RP_COLUMN(numbers)), k), hash(twice_task, none, RP_COLUMNS(RP_RANGE(5, 3)), k));
        SAME(hash(mix_task, none, RP_COLUMNS(RP_COLUMN(line), RP_COLUMN(b), RP_STRINGS(texts, 3), RP_COLUMN(bytes)), k),
             hash(mix_task, none, RP_COLUMNS(RP_LINSPACE(0, 1, 3), RP_RANGE(1, 1), RP_STRINGS(texts, 3), RP_COLUMN(bytes)), k));
    }
}

static void any_byte_of_any_argument_makes_another_item(void **state)
{
    (void)state;
    double a[] = {1, 1, 2};
    int b[] = {1, 1, 1};
    char one[] = "one", same[] = "one";
    const char *texts[] = {one, same, one};
    rp_bytes bytes[] = {{"xyz", 3}, {"xyz", 3}, {"xyz", 3}};
    rp_columns items = RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_STRINGS(texts, 3), RP_COLUMN(bytes));
    rpi_item_hash it = hash(mix_task, none, items, 0);
    SAME(it, hash(mix_task, none, items, 1)); /* where bytes are doesn't matter */
    OTHER(it, hash(mix_task, none, items, 2));
    OTHER(it, hash(other_mix_task, none, items, 0));
    same[0] = 'O';
    OTHER(it, hash(mix_task, none, items, 1));
    same[0] = 'o';
    b[1] = 2;
    OTHER(it, hash(mix_task, none, items, 1));
    b[1] = 1;
    bytes[1].size = 2;
    OTHER(it, hash(mix_task, none, items, 1));
    block blocks[2] = {{{0}}, {{0}}};
    rp_columns of_blocks = RP_COLUMNS(RP_COLUMN(blocks));
    SAME(hash(first_task, none, of_blocks, 0), hash(first_task, none, of_blocks, 1));
    blocks[1].bytes[99] = 1;
    OTHER(hash(first_task, none, of_blocks, 0), hash(first_task, none, of_blocks, 1));
}

static void what_belongs_to_which_argument_matters(void **state)
{
    (void)state;
    const char *texts[] = {"ab", "a"};
    rp_bytes bytes[] = {{"c", 1}, {"bc", 2}};
    double a[] = {1, 1};
    int b[] = {1, 1};
    rp_columns items = RP_COLUMNS(RP_COLUMN(a), RP_COLUMN(b), RP_STRINGS(texts, 2), RP_COLUMN(bytes));
    OTHER(hash(mix_task, none, items, 0), hash(mix_task, none, items, 1));
}

static void constants_are_a_part_of_each_item(void **state)
{
    (void)state;
    rp_columns items = RP_COLUMNS(RP_RANGE(0, 1), RP_CONSTANT("text"), RP_CONSTANT(((rp_bytes){"b", 1})));
    rp_columns other = RP_COLUMNS(RP_RANGE(0, 1), RP_CONSTANT("next"), RP_CONSTANT(((rp_bytes){"b", 1})));
    rpi_item_hash it = hash(mix_task, RP_COLUMNS(RP_CONSTANT(1.5)), items, 4);
    SAME(it, hash(mix_task, RP_COLUMNS(RP_CONSTANT(1.5)), items, 4));
    OTHER(it, hash(mix_task, RP_COLUMNS(RP_CONSTANT(2.5)), items, 4));
    OTHER(it, hash(mix_task, RP_COLUMNS(RP_CONSTANT(1.5)), other, 4));
}

/* It is in journals that are there, so it stays. */
static void it_is_the_same_as_ever(void **state)
{
    (void)state;
    rpi_item_hash it = hash(twice_task, none, RP_COLUMNS(RP_RANGE(7, 1)), 0);
    assert_true(it.words[0] == UINT64_C(0xb00ca4c56f07cf48) && it.words[1] == UINT64_C(0x7cbb9111a3ce21));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_values_whatever_column_they_come_from),
        cmocka_unit_test(any_byte_of_any_argument_makes_another_item),
        cmocka_unit_test(what_belongs_to_which_argument_matters),
        cmocka_unit_test(constants_are_a_part_of_each_item),
        cmocka_unit_test(it_is_the_same_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
