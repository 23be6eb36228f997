/*
 * iterator.h: results one by one (Python's IMapIterator). One thread at a time may use an iterator.
 */
#ifndef RANKPOOL_ITERATOR_H
#define RANKPOOL_ITERATOR_H

#include <rankpool/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_iter rp_iter;

/*
 * Waits for the next result and copies it to `*result` (room for one result of the task; NULL drops it; for an emitting task an
 * rp_bytes, whose bytes are the iterator's and valid until it is used again). `timeout_s`: negative: no time-out; 0: look and return.
 * Pulls further items from the source.
 * Returns RP_OK; RP_END after the last, every time; RP_TIMEOUT (ask again); RP_FAILED: this item failed, `*error` names it (collect: go on
 * asking; stop: what follows is RP_END); RP_CANCELLED (cancelled, or the pool terminated); RP_LOST: with `error->item` set, this item was
 * lost with the rank that had it (go on asking, under both policies: results that were complete follow); with -1 the end, after a
 * rank was lost, the error names it and what it had; RP_NO_MEMORY; what the source returned, once all results before it are
 * delivered.
 */
RP_API rp_status rp_iter_next(rp_iter *iterator, void *result, double timeout_s, rp_error *error);

/* The index, in the order of the source, of the item whose result, failure or loss rp_iter_next gave last; -1 before the first. */
RP_API int64_t rp_iter_index(const rp_iter *iterator);

/* How many items were pulled from the source; never more than the window ahead of what was delivered. */
RP_API uint64_t rp_iter_pulled(const rp_iter *iterator);

/* Items that haven't started won't; the next rp_iter_next returns RP_CANCELLED. Doesn't block. Any thread. */
RP_API void rp_iter_cancel(rp_iter *iterator);

/* Frees the iterator, at any point. What hasn't started won't; what runs is waited for. NULL does nothing. */
RP_API void rp_iter_free(rp_iter *iterator);

#ifdef __cplusplus
}
#endif
#endif
