/* test_progress_thread.c: sleeping, being woken, and who takes turns meanwhile. */
#include "unit.h"

#include "base/clock.h"
#include "cluster/progress_thread.h"

static _Atomic uint32_t count, sleeping, answered;

static void begin(rpi_progress_thread *progress_thread)
{
    atomic_store(&count, 0);
    atomic_store(&sleeping, 0);
    atomic_store(&answered, 0);
    rpi_progress_thread_init(progress_thread, (rpi_event){&count, &sleeping}, &answered);
    progress_thread->last_event_ns = 0;
}

/* A turn in which nothing happens. */
static void look(rpi_progress_thread *progress_thread)
{
    rpi_progress_thread_begin_turn(progress_thread);
    rpi_progress_thread_end_turn(progress_thread, false);
}

static void wake(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    rpi_progress_thread_wake(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

static void *wake_later(void *progress_thread)
{
    unit_sleep(0.02);
    wake(progress_thread);
    return NULL;
}

static double rest(rpi_progress_thread *progress_thread, bool for_ever)
{
    double before = unit_now();
    rpi_poll_state poll = {0};
    rpi_progress_thread_rest(progress_thread, &poll, for_ever);
    return unit_now() - before;
}

static void sleep_ends_with_the_wake(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    pthread_t thread;
    begin(&progress_thread);
    look(&progress_thread);
    double before = unit_now();
    assert_int_equal(pthread_create(&thread, NULL, wake_later, &progress_thread), 0);
    (void)rest(&progress_thread, true);
    double woken = unit_now() - before;
    pthread_join(thread, NULL);
    assert_true(woken > 0.015 && woken < UNIT_WAIT_S);
    rpi_progress_thread_fini(&progress_thread);
}

static void a_wake_before_the_sleep_is_not_lost(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    begin(&progress_thread);
    look(&progress_thread);
    wake(&progress_thread);
    wake(&progress_thread);
    assert_true(rest(&progress_thread, true) < UNIT_WAIT_S);
    look(&progress_thread);
    assert_false(progress_thread.signalled); /* taken once */
    rpi_progress_thread_fini(&progress_thread);
}

static void sleep_is_bounded(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    begin(&progress_thread);
    look(&progress_thread);
    double slept = rest(&progress_thread, false);
    assert_true(slept >= 0.004 && slept < UNIT_WAIT_S);
    rpi_progress_thread_fini(&progress_thread);
}

static void after_an_event_there_is_no_sleep(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    rpi_poll_state poll = {0};
    begin(&progress_thread);
    rpi_progress_thread_begin_turn(&progress_thread);
    rpi_progress_thread_end_turn(&progress_thread, true);
    rpi_progress_thread_rest(&progress_thread, &poll, false);
    assert_true(poll.idle_ns < (uint64_t)(1e9 * UNIT_WAIT_S));
    rpi_progress_thread_fini(&progress_thread);
}

/* A ring of another process between the turn and the sleep. */
static void a_ring_before_the_sleep_is_not_lost(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    begin(&progress_thread);
    look(&progress_thread);
    rpi_event_signal(progress_thread.bell);
    assert_true(rest(&progress_thread, true) < UNIT_WAIT_S);
    rpi_progress_thread_fini(&progress_thread);
}

static void one_thread_at_a_time_takes_a_turn(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    begin(&progress_thread);
    assert_true(rpi_progress_thread_try_turn(&progress_thread, true));
    assert_false(rpi_progress_thread_try_turn(&progress_thread, true));
    assert_false(progress_thread.signalled); /* it comes again by itself */
    assert_false(rpi_progress_thread_try_turn(&progress_thread, false));
    assert_true(progress_thread.signalled); /* so that who has the turn looks once more */
    rpi_progress_thread_end_own_turn(&progress_thread, false);
    assert_true(rpi_progress_thread_try_turn(&progress_thread, true));
    rpi_progress_thread_begin(&progress_thread, true);
    assert_false(progress_thread.signalled);
    rpi_progress_thread_end_own_turn(&progress_thread, true);
    rpi_progress_thread_fini(&progress_thread);
}

static void *sleep_for_ever(void *progress_thread)
{
    look(progress_thread);
    (void)rest(progress_thread, true);
    return NULL;
}

static bool is_asleep(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    bool is_asleep = progress_thread->sleeping;
    pthread_mutex_unlock(&progress_thread->mutex);
    return is_asleep;
}

static void start_sleeper(rpi_progress_thread *progress_thread, pthread_t *thread)
{
    begin(progress_thread);
    assert_int_equal(pthread_create(thread, NULL, sleep_for_ever, progress_thread), 0);
    for (double limit = unit_now() + UNIT_WAIT_S; !is_asleep(progress_thread) && unit_now() < limit;) unit_sleep(0.0005);
    assert_true(is_asleep(progress_thread));
}

/* While another thread takes turns nothing wakes the progress thread. What came meanwhile does, when that one leaves. */
static void what_came_while_others_took_turns_is_handed_over(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        rpi_progress_thread progress_thread;
        pthread_t thread;
        start_sleeper(&progress_thread, &thread);
        rpi_progress_thread_join_in(&progress_thread);
        assert_int_equal(atomic_load(&sleeping), 0);
        if (way) rpi_event_signal(progress_thread.bell);
        else wake(&progress_thread);
        assert_true(is_asleep(&progress_thread));
        rpi_progress_thread_leave(&progress_thread);
        pthread_join(thread, NULL);
        rpi_progress_thread_fini(&progress_thread);
    }
}

static void what_others_have_seen_to_wakes_nobody(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    pthread_t thread;
    start_sleeper(&progress_thread, &thread);
    rpi_progress_thread_join_in(&progress_thread);
    wake(&progress_thread);
    assert_true(rpi_progress_thread_try_turn(&progress_thread, true));
    rpi_progress_thread_begin(&progress_thread, true);
    rpi_progress_thread_hear(&progress_thread); /* before the ring for it */
    rpi_progress_thread_end_own_turn(&progress_thread, true);
    rpi_event_signal(progress_thread.bell);
    uint32_t before = atomic_load(&count);
    rpi_progress_thread_leave(&progress_thread);
    assert_int_equal(atomic_load(&count), before);
    assert_int_equal(atomic_load(&sleeping), 1);
    rpi_progress_thread_call(&progress_thread);
    pthread_join(thread, NULL);
    rpi_progress_thread_fini(&progress_thread);
}

/* Only while somebody is out for items, and nobody else takes turns. */
static void the_bell_tells_who_looks_before_long(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    pthread_t thread;
    start_sleeper(&progress_thread, &thread);
    assert_int_equal(atomic_load(&sleeping), RPI_EVENT_ASLEEP);
    rpi_progress_thread_join_in(&progress_thread);
    rpi_progress_thread_join_in(&progress_thread);
    rpi_progress_thread_go_out(&progress_thread);
    assert_int_equal(atomic_load(&sleeping), RPI_EVENT_AWAKE);
    rpi_progress_thread_leave(&progress_thread);
    assert_int_equal(atomic_load(&sleeping), RPI_EVENT_OUT);
    rpi_progress_thread_come_back(&progress_thread);
    assert_int_equal(atomic_load(&sleeping), RPI_EVENT_AWAKE);
    rpi_progress_thread_leave(&progress_thread);
    assert_int_equal(atomic_load(&sleeping), RPI_EVENT_ASLEEP);
    rpi_progress_thread_call(&progress_thread);
    pthread_join(thread, NULL);
    rpi_progress_thread_fini(&progress_thread);
}

/* As a thread that spins does it. Returns whether the turn was cut short. */
static bool take_a_turn(rpi_progress_thread *progress_thread)
{
    assert_true(rpi_progress_thread_try_turn(progress_thread, true));
    bool is_cut_short = rpi_progress_thread_may_cut_short(progress_thread);
    if (!is_cut_short) rpi_progress_thread_begin(progress_thread, true);
    rpi_progress_thread_end_own_turn(progress_thread, false);
    return is_cut_short;
}

static void leave_work(rpi_progress_thread *progress_thread)
{
    pthread_mutex_lock(&progress_thread->mutex);
    rpi_progress_thread_leave_work(progress_thread);
    pthread_mutex_unlock(&progress_thread->mutex);
}

static void the_turn_after_work_was_left_is_not_cut_short(void **state)
{
    (void)state;
    void (*const tells[])(rpi_progress_thread *) = {wake, leave_work};
    for (int k = 0; k < 2; k++) {
        rpi_progress_thread progress_thread;
        begin(&progress_thread);
        rpi_progress_thread_join_in(&progress_thread);
        assert_true(take_a_turn(&progress_thread));
        tells[k](&progress_thread);
        assert_false(take_a_turn(&progress_thread));
        assert_true(take_a_turn(&progress_thread));
        assert_true(rpi_progress_thread_try_turn(&progress_thread, true));
        assert_true(rpi_progress_thread_may_cut_short(&progress_thread));
        tells[k](&progress_thread); /* during a turn that is cut short */
        rpi_progress_thread_end_own_turn(&progress_thread, false);
        assert_false(take_a_turn(&progress_thread));
        rpi_progress_thread_fini(&progress_thread);
    }
}

static void what_was_left_before_the_last_turn_is_not_lost(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    pthread_t thread;
    start_sleeper(&progress_thread, &thread);
    rpi_progress_thread_join_in(&progress_thread);
    assert_true(take_a_turn(&progress_thread));
    leave_work(&progress_thread);
    assert_true(is_asleep(&progress_thread));
    rpi_progress_thread_leave(&progress_thread);
    pthread_join(thread, NULL);
    rpi_progress_thread_fini(&progress_thread);
}

static void time_passes_although_nobody_tells_of_anything(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    begin(&progress_thread);
    int n_whole = 0;
    for (int k = 0; k < 10 * RPI_TURNS_CUT_SHORT; k++) n_whole += !take_a_turn(&progress_thread);
    assert_int_equal(n_whole, 10);
    rpi_progress_thread_fini(&progress_thread);
}

UNIT_MAIN(UNIT(sleep_ends_with_the_wake), UNIT(a_wake_before_the_sleep_is_not_lost), UNIT(sleep_is_bounded),
          UNIT(the_bell_tells_who_looks_before_long), UNIT(after_an_event_there_is_no_sleep), UNIT(a_ring_before_the_sleep_is_not_lost),
          UNIT(one_thread_at_a_time_takes_a_turn), UNIT(what_came_while_others_took_turns_is_handed_over),
          UNIT(what_others_have_seen_to_wakes_nobody), UNIT(the_turn_after_work_was_left_is_not_cut_short),
          UNIT(what_was_left_before_the_last_turn_is_not_lost), UNIT(time_passes_although_nobody_tells_of_anything))
