/* test_bells.c: who can ring whom, and what a ring does. Both ranks are in this process. */
#include "unit.h"

#include "base/clock.h"
#include "cluster/bells.h"

#include <pthread.h>

/* Gives what one side has to say to the other, until both are silent. Returns how many messages went. */
static int talk(rpi_bells *first, rpi_bells *second)
{
    rpi_bells *sides[2] = {first, second};
    int n = 0;
    for (int silent = 0, from = 0; silent < 2; from = 1 - from) {
        rpi_message *message = rpi_bells_tell(sides[from], 0);
        silent = message ? 0 : silent + 1;
        if (!message) continue;
        assert_int_equal(rpi_message_check(message, from == 0, NULL), RP_OK);
        rpi_bells_take(sides[1 - from], 0, message);
        rpi_message_free(message);
        assert_true(++n < 10);
    }
    return n;
}

static void ring(rpi_bells *bells, uint64_t kind)
{
    rpi_bells_plan(bells, 0, kind);
    rpi_bells_ring(bells);
}

static void both_sides_can_ring(void **state)
{
    (void)state;
    rpi_bells *coordinator = rpi_bells_create(1, true), *member = rpi_bells_create(1, true);
    assert_int_equal(talk(coordinator, member), 3);
    assert_true(rpi_bells_all_ring(coordinator, 1) && rpi_bells_all_ring(member, 1));
    uint32_t before = rpi_event_count(rpi_bells_own(member));
    ring(coordinator, RPI_CALL);
    assert_int_equal(rpi_event_count(rpi_bells_own(member)), before);
    ring(coordinator, RPI_WORK);
    assert_int_equal(rpi_event_count(rpi_bells_own(member)), before + 1);
    ring(member, RPI_DONE);
    assert_int_equal(rpi_event_count(rpi_bells_own(coordinator)), 1);
    for (int k = 0; k < 3; k++) rpi_bells_plan(member, 0, RPI_DONE);
    assert_int_equal(rpi_event_count(rpi_bells_own(coordinator)), 1); /* they haven't gone out yet */
    rpi_bells_ring(member);
    rpi_bells_ring(member);
    assert_int_equal(rpi_event_count(rpi_bells_own(coordinator)), 4);
    rpi_bells_destroy(coordinator);
    rpi_bells_destroy(member);
    rpi_bells_destroy(NULL);
}

static void without_shared_memory_nobody_rings(void **state)
{
    (void)state;
    rpi_bells *coordinator = rpi_bells_create(1, false), *member = rpi_bells_create(1, true);
    talk(coordinator, member);
    assert_false(rpi_bells_all_ring(coordinator, 1) && rpi_bells_all_ring(member, 1));
    ring(coordinator, RPI_WORK);
    ring(member, RPI_DONE);
    rpi_bells_destroy(coordinator);
    rpi_bells_destroy(member);
}

/* As long as the other rank's client may look by itself. */
static const uint64_t hour_ns = 3600ull * 1000000000, moment_ns = 1;

static void who_looks_by_itself_is_not_woken_at_once(void **state)
{
    (void)state;
    rpi_bells *coordinator = rpi_bells_create(1, true), *member = rpi_bells_create(1, true);
    talk(coordinator, member);
    rpi_event bell = rpi_bells_own(coordinator);
    for (uint32_t flag = RPI_EVENT_AWAKE; flag <= RPI_EVENT_OUT; flag++) {
        uint32_t before = rpi_event_count(bell);
        atomic_store(bell.sleeping, flag);
        rpi_bells_plan(member, 0, RPI_DONE);
        rpi_bells_ring_patiently(member, hour_ns);
        assert_int_equal(rpi_event_count(bell), before + 1); /* it can be seen at once */
        assert_int_equal(rpi_bells_put_off(member), flag == RPI_EVENT_OUT);
    }
    rpi_bells_ring_patiently(member, hour_ns);
    assert_true(rpi_bells_put_off(member));
    atomic_store(rpi_bells_answered(coordinator), rpi_event_count(bell));
    rpi_bells_ring_patiently(member, hour_ns);
    assert_false(rpi_bells_put_off(member));
    rpi_bells_destroy(coordinator);
    rpi_bells_destroy(member);
}

static void a_rank_tells_which_core_it_has(void **state)
{
    (void)state;
    rpi_bells *coordinator = rpi_bells_create(1, true), *member = rpi_bells_create(1, true);
    rpi_bells_come(coordinator, 0);
    assert_false(rpi_bells_is_taken(member, 0)); /* not attached yet */
    talk(coordinator, member);
    assert_true(rpi_bells_is_taken(member, 0) && !rpi_bells_is_taken(member, 1));
    rpi_bells_come(coordinator, 5);
    assert_true(rpi_bells_is_taken(member, 5) && !rpi_bells_is_taken(member, 0));
    for (int core = 0; core < 10; core++) assert_false(rpi_bells_is_taken(coordinator, core)); /* nothing was said */
    rpi_bells_destroy(coordinator);
    rpi_bells_destroy(member);
}

static void *sleep_until_rung(void *bell)
{
    rpi_event_sleep(*(rpi_event *)bell, 0, RPI_NEVER);
    rpi_event_sleep(*(rpi_event *)bell, 1, RPI_NEVER);
    return NULL;
}

/* The sleeper sees the first ring whether it is woken or not, if that comes before it sleeps; for the second it is mostly asleep. */
static void what_was_put_off_wakes(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        rpi_bells *coordinator = rpi_bells_create(1, true), *member = rpi_bells_create(1, true);
        talk(coordinator, member);
        rpi_event bell = rpi_bells_own(coordinator);
        atomic_store(bell.sleeping, RPI_EVENT_OUT);
        pthread_t sleeper;
        assert_int_equal(pthread_create(&sleeper, NULL, sleep_until_rung, &bell), 0);
        for (int k = 0; k < 2; k++) {
            rpi_bells_plan(member, 0, RPI_DONE);
            rpi_bells_ring_patiently(member, way ? hour_ns : moment_ns);
            unit_sleep(0.001);
            if (way) rpi_bells_ring(member);
            else rpi_bells_ring_patiently(member, moment_ns);
            assert_false(rpi_bells_put_off(member));
        }
        pthread_join(sleeper, NULL);
        rpi_bells_destroy(coordinator);
        rpi_bells_destroy(member);
    }
}

/* Names that come from outside are tried, and nothing more. */
static void a_wrong_name_is_no_bell(void **state)
{
    (void)state;
    rpi_bells *bells = rpi_bells_create(1, true), *other = rpi_bells_create(1, true);
    for (int field = 0; field < 6; field++) {
        rpi_bells *teller = rpi_bells_create(1, true);
        rpi_message *message = rpi_bells_tell(teller, 0);
        message->header.fields[field] ^= 1;
        rpi_bells_take(bells, 0, message);
        rpi_message_free(message);
        ring(bells, RPI_WORK);
        assert_int_equal(rpi_event_count(rpi_bells_own(teller)), 0);
        rpi_bells_destroy(teller);
    }
    rpi_bells_destroy(bells);
    rpi_bells_destroy(other);
}

UNIT_MAIN(UNIT(both_sides_can_ring), UNIT(who_looks_by_itself_is_not_woken_at_once), UNIT(what_was_put_off_wakes),
          UNIT(without_shared_memory_nobody_rings), UNIT(a_wrong_name_is_no_bell), UNIT(a_rank_tells_which_core_it_has))
