/* test_head_start.c: a client that begins alone, and who gives the rest of its batch to others when it takes long. */
#include "pool/head_start.h"
#include "unit.h"

#include <pthread.h>

static atomic_int n_given, may_end;
static rpi_batch *_Atomic last;

static void give_rest(rpi_batch *batch)
{
    atomic_store(&last, batch);
    atomic_fetch_add(&n_given, 1);
}

static void give_rest_slowly(rpi_batch *batch)
{
    give_rest(batch);
    unit_await(&may_end, 1);
    atomic_store(&last, NULL);
}

static rpi_head_start *create(void (*give)(rpi_batch *batch))
{
    atomic_store(&n_given, 0);
    atomic_store(&may_end, 0);
    atomic_store(&last, NULL);
    rpi_head_start *self = rpi_head_start_create(give);
    assert_non_null(self);
    return self;
}

static void the_rest_is_given_once(void **state)
{
    (void)state;
    rpi_batch batches[2];
    rpi_head_start *self = create(give_rest);
    for (int k = 0; k < 4; k++) {
        if (k == 2) unit_sleep(0.05); /* it sleeps by then */
        assert_true(rpi_head_start_begin(self, &batches[k % 2]));
        unit_await(&n_given, k + 1);
        assert_ptr_equal(atomic_load(&last), &batches[k % 2]);
        unit_sleep(0.03);
        assert_true(rpi_head_start_end(self));
        assert_int_equal(atomic_load(&n_given), k + 1);
    }
    rpi_head_start_destroy(self);
    rpi_head_start_destroy(NULL);
}

/* What another thread gives away meanwhile, if this one is held up, is told. */
static void many_short_ones_are_left_alone(void **state)
{
    (void)state;
    rpi_batch batch;
    int n_told = 0;
    rpi_head_start *self = create(give_rest);
    for (double until = unit_now() + 0.1; unit_now() < until;) {
        assert_true(rpi_head_start_begin(self, &batch));
        n_told += rpi_head_start_end(self);
    }
    rpi_head_start_destroy(self);
    assert_int_equal(n_told, atomic_load(&n_given));
}

static void only_one_has_it(void **state)
{
    (void)state;
    rpi_batch batch, other;
    rpi_head_start *self = create(give_rest);
    assert_true(rpi_head_start_begin(self, &batch));
    assert_false(rpi_head_start_begin(self, &other));
    unit_await(&n_given, 1);
    assert_false(rpi_head_start_begin(self, &other));
    assert_true(rpi_head_start_end(self));
    assert_true(rpi_head_start_begin(self, &other));
    (void)rpi_head_start_end(self);
    rpi_head_start_destroy(self);
}

static void *let_end(void *argument)
{
    unit_sleep(0.02);
    atomic_store(&may_end, 1);
    return argument;
}

static void the_client_waits_until_the_rest_is_given(void **state)
{
    (void)state;
    rpi_batch batch;
    pthread_t thread;
    rpi_head_start *self = create(give_rest_slowly);
    assert_true(rpi_head_start_begin(self, &batch));
    unit_await(&n_given, 1);
    assert_int_equal(pthread_create(&thread, NULL, let_end, NULL), 0);
    assert_true(rpi_head_start_end(self));
    assert_null(atomic_load(&last));
    pthread_join(thread, NULL);
    rpi_head_start_destroy(self);
}

UNIT_MAIN(UNIT(the_rest_is_given_once), UNIT(many_short_ones_are_left_alone), UNIT(only_one_has_it),
          UNIT(the_client_waits_until_the_rest_is_given))
