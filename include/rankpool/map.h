/*
 * map.h: apply, map and starmap. Results go to an array, result i to results[i], in whatever order the items ran. call.h says what the
 * functions return and what holds for all calls.
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

/* Calls the task once, with one constant for each argument: rp_apply(pool, energy_task, &result, RP_COLUMNS(RP_CONSTANT(1.0),
 * RP_CONSTANT(v)), NULL, &error). Blocks. `result` has room for one result; for an emitting task it is an rp_bytes, to be freed
 * by rp_bytes_free. */
RP_API rp_status rp_apply(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                          rp_error *error);

/* results[i] = task(items[i]) for 0 <= i < n. Blocks. `results` has room for n results; only those of items that succeeded mean
 * something. For an emitting task it is an rp_bytes[n], to be freed by rp_bytes_free; every entry is set, to {NULL, 0} where the item
 * failed. n may be 0. */
RP_API rp_status rp_map(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                        rp_error *error);

/* As rp_map, with one column for each argument. */
RP_API rp_status rp_starmap(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                            rp_error *error);

/* The same without waiting. On success `*handle` is the caller's, to be freed by rp_result_free. The arrays are borrowed until
 * rp_result_wait says that the call is finished, or the handle is freed. */
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
