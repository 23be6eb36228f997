/*
 * sized.h: what the functions of map.h, imap.h and reduce.h become in a program: they say how large its rp_call_options are (export.h says
 * why). call.h includes it. Nothing here is for use by hand.
 */
#ifndef RANKPOOL_SIZED_H
#define RANKPOOL_SIZED_H

#include <rankpool/call.h>

#ifdef __cplusplus
extern "C" {
#endif

RP_API rp_status rp_starmap_sized(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                  const rp_call_options *options, size_t options_size, rp_error *error);
RP_API rp_status rp_starmap_async_sized(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                        const rp_call_options *options, size_t options_size, rp_result **handle, rp_error *error);
RP_API rp_status rp_reduce_sized(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                                 const rp_call_options *options, size_t options_size, rp_error *error);
RP_API rp_status rp_reduce_async_sized(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n,
                                       rp_columns items, const rp_call_options *options, size_t options_size, rp_result **handle,
                                       rp_error *error);
/* `form`: RPI__UNORDERED and RPI__SINGLE added up. */
enum { RPI__UNORDERED = 1, RPI__SINGLE = 2 };
RP_API rp_status rp_imap_sized(rp_pool *pool, const rp_task *task, rp_source source, int form, const rp_call_options *options,
                               size_t options_size, rp_iter **iterator, rp_error *error);

#ifndef RPI__LIBRARY
/* Results of a type that isn't known. */
RPI__SIZED rp_into rpi__into(void *results)
{
    rp_into into;
    into.data = results;
    into.type = RP_TYPE_VOID;
    into.size = into.stride_bytes = 0;
    into.room = SIZE_MAX;
    return into;
}

RPI__SIZED rp_columns rpi__one_column(const rp_column *column)
{
    rp_columns columns;
    columns.n = 1;
    columns.columns = column;
    return columns;
}

RPI__SIZED rp_status rp_starmap_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                     const rp_call_options *options, rp_error *error)
{
    return rp_starmap_sized(pool, task, results, n, items, options, sizeof(rp_call_options), error);
}
RPI__SIZED rp_status rp_starmap_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                           const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_sized(pool, task, results, n, items, options, sizeof(rp_call_options), handle, error);
}
RPI__SIZED rp_status rp_map_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                                 const rp_call_options *options, rp_error *error)
{
    return rp_starmap_into(pool, task, results, n, rpi__one_column(&items), options, error);
}
RPI__SIZED rp_status rp_map_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                                       const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, results, n, rpi__one_column(&items), options, handle, error);
}
RPI__SIZED rp_status rp_apply_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                                   rp_error *error)
{
    return rp_starmap_into(pool, task, result, 1, arguments, options, error);
}
RPI__SIZED rp_status rp_apply_async_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments,
                                         const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, result, 1, arguments, options, handle, error);
}

/* The parentheses keep away the macros of these names. */
RPI__SIZED rp_status(rp_starmap)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items,
                                 const rp_call_options *options, rp_error *error)
{
    return rp_starmap_into(pool, task, rpi__into(results), n, items, options, error);
}
RPI__SIZED rp_status(rp_starmap_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items,
                                       const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, rpi__into(results), n, items, options, handle, error);
}
RPI__SIZED rp_status(rp_map)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                             rp_error *error)
{
    return rp_map_into(pool, task, rpi__into(results), n, items, options, error);
}
RPI__SIZED rp_status(rp_map_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items,
                                   const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_map_async_into(pool, task, rpi__into(results), n, items, options, handle, error);
}
RPI__SIZED rp_status(rp_apply)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                               rp_error *error)
{
    return rp_apply_into(pool, task, rpi__into(result), arguments, options, error);
}
RPI__SIZED rp_status(rp_apply_async)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                                     rp_result **handle, rp_error *error)
{
    return rp_apply_async_into(pool, task, rpi__into(result), arguments, options, handle, error);
}

RPI__SIZED rp_status rp_reduce_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n, rp_columns items,
                                    const rp_call_options *options, rp_error *error)
{
    return rp_reduce_sized(pool, task, fold, result, n, items, options, sizeof(rp_call_options), error);
}
RPI__SIZED rp_status rp_reduce_async_into(rp_pool *pool, const rp_task *task, const rp_fold *fold, rp_into result, uint64_t n,
                                          rp_columns items, const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_reduce_async_sized(pool, task, fold, result, n, items, options, sizeof(rp_call_options), handle, error);
}
RPI__SIZED rp_status(rp_reduce)(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                                const rp_call_options *options, rp_error *error)
{
    return rp_reduce_into(pool, task, fold, rpi__into(result), n, items, options, error);
}
RPI__SIZED rp_status(rp_reduce_async)(rp_pool *pool, const rp_task *task, const rp_fold *fold, void *result, uint64_t n, rp_columns items,
                                      const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_reduce_async_into(pool, task, fold, rpi__into(result), n, items, options, handle, error);
}

RPI__SIZED rp_status rp_imap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                             rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__SINGLE, options, sizeof(rp_call_options), iterator, error);
}
RPI__SIZED rp_status rp_imap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options,
                                       rp_iter **iterator, rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__SINGLE + RPI__UNORDERED, options, sizeof(rp_call_options), iterator, error);
}
RPI__SIZED rp_status rp_istarmap(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options, rp_iter **iterator,
                                 rp_error *error)
{
    return rp_imap_sized(pool, task, source, 0, options, sizeof(rp_call_options), iterator, error);
}
RPI__SIZED rp_status rp_istarmap_unordered(rp_pool *pool, const rp_task *task, rp_source source, const rp_call_options *options,
                                           rp_iter **iterator, rp_error *error)
{
    return rp_imap_sized(pool, task, source, RPI__UNORDERED, options, sizeof(rp_call_options), iterator, error);
}
#endif

#ifdef __cplusplus
}
#endif
#endif
