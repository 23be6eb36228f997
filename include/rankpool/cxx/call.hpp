// call.hpp: apply, map and starmap of rankpool.hpp, and their async forms, whose futures are in future.hpp.
#ifndef RANKPOOL_CXX_CALL_HPP
#define RANKPOOL_CXX_CALL_HPP

#include <rankpool/cxx/future.hpp>
#include <rankpool/cxx/inputs.hpp>
#include <rankpool/cxx/pool.hpp>

namespace rp
{
namespace detail
{

template <class R> auto blocking(pool &where, rp_call_options options)
{
    return [&where, options](const auto &f, auto &&...x) mutable {
        using in_type = inputs<plain<decltype(f)>, decltype(x)...>;
        in_type in(f, std::forward<decltype(x)>(x)...);
        options.bound = in.bound();
        outputs<typename in_type::result, R::is_one> out(R::is_one ? in.size(1) : in.size(any_number));
        blank_error details;
        check(rp_starmap_into(where.handle(), in_type::task(), out.into(), out.size(), in.columns(), &options, &details), details);
        return out.take();
    };
}

template <class R> auto starting(pool &where, rp_call_options options)
{
    return [&where, options](const auto &f, auto &&...x) mutable {
        using in_type = inputs<plain<decltype(f)>, decltype(x)...>;
        using out_type = outputs<typename in_type::result, R::is_one>;
        auto call = std::make_unique<call_of<in_type, out_type>>(R::is_one ? 1 : any_number, f, std::forward<decltype(x)>(x)...);
        blank_error details;
        rp_result *handle = nullptr;
        options.bound = call->in.bound();
        if (!R::is_one && !options.statuses) options.statuses = call->make_statuses();
        check(rp_starmap_async_into(where.handle(), in_type::task(), call->out.into(), call->out.size(), call->in.columns(), &options,
                                    &handle, &details),
              details);
        return call->start(std::move(call), handle);
    };
}

struct one {
    static constexpr bool is_one = true;
};
struct many {
    static constexpr bool is_one = false;
};

} // namespace detail

// Each takes, after the function and what it is for, rp::call_options, if any. They throw rp::failure when an item failed, the first one by
// index; rp::error otherwise, with the statuses of call.h.

// f(values…), once. Blocks.
template <class F, class... X> auto apply(pool &where, F f, X &&...values)
{
    return detail::with_columns<detail::spreading::never>(detail::blocking<detail::one>(where, detail::options_of(values...)), f,
                                                          detail::as_constant(values)...);
}

// A std::vector of f(item), in the order of the items; nothing for a function without a result. Blocks. With rp::with(values…) it is
// f(values…, item).
template <class F, class Items, class... X> auto map(pool &where, F f, Items &&items, X &&...bound_and_options)
{
    static_assert(((detail::is_options<X> || detail::is_bound<detail::plain<X>>::value) && ... && true),
                  "rp::map takes one column: see rp::starmap");
    return detail::with_columns<detail::spreading::never>(detail::blocking<detail::many>(where, detail::options_of(bound_and_options...)),
                                                          f, std::forward<Items>(items), std::forward<X>(bound_and_options)...);
}

// The same with a column, or a value, for each argument; or with one container of tuples; or with rp::grid.
template <class F, class... X> auto starmap(pool &where, F f, X &&...columns)
{
    return detail::with_columns<detail::spreading::always>(detail::blocking<detail::many>(where, detail::options_of(columns...)), f,
                                                           std::forward<X>(columns)...);
}

// The same without waiting: an rp::future of what the others return. Containers that aren't temporaries are borrowed until it is finished.
template <class F, class... X> [[nodiscard]] auto apply_async(pool &where, F f, X &&...values)
{
    return detail::with_columns<detail::spreading::never>(detail::starting<detail::one>(where, detail::options_of(values...)), f,
                                                          detail::as_constant(values)...);
}
template <class F, class Items, class... X> [[nodiscard]] auto map_async(pool &where, F f, Items &&items, X &&...bound_and_options)
{
    static_assert(((detail::is_options<X> || detail::is_bound<detail::plain<X>>::value) && ... && true),
                  "rp::map_async takes one column: see rp::starmap_async");
    return detail::with_columns<detail::spreading::never>(detail::starting<detail::many>(where, detail::options_of(bound_and_options...)),
                                                          f, std::forward<Items>(items), std::forward<X>(bound_and_options)...);
}
template <class F, class... X> [[nodiscard]] auto starmap_async(pool &where, F f, X &&...columns)
{
    return detail::with_columns<detail::spreading::always>(detail::starting<detail::many>(where, detail::options_of(columns...)), f,
                                                           std::forward<X>(columns)...);
}

} // namespace rp

#endif
