/* test_duration.c: lengths of time as text. */
#include "unit.h"

#include "base/duration.h"

static void seconds_and_slurms_forms_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double seconds;
    } right[] = {{"90", 90},       {"0.5", 0.5},      {"1e3", 1000},          {"02:00", 120},
                 {"90:00", 5400},  {"1:30:00", 5400}, {"100:00:00", 360000},  {"1-0", 86400},
                 {"1-12", 129600}, {"0-00:30", 1800}, {"2-03:04:05", 183845}, {"7-00:00:00", 604800}};
    for (size_t k = 0; k < N_OF(right); k++) {
        double seconds = -1;
        assert_true(rpi_duration_read(right[k].text, &seconds));
        assert_float_equal(seconds, right[k].seconds, 1e-9);
    }
}

static void all_else_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",        "-",      "-5",  "1-",   "1-24",    "1:60",         "1:60:00",
                                        "1:00:60", ":30",    "30:", "1::2", "1:2:3:4", "1-2:3:4:5",    "UNLIMITED",
                                        "5m",      "1.5:00", "inf", "nan",  "1-1:60",  "9999999999:00"};
    for (size_t k = 0; k < N_OF(wrong); k++) {
        double seconds = -1;
        if (rpi_duration_read(wrong[k], &seconds)) fail_msg("%s is %g", wrong[k], seconds);
        assert_float_equal(seconds, -1, 1e-9);
    }
}

UNIT_MAIN(cmocka_unit_test(seconds_and_slurms_forms_are_read), cmocka_unit_test(all_else_is_refused))
