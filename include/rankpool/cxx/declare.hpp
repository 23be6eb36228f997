// declare.hpp: RP_TASK and its other forms in C++17. declare.h includes it, task.h says what each form looks like. An exception that leaves
// the function is the failure of its item, with what() as its text.
#ifndef RANKPOOL_CXX_DECLARE_HPP
#define RANKPOOL_CXX_DECLARE_HPP

#include <rankpool/cxx/value.hpp>

#include <cstddef>
#include <utility>

namespace rp
{
namespace detail
{

template <class T> constexpr bool is_argument()
{
    static_assert(std::is_same_v<T, const char *> || !std::is_pointer_v<T>,
                  "an argument is a pointer, which means nothing on another rank: see rp_bytes; const char * is a string");
    static_assert(std::is_trivially_copyable_v<T>, "an argument of a task is not trivially copyable: see rp::map in rankpool.hpp");
    static_assert(alignof(T) <= 16, "an argument is aligned to more than 16 bytes");
    return true;
}

template <class R> constexpr bool is_result()
{
    if constexpr (!std::is_void_v<R>) {
        static_assert(!std::is_pointer_v<R>, "the result of a task is a pointer, which means nothing on another rank");
        static_assert(!std::is_same_v<R, rp_bytes>, "a result of any length is emitted: see RP_TASK_EMIT");
        static_assert(std::is_trivially_copyable_v<R>, "the result of a task is not trivially copyable: see rp::map in rankpool.hpp");
    }
    return true;
}

// The types of a declaration, and the kernels of its forms. Has K: 0, 1, … for the arguments.
template <class R, class Indices, class... A> struct declared;

template <class R, size_t... K, class... A> struct declared<R, std::index_sequence<K...>, A...> {
    static_assert(sizeof...(A) <= RP_MAX_ARGUMENTS, "a task has more than 8 arguments: put some of them into a struct");

    template <class F> static constexpr bool is_value() { return std::is_convertible_v<F, R (*)(A...)>; }
    template <class F> static constexpr bool is_emit() { return std::is_convertible_v<F, void (*)(A...)>; }
    template <class F> static constexpr bool is_overlap() { return std::is_convertible_v<F, void (*)()>; }
    template <class F> static constexpr bool is_pointer()
    {
        if constexpr (std::is_void_v<R>) return std::is_convertible_v<F, void (*)(const A *...)>;
        else return std::is_convertible_v<F, void (*)(R *, const A *...)>;
    }
    template <class F> static constexpr bool is_range()
    {
        if constexpr (std::is_void_v<R>) return std::is_convertible_v<F, void (*)(size_t, const A *...)>;
        else return std::is_convertible_v<F, void (*)(size_t, R *, const A *...)>;
    }

    static constexpr rp_task make(const char *name, rp_kernel *kernel, rp_type result, size_t size, int flags)
    {
        static_assert((is_argument<A>() && ... && true));
        return {name, kernel, result, size, flags, int{sizeof...(A)}, {type_of<A>...}, {sizeof(A)...}};
    }

    template <auto F> static void value_kernel(rp_run *run, void *results, [[maybe_unused]] const rp_view *views, size_t n)
    {
        run_items(run, n, [&]([[maybe_unused]] size_t i) {
            if constexpr (std::is_void_v<R>) F(*at<A>(views[K], i)...);
            else static_cast<R *>(results)[i] = F(*at<A>(views[K], i)...);
        });
        (void)results;
    }
    template <auto F> static constexpr rp_task value(const char *name)
    {
        static_assert(is_result<R>());
        return make(name, value_kernel<F>, type_of<R>, size_of<R>(), 0);
    }

    template <auto F> static void pointer_kernel(rp_run *run, void *results, [[maybe_unused]] const rp_view *views, size_t n)
    {
        run_items(run, n, [&]([[maybe_unused]] size_t i) {
            if constexpr (std::is_void_v<R>) F(at<A>(views[K], i)...);
            else F(&static_cast<R *>(results)[i], at<A>(views[K], i)...);
        });
        (void)results;
    }
    template <auto F> static constexpr rp_task pointer(const char *name)
    {
        static_assert(is_result<R>());
        return make(name, pointer_kernel<F>, type_of<R>, size_of<R>(), 0);
    }

    template <auto F> static void range_kernel(rp_run *run, void *results, [[maybe_unused]] const rp_view *views, size_t n)
    {
        run->item = 0;
        guard([&] {
            if constexpr (std::is_void_v<R>) F(n, at<A>(views[K], 0)...);
            else F(n, static_cast<R *>(results), at<A>(views[K], 0)...);
        });
        (void)results;
        if (wants_attention(run)) (void)rp_run_next(run);
    }
    template <auto F> static constexpr rp_task range(const char *name)
    {
        static_assert(is_result<R>());
        return make(name, range_kernel<F>, type_of<R>, size_of<R>(), RP_TASK_CONTIGUOUS);
    }

    template <auto F> static void emit_kernel(rp_run *run, void *results, [[maybe_unused]] const rp_view *views, size_t n)
    {
        run_items(run, n, [&](size_t i) {
            guard([&] { F(*at<A>(views[K], i)...); });
            rp_run_take(run, &static_cast<rp_bytes *>(results)[i]);
        });
    }
    template <auto F> static constexpr rp_task emit(const char *name)
    {
        return make(name, emit_kernel<F>, RP_TYPE_BYTES, sizeof(rp_bytes), 0);
    }

    template <auto F> static void overlap_kernel(rp_run *run, void *, const rp_view *, size_t n)
    {
        rp_run_overlap(run, n, [] { guard([] { F(); }); });
    }
    template <auto F> static constexpr rp_task overlap(const char *name)
    {
        static_assert(!std::is_pointer_v<R>, "the result of a task is a pointer, which means nothing on another rank");
        return make(name, overlap_kernel<F>, type_of<R>, size_of<R>(), RP_TASK_OVERLAPS);
    }
};

template <class R, class... A> struct declaration : declared<R, std::index_sequence_for<A...>, A...> {
};
template <class R> struct declaration<R, void> : declaration<R> {
};

// The declaration of an emitting task: without a result, and without the `none` at the end of what the macro was given.
struct none {
};
template <class... T> struct list {
};
template <class List, class... T> struct emitted_of;
template <class... A> struct emitted_of<list<A...>, none> : declaration<void, A...> {
};
template <class... A, class Next, class... T> struct emitted_of<list<A...>, Next, T...> : emitted_of<list<A..., Next>, T...> {
};
template <class... T> using emitted = emitted_of<list<>, T...>;

} // namespace detail
} // namespace rp

