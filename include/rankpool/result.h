/*
 * result.h: handles of async calls (Python's AsyncResult). Any thread may use a handle, several at once; only rp_result_free must come
 * last. Time-outs are in seconds; negative: no time-out; 0: look and return; NAN: RP_USAGE. rankpool.h says what NULL does, and who must
 * not wait.
 */
#ifndef RANKPOOL_RESULT_H
#define RANKPOOL_RESULT_H

#include <rankpool/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A call that was made without waiting. */
typedef struct rp_result rp_result;

/* Blocks until the call is finished, however it ended, nothing touches its arrays any more, and its callbacks have returned (call.h).
 * Returns RP_OK, RP_TIMEOUT, RP_USAGE. */
RP_API rp_status rp_result_wait(rp_result *result, double timeout_s);

/* Waits and gives the outcome of the call. The results themselves are in the array that the call was given. Returns
 *   RP_OK
 *   RP_TIMEOUT     not finished yet; ask again
 *   RP_FAILED      `*error`: the failed item of the lowest index
 *   RP_CANCELLED   the call was cancelled or its pool terminated. Returned at once: running items may still write to the array, see
 *                  rp_result_wait
 *   RP_LOST        a rank that the call needed was lost; the text of `*error` names it, its host and the items that it had. Other complete
 *                  results are in the array, see rp_call_options.statuses
 *   RP_NO_MEMORY
 *   RP_USAGE */
RP_API rp_status rp_result_get(rp_result *result, double timeout_s, rp_error *error);

/* 1 when the call is finished, however it ended; else 0. Its callbacks may still run. Doesn't block. */
RP_API int rp_result_ready(const rp_result *result);

/* Sets `*successful` to 1 when all items succeeded, else to 0. Doesn't block. Returns RP_OK; RP_AGAIN when the call isn't ready (Python
 * raises ValueError), and then `*successful` is unchanged. */
RP_API rp_status rp_result_successful(const rp_result *result, int *successful);

/* Cancels the call: items that haven't started won't, running ones are finished, and the call ends as RP_CANCELLED. With isolation running
 * ones are ended with their child process. Does nothing when the call is finished. Doesn't block. Returns 1 if the cancel came so early
 * that no item has run or will; 0 if items may have, or the call is finished. Items that were sent to another rank count as run. */
RP_API int rp_result_cancel(rp_result *result);

/* Whether the call was cancelled, or its pool terminated, before it was finished: 1 or 0. Doesn't block. */
RP_API int rp_result_cancelled(const rp_result *result);

/* Whether items of the call may be running: they were given to a worker or a rank, and the call isn't finished. 1 or 0. Doesn't block. */
RP_API int rp_result_running(const rp_result *result);

/* rp_result_failures: how many items failed so far; items lost with a rank count, items that are tried again don't. rp_result_failure: the
 * k-th failure by index, 0 <= k < their number, once the call is ready; fills `*failure` and returns RP_OK, RP_AGAIN (the call isn't ready)
 * or RP_USAGE (no such failure). Neither blocks. */
RP_API uint64_t rp_result_failures(const rp_result *result);
RP_API rp_status rp_result_failure(const rp_result *result, uint64_t k, rp_error *failure);

/* How many items are finished, with a result or a failure. Doesn't block. */
RP_API uint64_t rp_result_completed(const rp_result *result);

/* Frees the handle. A call that isn't finished is cancelled first, and its running items are waited for. NULL does nothing. A callback may
 * free the handle of its own call; the handle is then freed once the callback returns. */
RP_API void rp_result_free(rp_result *result);

#ifdef __cplusplus
}
#endif
#endif
