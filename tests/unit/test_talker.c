/* test_talker.c: sleeping and being woken. */
#include "unit.h"

#include "clock.h"
#include "talker.h"

static void *wake_later(void *talker)
{
    unit_sleep(0.02);
    rpi_talker_wake(talker);
    return NULL;
}

static double rest(rpi_talker *talker, bool for_ever)
{
    double before = unit_now();
    rpi_quiet quiet = {0};
    rpi_talker_rest(talker, &quiet, for_ever);
    return unit_now() - before;
}

/* As one that nobody rings and that finds nothing; the time of the last rest. */
static double rest_until_asleep(rpi_talker *talker)
{
    double rested = 0;
    for (int i = 0; i < 10 && rested < 0.004; i++) {
        talker->last_event_ns = 0;
        rested = rest(talker, false);
    }
    return rested;
}

static void sleep_ends_with_the_wake(void **state)
{
    (void)state;
    rpi_talker talker;
    pthread_t thread;
    rpi_talker_init(&talker, NULL);
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
    rpi_talker_init(&talker, NULL);
    talker.last_event_ns = 0;
    rpi_talker_wake(&talker);
    rpi_talker_wake(&talker);
    assert_true(rest(&talker, true) < 10);
    talker.last_event_ns = 0;
    assert_true(rest_until_asleep(&talker) >= 0.004); /* taken once */
    rpi_talker_fini(&talker);
}

static void sleep_is_bounded(void **state)
{
    (void)state;
    rpi_talker talker;
    rpi_talker_init(&talker, NULL);
    talker.last_event_ns = 0;
    double slept = rest_until_asleep(&talker);
    assert_true(slept >= 0.004 && slept < 5);
    rpi_talker_fini(&talker);
}

static void after_an_event_there_is_no_sleep(void **state)
{
    (void)state;
    rpi_talker talker;
    rpi_quiet quiet = {0};
    rpi_talker_init(&talker, NULL);
    talker.last_event_ns = 0;
    rpi_talker_event(&talker);
    rpi_talker_rest(&talker, &quiet, false);
    assert_true(quiet.quiet_ns < 10000000000);
    rpi_talker_fini(&talker);
}

static void it_listens_and_looks_twice_before_it_sleeps(void **state)
{
    (void)state;
    rpi_doorbell doorbell = {0};
    rpi_talker talker;
    rpi_talker_init(&talker, &doorbell);
    talker.last_event_ns = 0;
    for (int looks = 0; looks < 2; looks++) {
        (void)rest(&talker, false);
        assert_int_equal(doorbell.listening, 1);
        assert_int_equal(talker.n_looks, 1 - looks); /* no clock tells whether it slept */
    }
    assert_true(rest(&talker, false) >= 0.004);
    rpi_doorbell_tell(&doorbell);
    (void)rest(&talker, false);
    assert_true(talker.last_event_ns > 0); /* what rang may be late: it looks often for a moment, and twice at least */
    assert_int_equal(talker.n_looks, 2);
    rpi_talker_event(&talker);
    assert_int_equal(doorbell.listening, 0);
    rpi_talker_fini(&talker);
}

static void who_works_does_not_listen(void **state)
{
    (void)state;
    rpi_doorbell doorbell = {0};
    rpi_talker talker;
    rpi_quiet quiet = {.working = true};
    rpi_talker_init(&talker, &doorbell);
    talker.last_event_ns = 0;
    rpi_talker_rest(&talker, &quiet, false);
    assert_int_equal(doorbell.listening, 0);
    rpi_talker_wake(&talker);
    rpi_talker_rest(&talker, &quiet, true); /* its own threads wake it all the same */
    rpi_talker_fini(&talker);
}

UNIT_MAIN(UNIT(sleep_ends_with_the_wake), UNIT(a_wake_before_the_sleep_is_not_lost), UNIT(sleep_is_bounded),
          UNIT(after_an_event_there_is_no_sleep), UNIT(it_listens_and_looks_twice_before_it_sleeps), UNIT(who_works_does_not_listen))
