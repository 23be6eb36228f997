/* test_failure_record.c: a failure as the data of a record, and back. */
#include "pool/failure_record.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static rpi_failure *make(const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    assert_non_null(failure);
    failure->facts =
        (rpi_failure_facts){.item = 17, .cause = RP_CAUSE_EXIT, .code = -3, .rank = 2, .worker = 5, .attempt = 4, .seconds = 0.5};
    strcpy(failure->facts.host, "n18");
    strcpy(failure->facts.item_text, "0.5, 17");
    return failure;
}

static void check_same(const rpi_failure *a, const rpi_failure *b)
{
    assert_int_equal(a->facts.item, b->facts.item);
    assert_int_equal(a->facts.cause, b->facts.cause);
    assert_int_equal(a->facts.code, b->facts.code);
    assert_int_equal(a->facts.rank, b->facts.rank);
    assert_int_equal(a->facts.worker, b->facts.worker);
    assert_int_equal(a->facts.attempt, b->facts.attempt);
    assert_true(a->facts.seconds == b->facts.seconds);
    assert_string_equal(a->facts.host, b->facts.host);
    assert_string_equal(a->facts.item_text, b->facts.item_text);
    assert_string_equal(a->message, b->message);
}

static void it_comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const messages[] = {"it has failed", "", "two\nlines"};
    for (size_t i = 0; i < 3; i++) {
        rpi_failure *failure = make(messages[i]);
        rp_bytes emitted = {"out", i}, found;
        rpi_journal_record record = {.cause = RP_CAUSE_EXIT, .attempt = 4, .seconds = 0.5, .rank = 2};
        void *data;
        assert_true(rpi_failure_record_write(failure, emitted, &data, &record.size));
        record.data = data;
        rpi_failure *back = rpi_failure_record_read(&record, 17, &found);
        check_same(failure, back);
        assert_int_equal(found.size, i);
        assert_memory_equal(found.data, "out", i);
        free(data);
        rpi_failure_free_list(failure);
        rpi_failure_free_list(back);
    }
}

/* All that can be told is what the record itself says. */
static void damaged_data_are_a_failure_without_texts(void **state)
{
    (void)state;
    rpi_failure *failure = make("it has failed");
    rpi_journal_record record = {.cause = RP_CAUSE_TASK, .rank = 1};
    rp_bytes found;
    void *data;
    size_t size;
    assert_true(rpi_failure_record_write(failure, (rp_bytes){NULL, 0}, &data, &size));
    char *part = malloc(size);
    for (record.size = 0; record.size < size; record.size++) {
        record.data = part + size - record.size; /* so that a read beyond it leaves the memory */
        memcpy(part + size - record.size, data, record.size);
        rpi_failure *back = rpi_failure_record_read(&record, 3, &found);
        assert_non_null(back);
        assert_int_equal(back->facts.cause, RP_CAUSE_TASK);
        assert_int_equal(back->message_size, 0);
        rpi_failure_free_list(back);
    }
    for (size_t i = 0; i < 16; i++) { /* sizes that are too large */
        memcpy(part, data, size);
        part[i] = (char)0xff;
        record.data = part;
        record.size = size;
        rpi_failure_free_list(rpi_failure_record_read(&record, 3, &found));
    }
    free(part);
    free(data);
    rpi_failure_free_list(failure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_as_it_was),
        cmocka_unit_test(damaged_data_are_a_failure_without_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
