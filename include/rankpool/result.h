/*
 * result.h: handles of async calls (Python's AsyncResult). Any thread, several at once, but for rp_result_free, which comes last.
 * Time-outs are in seconds; negative: no time-out; 0: look and return.
 */
#ifndef RANKPOOL_RESULT_H
#define RANKPOOL_RESULT_H

#include <rankpool/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_result rp_result;

/* Waits until the call is finished, well or not, and nothing touches its arrays any more. Its callback may still be running.
 * Returns RP_OK, RP_TIMEOUT. */
RP_API rp_status rp_result_wait(rp_result *result, double timeout_s);

/* Waits and gives the call's outcome; the results themselves are in the array that the call was given. Returns RP_OK; RP_TIMEOUT;
 * RP_FAILED (`*error`: the failed item of the lowest index); RP_CANCELLED, at once, when the call was cancelled or its pool terminated
 * (running items may still write to the array: see rp_result_wait); RP_LOST: a rank was lost that the call needed, and `*error` names
 * it, its host and the items that it had, in its text; what else was complete is in the array (see rp_call_options.statuses);
 * RP_NO_MEMORY. */
RP_API rp_status rp_result_get(rp_result *result, double timeout_s, rp_error *error);

/* 1 when the call is finished, well or not; else 0. Doesn't block. */
RP_API int rp_result_ready(const rp_result *result);

/* `*successful`: 1 when all items succeeded, else 0. Returns RP_OK; RP_AGAIN when the call isn't ready (Python raises ValueError). */
RP_API rp_status rp_result_successful(const rp_result *result, int *successful);

/* Asks for the call's end: items that haven't started won't, those that run are finished; the call ends as RP_CANCELLED.
 * Does nothing when it is finished. Doesn't block. */
RP_API void rp_result_cancel(rp_result *result);

/* How many items failed so far, those lost with a rank included and those that are tried again not, and the k-th failure by index
 * (0 <= k < count), once the call is ready. rp_result_failure returns RP_OK, RP_AGAIN (not ready), RP_USAGE (no such failure). */
RP_API uint64_t rp_result_failures(const rp_result *result);
RP_API rp_status rp_result_failure(const rp_result *result, uint64_t k, rp_error *failure);

/* How many items are finished, well or not. Doesn't block. */
RP_API uint64_t rp_result_completed(const rp_result *result);

/* Frees the handle. A call that isn't finished is cancelled first, and its running items are waited for. NULL does nothing.
 * From a callback of the same call: frees it once the callback returns. */
RP_API void rp_result_free(rp_result *result);

#ifdef __cplusplus
}
#endif
#endif
