/*
 * call.h: giving work to a pool: what all calls have in common. The calls themselves are in map.h and imap.h. Their names and semantics
 * are those of Python's multiprocessing.pool.Pool.
 *
 * map takes items of one argument, starmap one column for each argument; both put result i at results[i], whatever the order in which
 * items ran. imap and istarmap give the results one by one while others still run. Arguments may be bound in front (functools.partial):
 * `bound` in the options gives the first arguments, the items the others.
 *
 * All may be called from any thread, several calls at once; a call's chunks start in the order of the calls.
 *
 * What all return: RP_OK; RP_USAGE (the columns don't fit the task's arguments; a NULL where none may be); RP_CLOSED (the pool takes no
 * more calls); RP_NO_MEMORY. The blocking ones (apply, map, starmap) also RP_FAILED (an item failed, `*error` names the first by index),
 * RP_CANCELLED (the pool was terminated meanwhile), RP_LOST (as rp_result_get). Blocking calls must not be made from a task of the same
 * pool.
 */
#ifndef RANKPOOL_CALL_H
#define RANKPOOL_CALL_H

#include <rankpool/imap.h>
#include <rankpool/map.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Called exactly once, from a thread of the pool's that does nothing else, as soon as the whole result is there (`error` NULL), or, for
 * the error callback, when the call failed or was cancelled (`error` says how, valid during the call). It may use the pool, but not join
 * it. `result` is the handle that the async call gave. A return value other than 0 is counted, see rp_pool_callback_failures. */
typedef int rp_callback(rp_result *result, const rp_error *error, void *argument);

#define RP_NO_RETRIES UINT32_MAX

/* All fields: 0 or NULL is the default: as the pool has it. */
typedef struct rp_call_options {
    rp_schedule schedule;
    uint64_t chunk;  /* items; with auto a number makes the schedule fixed */
    uint64_t window; /* items; imap and its kin */
    rp_on_error on_error;
    uint64_t max_failures; /* both 0: as the pool */
    double max_failures_percent;
    unsigned retries; /* 0: as the pool; RP_NO_RETRIES: none. Chunks of imap and its kin wait for the retries of their items */
    double timeout_s; /* 0: as the pool; negative: none */
    rp_columns bound; /* constants for the first arguments of the task; copied */
    /* map, starmap: room for one status an item: RP_OK, RP_FAILED, RP_LOST, or, from the item on at which the call was stopped (from the
     * first when it was cancelled), RP_CANCELLED, whether it had run or not. Written when the call is finished. Borrowed until then. */
    rp_status *statuses;
    rp_callback *callback; /* async calls only */
    rp_callback *error_callback;
    void *callback_argument;
} rp_call_options;

/* How many callbacks of this pool returned something other than 0. Any thread. */
RP_API uint64_t rp_pool_callback_failures(const rp_pool *pool);

/* How many items failed in the calls of this pool that are finished, whether anybody asked for them or not. Any thread. */
RP_API uint64_t rp_pool_failures(const rp_pool *pool);

#ifdef __cplusplus
}
#endif
#endif
