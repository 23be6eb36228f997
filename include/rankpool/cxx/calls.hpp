// calls.hpp: what the calls of C are as macros, in C++17: results are checked, and columns that own what they hold are taken. call.h
// includes it. In parentheses, as (rp_map)(…), they are the functions.
#ifndef RANKPOOL_CXX_CALLS_HPP
#define RANKPOOL_CXX_CALLS_HPP

#include <rankpool/cxx/columns.hpp>
#include <rankpool/iterator.h>

namespace rp
{
namespace detail
{
inline rp_status next_into(rp_iter *iterator, const rp_into &into, double timeout_s, rp_error *error)
{
    return rp_iter_next_into(iterator, into.data, into.type, into.size, into.room, timeout_s, error);
}
} // namespace detail
} // namespace rp

// clang-format off
#define RPI__LOWER(columns) (::rp::detail::lower(columns))
#define rp_apply(pool, task, result, arguments, ...)       rp_apply_into(pool, task, RP_INTO(result), RPI__LOWER(arguments), __VA_ARGS__)
#define rp_map(pool, task, results, n, items, ...)         rp_map_into(pool, task, RP_INTO(results), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_starmap(pool, task, results, n, items, ...)     rp_starmap_into(pool, task, RP_INTO(results), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_apply_async(pool, task, result, arguments, ...) \
    rp_apply_async_into(pool, task, RP_INTO(result), RPI__LOWER(arguments), __VA_ARGS__)
#define rp_map_async(pool, task, results, n, items, ...)   rp_map_async_into(pool, task, RP_INTO(results), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_starmap_async(pool, task, results, n, items, ...) \
    rp_starmap_async_into(pool, task, RP_INTO(results), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_imap(pool, task, source, ...)                   (rp_imap)(pool, task, RPI__LOWER(source), __VA_ARGS__)
#define rp_imap_unordered(pool, task, source, ...)         (rp_imap_unordered)(pool, task, RPI__LOWER(source), __VA_ARGS__)
#define rp_istarmap(pool, task, source, ...)               (rp_istarmap)(pool, task, RPI__LOWER(source), __VA_ARGS__)
#define rp_istarmap_unordered(pool, task, source, ...)     (rp_istarmap_unordered)(pool, task, RPI__LOWER(source), __VA_ARGS__)
#define rp_reduce(pool, task, fold, result, n, items, ...) \
    rp_reduce_into(pool, task, fold, RP_INTO(result), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_reduce_async(pool, task, fold, result, n, items, ...) \
    rp_reduce_async_into(pool, task, fold, RP_INTO(result), n, RPI__LOWER(items), __VA_ARGS__)
#define rp_iter_next(iterator, result, timeout_s, error) (::rp::detail::next_into(iterator, RP_INTO(result), timeout_s, error))
#define rp_grid_size(grid)                                 (rp_grid_size)(RPI__LOWER(grid))
// clang-format on

#endif
