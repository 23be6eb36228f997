/*
 * reduce.h: folds the results of a call into one value, without keeping them. call.h says what holds for all calls, fold.h how a fold is
 * declared, and which are ready-made.
 *
 *     double sum;
 *     rp_status status = rp_reduce(pool, energy_task, rp_sum_double, &sum, n, RP_COLUMNS(RP_COLUMN(mass), RP_COLUMN(speed)), NULL, &error);
 *
 * Results are folded where they are made: in the worker, then in the rank, then once in the caller's process. What travels is accumulators.
 *
 * The value has the same bits on any number of ranks and threads and with any schedule, as the order in which results meet depends on n
 * alone. Let B be the largest power of 2 that is at most n / 65536, but from 1 to 64. The results of B items, from a multiple of B on, are
 * folded from left to right; then neighbours are merged: blocks 0 and 1, 2 and 3, …; then pairs of those, and so on. An item that fails is
 * left out, and what it would have met takes its place one level up. This order is part of the interface.
 *
 * A chunk whose borders are multiples of a power of 2 of blocks travels as one accumulator, others as one for each level. The results of a
 * block that isn't whole yet travel as they are. With reduce_order RP_ORDER_ANY results are folded as they come, and a chunk is always one
 * accumulator: for large ones, and for folds that don't depend on the order.
 */
#ifndef RANKPOOL_REDUCE_H
#define RANKPOOL_REDUCE_H

#include <rankpool/fold.h>
#include <rankpool/pool.h>
#include <rankpool/result.h>
#include <rankpool/source.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_call_options rp_call_options; /* call.h */

/*
 * Runs the task over n items, as rp_starmap, and folds the results into `*result`, which has room for what the fold gives. For a fold of
 * bytes that is an rp_bytes, to be freed by rp_bytes_free(result, 1). Blocks. Of the options, `initial` points to a value of the type that
 * the fold gives, which comes before the first item; `reduced` is set to how many results were folded; both are optional. Items that are
 * tried again count once. Returns what rp_starmap does, or
 *   RP_END      there is no result, and no initial value either: n is 0. `*result` is unchanged. RP_FAILED instead, when all items failed
 *   RP_FAILED   with `error->item` 0 or more: an item failed. Under the policy collect, if all items ran, `*result` has the value of the
 *               others, unless there are none
 *               with `error->item` -1: the value can't be given, such as an integer sum that is too large
 * With any other status, and under the policy stop with RP_FAILED, `*result` and `*reduced` are unchanged.
 */
RP_API rp_status rp_reduce_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                                const rp_call_options *options, rp_error *error);

/* The same without waiting. On success `*handle` is the caller's, to be freed by rp_result_free; rp_result_get gives the outcome.
 * `*result`,
 * `*reduced` and the arrays are borrowed until the call is finished. */
RP_API rp_status rp_reduce_async_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                                      const rp_call_options *options, rp_result **handle, rp_error *error);

/* Without the macros of their names: a result of a type that isn't known. */
RP_API rp_status rp_reduce(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                           const rp_call_options *options, rp_error *error);
RP_API rp_status rp_reduce_async(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                                 const rp_call_options *options, rp_result **handle, rp_error *error);

/* clang-format off */
#ifndef __cplusplus
#define rp_reduce(pool, task, fold, result, ...)       rp_reduce_into(pool, task, fold, RP_INTO(result), __VA_ARGS__)
#define rp_reduce_async(pool, task, fold, result, ...) rp_reduce_async_into(pool, task, fold, RP_INTO(result), __VA_ARGS__)
#endif
/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
