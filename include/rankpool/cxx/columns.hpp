// columns.hpp: the macros for columns, sources and results in C++17. source.h includes it and says what each means.
//
// C has array literals that live as long as their block; C++ has none. So RP_CONSTANT, RP_LINSPACE, RP_COLUMNS, RP_GRID and RP_ITEMS make
// objects that own what they hold. They may be given to a call at once, or be kept with `auto`: `auto columns = RP_COLUMNS(…)`. As an
// rp_columns, which would point to what is gone by the next line, they can't be kept.
#ifndef RANKPOOL_CXX_COLUMNS_HPP
#define RANKPOOL_CXX_COLUMNS_HPP

#include <rankpool/cxx/value.hpp>
#include <rankpool/source.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace rp
{
namespace detail
{

template <class T> constexpr bool is_item()
{
    static_assert(std::is_same_v<T, const char *> || std::is_same_v<T, char *> || !std::is_pointer_v<T>,
                  "items are pointers, which mean nothing on another rank: give what they point to");
    static_assert(std::is_trivially_copyable_v<T>, "items are not trivially copyable: see rp::map in rankpool.hpp");
    return true;
}

template <class T> inline rp_column array_column(const T *first, size_t stride, size_t room)
{
    static_assert(is_item<T>());
    return {RP_COLUMN_ARRAY, type_of<T>, sizeof(T), stride, first, room == SIZE_MAX ? 0 : static_cast<int64_t>(room), 0};
}
template <class T> inline rp_column axis_column(const T *first, size_t n)
{
    static_assert(is_item<T>());
    return {RP_COLUMN_GRID, type_of<T>, sizeof(T), 0, first, static_cast<int64_t>(n), 1};
}
template <class T> inline rp_column constant_column(const T *value)
{
    static_assert(is_item<T>());
    return {RP_COLUMN_CONSTANT, type_of<T>, sizeof(T), 0, value, 0, 0};
}

// What C functions take, of an object that owns it or of the thing itself. C's are passed on.
inline rp_column lower(const rp_column &column) { return column; }
inline rp_columns lower(const rp_columns &columns) { return columns; }
inline rp_source lower(const rp_source &source) { return source; }

template <class T> struct constant {
    T value;
    operator rp_column() const & { return constant_column(&value); }
    operator rp_column() const && = delete; // it would point to what is gone by the next line: keep RP_CONSTANT with `auto`
};
struct linspace {
    double ends[2];
    int64_t n;
    operator rp_column() const & { return {RP_COLUMN_LINSPACE, RP_TYPE_DOUBLE, sizeof(double), 0, ends, n, 0}; }
    operator rp_column() const && = delete; // as above
};
template <class T> rp_column lower(const constant<T> &column) { return column; }
inline rp_column lower(const linspace &column) { return column; }

// Several columns, and what they own. `is_grid`: rp_grid is told of them.
template <bool is_grid, class... Column> class columns
{
    std::tuple<Column...> parts;
    mutable std::array<rp_column, sizeof...(Column)> lowered;

  public:
    explicit columns(Column... column) : parts(column...), lowered() {}
    operator rp_columns() const &
    {
        std::apply([this](const auto &...part) { lowered = {lower(part)...}; }, parts);
        if constexpr (is_grid) return {sizeof...(Column), rp_grid(sizeof...(Column), lowered.data())};
        else return {sizeof...(Column), lowered.data()};
    }
    operator rp_columns() const && = delete; // it would point to what is gone by the next line: keep RP_COLUMNS with `auto`
};
template <bool is_grid, class... Column> rp_columns lower(const columns<is_grid, Column...> &made) { return made; }

template <class Columns> struct items {
    Columns columns;
    uint64_t n;
    operator rp_source() const & { return {columns, n, nullptr, nullptr}; }
    operator rp_source() const && = delete; // as above: keep RP_ITEMS with `auto`
};
template <class Columns> rp_source lower(const items<Columns> &made) { return made; }

template <class T> constant<std::decay_t<T>> make_constant(const T &value)
{
    static_assert(is_item<std::decay_t<T>>());
    return {value};
}
template <class T, size_t n> constant<const T *> make_constant(const T (&array)[n])
{
    static_assert(std::is_same_v<T, char>, "RP_CONSTANT is given an array: see RP_CONSTANT_AT");
    return {array};
}
template <bool is_grid, class... Column> columns<is_grid, Column...> make_columns(Column... column)
{
    return columns<is_grid, Column...>(column...);
}
template <class... Column> auto make_items(uint64_t n, Column... column)
{
    return items<columns<false, Column...>>{columns<false, Column...>(column...), n};
}

// ---- results ----

template <class T> inline rp_into into_at(T *first, size_t room)
{
    if constexpr (std::is_void_v<T>) {
        return {first, RP_TYPE_VOID, 0, 0, room};
    } else {
        static_assert(!std::is_pointer_v<T>, "results are pointers, and those of tasks never are");
        return {first, type_of<T>, sizeof(T), sizeof(T), room};
    }
}
inline rp_into into_at(std::nullptr_t, size_t) { return {nullptr, RP_TYPE_VOID, 0, 0, 0}; }
inline rp_into into_at(const rp_into &into, size_t) { return into; }

// How many bytes there are in an array; SIZE_MAX where it isn't known.
template <class T> constexpr size_t room_of(const T &) { return SIZE_MAX; }
template <class T, size_t n> constexpr size_t room_of(const T (&)[n]) { return n * sizeof(T); }
template <class T, size_t n> constexpr size_t length_of(const T (&)[n]) { return n; }
template <class T> constexpr size_t length_of(const T *const &)
{
    static_assert(std::is_void_v<T>, "an axis at a pointer needs RP_AXIS_OF, with its length");
    return 0;
}

} // namespace detail
} // namespace rp

