/* test_notifier.c: callbacks run in order, in one thread, and none is left out at the end. */
#include "unit.h"

#include "pool/call_create.h"
#include "pool/notifier.h"

#include <pthread.h>

static int64_t same(int64_t x) { return x; }
RP_TASK(same, int64_t, int64_t)

enum { N = 500 };

static struct {
    rp_pool_options options;
    rpi_call_pool pool;
    int n_called, n_finished, n_out_of_order, n_with_error;
    pthread_t thread;
    bool several_threads;
} seen;

static int called(rp_result *result, const rp_error *error, void *argument)
{
    if (seen.n_called == 0) seen.thread = pthread_self();
    if (!pthread_equal(seen.thread, pthread_self())) seen.several_threads = true;
    seen.n_out_of_order += (intptr_t)argument != seen.n_called;
    seen.n_called++;
    if (error) seen.n_with_error += error->status == RP_CANCELLED && rp_result_ready(result) == 1;
    return error ? 1 : 0;
}

static void finished(rpi_call *call)
{
    seen.n_finished++;
    rpi_call_unref(call);
}

static rpi_call *make_call(intptr_t number, bool cancelled)
{
    rpi_call *call;
    seen.pool.options = &seen.options;
    rp_call_options options = {.callback = called, .error_callback = called, .callback_argument = (void *)number};
    assert_int_equal(
        rpi_call_create(&seen.pool, same_task, RP_COLUMNS(RP_RANGE(0, 1)), &options, (rpi_call_shape){sizeof *call, false}, &call, NULL),
        RP_OK);
    call->state = cancelled ? RPI_CALL_FINISHED_CANCELLED : RPI_CALL_FINISHED;
    return call;
}

static void callbacks_run_once_each_and_in_order(void **state)
{
    (void)state;
    rpi_notifier *notifier;
    assert_int_equal(rpi_notifier_create(finished, &notifier, NULL), RP_OK);
    for (int k = 0; k < N; k++) rpi_notifier_post(notifier, make_call(k, k % 5 == 0));
    rpi_notifier_destroy(notifier);
    assert_int_equal(seen.n_called, N);
    assert_int_equal(seen.n_finished, N);
    assert_int_equal(seen.n_out_of_order, 0);
    assert_false(seen.several_threads);
    assert_int_equal(seen.n_with_error, N / 5);
    assert_int_equal(atomic_load(&seen.pool.callback_failures), N / 5);
    rpi_notifier_destroy(NULL);
}

static void without_a_callback_the_call_is_just_finished(void **state)
{
    (void)state;
    rpi_notifier *notifier;
    seen.n_called = seen.n_finished = 0;
    rpi_call *call = make_call(0, false);
    call->wishes->callback = NULL;
    assert_int_equal(rpi_notifier_create(finished, &notifier, NULL), RP_OK);
    rpi_notifier_post(notifier, call);
    rpi_notifier_destroy(notifier);
    assert_int_equal(seen.n_called, 0);
    assert_int_equal(seen.n_finished, 1);
}

UNIT_MAIN(UNIT(callbacks_run_once_each_and_in_order), UNIT(without_a_callback_the_call_is_just_finished))
