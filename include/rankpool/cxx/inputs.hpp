// inputs.hpp: all columns of a call, from what rp::map and the others were given: its task, its bound values, how many items there are.
#ifndef RANKPOOL_CXX_INPUTS_HPP
#define RANKPOOL_CXX_INPUTS_HPP

#include <rankpool/cxx/items.hpp>

namespace rp
{
namespace detail
{

// ---- all columns of a call ----

// What of the function goes along.
template <class F, bool has_state = callable<F>::has_state> struct state_of {
    using type = typename callable<F>::sent;
    static type make(const F &f) { return callable<F>::send(f); }
};
template <class F> struct state_of<F, false> {
    using type = types<>;
    static type make(const F &) { return {}; }
};

template <class F, class Known, class... X> struct argument_types;
template <class F, class... X> struct argument_types<F, std::false_type, X...> {
    using type = types<typename item_of<std::remove_cv_t<std::remove_reference_t<X>>>::type...>;
};
template <class F, class... X> struct argument_types<F, std::true_type, X...> {
    using type = typename signature<F>::arguments;
    static_assert(type::n == sizeof...(X), "the function has another number of arguments than the call has columns and values for");
};

template <class F, class Types, class... X> class inputs_of;

template <class F, class... A, class... X> class inputs_of<F, types<A...>, X...>
{
    static_assert(std::is_invocable_v<F &, decltype(argument<A>(std::declval<const rp_view &>(), 0))...>,
                  "the function can't be called with items of these types");

  public:
    using result = plain<std::invoke_result_t<F &, decltype(argument<A>(std::declval<const rp_view &>(), 0))...>>;
    using task_type = registered<F, result, A...>;
    static const rp_task *task() { return &task_type::instance.task; }

  private:
    static constexpr size_t n_before = callable<F>::has_state ? 1 : 0;
    typename state_of<F>::type state;
    std::tuple<slot<A, X>...> slots;
    std::array<rp_column, sizeof...(X) + n_before + 1> made;
    uint64_t n = any_number;
    bool has_grid = false;

    template <class Slot> rp_column column_of(Slot &slot)
    {
        rp_column column = slot.column();
        if (slot.size() != any_number && n != any_number && slot.size() != n) refuse("the columns of a call have different lengths");
        if (slot.size() != any_number) n = slot.size();
        if (column.kind == RP_COLUMN_GRID) has_grid = true;
        return column;
    }
    void make_columns()
    {
        if constexpr (n_before > 0) made[0] = {RP_COLUMN_CONSTANT, type_of<typename state_of<F>::type>, sizeof state, 0, &state, 0, 0};
        size_t k = n_before;
        (void)k;
        std::apply([&](auto &...slot) { ((made[k++] = column_of(slot)), ...); }, slots);
        if (!has_grid) return;
        uint64_t size = (rp_grid_size)(rp_columns{sizeof...(X) + n_before, rp_grid(sizeof...(X) + n_before, made.data())});
        if (n != any_number && n != size) refuse("the columns of a call have different lengths");
        n = size;
    }

  public:
    explicit inputs_of(const F &f, X &&...x) : state(state_of<F>::make(f)), slots(std::forward<X>(x)...), made() { make_columns(); }
    inputs_of(const inputs_of &) = delete;

    static constexpr bool is_generated = (false || ... || (slot<A, X>::is == kind::generated));
    // What of it are bound arguments of the call, and the others. Texts about an item name only the others.
    static constexpr size_t n_bound =
        is_generated ? n_before + sizeof...(X) - 1 : (n_before + ... + (is_bound_item<plain<X>>::value ? 1 : 0));
    rp_columns bound() const { return {n_bound, made.data()}; }
    rp_columns columns() const { return {sizeof...(X) + n_before - n_bound, made.data() + n_bound}; }
    auto &last() { return std::get<sizeof...(X) - 1>(slots); }
    // How many items there are; `alone` where nothing says so.
    uint64_t size(uint64_t alone) const
    {
        if (n == any_number && alone == any_number) refuse("nothing says how many items there are: give a column or an rp::range");
        return n == any_number ? alone : n;
    }
};

// Of what was passed as X &&: a reference to what is borrowed, or the value.
template <class X> using kept = std::conditional_t<std::is_lvalue_reference_v<X>, X, std::remove_reference_t<X>>;
template <class F, class... X>
using inputs = inputs_of<F, typename argument_types<F, std::bool_constant<signature<F>::known>, X...>::type, kept<X>...>;

// ---- from what a call was given to its columns: bound values first, grids and tuples spread out, options left out ----

template <class T> inline constexpr bool is_options = std::is_base_of_v<rp_call_options, plain<T>>;

template <class T> struct is_bound : std::false_type {
};
template <class... T> struct is_bound<bound_values<T...>> : std::true_type {
};

template <class... T, size_t... k> auto spread_bound(bound_values<T...> &from, std::index_sequence<k...>)
{
    return std::tuple<bound_item<T>...>(bound_item<T>{std::move(std::get<k>(from.values))}...);
}
template <class T> auto bound_of(T &&given)
{
    if constexpr (is_bound<plain<T>>::value)
        return spread_bound(given, std::make_index_sequence<std::tuple_size_v<decltype(given.values)>>());
    else return std::tuple<>();
}

template <class... X, size_t... k> auto spread_grid(grid_of<X...> &from, std::index_sequence<k...>)
{
    return std::tuple<axis<X>...>(axis<X>{std::forward<X>(std::get<k>(from.axes))}...);
}
template <class T> struct is_grid_of : std::false_type {
};
template <class... X> struct is_grid_of<grid_of<X...>> : std::true_type {
};

template <class C> std::shared_ptr<const plain<C>> keep(C &&container)
{
    if constexpr (std::is_lvalue_reference_v<C>) return {std::shared_ptr<void>(), &container};
    else return std::make_shared<const plain<C>>(std::move(container));
}
template <class C, size_t... k> auto spread_members(C &&container, std::index_sequence<k...>)
{
    auto kept = keep(std::forward<C>(container));
    return std::tuple<member_of<k, plain<C>>...>(member_of<k, plain<C>>{kept}...);
}

// Whether one container of tuples has all arguments of the function.
enum class spreading { never, where_known, always };

template <spreading mode, class F, class... X> constexpr bool spreads_tuples()
{
    constexpr size_t n = ((is_options<X> || is_bound<plain<X>>::value ? 0 : 1) + ... + 0);
    if constexpr (n != 1 || mode == spreading::never) return false;
    else if constexpr (!signature<F>::known) return mode == spreading::always;
    else return signature<F>::arguments::n > 1;
}

template <bool spreads, class T> auto columns_of(T &&given)
{
    using element = typename element_of<plain<T>>::type;
    if constexpr (is_options<T> || is_bound<plain<T>>::value) return std::tuple<>();
    else if constexpr (is_grid_of<plain<T>>::value)
        return spread_grid(given, std::make_index_sequence<std::tuple_size_v<decltype(given.axes)>>());
    else if constexpr (spreads && is_tuple<element>::value)
        return spread_members(std::forward<T>(given), std::make_index_sequence<std::tuple_size_v<element>>());
    else return std::tuple<T>(std::forward<T>(given));
}

// For apply: whatever it is, it is one value. A reference will do, as constants are copied when the call is made.
template <class T> decltype(auto) as_constant(const T &value)
{
    if constexpr (is_options<T>) return (value);
    else if constexpr (std::is_array_v<T>) return constant_item<const std::remove_extent_t<T> *>{value};
    else return constant_item<const T &>{value};
}

// The options among what the call was given, or the defaults.
inline void take_options(rp_call_options &) {}
template <class T, class... More> void take_options(rp_call_options &to, const T &given, const More &...more)
{
    if constexpr (is_options<T>) {
        static_assert(sizeof...(More) == 0, "the options come last");
        to = given;
        if (to.bound.n > 0) refuse("the options have bound arguments: give them by rp::with");
    }
    take_options(to, more...);
}
template <class... X> rp_call_options options_of(const X &...x)
{
    rp_call_options found = {};
    take_options(found, x...);
    return found;
}

// Has use(f, columns…) do the call.
template <spreading mode, class Use, class F, class... X> decltype(auto) with_columns(Use &&use, const F &f, X &&...x)
{
    auto all = std::tuple_cat(bound_of(std::forward<X>(x))..., columns_of<spreads_tuples<mode, F, X...>()>(std::forward<X>(x))...);
    return std::apply([&](auto &&...column) -> decltype(auto) { return use(f, std::forward<decltype(column)>(column)...); },
                      std::move(all));
}

} // namespace detail
} // namespace rp

#endif
