/*
 * map.h: apply, map and starmap: results go to an array, result i to results[i], whatever the order in which items ran. What they
 * return, and what holds for all calls, is in call.h.
 */
#ifndef RANKPOOL_MAP_H
#define RANKPOOL_MAP_H

#include <rankpool/pool.h>
#include <rankpool/result.h>
#include <rankpool/source.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_call_options rp_call_options; /* call.h */

/* One call of the task, with one constant for each argument: rp_apply(pool, energy_task, &result, RP_COLUMNS(RP_CONSTANT(1.0),
 * RP_CONSTANT(v)), NULL, &error). `result`: room for one result (an emitting task: an rp_bytes, to be given to rp_bytes_free). */
RP_API rp_status rp_apply(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                          rp_error *error);

/* results[i] = task(items[i]) for 0 <= i < n. `results`: room for n results, meaningful only where items succeeded (emitting tasks:
 * rp_bytes[n], each set, to {NULL, 0} where the item failed; to be given to rp_bytes_free). n may be 0. */
RP_API rp_status rp_map(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                        rp_error *error);

/* The same with one column for each argument. */
RP_API rp_status rp_starmap(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                            rp_error *error);

/* The same without the wait: `*handle` is the caller's, to be given to rp_result_free. The arrays are borrowed until the handle is
 * waited for with success, or freed. */
RP_API rp_status rp_apply_async(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                                rp_result **handle, rp_error *error);
RP_API rp_status rp_map_async(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items,
                              const rp_call_options *options, rp_result **handle, rp_error *error);
RP_API rp_status rp_starmap_async(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items,
                                  const rp_call_options *options, rp_result **handle, rp_error *error);

#ifdef __cplusplus
}
#endif
#endif
