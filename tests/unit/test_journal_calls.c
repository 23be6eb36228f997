/* test_journal_calls.c: which calls a pool's journal has, by key and number. */
#include "pool/journal_calls.h"
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>

static rpi_journal_call next(rpi_journal_calls *calls, const char *key, uint64_t n)
{
    rpi_journal_call *call;
    assert_int_equal(rpi_journal_calls_next(calls, key, n, &call, NULL), RP_OK);
    return *call;
}

static void calls_have_ranges_behind_each_other(void **state)
{
    (void)state;
    rpi_journal_calls *calls = rpi_journal_calls_create();
    rpi_journal_calls_set_end(calls, 1000);
    rpi_journal_call a = next(calls, "a", 10), b = next(calls, "b", UINT64_MAX), again = next(calls, "a", 10);
    assert_int_equal(a.base, 1000);
    assert_int_equal(b.base, 1010);
    assert_int_equal(again.base, 1010 + RPI_JOURNAL_MOST_ITEMS);
    assert_int_equal(a.number, 1);
    assert_int_equal(b.number, 1);
    assert_int_equal(again.number, 2);
    assert_int_equal(a.slot, 0);
    assert_int_equal(again.slot, 2);
    rpi_journal_calls_destroy(calls);
}

static void add(rpi_journal_calls *calls, const rpi_journal_call *call, const char *items)
{
    char base[24];
    snprintf(base, sizeof base, "%" PRIu64, call->base);
    const rpi_fact facts[] = {{RPI_FACT_MUST, "items", items}, {RPI_FACT_NOTE, "base", base}};
    rpi_facts all = {0};
    assert_int_equal(rpi_facts_copy(&all, facts, 2, NULL), RP_OK);
    rpi_journal_record record = {.kind = RPI_RECORD_DONE, .index = call->slot, .hash = call->id, .data = all.texts, .size = all.texts_size};
    assert_int_equal(rpi_journal_calls_add(calls, &record, NULL), RP_OK);
    rpi_facts_fini(&all);
}

static void calls_of_an_earlier_run_are_found_in_their_order(void **state)
{
    enum { MANY = 500 };
    (void)state;
    rpi_journal_calls *before = rpi_journal_calls_create(), *now = rpi_journal_calls_create();
    char key[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "key %d", i % 7);
        rpi_journal_call call = next(before, key, 3);
        assert_int_equal(call.facts.n, 0);
        add(now, &call, "3");
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "key %d", i % 7);
        rpi_journal_call call = next(now, key, 3);
        assert_int_equal(call.base, 3 * i);
        assert_int_equal(call.number, i / 7 + 1);
        assert_true(call.facts.n > 0);
    }
    rpi_journal_call other = next(now, "new", 3); /* behind them all */
    assert_int_equal(other.base, 3 * MANY);
    assert_int_equal(other.slot, MANY);
    rpi_journal_calls_destroy(before);
    rpi_journal_calls_destroy(now);
}

static void a_call_of_unknown_length_keeps_its_room(void **state)
{
    (void)state;
    rpi_journal_calls *before = rpi_journal_calls_create(), *now = rpi_journal_calls_create();
    rpi_journal_call call = next(before, "a", UINT64_MAX);
    add(now, &call, "not known");
    assert_int_equal(next(now, "b", 1).base, RPI_JOURNAL_MOST_ITEMS);
    rpi_journal_calls_destroy(before);
    rpi_journal_calls_destroy(now);
}

static void records_that_are_no_calls_are_passed_over(void **state)
{
    (void)state;
    rpi_journal_calls *calls = rpi_journal_calls_create();
    const rpi_journal_record records[] = {{.kind = RPI_RECORD_DONE, .index = 0, .data = "rubbish", .size = 7},
                                          {.kind = RPI_RECORD_DONE, .index = 1, .data = "\1x\0y", .size = 5},
                                          {.kind = RPI_RECORD_FAILED, .index = 2, .data = NULL, .size = 0}};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) assert_int_equal(rpi_journal_calls_add(calls, &records[i], NULL), RP_OK);
    rpi_journal_call call = next(calls, "a", 1);
    assert_int_equal(call.slot, 3);
    assert_int_equal(call.base, 0);
    rpi_journal_calls_destroy(calls);
    rpi_journal_calls_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_have_ranges_behind_each_other),
        cmocka_unit_test(calls_of_an_earlier_run_are_found_in_their_order),
        cmocka_unit_test(a_call_of_unknown_length_keeps_its_room),
        cmocka_unit_test(records_that_are_no_calls_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