// clang-format off
#define RP_USE(f) \
    extern "C" { extern const char f##_task_anchor; } \
    __attribute__((__used__)) static const char *const rpi__use_##f = &f##_task_anchor;

#define RP_TASK(f, ...)         RPI__TASK(f, is_value, value, ::rp::detail::declaration<__VA_ARGS__>)
#define RP_TASK_POINTER(f, ...) RPI__TASK(f, is_pointer, pointer, ::rp::detail::declaration<__VA_ARGS__>)
#define RP_TASK_RANGE(f, ...)   RPI__TASK(f, is_range, range, ::rp::detail::declaration<__VA_ARGS__>)
#define RP_TASK_OVERLAP(f, ...) RPI__TASK(f, is_overlap, overlap, ::rp::detail::declaration<__VA_ARGS__>)
#define RP_TASK_EMIT(...)       RPI__TASK_EMIT(__VA_ARGS__, ::rp::detail::none)
#define RPI__TASK_EMIT(f, ...)  RPI__TASK(f, is_emit, emit, ::rp::detail::emitted<__VA_ARGS__>)

// What RP_USE refers to, as in C. It has one name whatever namespace the declaration is in.
#define RPI__ANCHOR(f) \
    extern "C" { \
    extern const char f##_task_anchor __attribute__((__weak__, __visibility__("default"))); \
    const char f##_task_anchor = 0; \
    }

// The types come last, as there are commas in them.
#define RPI__TASK(f, check, form, ...) \
    static_assert(__VA_ARGS__::template check<decltype(&f)>(), "the types in the declaration of task " #f " are not those of its function"); \
    static constexpr rp_task f##_task[1] = {__VA_ARGS__::template form<&f>(#f)}; \
    RPI__ANCHOR(f) \
    __attribute__((__constructor__)) static void rpi__register_##f() { (void)rp_task_register(f##_task); }
// clang-format on

#endif
