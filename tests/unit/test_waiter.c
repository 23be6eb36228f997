/* test_waiter.c: one thread tells, one waits, spinning or asleep. */
#include "unit.h"

#include "base/clock.h"
#include "base/waiter.h"

#include <pthread.h>

static atomic_int n_begun;
static int written;

static void *tell(void *argument)
{
    unit_await(&n_begun, 1);
    if (unit_random(2)) unit_sleep(0.0002); /* the other one sleeps already */
    written = 7;
    rpi_waiter_tell(argument);
    return NULL;
}

static void what_was_written_is_there(void **state)
{
    (void)state;
    unit_seed();
    for (int round = 0; round < 300; round++) {
        rpi_waiter waiter = {0};
        pthread_t thread;
        written = 0;
        atomic_store(&n_begun, 0);
        assert_int_equal(pthread_create(&thread, NULL, tell, &waiter), 0);
        assert_false(rpi_waiter_is_told(&waiter));
        atomic_store(&n_begun, 1);
        if (round % 2) rpi_waiter_sleep(&waiter);
        while (!rpi_waiter_is_told(&waiter)) unit_sleep(0);
        assert_int_equal(written, 7);
        pthread_join(thread, NULL);
    }
}

static void one_that_was_told_does_not_sleep(void **state)
{
    (void)state;
    rpi_waiter waiter = {0};
    rpi_waiter_tell(&waiter);
    rpi_waiter_sleep(&waiter);
    assert_true(rpi_waiter_is_told(&waiter));
}

static void one_that_is_not_told_wakes_at_its_deadline(void **state)
{
    (void)state;
    rpi_waiter waiter = {0};
    uint64_t deadline = rpi_deadline_ns(0.01);
    assert_false(rpi_waiter_sleep_until(&waiter, deadline));
    assert_true(rpi_now_ns() >= deadline);
    rpi_waiter_tell(&waiter);
    assert_true(rpi_waiter_sleep_until(&waiter, RPI_NEVER));
}

UNIT_MAIN(cmocka_unit_test(what_was_written_is_there), cmocka_unit_test(one_that_was_told_does_not_sleep),
          cmocka_unit_test(one_that_is_not_told_wakes_at_its_deadline))
