// items.hpp: what rp::map and the others take: containers as columns, values as constants, numbers that are computed, grids.
//
// For an argument of type A, a container of values that convert to A is a column, and a value of type A is the same for each item. What a
// container has already as the library needs it isn't copied: numbers, structs, strings, vectors of numbers. A container that is a
// temporary is kept until the call is finished; any other is borrowed until then.
#ifndef RANKPOOL_CXX_ITEMS_HPP
#define RANKPOOL_CXX_ITEMS_HPP

#include <rankpool/call.h>
#include <rankpool/cxx/task.hpp>

#include <array>
#include <iterator>
#include <optional>

namespace rp
{

// As rp_call_options (call.h), with the defaults set. The last argument of any call.
struct call_options : rp_call_options {
    // All defaults, or those of C.
    call_options() noexcept : rp_call_options() {}
    call_options(const rp_call_options &from) noexcept : rp_call_options(from) {}
};

namespace detail
{

inline constexpr uint64_t any_number = UINT64_MAX;

template <class T> struct constant_item {
    T value;
};
template <class T> struct bound_item { // the same, of rp::with
    T value;
};
struct counted {
    int64_t start, step;
    uint64_t n;
};
struct spaced {
    double ends[2];
    uint64_t n;
};
template <class X> struct axis {
    X values;
};
template <class... X> struct grid_of {
    std::tuple<X...> axes;
};
template <class... T> struct bound_values {
    std::tuple<T...> values;
};
// Member k of each element of a container of tuples.
template <size_t k, class C> struct member_of {
    std::shared_ptr<const C> container;
};
template <class G> struct generator {
    G next;
};

} // namespace detail

// The same value for each item, where its type alone doesn't say so.
template <class T> detail::constant_item<std::decay_t<T>> constant(T &&value) { return {std::forward<T>(value)}; }

// Numbers, as Python's range: n from 0; or from start to before stop. They take no memory.
inline detail::counted range(uint64_t n) { return {0, 1, n}; }
inline detail::counted range(int64_t start, int64_t stop, int64_t step = 1)
{
    if (step == 0) detail::refuse("rp::range has a step of 0");
    bool some = step > 0 ? start < stop : start > stop;
    uint64_t gap =
        step > 0 ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(start) : static_cast<uint64_t>(start) - static_cast<uint64_t>(stop);
    uint64_t width = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
    return {start, step, some ? (gap - 1) / width + 1 : 0};
}

// n doubles with even gaps, both ends exact. They take no memory.
inline detail::spaced linspace(double from, double to, uint64_t n) { return {{from, to}, n}; }

// All combinations of the values of some containers of numbers or structs, a column for each; the last changes fastest.
template <class... X> detail::grid_of<X...> grid(X &&...axes) { return {std::tuple<X...>(std::forward<X>(axes)...)}; }

// Values for the first arguments of the function (Python's functools.partial): rp::map(pool, f, items, rp::with(2.5)).
template <class... T> detail::bound_values<std::decay_t<T>...> with(T &&...values)
{
    return {std::tuple<std::decay_t<T>...>(std::forward<T>(values)...)};
}

// For imap: items that are made as results are taken. next() gives a std::optional, without a value at the end. It is called by the thread
// that takes the results. An exception of it comes after the results of the items before.
template <class G> detail::generator<std::decay_t<G>> generate(G &&next) { return {std::forward<G>(next)}; }

namespace detail
{

// ---- what something is for an argument of type A; A is void where the function doesn't say, as with a generic lambda ----

template <class T, class = void> struct element_of {
    using type = void;
};
template <class T> struct element_of<T, std::void_t<decltype(*std::begin(std::declval<T &>())), decltype(std::end(std::declval<T &>()))>> {
    using type = plain<decltype(*std::begin(std::declval<T &>()))>;
};
template <class T> inline constexpr bool is_range = !std::is_void_v<typename element_of<T>::type>;

enum class kind { constant, counted, spaced, axis, member, generated, array };

template <class T> struct kind_of_wrapper {
    static constexpr bool known = false;
};
template <class T> struct kind_of_wrapper<constant_item<T>> {
    static constexpr bool known = true;
    static constexpr kind value = kind::constant;
    using item = plain<T>;
};
template <class T> struct kind_of_wrapper<bound_item<T>> : kind_of_wrapper<constant_item<T>> {
};
template <> struct kind_of_wrapper<counted> {
    static constexpr bool known = true;
    static constexpr kind value = kind::counted;
    using item = int64_t;
};
template <> struct kind_of_wrapper<spaced> {
    static constexpr bool known = true;
    static constexpr kind value = kind::spaced;
    using item = double;
};
template <class X> struct kind_of_wrapper<axis<X>> {
    static constexpr bool known = true;
    static constexpr kind value = kind::axis;
    using item = typename element_of<std::remove_reference_t<X>>::type;
};
template <size_t k, class C> struct kind_of_wrapper<member_of<k, C>> {
    static constexpr bool known = true;
    static constexpr kind value = kind::member;
    using item = std::tuple_element_t<k, typename element_of<C>::type>;
};

template <class G> struct kind_of_wrapper<generator<G>> {
    static constexpr bool known = true;
    static constexpr kind value = kind::generated;
    using item = plain<decltype(*std::declval<G &>()())>;
};

template <class A, class T> constexpr kind kind_of()
{
    if constexpr (kind_of_wrapper<T>::known) return kind_of_wrapper<T>::value;
    else if constexpr (std::is_same_v<A, T> || std::is_pointer_v<T> || !is_range<T>) return kind::constant;
    else if constexpr (std::is_void_v<A>) return kind::array;
    else return std::is_convertible_v<typename element_of<T>::type, A> ? kind::array : kind::constant;
}

template <class T> inline constexpr bool is_characters = std::is_array_v<T> &&std::is_same_v<std::remove_extent_t<T>, char>;

// The type of an argument that the function doesn't say.
template <class T> struct item_of {
    static auto find()
    {
        if constexpr (kind_of_wrapper<T>::known) return static_cast<typename kind_of_wrapper<T>::item *>(nullptr);
        else if constexpr (is_characters<T>) return static_cast<const char **>(nullptr);
        else if constexpr (std::is_pointer_v<T> || is_string<T> || !is_range<T>) return static_cast<T *>(nullptr);
        else return static_cast<typename element_of<T>::type *>(nullptr);
    }
    using type = std::remove_pointer_t<decltype(find())>;
};

template <class A, class T> constexpr bool check_conversion()
{
    static_assert(std::is_convertible_v<T, A>, "an item doesn't convert to the type of its argument");
    static_assert(!(std::is_floating_point_v<T> && std::is_integral_v<A>), "an item has a fraction, its argument is an integer");
    return true;
}

// The type of what is the same for each item.
template <class T> struct constant_of {
    using type = std::conditional_t<is_characters<T>, const char *, T>;
};
template <class T> struct constant_of<constant_item<T>> {
    using type = plain<T>;
};
template <class T> struct constant_of<bound_item<T>> {
    using type = T;
};
template <class T> struct is_bound_item : std::false_type {
};
template <class T> struct is_bound_item<bound_item<T>> : std::true_type {
};

// ---- a column ----

// What an argument of type A gets: X is what the call was given, a reference or a value that is kept. Stays where it is made.
template <class A, class X> class slot
{
    using T = std::remove_cv_t<std::remove_reference_t<X>>;
    using W = wire<A>;

  public:
    static constexpr kind is = kind_of<A, T>();

  private:
    X given;
    std::unique_ptr<W[]> made;       // values that the container doesn't have as the library needs them
    std::vector<std::string> packed; // what they point to
    std::vector<A> converted;
    std::optional<A> value; // of a constant
    std::string room;       // what it points to
    uint64_t n = any_number;

    rp_column array_of(const void *first, size_t stride) const
    {
        size_t bytes = n == 0 ? 0 : static_cast<size_t>(n - 1) * stride + sizeof(W);
        return {RP_COLUMN_ARRAY, type_of<W>, sizeof(W), stride, first, static_cast<int64_t>(bytes), 0};
    }

    // One for each of `values`, whose elements are of type A or convert to it.
    template <class C> rp_column make_array(const C &values)
    {
        n = static_cast<uint64_t>(std::distance(std::begin(values), std::end(values)));
        made.reset(new W[static_cast<size_t>(n)]);
        constexpr bool packs = !is_fixed<A> && !is_text<A> && !std::is_same_v<A, rp_bytes> && !is_string<A> && !is_block<A>();
        if constexpr (packs) packed.resize(static_cast<size_t>(n));
        size_t i = 0;
        for (const auto &from : values) {
            if constexpr (is_fixed<A> || is_text<A>) made[i] = static_cast<W>(from);
            else if constexpr (packs) made[i] = bytes_of<A>(from, packed[i]);
            else made[i] = bytes_of<A>(from, room);
            i++;
        }
        return array_of(made.get(), sizeof(W));
    }
    template <class C> rp_column make_column(const C &container)
    {
        using E = typename element_of<const C>::type;
        static_assert(check_conversion<A, E>());
        if constexpr (std::is_same_v<E, A> && is_fixed<A> && has_data<C>::value) {
            n = std::size(container);
            return array_of(std::data(container), sizeof(A));
        } else if constexpr (std::is_same_v<E, A> || is_fixed<A> || is_text<A>) {
            return make_array(container);
        } else {
            converted.assign(std::begin(container), std::end(container));
            return make_array(converted);
        }
    }

    template <class C, class = void> struct has_data : std::false_type {
    };
    template <class C>
    struct has_data<C, std::void_t<decltype(std::data(std::declval<const C &>())), decltype(std::size(std::declval<const C &>()))>>
        : std::true_type {
    };

    rp_column make_constant()
    {
        const auto &from = constant_in(given);
        if constexpr (is_fixed<A> || is_text<A>) {
            value.emplace(static_cast<A>(from));
            return {RP_COLUMN_CONSTANT, type_of<W>, sizeof(W), 0, &*value, 0, 0};
        } else {
            if constexpr (std::is_same_v<plain<decltype(from)>, A>) made.reset(new W[1]{bytes_of<A>(from, room)});
            else made.reset(new W[1]{bytes_of<A>(value.emplace(static_cast<A>(from)), room)});
            return {RP_COLUMN_CONSTANT, type_of<W>, sizeof(W), 0, made.get(), 0, 0};
        }
    }
    template <class G> static const auto &constant_in(const G &from)
    {
        if constexpr (kind_of_wrapper<G>::known) return from.value;
        else return from;
    }

    template <class M> rp_column make_member(const M &member) { return member_column(member, static_cast<const M *>(nullptr)); }
    template <size_t k, class C> rp_column member_column(const member_of<k, C> &member, const member_of<k, C> *)
    {
        const C &container = *member.container;
        using E = std::tuple_element_t<k, typename element_of<C>::type>;
        static_assert(check_conversion<A, E>());
        if constexpr (std::is_same_v<E, A> && is_fixed<A> && has_data<C>::value) {
            n = std::size(container);
            return array_of(n == 0 ? nullptr : &std::get<k>(*std::data(container)), sizeof(*std::data(container)));
        } else {
            for (const auto &element : container) converted.push_back(static_cast<A>(std::get<k>(element)));
            return make_array(converted);
        }
    }

  public:
    explicit slot(X &&from) : given(std::forward<X>(from)) {}
    slot(const slot &) = delete;

    // Once. Its data is in this object, or borrowed.
    rp_column column()
    {
        if constexpr (is == kind::constant) {
            static_assert(check_conversion<A, typename constant_of<T>::type>());
            return make_constant();
        } else if constexpr (is == kind::counted) {
            static_assert(std::is_arithmetic_v<A>, "a range is for an argument that is a number");
            n = given.n;
            return {RP_COLUMN_RANGE, RP_TYPE_INT64, sizeof(int64_t), 0, nullptr, given.start, given.step};
        } else if constexpr (is == kind::spaced) {
            static_assert(std::is_same_v<A, double>, "rp::linspace is for an argument that is a double");
            n = given.n;
            return {RP_COLUMN_LINSPACE, RP_TYPE_DOUBLE, sizeof(double), 0, given.ends, static_cast<int64_t>(given.n), 0};
        } else if constexpr (is == kind::axis) {
            static_assert(is_fixed<A>, "an axis of a grid is for an argument that is a number or a struct");
            rp_column values = make_column(given.values);
            uint64_t length = std::exchange(n, any_number);
            return {RP_COLUMN_GRID, values.type, values.size, 0, values.data, static_cast<int64_t>(length), 1};
        } else if constexpr (is == kind::member) {
            return make_member(given);
        } else if constexpr (is == kind::generated) {
            return {};
        } else {
            return make_column(given);
        }
    }
    uint64_t size() const { return n; } // any_number: as many as the others have

    // An rp_source_next for a generator. No exception leaves it.
    static rp_status pull(void *state, void *const *arguments, int, rp_error *details) noexcept
    {
        slot *self = static_cast<slot *>(state);
        try {
            auto made = self->given.next();
            if (!made) return RP_END;
            self->value.emplace(static_cast<A>(*std::move(made)));
            self->room.clear();
            if constexpr (is_fixed<A> || is_text<A>) std::memcpy(arguments[0], &*self->value, sizeof(A));
            else *static_cast<rp_bytes *>(arguments[0]) = bytes_of<A>(*self->value, self->room);
            return RP_OK;
        } catch (...) {
            self->thrown = std::current_exception();
            return rp_error_set(details, RP_SYSTEM, 0, "the generator of the items threw an exception");
        }
    }
    std::exception_ptr thrown; // by the generator
};

} // namespace detail
} // namespace rp

#endif
