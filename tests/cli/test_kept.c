/* test_kept.c: outcomes as the bytes of a journal's records, and rows that wait for their turn. */
#include "held_rows.h"
#include "kept_outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static rp_bytes text(const char *from) { return (rp_bytes){from, strlen(from)}; }

static void assert_text(rp_bytes found, const char *expected)
{
    assert_int_equal(found.size, strlen(expected));
    assert_memory_equal(found.data, expected, found.size);
}

static void a_row_alone_takes_one_byte_more(void **state)
{
    (void)state;
    kept_bytes bytes = {0};
    kept_outcome read, row = {.row = text("0.5\n")};
    assert_true(kept_outcome_write(&row, &bytes));
    assert_int_equal(bytes.size, 5);
    assert_true(kept_outcome_read((rp_bytes){bytes.data, bytes.size}, &read));
    assert_text(read.row, "0.5\n");
    assert_false(read.has_result || read.has_failure);
    kept_bytes_fini(&bytes);
}

static kept_outcome failed(void)
{
    kept_outcome made = {
        .row = text("7,a,failed\n"), .item = text("a"), .result = text("out\0put"), .has_result = true, .has_failure = true};
    made.failure =
        (rp_error){.status = RP_FAILED, .cause = RP_CAUSE_EXIT, .code = -3, .rank = 2, .worker = -1, .attempt = 4, .seconds = 0.25};
    snprintf(made.failure.host, sizeof made.failure.host, "n1");
    snprintf(made.failure.message, sizeof made.failure.message, "exit status -3");
    return made;
}

static void all_parts_come_back(void **state)
{
    (void)state;
    kept_bytes bytes = {0};
    kept_outcome read, made = failed();
    assert_true(kept_outcome_write(&made, &bytes));
    assert_true(kept_outcome_read((rp_bytes){bytes.data, bytes.size}, &read));
    assert_text(read.row, "7,a,failed\n");
    assert_text(read.item, "a");
    assert_text(read.result, "out");
    assert_true(read.has_result && read.has_failure);
    assert_int_equal(read.failure.code, -3);
    assert_int_equal(read.failure.worker, -1);
    assert_int_equal(read.failure.cause, RP_CAUSE_EXIT);
    assert_true(read.failure.seconds >= 0.25 && read.failure.seconds <= 0.25);
    assert_string_equal(read.failure.host, "n1");
    assert_string_equal(read.failure.message, "exit status -3");
    kept_bytes_fini(&bytes);
}

/* Each cut is copied to memory of its own size, so that a sanitizer sees what is read beyond it. */
static void what_is_cut_short_is_none(void **state)
{
    (void)state;
    kept_bytes bytes = {0};
    kept_outcome read, made = failed();
    assert_true(kept_outcome_write(&made, &bytes));
    for (size_t size = 0; size < bytes.size; size++) {
        char *cut = malloc(size + 1);
        memcpy(cut, bytes.data, size);
        assert_false(kept_outcome_read((rp_bytes){cut, size}, &read));
        free(cut);
    }
    kept_bytes_fini(&bytes);
}

static void rows_wait_in_memory_and_in_a_file(void **state)
{
    (void)state;
    enum { N = 300, LARGE = 200000 };
    held_rows held;
    uint64_t position = 0;
    rp_bytes found;
    char *large = malloc(LARGE);
    held_rows_init(&held);
    for (uint64_t k = 0; k < N; k++) assert_true(held_rows_add(&held, 1000 * k));
    for (uint64_t k = N; k-- > 0;) {
        memset(large, 'a' + (int)(k % 26), LARGE);
        size_t size = k % 3 == 0 ? LARGE : 10;
        assert_true(held_rows_keep(&held, 1000 * k, (rp_bytes){large, size}, k + 1));
    }
    assert_true(held.n_in_file > 0 && held.in_memory <= (16u << 20));
    assert_int_equal(held_rows_look(&held, 5, &position), HELD_NOT);
    for (uint64_t k = 0; k < N; k++) {
        assert_int_equal(held_rows_look(&held, 1000 * k, &position), HELD_THERE);
        assert_int_equal(position, k + 1);
        assert_true(held_rows_read(&held, 1000 * k, &found));
        assert_int_equal(found.size, k % 3 == 0 ? LARGE : 10);
        assert_int_equal(((const char *)found.data)[found.size - 1], 'a' + (int)(k % 26));
        held_rows_remove(&held, 1000 * k);
    }
    assert_true(held.n == 0 && held.n_rows == 0 && held.n_in_file == 0 && held.in_memory == 0);
    held_rows_fini(&held);
    free(large);
}

static void an_item_that_is_out_has_no_row(void **state)
{
    (void)state;
    held_rows held;
    uint64_t position;
    held_rows_init(&held);
    assert_true(held_rows_add(&held, 7));
    assert_int_equal(held_rows_look(&held, 7, &position), HELD_OUT);
    assert_true(held_rows_keep(&held, 7, text("x"), 3));
    assert_int_equal(held_rows_look(&held, 7, &position), HELD_THERE);
    held_rows_remove(&held, 7);
    held_rows_remove(&held, 7);
    assert_int_equal(held_rows_look(&held, 7, &position), HELD_NOT);
    held_rows_fini(&held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_alone_takes_one_byte_more), cmocka_unit_test(all_parts_come_back),
        cmocka_unit_test(what_is_cut_short_is_none),       cmocka_unit_test(rows_wait_in_memory_and_in_a_file),
        cmocka_unit_test(an_item_that_is_out_has_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
