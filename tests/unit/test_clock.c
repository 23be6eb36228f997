/* test_clock.c: deadlines and waits until them. */
#include "unit.h"

#include "base/clock.h"

#include <math.h>

static void time_goes_on(void **state)
{
    (void)state;
    uint64_t before = rpi_now_ns();
    unit_sleep(0.002);
    uint64_t after = rpi_now_ns();
    assert_in_range(after - before, 2000000, (uint64_t)(1e9 * UNIT_WAIT_S));
    assert_true(rpi_seconds(1500000000) == 1.5);
}

static void deadlines_lie_ahead(void **state)
{
    (void)state;
    uint64_t now = rpi_now_ns(), deadline = rpi_deadline_ns(2.5);
    assert_in_range(deadline - now, UINT64_C(2500000000), (uint64_t)(1e9 * UNIT_WAIT_S));
    deadline = rpi_deadline_ns(0);
    assert_true(deadline >= now && deadline <= rpi_now_ns());
}

static void no_time_out_is_never(void **state)
{
    (void)state;
    assert_true(rpi_deadline_ns(-1) == RPI_NEVER);
    assert_true(rpi_deadline_ns(-1e-300) == RPI_NEVER);
    assert_true(rpi_deadline_ns((double)NAN) == RPI_NEVER);
    assert_true(rpi_deadline_ns((double)INFINITY) == RPI_NEVER);
    assert_true(rpi_deadline_ns(1e30) == RPI_NEVER);
    assert_true(rpi_deadline_ns(1e9) < RPI_NEVER);
}

typedef struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool set;
} waiter;

static void *set_later(void *argument)
{
    waiter *on = argument;
    unit_sleep(0.02);
    pthread_mutex_lock(&on->mutex);
    on->set = true;
    pthread_cond_signal(&on->cond);
    pthread_mutex_unlock(&on->mutex);
    return NULL;
}

static void waits_end_at_the_deadline(void **state)
{
    (void)state;
    waiter on = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    assert_int_equal(rpi_cond_init(&on.cond), 0);
    double before = unit_now();
    pthread_mutex_lock(&on.mutex);
    while (rpi_cond_wait_until(&on.cond, &on.mutex, rpi_deadline_ns(0.03))) continue;
    assert_false(rpi_cond_wait_until(&on.cond, &on.mutex, rpi_deadline_ns(0)));
    pthread_mutex_unlock(&on.mutex);
    double took = unit_now() - before;
    assert_true(took >= 0.029 && took < UNIT_WAIT_S);
    pthread_cond_destroy(&on.cond);
}

static void waits_end_with_the_signal(void **state)
{
    (void)state;
    static const double timeouts[] = {2 * UNIT_WAIT_S, -1};
    for (size_t k = 0; k < N_OF(timeouts); k++) {
        waiter on = {.mutex = PTHREAD_MUTEX_INITIALIZER};
        pthread_t thread;
        assert_int_equal(rpi_cond_init(&on.cond), 0);
        assert_int_equal(pthread_create(&thread, NULL, set_later, &on), 0);
        double before = unit_now();
        pthread_mutex_lock(&on.mutex);
        while (!on.set) assert_true(rpi_cond_wait_until(&on.cond, &on.mutex, rpi_deadline_ns(timeouts[k])));
        pthread_mutex_unlock(&on.mutex);
        assert_true(unit_now() - before < UNIT_WAIT_S);
        pthread_join(thread, NULL);
        pthread_cond_destroy(&on.cond);
    }
}

UNIT_MAIN(UNIT(time_goes_on), UNIT(deadlines_lie_ahead), UNIT(no_time_out_is_never), UNIT(waits_end_at_the_deadline),
          UNIT(waits_end_with_the_signal))
