/* test_small_mutex.c: see base/small_mutex.h. */
#include "unit.h"

#include "base/clock.h"
#include "base/small_mutex.h"

#include <pthread.h>

enum { THREADS = 4, TURNS = 20000 };

typedef struct shared {
    rpi_small_mutex mutex;
    rpi_small_cond changed;
    uint64_t n;     /* guarded by the mutex */
    int n_waiting;  /* likewise */
    bool is_begun;  /* likewise */
    int n_finished; /* likewise */
} shared;

static void *count(void *argument)
{
    shared *self = argument;
    for (int k = 0; k < TURNS; k++) {
        rpi_small_mutex_lock(&self->mutex);
        self->n++;
        if (k % 1000 == 0) unit_sleep(1e-5); /* others go to sleep */
        rpi_small_mutex_unlock(&self->mutex);
    }
    return NULL;
}

static void one_thread_at_a_time_holds_it(void **state)
{
    (void)state;
    shared self = {.n = 0};
    pthread_t threads[THREADS];
    for (int k = 0; k < THREADS; k++) assert_int_equal(pthread_create(&threads[k], NULL, count, &self), 0);
    for (int k = 0; k < THREADS; k++) assert_int_equal(pthread_join(threads[k], NULL), 0);
    assert_int_equal(self.n, (uint64_t)THREADS * TURNS);
    assert_int_equal(atomic_load(&self.mutex.state), 0);
}

static void *wait(void *argument)
{
    shared *self = argument;
    rpi_small_mutex_lock(&self->mutex);
    self->n_waiting++;
    while (!self->is_begun) (void)rpi_small_cond_wait_until(&self->changed, &self->mutex, RPI_NEVER);
    self->n_finished++;
    rpi_small_cond_broadcast(&self->changed);
    rpi_small_mutex_unlock(&self->mutex);
    return NULL;
}

static void a_broadcast_wakes_all_that_wait(void **state)
{
    (void)state;
    shared self = {.n = 0};
    pthread_t threads[THREADS];
    uint64_t deadline = rpi_deadline_ns(UNIT_WAIT_S);
    for (int k = 0; k < THREADS; k++) assert_int_equal(pthread_create(&threads[k], NULL, wait, &self), 0);
    for (bool all = false; !all;) {
        rpi_small_mutex_lock(&self.mutex);
        all = self.is_begun = self.n_waiting == THREADS;
        if (all) rpi_small_cond_broadcast(&self.changed);
        rpi_small_mutex_unlock(&self.mutex);
    }
    rpi_small_mutex_lock(&self.mutex);
    while (self.n_finished < THREADS) assert_true(rpi_small_cond_wait_until(&self.changed, &self.mutex, deadline));
    rpi_small_mutex_unlock(&self.mutex);
    for (int k = 0; k < THREADS; k++) assert_int_equal(pthread_join(threads[k], NULL), 0);
}

static void a_wait_has_a_deadline(void **state)
{
    (void)state;
    shared self = {.n = 0};
    uint64_t deadline = rpi_now_ns() + 20000000;
    rpi_small_mutex_lock(&self.mutex);
    while (rpi_small_cond_wait_until(&self.changed, &self.mutex, deadline)) {}
    assert_true(rpi_now_ns() >= deadline);
    assert_int_equal(atomic_load(&self.mutex.state), 1); /* it has the mutex again */
    rpi_small_mutex_unlock(&self.mutex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_at_a_time_holds_it),
        cmocka_unit_test(a_broadcast_wakes_all_that_wait),
        cmocka_unit_test(a_wait_has_a_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
