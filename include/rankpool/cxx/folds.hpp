// folds.hpp: RP_COMBINE, RP_FOLD and RP_FOLD_BYTES in C++17. fold.h includes it, and says what they declare. There is no item that an
// exception of such a function could be the failure of: it ends the program, as one that leaves a noexcept function. See rp::reduce.
#ifndef RANKPOOL_CXX_FOLDS_HPP
#define RANKPOOL_CXX_FOLDS_HPP

#include <rankpool/cxx/value.hpp>
#include <rankpool/fold.h>

namespace rp
{
namespace detail
{

template <class T, T (*f)(T, T)> struct combination {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T> && !std::is_same_v<T, rp_bytes>,
                  "a fold combines values that are trivially copyable, and no pointers");
    static void fold(void *to, int begins, const void *results, size_t n, uint64_t) noexcept
    {
        const T *result = static_cast<const T *>(results);
        T value = begins ? result[0] : *static_cast<const T *>(to);
        for (size_t i = begins ? 1 : 0; i < n; i++) value = f(value, result[i]);
        *static_cast<T *>(to) = value;
    }
    static void merge(void *left, const void *right) noexcept
    {
        *static_cast<T *>(left) = f(*static_cast<const T *>(left), *static_cast<const T *>(right));
    }
    static constexpr rp_fold make(const char *name)
    {
        return {name, type_of<T>, type_of<T>, sizeof(T), sizeof(T), sizeof(T), 0, fold, merge, nullptr, nullptr};
    }
};

template <class A, class R, void (*begin)(A *), void (*add)(A *, const R *), void (*join)(A *, const A *)> struct accumulation {
    static void fold(void *to, int begins, const void *results, size_t n, uint64_t) noexcept
    {
        A *accumulator = static_cast<A *>(to);
        if (begins) begin(accumulator);
        for (size_t i = 0; i < n; i++) add(accumulator, &static_cast<const R *>(results)[i]);
    }
    static void merge(void *left, const void *right) noexcept { join(static_cast<A *>(left), static_cast<const A *>(right)); }
    static constexpr rp_fold make(const char *name)
    {
        if constexpr (std::is_same_v<A, rp_accumulator>) {
            return {name, type_of<R>, RP_TYPE_BYTES, sizeof(R), sizeof(rp_bytes), 0, RP_FOLD_OF_BYTES, fold, merge, nullptr, nullptr};
        } else {
            static_assert(std::is_trivially_copyable_v<A> && !std::is_pointer_v<A>, "the accumulator of a fold is not trivially copyable");
            static_assert(alignof(A) <= 16, "the accumulator of a fold is aligned to more than 16 bytes");
            return {name, type_of<R>, type_of<A>, sizeof(R), sizeof(A), sizeof(A), 0, fold, merge, nullptr, nullptr};
        }
    }
};

} // namespace detail
} // namespace rp

// clang-format off
#define RP_COMBINE(f, ...) RPI__FOLD(f, ::rp::detail::combination<__VA_ARGS__, &f>)
#define RP_FOLD(f, ...) RPI__FOLD_OF(f, __VA_ARGS__)
#define RP_FOLD_BYTES(f, ...) RPI__FOLD_OF(f, rp_accumulator, __VA_ARGS__)
#define RPI__FOLD_OF(f, ...) RPI__FOLD(f, ::rp::detail::accumulation<__VA_ARGS__, &f##_begin, &f##_add, &f##_merge>)
#define RPI__FOLD(f, ...) \
    static constexpr rp_fold f##_fold[1] = {__VA_ARGS__::make(#f)}; \
    __attribute__((__constructor__)) static void rpi__register_fold_##f() { (void)rp_fold_register(f##_fold); }
// clang-format on

#endif
