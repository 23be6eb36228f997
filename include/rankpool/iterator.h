/*
 * iterator.h: results one by one (Python's IMapIterator). Only one thread at a time may use an iterator, except for rp_iter_cancel.
 * rankpool.h says what NULL does, and who must not wait.
 */
#ifndef RANKPOOL_ITERATOR_H
#define RANKPOOL_ITERATOR_H

#include <rankpool/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_iter rp_iter;

/*
 * Waits for the next result and copies it to `*result`, which has room for one result of the task; NULL drops the result. For an emitting
 * task `*result` is an rp_bytes whose bytes belong to the iterator and are valid until its next use. `timeout_s` in seconds: negative: no
 * time-out; 0: look and return. Pulls further items from the source. Returns
 *   RP_OK
 *   RP_END         after the last result, and at each call after that
 *   RP_TIMEOUT     no result yet; ask again
 *   RP_FAILED      this item failed, `*error` names it; under the policy collect further results follow, under stop RP_END. `*result` is
 *                  unchanged, but for tasks with RP_TASK_KEEPS_EMITTED
 *   RP_CANCELLED   the iterator was cancelled, or the pool terminated, stopped or joined before the last item; so each time from then on
 *   RP_LOST        with `error->item` 0 or more: this item was lost with its rank; ask again, complete results follow under both policies
 *                  with `error->item` -1: the end, after a rank was lost, each time; the error names the rank and what it had
 *   RP_NO_MEMORY
 *   RP_USAGE       the place for the result doesn't fit the task; the time-out is NAN; the caller would wait for itself
 *   or what the source returned, once all results before it are delivered.
 */
RP_API rp_status rp_iter_next(rp_iter *iterator, void *result, double timeout_s, rp_error *error);

/* The same with a checked result: RP_USAGE when `type` and `size` aren't those of the task's result, and `room` bytes don't hold one.
 * `size` 0: not known, as for a `void *`; `room` SIZE_MAX: not known. In C rp_iter_next is a macro of this, which takes all three from the
 * pointer; in parentheses, as (rp_iter_next)(…), it is the function. */
RP_API rp_status rp_iter_next_into(rp_iter *iterator, void *result, rp_type type, size_t size, size_t room, double timeout_s,
                                   rp_error *error);

/* clang-format off */
#ifndef __cplusplus
#define rp_iter_next(iterator, result, timeout_s, error) \
    rp_iter_next_into(iterator, result, RPI__RESULT_TYPE(result), RPI__POINTED_SIZE(result), RPI__ROOM(result), timeout_s, error)
#endif
/* clang-format on */

/* The index, in the order of the source, of the item that rp_iter_next reported last, with its result, failure or loss. -1
 * before the first. */
RP_API int64_t rp_iter_index(const rp_iter *iterator);

/* Seconds that the item took that rp_iter_next reported last; of one that came in a chunk with others, the mean of theirs. `*rank`, NULL:
 * not wanted, is set to the rank that ran it. 0 and -1 before the first. */
RP_API double rp_iter_seconds(const rp_iter *iterator, int *rank);

/* How many items were pulled from the source so far: at most the window more than were delivered. */
RP_API uint64_t rp_iter_pulled(const rp_iter *iterator);

/* Cancels: items that haven't started won't, and the next rp_iter_next returns RP_CANCELLED. With isolation, items that run are ended with
 * their child process. Doesn't block. Any thread. */
RP_API void rp_iter_cancel(rp_iter *iterator);

/* Frees the iterator, at any point, which cancels what is left. Blocks until the running items have ended. NULL does nothing. */
RP_API void rp_iter_free(rp_iter *iterator);

#ifdef __cplusplus
}
#endif
#endif
