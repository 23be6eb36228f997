/* test_progress_thread.c: sleeping and being woken. */
#include "unit.h"

#include "base/clock.h"
#include "cluster/progress_thread.h"

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
    rpi_progress_thread_init(&progress_thread);
    progress_thread.last_event_ns = 0;
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
    rpi_progress_thread_init(&progress_thread);
    progress_thread.last_event_ns = 0;
    wake(&progress_thread);
    wake(&progress_thread);
    assert_true(rest(&progress_thread, true) < UNIT_WAIT_S);
    assert_false(progress_thread.signalled); /* taken once */
    rpi_progress_thread_fini(&progress_thread);
}

static void sleep_is_bounded(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    rpi_progress_thread_init(&progress_thread);
    progress_thread.last_event_ns = 0;
    double slept = rest(&progress_thread, false);
    assert_true(slept >= 0.004 && slept < UNIT_WAIT_S);
    rpi_progress_thread_fini(&progress_thread);
}

static void after_an_event_there_is_no_sleep(void **state)
{
    (void)state;
    rpi_progress_thread progress_thread;
    rpi_poll_state poll = {0};
    rpi_progress_thread_init(&progress_thread);
    progress_thread.last_event_ns = 0;
    rpi_progress_thread_event(&progress_thread);
    rpi_progress_thread_rest(&progress_thread, &poll, false);
    assert_true(poll.idle_ns < (uint64_t)(1e9 * UNIT_WAIT_S));
    rpi_progress_thread_fini(&progress_thread);
}

UNIT_MAIN(UNIT(sleep_ends_with_the_wake), UNIT(a_wake_before_the_sleep_is_not_lost), UNIT(sleep_is_bounded),
          UNIT(after_an_event_there_is_no_sleep))
