/*
 * completions.h: calls as they finish (Python's concurrent.futures.as_completed), and waits for several calls.
 *
 *     rp_completions *done;
 *     rp_completions_open(&done, &error);
 *     for (…) rp_apply_async(…, &(rp_call_options){.completions = done, .tag = job}, &result, &error);
 *     while (rp_completions_next(done, -1, &result, &tag) == RP_OK) { … rp_result_free(result); … perhaps add more … }
 *     rp_completions_free(done);
 *
 * A set takes calls of any pools, and gives each once, when it is finished: however it ended, cancelled or terminated too. Its callbacks
 * may then still run. An async call joins a set by its options as it starts, or is added later. Adding a call
 * and taking one take the same time however many there are. Any thread may use a set, several at once; only rp_completions_free must come
 * last.
 */
#ifndef RANKPOOL_COMPLETIONS_H
#define RANKPOOL_COMPLETIONS_H

#include <rankpool/result.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A set of calls. */
typedef struct rp_completions rp_completions;

/* Makes an empty set. On success `*completions` is the caller's, to be freed by rp_completions_free. RP_OK, RP_USAGE, RP_NO_MEMORY. */
RP_API rp_status rp_completions_open(rp_completions **completions, rp_error *error);

/* Adds a call, finished or not. It stays in the set until rp_completions_next gives it, with the `tag`, which may be anything; or until its
 * handle is freed, which then may be done by one thread only, and not while another waits for this set. Doesn't block. RP_OK; RP_USAGE (it
 * is in a set already); RP_NO_MEMORY. */
RP_API rp_status rp_completions_add(rp_completions *completions, rp_result *result, void *tag);

/* Waits for the next call that is finished, in the order in which they finish, and takes it out of the set. `timeout_s`: as in result.h.
 * `tag` may be NULL. Whatever may not wait for one of the calls must not wait here without a time-out. RP_OK; RP_END: the set is empty;
 * RP_TIMEOUT; RP_USAGE. */
RP_API rp_status rp_completions_next(rp_completions *completions, double timeout_s, rp_result **result, void **tag);

/* Frees the set. Calls that it has go on, and their handles stay the caller's. NULL does nothing. */
RP_API void rp_completions_free(rp_completions *completions);

/* Blocks until one of n calls is finished, and sets `*which` to its index: the lowest, if several are. For many calls a set is quicker, as
 * each wait looks at all n. RP_OK; RP_END: n is 0; RP_TIMEOUT; RP_USAGE (also a handle that is NULL); RP_NO_MEMORY. */
RP_API rp_status rp_result_wait_any(rp_result *const *results, size_t n, double timeout_s, size_t *which);

/* Blocks until all n calls are finished. n may be 0. RP_OK, RP_TIMEOUT, RP_USAGE. */
RP_API rp_status rp_result_wait_all(rp_result *const *results, size_t n, double timeout_s);

#ifdef __cplusplus
}
#endif
#endif
