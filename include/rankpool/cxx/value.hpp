// value.hpp: what a C++ type is to the library, and what becomes of an exception in a task. task.h includes it in C++17.
#include <rankpool/task.h> // before the guard: it includes this file, and what uses it

#ifndef RANKPOOL_CXX_VALUE_HPP
#define RANKPOOL_CXX_VALUE_HPP

#include <cerrno>
#include <cstdint>
#include <cxxabi.h>
#include <exception>
#include <new>
#include <system_error>
#include <type_traits>

namespace rp
{
namespace detail
{

template <class T> using plain = std::remove_cv_t<std::remove_reference_t<T>>;

template <class T> constexpr rp_type integer_type()
{
    constexpr bool is_signed = std::is_signed_v<T> || std::is_same_v<T, char>;
    switch (sizeof(T)) {
    case 1: return is_signed ? RP_TYPE_INT8 : RP_TYPE_UINT8;
    case 2: return is_signed ? RP_TYPE_INT16 : RP_TYPE_UINT16;
    case 4: return is_signed ? RP_TYPE_INT32 : RP_TYPE_UINT32;
    case 8: return is_signed ? RP_TYPE_INT64 : RP_TYPE_UINT64;
    default: return RP_TYPE_RECORD;
    }
}

template <class T> constexpr rp_type type_code()
{
    if constexpr (std::is_void_v<T>) return RP_TYPE_VOID;
    else if constexpr (std::is_same_v<T, bool>) return RP_TYPE_BOOL;
    else if constexpr (std::is_enum_v<T>) return integer_type<std::underlying_type_t<T>>();
    else if constexpr (std::is_integral_v<T>) return integer_type<T>();
    else if constexpr (std::is_same_v<T, float>) return RP_TYPE_FLOAT;
    else if constexpr (std::is_same_v<T, double>) return RP_TYPE_DOUBLE;
    else if constexpr (std::is_same_v<T, rp_bytes>) return RP_TYPE_BYTES;
    else if constexpr (std::is_same_v<T, const char *> || std::is_same_v<T, char *>) return RP_TYPE_STRING;
    else return RP_TYPE_RECORD;
}

template <class T> inline constexpr rp_type type_of = type_code<plain<T>>();

// 0 for void.
template <class T> constexpr size_t size_of()
{
    if constexpr (std::is_void_v<T>) return 0;
    else return sizeof(T);
}

// Whether a value of this type is the same on another rank, as far as the compiler can see.
template <class T>
inline constexpr bool is_flat =
    std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_member_pointer_v<T> && !std::is_null_pointer_v<T>;

#ifdef __cpp_exceptions
// The exception that is being handled becomes the failure of the item that runs in this thread.
[[gnu::noinline, gnu::cold]] inline void fail_item()
{
    const std::type_info *type = abi::__cxa_current_exception_type();
    if (!type) throw; // the end of this thread, as pthread_exit makes it
    try {
        throw;
    } catch (const std::bad_alloc &thrown) {
        rp_fail_as(RP_CAUSE_SYSTEM, ENOMEM, "out of memory (%s)", thrown.what());
    } catch (const std::system_error &thrown) {
        rp_fail(thrown.code().value(), "%s", thrown.what());
    } catch (const std::exception &thrown) {
        rp_fail(0, "%s", thrown.what());
    } catch (...) {
        rp_fail(0, "it threw something that is no std::exception (%s)", type->name());
    }
}
#endif

// Runs code of the user's within a C function: no exception leaves it. The unwinding of a thread that ends passes through.
template <class F> inline void guard(F &&body)
{
#ifdef __cpp_exceptions
    try {
        body();
    }
#ifdef __GLIBCXX__
    catch (abi::__forced_unwind &) {
        throw;
    }
#endif
    catch (...) {
        fail_item();
    }
#else
    body();
#endif
}

inline bool wants_attention(const rp_run *run) { return __builtin_expect(__atomic_load_n(&run->attention, __ATOMIC_RELAXED), 0); }

// Has body(i) run for each of n items, as the kernels of C do.
template <class F> inline void run_items(rp_run *run, size_t n, F &&body)
{
    for (size_t i = 0; i < n; i++) {
        run->item = i;
        guard([&] { body(i); });
        if (wants_attention(run) && !rp_run_next(run)) return;
    }
}

template <class T> inline const T *at(const rp_view &view, size_t i)
{
    return static_cast<const T *>(static_cast<const void *>(view.base + i * view.stride_bytes));
}

} // namespace detail
} // namespace rp

#endif
