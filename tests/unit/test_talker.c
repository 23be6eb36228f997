/* test_talker.c: sleeping and being woken. */
#include "unit.h"

#include "base/clock.h"
#include "cluster/talker.h"

static void wake(rpi_talker *talker)
{
    pthread_mutex_lock(&talker->mutex);
    rpi_talker_wake(talker);
    pthread_mutex_unlock(&talker->mutex);
}

static void *wake_later(void *talker)
{
    unit_sleep(0.02);
    wake(talker);
    return NULL;
}

static double rest(rpi_talker *talker, bool for_ever)
{
    double before = unit_now();
    rpi_quiet quiet = {0};
    rpi_talker_rest(talker, &quiet, for_ever);
    return unit_now() - before;
}

static void sleep_ends_with_the_wake(void **state)
{
    (void)state;
    rpi_talker talker;
    pthread_t thread;
    rpi_talker_init(&talker);
    talker.last_event_ns = 0;
    double before = unit_now();
    assert_int_equal(pthread_create(&thread, NULL, wake_later, &talker), 0);
    (void)rest(&talker, true);
    double woken = unit_now() - before;
    pthread_join(thread, NULL);
    assert_true(woken > 0.015 && woken < 10);
    rpi_talker_fini(&talker);
}

static void a_wake_before_the_sleep_is_not_lost(void **state)
{
    (void)state;
    rpi_talker talker;
    rpi_talker_init(&talker);
    talker.last_event_ns = 0;
    wake(&talker);
    wake(&talker);
    assert_true(rest(&talker, true) < 10);
    assert_false(talker.signalled); /* taken once */
    rpi_talker_fini(&talker);
}

static void sleep_is_bounded(void **state)
{
    (void)state;
    rpi_talker talker;
    rpi_talker_init(&talker);
    talker.last_event_ns = 0;
    double slept = rest(&talker, false);
    assert_true(slept >= 0.004 && slept < 5);
    rpi_talker_fini(&talker);
}

static void after_an_event_there_is_no_sleep(void **state)
{
    (void)state;
    rpi_talker talker;
    rpi_quiet quiet = {0};
    rpi_talker_init(&talker);
    talker.last_event_ns = 0;
    rpi_talker_event(&talker);
    rpi_talker_rest(&talker, &quiet, false);
    assert_true(quiet.quiet_ns < 10000000000);
    rpi_talker_fini(&talker);
}

UNIT_MAIN(UNIT(sleep_ends_with_the_wake), UNIT(a_wake_before_the_sleep_is_not_lost), UNIT(sleep_is_bounded),
          UNIT(after_an_event_there_is_no_sleep))