// clang-format off
#define RP_TYPE_OF(...) (::rp::detail::type_of<decltype(__VA_ARGS__)>)
#define RP_COLUMN(array) (::rp::detail::array_column(&(array)[0], sizeof((array)[0]), RPI__ROOM_OF(array)))
#define RP_FIELD(array, member) \
    (::rp::detail::array_column(&(array)[0].member, sizeof((array)[0]), \
                                RPI__ROOM_OF(array) == SIZE_MAX ? SIZE_MAX : RPI__ROOM_OF(array) - RPI__OFFSET_IN(array, member)))
#define RP_CONSTANT(...) (::rp::detail::make_constant(__VA_ARGS__))
#define RP_CONSTANT_AT(pointer) (::rp::detail::constant_column(pointer))
#define RP_RANGE(start_value, step_value) \
    (rp_column{RP_COLUMN_RANGE, RP_TYPE_INT64, sizeof(int64_t), 0, nullptr, int64_t(start_value), int64_t(step_value)})
#define RP_LINSPACE(from, to, n) (::rp::detail::linspace{{double(from), double(to)}, int64_t(n)})
#define RP_STRINGS(strings, n) (::rp::detail::array_column(&(strings)[0], sizeof(char *), size_t(n) * sizeof(char *)))
#define RP_GRID(...) (::rp::detail::make_columns<true>(__VA_ARGS__))
#define RP_AXIS(array) (::rp::detail::axis_column(&(array)[0], ::rp::detail::length_of(array)))
#define RP_AXIS_OF(pointer, n) (::rp::detail::axis_column(&(pointer)[0], n))
#define RP_COLUMNS(...) (::rp::detail::make_columns<false>(__VA_ARGS__))
#define RP_NO_COLUMNS (rp_columns{0, nullptr})
#define RP_ITEMS(...) (::rp::detail::make_items(__VA_ARGS__))
#define RP_ITEMS_OF_NOTHING(n) (rp_source{RP_NO_COLUMNS, (n), nullptr, nullptr})
#define RP_GENERATOR(next_function, next_state) (rp_source{RP_NO_COLUMNS, 0, (next_function), (next_state)})
#define RP_INTO(array) (::rp::detail::into_at(array, ::rp::detail::room_of(array)))

#define RPI__ROOM_OF(array) (::rp::detail::room_of(array))
#define RPI__OFFSET_IN(array, member) \
    size_t(reinterpret_cast<const char *>(&(array)[0].member) - reinterpret_cast<const char *>(&(array)[0]))
// clang-format on

#endif
