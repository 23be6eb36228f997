/*
 * call.h: giving work to a pool: what all calls have in common. The calls themselves are in map.h, imap.h and reduce.h. Their names and
 * semantics are those of Python's multiprocessing.pool.Pool.
 *
 * map takes items of one argument, starmap one column for each argument. Both put result i at results[i], in whatever order the items ran.
 * imap and istarmap give the results one by one while other items still run. Arguments may be bound in front (functools.partial): `bound`
 * in the options gives the first arguments, the items give the others.
 *
 * All may be called from any thread of the process that opened the pool, several at once. The chunks of the calls start in the order of the
 * calls. `options` and `error` may be NULL; rankpool.h says what NULL does elsewhere.
 *
 * All return RP_OK; RP_USAGE (the columns don't fit the task's arguments; a pointer is NULL that must not be); RP_CLOSED (the pool takes
 * no more calls); RP_NO_MEMORY. The blocking calls (apply, map, starmap, reduce) also return RP_FAILED (an item failed, `*error` names the
 * failed item of the lowest index), RP_CANCELLED (the pool was terminated meanwhile), RP_LOST (as rp_result_get). A task must not make a
 * blocking call on its own pool: RP_USAGE.
 */
#ifndef RANKPOOL_CALL_H
#define RANKPOOL_CALL_H

#include <rankpool/imap.h>
#include <rankpool/map.h>
#include <rankpool/reduce.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One of the two callbacks of a call is called, exactly once, from a thread of the pool that does nothing else. `callback` is called as
 * soon as the whole result is there, with `error` NULL. `error_callback` is called when the call failed or was cancelled; `error` says how
 * and is valid during the call. Both may use the pool, but not join it. `result` is the handle that the async call gave. Return values
 * other than 0 are counted, see rp_pool_callback_failures. */
typedef int rp_callback(rp_result *result, const rp_error *error, void *argument);

#define RP_NO_RETRIES UINT32_MAX

/* In which order rp_reduce folds results: one that depends on the number of items alone, or as they come. */
typedef enum rp_reduce_order { RP_ORDER_FIXED = 0, RP_ORDER_ANY } rp_reduce_order;

/* What a worker runs: `count` items from `first` on; count 0: nothing. */
typedef struct rp_begun {
    uint64_t first, count;
} rp_begun;

/* All fields: 0 or NULL means the default. Options that a pool has too then count as they are in the pool. Their ranges are those of the
 * pool; NAN, negative numbers and a limit of failures with RP_ON_ERROR_STOP are RP_USAGE. */
typedef struct rp_call_options {
    rp_schedule schedule;
    uint64_t chunk;  /* items; with auto a number makes the schedule fixed */
    uint64_t window; /* items; imap and istarmap only */
    rp_on_error on_error;
    uint64_t max_failures; /* this and the next both 0: as the pool */
    double max_failures_percent;
    unsigned retries; /* 0: as the pool; RP_NO_RETRIES: none. With imap and istarmap a chunk waits for the retries of its items */
    double timeout_s; /* 0: as the pool; negative: none */
    rp_columns bound; /* constants for the first arguments of the task; copied */
    /* map, starmap: room for one status an item: RP_OK, RP_FAILED, RP_LOST or RP_CANCELLED. When the call is stopped or cancelled early,
     * all items from the one on where it stopped get RP_CANCELLED, whether they had run or not. A cancelled call stops at its first item.
     * Written when the call is finished. Borrowed until then. */
    rp_status *statuses;
    rp_callback *callback; /* async calls only */
    rp_callback *error_callback;
    void *callback_argument;
    rp_reduce_order reduce_order; /* this and the next two: rp_reduce only, see reduce.h */
    const void *initial;          /* copied */
    uint64_t *reduced;            /* borrowed until the call is finished */
    /* Room for n_begun workers of the client's process, in the order of their numbers: each writes there what it claims, before it runs it.
     * In memory that outlives the process, it tells what the process died with. Borrowed until the call is finished. */
    rp_begun *begun;
    unsigned n_begun;
} rp_call_options;

/* How many callbacks of this pool returned something other than 0. Any thread. Doesn't block. */
RP_API uint64_t rp_pool_callback_failures(const rp_pool *pool);

/* How many items failed in the finished calls of this pool, also in calls whose result nobody asked for. Any thread. Doesn't block. */
RP_API uint64_t rp_pool_failures(const rp_pool *pool);

#ifdef __cplusplus
}
#endif
#endif
