// travel.hpp: how values of C++ types travel between ranks: as they are in memory, as a string of C, or as bytes of any length. Types are
// taken that are trivially copyable, std::string, and std::vector, std::map, std::unordered_map, std::pair and std::tuple of such.
#ifndef RANKPOOL_CXX_TRAVEL_HPP
#define RANKPOOL_CXX_TRAVEL_HPP

#include <rankpool/cxx/value.hpp>

#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

namespace rp
{
namespace detail
{

template <class T> struct is_view : std::is_same<T, std::string_view> {
};
#ifdef __cpp_lib_span
template <class T, size_t n> struct is_view<std::span<T, n>> : std::true_type {
};
#endif

// Travels as it is in memory.
template <class T> inline constexpr bool is_fixed = is_flat<T> && !is_view<T>::value && !std::is_same_v<T, rp_bytes>;

template <class T> struct is_vector : std::false_type {
};
template <class T> struct is_vector<std::vector<T>> : std::true_type {
};
template <class T> struct is_table : std::false_type {
};
template <class K, class V, class... More> struct is_table<std::map<K, V, More...>> : std::true_type {
};
template <class K, class V, class... More> struct is_table<std::unordered_map<K, V, More...>> : std::true_type {
};
template <class T> struct is_tuple : std::false_type {
};
template <class A, class B> struct is_tuple<std::pair<A, B>> : std::true_type {
};
template <class... A> struct is_tuple<std::tuple<A...>> : std::true_type {
};

// A vector whose elements are one block of bytes.
template <class T> constexpr bool is_block()
{
    if constexpr (is_vector<T>::value) return is_fixed<typename T::value_type> && !std::is_same_v<typename T::value_type, bool>;
    else return false;
}

template <class T> constexpr bool can_pack();
template <class... T> constexpr bool can_pack_all(const std::tuple<T...> *) { return (can_pack<plain<T>>() && ... && true); }
template <class A, class B> constexpr bool can_pack_all(const std::pair<A, B> *) { return can_pack<plain<A>>() && can_pack<plain<B>>(); }

// Whether a value can be written to bytes and be made of them again.
template <class T> constexpr bool can_pack()
{
    if constexpr (is_fixed<T> || std::is_same_v<T, std::string>) return true;
    else if constexpr (std::is_same_v<T, std::vector<bool>>) return false;
    else if constexpr (is_vector<T>::value) return can_pack<typename T::value_type>();
    else if constexpr (is_table<T>::value) return can_pack<typename T::key_type>() && can_pack<typename T::mapped_type>();
    else if constexpr (is_tuple<T>::value) return can_pack_all(static_cast<const T *>(nullptr));
    else return false;
}

// ---- to bytes ----

inline void pack_bytes(std::string &to, const void *from, size_t size) { to.append(static_cast<const char *>(from), size); }
inline void pack_size(std::string &to, size_t size)
{
    uint64_t n = size;
    pack_bytes(to, &n, sizeof n);
}

template <class T> void pack(std::string &to, const T &value)
{
    if constexpr (is_fixed<T>) {
        pack_bytes(to, &value, sizeof value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        pack_size(to, value.size());
        to += value;
    } else if constexpr (is_block<T>()) {
        pack_size(to, value.size());
        pack_bytes(to, value.data(), value.size() * sizeof(typename T::value_type));
    } else if constexpr (is_tuple<T>::value) {
        std::apply([&to](const auto &...part) { (pack(to, part), ...); }, value);
    } else {
        pack_size(to, value.size());
        for (const auto &part : value) pack(to, part);
    }
}

// ---- from bytes; what comes from elsewhere isn't trusted ----

struct unpacker {
    const char *at, *end;
    const char *take(size_t size)
    {
        if (size > static_cast<size_t>(end - at)) throw std::length_error("a value that came from another rank is cut off");
        at += size;
        return at - size;
    }
    // How many parts follow, of at least `least` bytes each.
    size_t take_size(size_t least)
    {
        uint64_t n;
        std::memcpy(&n, take(sizeof n), sizeof n);
        if (n > static_cast<size_t>(end - at) / least) throw std::length_error("a value that came from another rank is cut off");
        return static_cast<size_t>(n);
    }
};

// A value of a type that is trivially copyable, and may lack a constructor without arguments.
template <class T> T copy_of(const void *from)
{
    alignas(T) unsigned char room[sizeof(T)];
    std::memcpy(room, from, sizeof(T));
    return *std::launder(reinterpret_cast<const T *>(room));
}

template <class T> std::vector<T> block_of(const void *from, size_t n)
{
    std::vector<T> made;
    if constexpr (std::is_default_constructible_v<T>) {
        made.resize(n);
        if (n > 0) std::memcpy(static_cast<void *>(made.data()), from, n * sizeof(T));
    } else {
        made.reserve(n);
        for (size_t i = 0; i < n; i++) made.push_back(copy_of<T>(static_cast<const char *>(from) + i * sizeof(T)));
    }
    return made;
}

template <class T> T unpack(unpacker &from);

template <class T> struct unpack_parts;
template <class... T> struct unpack_parts<std::tuple<T...>> {
    static std::tuple<T...> all(unpacker &from) { return std::tuple<T...>{unpack<plain<T>>(from)...}; } // in braces: from left to right
};
template <class A, class B> struct unpack_parts<std::pair<A, B>> {
    static std::pair<A, B> all(unpacker &from) { return std::pair<A, B>{unpack<plain<A>>(from), unpack<plain<B>>(from)}; }
};

template <class T> T unpack(unpacker &from)
{
    if constexpr (is_fixed<T>) {
        return copy_of<T>(from.take(sizeof(T)));
    } else if constexpr (std::is_same_v<T, std::string>) {
        size_t n = from.take_size(1);
        return std::string(from.take(n), n);
    } else if constexpr (is_block<T>()) {
        using element = typename T::value_type;
        size_t n = from.take_size(sizeof(element));
        return block_of<element>(from.take(n * sizeof(element)), n);
    } else if constexpr (is_tuple<T>::value) {
        return unpack_parts<T>::all(from);
    } else if constexpr (is_table<T>::value) {
        T made;
        for (size_t n = from.take_size(1); n > 0; n--) {
            auto key = unpack<typename T::key_type>(from);
            made.emplace(std::move(key), unpack<typename T::mapped_type>(from));
        }
        return made;
    } else {
        T made;
        for (size_t n = from.take_size(1); n > 0; n--) made.push_back(unpack<typename T::value_type>(from));
        return made;
    }
}

// ---- arguments and results ----

// What the library sees of a value of type T.
template <class T> inline constexpr bool is_text = std::is_same_v<T, const char *>;
template <class T> inline constexpr bool is_string = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;
template <class T> using wire = std::conditional_t<is_fixed<T> || is_text<T>, T, rp_bytes>;

template <class T> constexpr bool check_argument()
{
    static_assert(!std::is_pointer_v<T> || is_text<T>,
                  "an argument is a pointer, which means nothing on another rank; const char * is a string");
    static_assert(
        is_text<T> || is_string<T> || std::is_same_v<T, rp_bytes> || can_pack<T>(),
        "an argument can't travel between ranks: it may be trivially copyable, a std::string, or a std::vector, std::map, std::pair "
        "or std::tuple of such, but not a std::vector<bool>");
    static_assert(alignof(T) <= 16, "an argument is aligned to more than 16 bytes");
    return true;
}

template <class T> constexpr bool check_result()
{
    if constexpr (!std::is_void_v<T>) {
        static_assert(!std::is_pointer_v<T> && !is_view<T>::value,
                      "a result points to memory of its task: return a std::string or std::vector");
        static_assert(can_pack<T>(), "a result can't travel between ranks: it may be trivially copyable, a std::string, or a std::vector, "
                                     "std::map, std::pair or std::tuple of such, but not a std::vector<bool>");
        static_assert(alignof(T) <= 16, "a result is aligned to more than 16 bytes");
    }
    return true;
}

// The bytes of a value that doesn't travel as it is. `room` keeps those that have to be made.
template <class T> rp_bytes bytes_of(const T &value, std::string &room)
{
    if constexpr (std::is_same_v<T, rp_bytes>) {
        return value;
    } else if constexpr (is_string<T>) {
        return {value.data(), value.size()};
    } else if constexpr (is_block<T>()) {
        return {value.data(), value.size() * sizeof(typename T::value_type)};
    } else {
        pack(room, value);
        return {room.data(), room.size()};
    }
}

template <class T> T value_of(rp_bytes bytes)
{
    const char *data = static_cast<const char *>(bytes.data);
    if constexpr (std::is_same_v<T, rp_bytes>) {
        return bytes;
    } else if constexpr (is_string<T>) {
        return T(data ? data : "", bytes.size);
    } else if constexpr (is_block<T>()) {
        return block_of<typename T::value_type>(data, bytes.size / sizeof(typename T::value_type));
    } else {
        unpacker from = {data, data + bytes.size};
        return unpack<T>(from);
    }
}

// Argument of item i, as the function is given it.
template <class T> decltype(auto) argument(const rp_view &view, size_t i)
{
    const auto *found = at<wire<T>>(view, i);
    if constexpr (is_fixed<T> || is_text<T>) return *found;
    else return value_of<T>(*found);
}

} // namespace detail
} // namespace rp

#endif
