/*
 * map.h: apply, map and starmap. Results go to an array, result i to results[i], in whatever order the items ran. call.h says what the
 * functions return and what holds for all calls.
 *
 * Results: an array, a pointer to the first, RP_INTO of either, or RP_INTO_FIELD of an array of structs. In C their type and size are
 * compared with the result of the task as those of columns are, and the call is refused as RP_USAGE where they differ. Where the compiler
 * knows how long the array is, a call of more items is refused too. A `void *` has no type that could be compared. A compound literal with
 * commas needs parentheses around it.
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

/* The same with checked results. In C the names above are macros of these; in parentheses, as (rp_map)(…), they are the functions. */
RP_API rp_status rp_apply_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                               rp_error *error);
RP_API rp_status rp_map_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                             const rp_call_options *options, rp_error *error);
RP_API rp_status rp_starmap_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                 const rp_call_options *options, rp_error *error);
RP_API rp_status rp_apply_async_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments,
                                     const rp_call_options *options, rp_result **handle, rp_error *error);
RP_API rp_status rp_map_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                                   const rp_call_options *options, rp_result **handle, rp_error *error);
RP_API rp_status rp_starmap_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                       const rp_call_options *options, rp_result **handle, rp_error *error);

/* clang-format off */
#ifndef __cplusplus
/* The results of a call: an array, or a pointer to the first result. Passes an rp_into on. */
#define RP_INTO(array) \
    _Generic((array), rp_into: _Generic((array), rp_into: (array), default: (rp_into){NULL, RP_TYPE_VOID, 0, 0, 0}), \
        default: (rp_into){RPI__NOT_INTO(array), RPI__RESULT_TYPE(array), RPI__POINTED_SIZE(array), RPI__POINTED_SIZE(array), \
                           RPI__ROOM(RPI__NOT_INTO(array))})
/* One member of each struct of an array: result i goes to array[i].member, and nothing else of the structs is written. Bytes that a task
 * emitted are freed one by one: rp_bytes_free(&array[i].member, 1). */
#define RP_INTO_FIELD(array, member) \
    ((rp_into){&(array)[0].member, RPI__RESULT_TYPE(&(array)[0].member), sizeof((array)[0].member), sizeof((array)[0]), \
               RPI__ROOM(&(array)[0].member)})
#define RPI__NOT_INTO(array) _Generic((array), rp_into: NULL, default: (array)) /* not for use elsewhere */

/* The functions of these names, whose results go to an array of the task's result type, or to an rp_into. */
#define rp_apply(pool, task, result, ...)          rp_apply_into(pool, task, RP_INTO(result), __VA_ARGS__)
#define rp_map(pool, task, results, ...)           rp_map_into(pool, task, RP_INTO(results), __VA_ARGS__)
#define rp_starmap(pool, task, results, ...)       rp_starmap_into(pool, task, RP_INTO(results), __VA_ARGS__)
#define rp_apply_async(pool, task, result, ...)    rp_apply_async_into(pool, task, RP_INTO(result), __VA_ARGS__)
#define rp_map_async(pool, task, results, ...)     rp_map_async_into(pool, task, RP_INTO(results), __VA_ARGS__)
#define rp_starmap_async(pool, task, results, ...) rp_starmap_async_into(pool, task, RP_INTO(results), __VA_ARGS__)
#endif
/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
