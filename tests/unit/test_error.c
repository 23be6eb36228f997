/* test_error.c: statuses and error objects: what they say, and that they fit. */
#include "unit.h"

#include "base/error.h"

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

UNIT_MAIN(UNIT(each_status_has_a_name_of_its_own), UNIT(no_error_says_so), UNIT(set_fills_all_fields), UNIT(long_messages_are_cut_to_fit),
          UNIT(system_errors_name_call_and_reason))
