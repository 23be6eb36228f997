/*
 * imap.h: imap and istarmap: results one by one, while other items still run. call.h says what they return and what holds for all calls.
 */
#ifndef RANKPOOL_IMAP_H
#define RANKPOOL_IMAP_H

#include <rankpool/iterator.h>
#include <rankpool/pool.h>
#include <rankpool/source.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_call_options rp_call_options; /* call.h */

/* Give the results one by one: in the order of the items, or, unordered, as their chunks are finished. imap: the task has one argument that
 * isn't bound; istarmap: any number of them. Items are pulled from the source as results are taken, at most `window` items ahead. `options`
 * may be NULL. On success `*iterator` is the caller's, to be freed by rp_iter_free. Arrays of a source of columns are borrowed until the
 * iterator is freed. */
RP_API rp_status rp_imap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                         rp_error *error);
RP_API rp_status rp_imap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                                   rp_error *error);
RP_API rp_status rp_istarmap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                             rp_error *error);
RP_API rp_status rp_istarmap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options,
                                       rp_iter **iterator, rp_error *error);

#ifdef __cplusplus
}
#endif
#endif
