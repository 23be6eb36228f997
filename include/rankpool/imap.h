/*
 * imap.h: imap and istarmap: results one by one, while others still run. What they return, and what holds for all calls, is in call.h.
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

/* The results one by one, in the order of the items, or (unordered) as chunks of them are finished. Items are pulled from the source
 * as results are taken, at most `window` ahead. `*iterator` is the caller's, to be given to rp_iter_free. imap: one argument that isn't
 * bound; istarmap: any number. Sources of columns: the arrays are borrowed until the iterator is freed. */
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
