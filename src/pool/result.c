/* result.c: the public handle of a call: rankpool/result.h. */
#include "base/clock.h"
#include "pool/call.h"

static pthread_mutex_t *mutex_of(const rp_result *result) { return (pthread_mutex_t *)(uintptr_t)&result->mutex; }

static bool wait_finished(rp_result *result, double timeout_s)
{
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    while (!rpi_call_is_finished(result))
        if (!rpi_cond_wait_until(&result->changed, &result->mutex, deadline)) break;
    return rpi_call_is_finished(result);
}

rp_status rp_result_wait(rp_result *result, double timeout_s)
{
    pthread_mutex_lock(&result->mutex);
    bool finished = wait_finished(result, timeout_s);
    pthread_mutex_unlock(&result->mutex);
    return finished ? RP_OK : RP_TIMEOUT;
}

rp_status rp_result_get(rp_result *result, double timeout_s, rp_error *error)
{
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    pthread_mutex_lock(&result->mutex);
    while (!rpi_call_is_finished(result) && !rpi_call_is_cancelled(result))
        if (!rpi_cond_wait_until(&result->changed, &result->mutex, deadline)) break;
    bool known = rpi_call_is_finished(result) || rpi_call_is_cancelled(result);
    rp_status status = known ? rpi_call_outcome(result, error) : rp_error_set(error, RP_TIMEOUT, 0, "not finished after %g s", timeout_s);
    pthread_mutex_unlock(&result->mutex);
    return status;
}

int rp_result_ready(const rp_result *result)
{
    pthread_mutex_lock(mutex_of(result));
    bool finished = rpi_call_is_finished(result);
    pthread_mutex_unlock(mutex_of(result));
    return finished;
}

rp_status rp_result_successful(const rp_result *result, int *successful)
{
    pthread_mutex_lock(mutex_of(result));
    bool finished = rpi_call_is_finished(result);
    if (finished) *successful = rpi_call_outcome(result, NULL) == RP_OK;
    pthread_mutex_unlock(mutex_of(result));
    return finished ? RP_OK : RP_AGAIN;
}

void rp_result_cancel(rp_result *result) { rpi_call_cancel(result); }

uint64_t rp_result_failures(const rp_result *result) { return atomic_load(&result->work.n_failed); }

rp_status rp_result_failure(const rp_result *result, uint64_t k, rp_error *failure)
{
    rpi_call *call = (rpi_call *)(uintptr_t)result;
    rp_status status = RP_AGAIN;
    pthread_mutex_lock(&call->mutex);
    if (rpi_call_is_finished(call)) {
        bool onward = call->asked && call->asked_k <= k;
        rpi_failure *at = onward ? call->asked : call->failures;
        for (uint64_t i = onward ? call->asked_k : 0; at && i < k; i++) at = at->next;
        status = at ? RP_OK : RP_USAGE;
        if (at) {
            call->asked = at;
            call->asked_k = k;
            rpi_failure_to_error(at, failure);
        }
    }
    pthread_mutex_unlock(&call->mutex);
    return status;
}

uint64_t rp_result_completed(const rp_result *result) { return rpi_call_n_completed(result); }

void rp_result_free(rp_result *result)
{
    if (!result) return;
    if (!rp_result_ready(result)) {
        rp_result_cancel(result);
        rp_result_wait(result, -1);
    }
    rpi_call_unref(result);
}
