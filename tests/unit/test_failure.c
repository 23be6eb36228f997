/* test_failure.c: records of failed items: the errors made from them, and that they are sorted. */
#include "unit.h"

#include "task/failure.h"

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

UNIT_MAIN(UNIT(failures_become_errors), UNIT(failures_keep_messages_of_any_length), UNIT(sort_orders_by_item),
          UNIT(sort_loses_and_doubles_nothing))
