/* map.c: apply, map, starmap and their async forms. All are a starmap of one batch over all items. */
#include "pool/start.h"

#include <rankpool/map.h>
#include <rankpool/sized.h>

rp_status rp_starmap_sized(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                           const rp_call_options *options, size_t options_size, rp_error *error)
{
    rp_call_options own;
    const rp_call_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (options && !known) return rpi_sized_refuse("the call's options", error);
    return rpi_start_and_wait(&(rpi_request){pool, task, results, n, items, .options = known}, error);
}

rp_status rp_starmap_async_sized(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                 const rp_call_options *options, size_t options_size, rp_result **handle, rp_error *error)
{
    rp_call_options own;
    const rp_call_options *known = rpi_sized_read(options, options_size, &own, sizeof own);
    if (options && !known) return rpi_sized_refuse("the call's options", error);
    return rpi_start(&(rpi_request){pool, task, results, n, items, .options = known}, handle, error);
}

/* ---- callers that don't say how large their options are ---- */

rp_status rp_starmap_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items, const rp_call_options *options,
                          rp_error *error)
{
    return rp_starmap_sized(pool, task, results, n, items, options, RPI_FIRST_CALL_OPTIONS, error);
}

rp_status rp_starmap_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_columns items,
                                const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_sized(pool, task, results, n, items, options, RPI_FIRST_CALL_OPTIONS, handle, error);
}

rp_status rp_map_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items, const rp_call_options *options,
                      rp_error *error)
{
    return rp_starmap_into(pool, task, results, n, (rp_columns){1, &items}, options, error);
}

rp_status rp_map_async_into(rp_pool *pool, const rp_task *task, rp_into results, uint64_t n, rp_column items,
                            const rp_call_options *options, rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, results, n, (rp_columns){1, &items}, options, handle, error);
}

rp_status rp_apply_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                        rp_error *error)
{
    return rp_starmap_into(pool, task, result, 1, arguments, options, error);
}

rp_status rp_apply_async_into(rp_pool *pool, const rp_task *task, rp_into result, rp_columns arguments, const rp_call_options *options,
                              rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, result, 1, arguments, options, handle, error);
}

/* Without the macros of their names: results of a type that isn't known. */
rp_status(rp_starmap)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                      rp_error *error)
{
    return rp_starmap_into(pool, task, RP_INTO(results), n, items, options, error);
}

rp_status(rp_starmap_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_columns items, const rp_call_options *options,
                            rp_result **handle, rp_error *error)
{
    return rp_starmap_async_into(pool, task, RP_INTO(results), n, items, options, handle, error);
}

rp_status(rp_map)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                  rp_error *error)
{
    return rp_map_into(pool, task, RP_INTO(results), n, items, options, error);
}

rp_status(rp_map_async)(rp_pool *pool, const rp_task *task, void *results, uint64_t n, rp_column items, const rp_call_options *options,
                        rp_result **handle, rp_error *error)
{
    return rp_map_async_into(pool, task, RP_INTO(results), n, items, options, handle, error);
}

rp_status(rp_apply)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options, rp_error *error)
{
    return rp_apply_into(pool, task, RP_INTO(result), arguments, options, error);
}

rp_status(rp_apply_async)(rp_pool *pool, const rp_task *task, void *result, rp_columns arguments, const rp_call_options *options,
                          rp_result **handle, rp_error *error)
{
    return rp_apply_async_into(pool, task, RP_INTO(result), arguments, options, handle, error);
}
