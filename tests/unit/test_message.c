/* test_message.c: the header of messages, and what is checked of each kind where it comes in. */
#include "unit.h"

#include "cluster/message.h"

static rpi_message *make(rpi_message_kind kind)
{
    rpi_message *message = rpi_message_create(kind, 7, 0);
    assert_non_null(message);
    message->header.number = 1;
    if (kind == RPI_WORK) message->header.work.count = message->header.work.attempt = 1;
    return message;
}

static void check(rpi_message *message, bool from_coordinator, const char *text)
{
    rp_error error;
    rp_status status = rpi_message_check(message, from_coordinator, &error);
    assert_int_equal(status, text ? RP_SYSTEM : RP_OK);
    if (text) assert_contains(rp_error_text(&error), text);
    rpi_message_free(message);
}

static void a_new_message_has_its_kind_its_pool_and_empty_fields(void **state)
{
    (void)state;
    rpi_message *message = rpi_message_create(RPI_DONE, 9, 100);
    assert_true(message->header.kind == RPI_DONE && message->header.pool == 9 && message->header.size == 100);
    for (int i = 0; i < RPI_MOST_FIELDS; i++) assert_int_equal(message->header.fields[i], 0);
    assert_int_equal((uintptr_t)&message->header % 16, (uintptr_t)message->data % 16);
    rpi_message_free(message);
}

static void each_kind_goes_one_way(void **state)
{
    (void)state;
    static const rpi_message_kind to_member[] = {RPI_WELCOME, RPI_REFUSE, RPI_OPEN,  RPI_CALL, RPI_WORK,
                                                 RPI_CUTOFF,  RPI_FORGET, RPI_CLOSE, RPI_STOP, RPI_REPORT};
    static const rpi_message_kind to_coordinator[] = {RPI_HELLO, RPI_OPENED, RPI_DONE, RPI_CLOSED, RPI_BYE, RPI_REPORTED};
    for (size_t k = 0; k < N_OF(to_member); k++) {
        check(make(to_member[k]), true, NULL);
        check(make(to_member[k]), false, "from the wrong side");
    }
    for (size_t k = 0; k < N_OF(to_coordinator); k++) {
        check(make(to_coordinator[k]), false, NULL);
        check(make(to_coordinator[k]), true, "from the wrong side");
    }
    check(make(RPI_HEARTBEAT), true, NULL);
    check(make(RPI_HEARTBEAT), false, NULL);
}

/* Kinds are numbered without a gap, and each has a name. The loop ends behind the last kind. */
static void every_kind_is_described(void **state)
{
    (void)state;
    for (uint64_t kind = RPI_HELLO; kind <= RPI_HEARTBEAT; kind++) assert_string_not_equal(rpi_message_name(kind), "unknown");
    assert_string_equal(rpi_message_name(RPI_WORK), "WORK");
    assert_string_equal(rpi_message_name(0), "unknown");
    assert_string_equal(rpi_message_name(RPI_HEARTBEAT + 1), "unknown");
    assert_string_equal(rpi_message_name(UINT64_MAX), "unknown");
    check(make((rpi_message_kind)0), true, "unknown kind 0");
    check(make((rpi_message_kind)77), false, "unknown kind 77");
}

static void fields_out_of_range_are_named(void **state)
{
    (void)state;
    rpi_message *work = make(RPI_WORK);
    work->header.work.schedule = 1000;
    check(work, true, "a message WORK came in whose schedule is 1000");
    work = make(RPI_WORK);
    work->header.work.count = 0;
    check(work, true, "count is 0");
    work = make(RPI_WORK);
    work->header.work.attempt = 0;
    check(work, true, "attempt is 0");
    rpi_message *done = make(RPI_DONE);
    done->header.done.status = UINT64_MAX;
    check(done, false, "a message DONE came in whose status is");
    done = make(RPI_DONE);
    done->header.done.status = (UINT64_C(1) << 32) + RP_OK;
    check(done, false, "status is 4294967296");
    rpi_message *stop = make(RPI_STOP);
    stop->header.stop.lost = 2;
    check(stop, true, "lost is 2");
}

static void data_where_none_belongs_is_refused(void **state)
{
    (void)state;
    rpi_message *close = rpi_message_create(RPI_CLOSE, 1, 8);
    check(close, true, "CLOSE came in with data");
}

static void a_text_ends_with_the_data(void **state)
{
    (void)state;
    rpi_message *message = rpi_message_create(RPI_REFUSE, 0, 4);
    memcpy(message->data, "abcd", 4);
    assert_string_equal(rpi_message_text(message, 0), "abcd");
    assert_string_equal(rpi_message_text(message, 3), "d");
    assert_string_equal(rpi_message_text(message, 4), "");
    assert_string_equal(rpi_message_text(message, 1000), "");
    rpi_message_free(message);
}

UNIT_MAIN(UNIT(a_new_message_has_its_kind_its_pool_and_empty_fields), UNIT(each_kind_goes_one_way), UNIT(every_kind_is_described),
          UNIT(fields_out_of_range_are_named), UNIT(data_where_none_belongs_is_refused), UNIT(a_text_ends_with_the_data))
