/* result.c: the public handle of a call: rankpool/result.h. */
#include "base/clock.h"
#include "pool/call.h"
#include "pool/completions.h"

#include <math.h>

/* Whether callbacks are to be waited for. A callback can't wait for another one, as both run in one thread. With the mutex held. */
static bool owes_callbacks(const rp_result *result)
{
    return result->callbacks_due && !result->wishes->callbacks_apart && !result->pool->in_callback(result->pool);
}

static bool is_through(const rp_result *result) { return rpi_call_is_finished(result) && !owes_callbacks(result); }

static rp_status no_result(rp_error *error) { return rp_error_set(error, RP_USAGE, 0, "the handle of the call is NULL"); }

/* Whether the caller may wait so long. With the mutex held. */
static rp_status check_wait(const rp_result *result, double timeout_s, rp_error *error)
{
    if (isnan(timeout_s)) return rp_error_set(error, RP_USAGE, 0, "the time-out is not a number");
    if (timeout_s >= 0 || rpi_call_is_finished(result)) return RP_OK;
    return rpi_call_check_wait(result->pool, error);
}

rp_status rp_result_wait(rp_result *result, double timeout_s)
{
    if (!result) return RP_USAGE;
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    rpi_call_lock(result);
    rp_status status = check_wait(result, timeout_s, NULL);
    while (status == RP_OK && !is_through(result))
        if (!rpi_small_cond_wait_until(&result->changed, &result->mutex, deadline)) break;
    if (status == RP_OK && !is_through(result)) status = RP_TIMEOUT;
    rpi_call_unlock(result);
    return status;
}

rp_status rp_result_get(rp_result *result, double timeout_s, rp_error *error)
{
    if (!result) return no_result(error);
    uint64_t deadline = rpi_deadline_ns(timeout_s);
    rpi_call_lock(result);
    bool known = is_through(result) || rpi_call_is_cancelled(result);
    rp_status status = known ? RP_OK : check_wait(result, timeout_s, error);
    while (status == RP_OK && !is_through(result) && !rpi_call_is_cancelled(result))
        if (!rpi_small_cond_wait_until(&result->changed, &result->mutex, deadline)) break;
    known = is_through(result) || rpi_call_is_cancelled(result);
    if (known) status = rpi_call_outcome(result, error);
    else if (status == RP_OK) status = rp_error_set(error, RP_TIMEOUT, 0, "not finished after %g s", timeout_s);
    rpi_call_unlock(result);
    return status;
}

int rp_result_ready(const rp_result *result)
{
    if (!result) return 0;
    rpi_call_lock(result);
    bool finished = rpi_call_is_finished(result);
    rpi_call_unlock(result);
    return finished;
}

rp_status rp_result_successful(const rp_result *result, int *successful)
{
    if (!result || !successful) return RP_USAGE;
    rpi_call_lock(result);
    bool finished = rpi_call_is_finished(result);
    if (finished) *successful = rpi_call_outcome(result, NULL) == RP_OK;
    rpi_call_unlock(result);
    return finished ? RP_OK : RP_AGAIN;
}

int rp_result_cancel(rp_result *result) { return result && rpi_call_cancel(result); }

int rp_result_cancelled(const rp_result *result)
{
    if (!result) return 0;
    rpi_call_lock(result);
    bool cancelled = rpi_call_is_cancelled(result);
    rpi_call_unlock(result);
    return cancelled;
}

int rp_result_running(const rp_result *result) { return result && atomic_load(&result->work.begun) && !rp_result_ready(result); }

uint64_t rp_result_failures(const rp_result *result) { return result ? atomic_load(&result->work.n_failed) : 0; }

/* The k-th failure, or NULL. With the mutex held. */
static rpi_failure *find_failure(const rpi_call *call, uint64_t k)
{
    rpi_call_more *more = call->more;
    bool onward = more && more->asked && more->asked_k <= k;
    rpi_failure *at = onward ? more->asked : call->failures;
    for (uint64_t i = onward ? more->asked_k : 0; at && i < k; i++) at = at->next;
    if (more && at) {
        more->asked = at;
        more->asked_k = k;
    }
    return at;
}

rp_status rp_result_failure(const rp_result *result, uint64_t k, rp_error *failure)
{
    if (!result) return no_result(failure);
    rp_status status = RP_AGAIN;
    rpi_call_lock(result);
    if (rpi_call_is_finished(result)) {
        const rpi_failure *at = find_failure(result, k);
        status = at ? RP_OK : RP_USAGE;
        if (at) rpi_failure_to_error(at, failure);
    }
    rpi_call_unlock(result);
    return status;
}

uint64_t rp_result_completed(const rp_result *result) { return result ? rpi_call_n_completed(result) : 0; }

/* Not for its callbacks: they may need what the caller has. */
static void wait_finished(rp_result *result)
{
    rpi_call_lock(result);
    while (!rpi_call_is_finished(result)) (void)rpi_small_cond_wait_until(&result->changed, &result->mutex, RPI_NEVER);
    rpi_call_unlock(result);
}

void rp_result_free(rp_result *result)
{
    if (!result) return;
    bool in_own_task = rpi_call_check_wait(result->pool, NULL) != RP_OK;
    if (in_own_task || !rp_result_ready(result)) (void)rpi_call_cancel(result);
    if (in_own_task) return; /* also when it is finished: the caller couldn't know */
    wait_finished(result);
    rpi_completion_leave(result);
    rpi_call_unref(result);
}
