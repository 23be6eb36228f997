/* test_error.c: error objects and failure records: what they say, that they fit, that they are sorted. */
#include "unit.h"

#include "base/failure.h"

static void each_status_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = RP_OK; a <= RP_LOST; a++) {
        assert_true(strlen(rp_status_text((rp_status)a)) > 1);
        for (int b = RP_OK; b < a; b++) assert_string_not_equal(rp_status_text((rp_status)a), rp_status_text((rp_status)b));
    }
    assert_string_equal(rp_status_text(RP_CANCELLED), "cancelled");
    assert_string_equal(rp_status_text((rp_status)-1), "unknown status");
    assert_string_equal(rp_status_text((rp_status)(RP_LOST + 1)), "unknown status");
}

static void no_error_says_so(void **state)
{
    (void)state;
    rp_error zeroed = {0};
    assert_string_equal(rp_error_text(NULL), "no error");
    assert_string_equal(rp_error_text(&zeroed), "no error");
}

static void set_fills_all_fields(void **state)
{
    (void)state;
    rp_error error;
    memset(&error, 0x5a, sizeof error);
    assert_int_equal(rp_error_set(&error, RP_SYSTEM, 28, "%s is %d", "disk", 100), RP_SYSTEM);
    assert_int_equal(error.status, RP_SYSTEM);
    assert_int_equal(error.code, 28);
    assert_true(error.item == -1 && error.rank == -1 && error.worker == -1);
    assert_true(error.attempt == 0 && error.seconds == 0);
    assert_string_equal(error.host, "");
    assert_string_equal(error.message, "disk is 100");
    assert_string_equal(rp_error_text(&error), "disk is 100");
    assert_int_equal(rp_error_set(NULL, RP_CLOSED, 0, "nobody reads this"), RP_CLOSED);
}

static void long_messages_are_cut_to_fit(void **state)
{
    (void)state;
    rp_error error;
    rp_error_set(&error, RP_USAGE, 0, "%2000d", 7);
    assert_int_equal(strlen(error.message), RP_ERROR_MESSAGE_SIZE - 1);
    assert_int_equal(strlen(error.text), RP_ERROR_MESSAGE_SIZE - 1);
}

static void system_errors_name_call_and_reason(void **state)
{
    (void)state;
    rp_error error;
    assert_int_equal(rpi_error_system(&error, 2, "open"), RP_SYSTEM);
    assert_string_equal(rp_error_text(&error), "open: No such file or directory");
    assert_int_equal(rpi_error_no_memory(&error), RP_NO_MEMORY);
    assert_string_equal(rp_error_text(&error), "out of memory");
}

static rpi_failure *make_failure(uint64_t item, const char *message)
{
    rpi_failure *failure = rpi_failure_create(message, strlen(message));
    assert_non_null(failure);
    failure->facts.item = item;
    return failure;
}

static void failures_become_errors(void **state)
{
    (void)state;
    rpi_failure *failure = make_failure(17, "no such file");
    failure->facts.code = 2;
    failure->facts.rank = 3;
    failure->facts.worker = 1;
    failure->facts.attempt = 1;
    failure->facts.seconds = 0.25;
    strcpy(failure->facts.host, "n2");
    rp_error error;
    assert_int_equal(rpi_failure_to_error(failure, &error), RP_FAILED);
    assert_string_equal(rp_error_text(&error), "item 17 failed on rank 3, host n2, worker 1: no such file");
    assert_string_equal(error.message, "no such file");
    assert_string_equal(error.host, "n2");
    assert_true(error.status == RP_FAILED && error.code == 2 && error.item == 17 && error.rank == 3 && error.worker == 1);
    assert_true(error.attempt == 1 && error.seconds == 0.25);
    assert_int_equal(rpi_failure_to_error(failure, NULL), RP_FAILED);
    rpi_failure_free_list(failure);
}

static void failures_keep_messages_of_any_length(void **state)
{
    (void)state;
    size_t size = 3 << 20;
    char *message = malloc(size + 1);
    memset(message, 'm', size);
    message[size] = '\0';
    rpi_failure *failure = make_failure(1, message);
    assert_int_equal(failure->message_size, size);
    assert_string_equal(failure->message, message);
    rp_error error;
    rpi_failure_to_error(failure, &error);
    assert_int_equal(strlen(error.message), RP_ERROR_MESSAGE_SIZE - 1);
    assert_true(strlen(error.text) > RP_ERROR_MESSAGE_SIZE);
    rpi_failure_free_list(failure);
    free(message);
    rpi_failure_free_list(rpi_failure_create(NULL, 0));
    rpi_failure_free_list(NULL);
}

static rpi_failure *push(rpi_failure *list, uint64_t item, int code)
{
    rpi_failure *failure = make_failure(item, "");
    failure->facts.code = code;
    failure->next = list;
    return failure;
}

static size_t check_sorted(const rpi_failure *list)
{
    size_t n = list != NULL;
    for (; list && list->next; list = list->next, n++) assert_true(list->facts.item <= list->next->facts.item);
    return n;
}

static void sort_orders_by_item(void **state)
{
    (void)state;
    unit_seed();
    assert_null(rpi_failure_sort(NULL));
    for (size_t n = 1; n <= 100000; n = n < 20 ? n + 1 : n * 10) {
        rpi_failure *list = NULL;
        for (size_t i = 0; i < n; i++) list = push(list, unit_random(n), 0);
        list = rpi_failure_sort(list);
        assert_int_equal(check_sorted(list), n);
        rpi_failure_free_list(list);
    }
}

static void sort_loses_and_doubles_nothing(void **state)
{
    (void)state;
    enum { N = 50000 };
    rpi_failure *list = NULL;
    for (int i = 0; i < N; i++) list = push(list, (uint64_t)(i * 7919L % N), i);
    list = rpi_failure_sort(list);
    uint64_t item = 0;
    for (const rpi_failure *at = list; at; at = at->next, item++) {
        assert_int_equal(at->facts.item, item);
        assert_int_equal(at->facts.code * 7919L % N, item);
    }
    assert_int_equal(item, N);
    assert_int_equal(check_sorted(list = rpi_failure_sort(list)), N);
    rpi_failure_free_list(list);
}

UNIT_MAIN(UNIT(each_status_has_a_name_of_its_own), UNIT(no_error_says_so), UNIT(set_fills_all_fields), UNIT(long_messages_are_cut_to_fit),
          UNIT(system_errors_name_call_and_reason), UNIT(failures_become_errors), UNIT(failures_keep_messages_of_any_length),
          UNIT(sort_orders_by_item), UNIT(sort_loses_and_doubles_nothing))
