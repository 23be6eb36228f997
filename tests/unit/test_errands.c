/* test_errands.c: the thread for what may have to wait for a disk. */
#include "pool/errands.h"
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

enum { N = 100 };

typedef struct counted {
    rpi_errand errand;
    int number, ran_as;
    pthread_t thread;
} counted;

static atomic_int n_ran;

static void count(rpi_errand *errand)
{
    counted *self = RPI_ENTRY(&errand->link, counted, errand.link);
    self->ran_as = atomic_fetch_add(&n_ran, 1);
    self->thread = pthread_self();
}

static void all_run_in_their_order_in_one_thread(void **state)
{
    (void)state;
    static counted errands[N];
    rpi_errands *self;
    atomic_store(&n_ran, 0);
    assert_int_equal(rpi_errands_create(&self, NULL), RP_OK);
    for (int i = 0; i < N; i++) {
        errands[i].errand.run = count;
        rpi_errands_post(self, &errands[i].errand);
    }
    rpi_errands_destroy(self); /* runs what is there */
    assert_int_equal(atomic_load(&n_ran), N);
    for (int i = 0; i < N; i++) {
        assert_int_equal(errands[i].ran_as, i);
        assert_true(pthread_equal(errands[i].thread, errands[0].thread));
        assert_false(pthread_equal(errands[i].thread, pthread_self()));
    }
    rpi_errands_destroy(NULL);
}

/* One that runs may post another, and itself. */
static rpi_errands *posted_to;

static void post_again(rpi_errand *errand)
{
    if (atomic_fetch_add(&n_ran, 1) < N) rpi_errands_post(posted_to, errand);
}

static void one_that_runs_may_be_posted_again(void **state)
{
    (void)state;
    static rpi_errand errand = {.run = post_again};
    atomic_store(&n_ran, 0);
    assert_int_equal(rpi_errands_create(&posted_to, NULL), RP_OK);
    rpi_errands_post(posted_to, &errand);
    rpi_errands_destroy(posted_to);
    assert_int_equal(atomic_load(&n_ran), N + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_run_in_their_order_in_one_thread),
        cmocka_unit_test(one_that_runs_may_be_posted_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
