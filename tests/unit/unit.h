/*
 * unit.h: what the unit tests share: random numbers that can be repeated, time, and the end of a test that hangs. Each program tests the
 * source file that it is named after, and ends with UNIT_MAIN.
 */
#ifndef UNIT_H
#define UNIT_H

#include <rankpool/rankpool.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Starts random numbers anew and prints the seed: UNIT_SEED from the environment, else the time. */
void unit_seed(void);
/* 0 to n - 1. Only from one thread at a time. */
uint64_t unit_random(uint64_t n);

/* All schedules, for `for (int row = 0, kind; unit_schedule(row, &kind); row++)`; their number; and any of them. */
bool unit_schedule(int row, int *kind);
int unit_n_schedules(void);
rp_schedule unit_random_schedule(void);

/* Nothing here takes so long, however busy the machine is: what takes longer hangs. */
#define UNIT_WAIT_S 120.0

double unit_now(void);
void unit_sleep(double seconds);

/* Waits until the counter has reached the value; fails the test after UNIT_WAIT_S. */
void unit_await(const atomic_int *counter, int value);

/* The text contains the part. */
#define assert_contains(text, part) unit_check_contains((text), (part), __FILE__, __LINE__)
void unit_check_contains(const char *text, const char *part, const char *file, int line);

/* The call returned RP_USAGE, and its error says so and contains the part. */
#define assert_refused(call, said, part)                                                                                                   \
    do {                                                                                                                                   \
        assert_int_equal((call), RP_USAGE);                                                                                                \
        assert_int_equal((said).status, RP_USAGE);                                                                                         \
        assert_contains(rp_error_text(&(said)), (part));                                                                                   \
    } while (0)

/* Runs the tests; a hang ends the program. A pattern on the command line chooses among them. */
int unit_main(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n_tests);

#define UNIT_MAIN(...)                                                                                                                     \
    int main(int argc, char **argv)                                                                                                        \
    {                                                                                                                                      \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                                                                   \
        return unit_main(argc, argv, __FILE__, tests, sizeof tests / sizeof tests[0]);                                                     \
    }

#define UNIT(function) cmocka_unit_test(function)

#endif
