// task.hpp: functions as tasks. What rp::map and the others are given is registered by its type before main, on every rank alike; the line
// that has the call need not run there.
//
// A rank is told of a task by name: its type's name, and where its object is in the program, as two types may have the same name (lambdas
// of two files). Both are the same on all ranks, as all run the same build.
//
//     rp::map(pool, rp::fn<energy>, …)            a function that the compiler knows: it can be inlined
//     rp::map(pool, [](double x) { … }, …)        a lambda that captures nothing, or another object without state
//     rp::map(pool, energy, …)                    a pointer to a function of this program: where it is in the program goes along
//     rp::map(pool, rp::capture(f), …)            an object with state that is trivially copyable, such as numbers: its bytes go along
#ifndef RANKPOOL_CXX_TASK_HPP
#define RANKPOOL_CXX_TASK_HPP

#include <rankpool/cxx/error.hpp>
#include <rankpool/cxx/travel.hpp>

#include <cstdio>
#include <cstring>
#include <dlfcn.h>

#define RPI__HIDDEN __attribute__((__visibility__("hidden")))

namespace rp
{
namespace detail
{

// ---- what a function takes and gives ----

template <class... T> struct types {
    static constexpr size_t n = sizeof...(T);
};

template <class T> constexpr bool check_parameter()
{
    static_assert(!std::is_lvalue_reference_v<T> || std::is_const_v<std::remove_reference_t<T>>,
                  "an argument is a reference that isn't const: what a task writes to it stays on its rank, so it returns its result");
    return true;
}

// known: the function has one signature. Otherwise the items say what its arguments are.
template <class F, class = void> struct signature {
    static constexpr bool known = false;
};
template <class R, class... A> struct signature<R (*)(A...), void> {
    static constexpr bool known = true;
    static_assert((check_parameter<A>() && ... && true));
    using arguments = types<plain<A>...>;
};
template <class R, class... A> struct signature<R (*)(A...) noexcept, void> : signature<R (*)(A...)> {
};
template <class M> struct member_signature;
template <class R, class C, class... A> struct member_signature<R (C::*)(A...)> : signature<R (*)(A...)> {
};
template <class R, class C, class... A> struct member_signature<R (C::*)(A...) const> : signature<R (*)(A...)> {
};
template <class R, class C, class... A> struct member_signature<R (C::*)(A...) noexcept> : signature<R (*)(A...)> {
};
template <class R, class C, class... A> struct member_signature<R (C::*)(A...) const noexcept> : signature<R (*)(A...)> {
};
template <class F> struct signature<F, std::void_t<decltype(&F::operator())>> : member_signature<decltype(&F::operator())> {
};

template <auto F> struct known_function {
    template <class... A>
    auto operator()(A &&...arguments) const noexcept(noexcept(F(std::forward<A>(arguments)...)))
        -> decltype(F(std::forward<A>(arguments)...))
    {
        return F(std::forward<A>(arguments)...);
    }
};
template <auto F> struct signature<known_function<F>, void> : signature<std::decay_t<decltype(F)>> {
};

template <class F> struct captured {
    F f;
    template <class... A> decltype(auto) operator()(A &&...arguments) const { return f(std::forward<A>(arguments)...); }
};
template <class F> struct signature<captured<F>, void> : signature<F> {
};

// ---- how a function gets to a rank ----

RPI__HIDDEN inline char program_anchor; // one in each program and library, at a place that all ranks agree on

// Where a function is in the program. Libraries are elsewhere on each rank.
inline int64_t offset_of(void (*function)())
{
    void *address = reinterpret_cast<void *>(function);
    Dl_info found, own;
    if (dladdr(address, &found) && dladdr(&program_anchor, &own) && found.dli_fbase != own.dli_fbase)
        refuse("a task is a pointer to a function of a library, which is elsewhere on each rank: give rp::fn<function> or a lambda");
    return static_cast<int64_t>(reinterpret_cast<intptr_t>(address) - reinterpret_cast<intptr_t>(&program_anchor));
}

// sent: what goes along, as a constant in front of the arguments. called: what is called.
template <class F, class = void> struct callable {
    static_assert(!std::is_class_v<F>,
                  "a function object with state can't be a task, as the other ranks don't have it: give it what it captures "
                  "as arguments (rp::with, rp::starmap); rp::capture(f) sends what is trivially copyable, but no addresses");
    static_assert(std::is_class_v<F>, "this is no function");
    static constexpr bool has_state = true;
    using sent = F;
    static F send(const F &f) { return f; }
    static F called(const rp_view *views) { return *at<F>(views[0], 0); }
};
template <class F> struct callable<F, std::enable_if_t<std::is_class_v<F> && std::is_empty_v<F>>> {
    static constexpr bool has_state = false;
    static F &called(const rp_view *)
    {
        alignas(F) static unsigned char nothing[sizeof(F)]; // a lambda has no constructor without arguments before C++20
        return *std::launder(reinterpret_cast<F *>(nothing));
    }
};
template <class R, class... A> struct callable<R (*)(A...), void> {
    static constexpr bool has_state = true;
    using function = R (*)(A...);
    using sent = int64_t;
    static int64_t send(function f) { return offset_of(reinterpret_cast<void (*)()>(f)); }
    static function called(const rp_view *views)
    {
        return reinterpret_cast<function>(reinterpret_cast<intptr_t>(&program_anchor) + static_cast<intptr_t>(*at<int64_t>(views[0], 0)));
    }
};
template <class R, class... A> struct callable<R (*)(A...) noexcept, void> : callable<R (*)(A...)> {
};
template <class F> struct callable<captured<F>, std::enable_if_t<!std::is_empty_v<captured<F>>>> {
    static_assert(is_fixed<F>, "rp::capture is for what is trivially copyable: a std::string or a std::vector is an argument");
    static constexpr bool has_state = true;
    using sent = captured<F>;
    static const sent &send(const sent &f) { return f; }
    static const sent &called(const rp_view *views) { return *at<sent>(views[0], 0); }
};

// ---- names ----

template <class T> const char *pretty_name() { return __PRETTY_FUNCTION__; }

// "… [with T = NAME]" or "… [T = NAME]" becomes NAME, and rp::fn<f> f; then the place of the object.
template <class T> inline void write_name(char *to, size_t room, const void *object)
{
    const char *begin = std::strstr(pretty_name<T>(), "T = ");
    begin = begin ? begin + 4 : pretty_name<T>();
    const char *prefix = std::strstr(begin, "known_function<"), *end = begin + std::strlen(begin);
    if (end > begin && end[-1] == ']') end--;
    if (prefix) {
        begin = prefix + std::strlen("known_function<");
        if (*begin == '&') begin++;
        if (end > begin && end[-1] == '>') end--;
    }
    long long place = static_cast<long long>(reinterpret_cast<intptr_t>(object) - reinterpret_cast<intptr_t>(&program_anchor));
    std::snprintf(to, room, "%.*s@%llx", static_cast<int>(end - begin < 160 ? end - begin : 160), begin,
                  static_cast<unsigned long long>(place < 0 ? -place : place));
}

// ---- tasks ----

// Writes the result of item i to its place, or emits it.
template <class T, class R> void give(void *results, size_t i, R &&result)
{
    if constexpr (is_fixed<T>) {
        ::new (static_cast<void *>(static_cast<T *>(results) + i)) T(std::forward<R>(result));
    } else {
        std::string room;
        rp_bytes bytes = bytes_of<T>(result, room);
        rp_emit(bytes.data, bytes.size);
    }
}

template <class F, class R, class... A> class RPI__HIDDEN registered
{
    static_assert((check_argument<A>() && ... && true));
    static_assert(check_result<R>());
    static constexpr size_t n_before = callable<F>::has_state ? 1 : 0;
    static constexpr bool emits = !std::is_void_v<R> && !is_fixed<R>;
    static_assert(sizeof...(A) + n_before <= RP_MAX_ARGUMENTS,
                  "a task has 8 arguments at most, and 7 if it is a pointer or captures: put some of them into a struct");

    char name[200];

    template <size_t... K> static void run_kernel(rp_run *run, void *results, const rp_view *views, size_t n, std::index_sequence<K...>)
    {
        auto &&f = callable<F>::called(views);
        (void)results;
        run_items(run, n, [&]([[maybe_unused]] size_t i) {
            auto body = [&] {
                if constexpr (std::is_void_v<R>) f(argument<A>(views[K + n_before], i)...);
                else give<R>(results, i, f(argument<A>(views[K + n_before], i)...));
            };
            if constexpr (emits) {
                guard(body);
                rp_run_take(run, &static_cast<rp_bytes *>(results)[i]);
            } else {
                body();
            }
        });
    }
    static void kernel(rp_run *run, void *results, const rp_view *views, size_t n)
    {
        run_kernel(run, results, views, n, std::index_sequence_for<A...>());
    }

    registered() noexcept : task()
    {
        write_name<F>(name, sizeof name, this);
        const rp_type sent_type = n_before ? sent_type_of() : RP_TYPE_RECORD;
        const rp_type types_of[] = {sent_type, type_of<wire<A>>...};
        const size_t sizes_of[] = {sent_size_of(), sizeof(wire<A>)...};
        task.name = name;
        task.kernel = kernel;
        task.result_type = emits ? RP_TYPE_BYTES : type_of<R>;
        task.result_size = emits ? sizeof(rp_bytes) : size_of<R>();
        task.n_arguments = static_cast<int>(sizeof...(A) + n_before);
        for (size_t k = 0; k < sizeof...(A) + n_before; k++) {
            task.argument_types[k] = types_of[k + 1 - n_before];
            task.argument_sizes[k] = sizes_of[k + 1 - n_before];
        }
        (void)rp_task_register(&task);
    }
    static constexpr rp_type sent_type_of()
    {
        if constexpr (n_before > 0) return type_of<typename callable<F>::sent>;
        else return RP_TYPE_RECORD;
    }
    static constexpr size_t sent_size_of()
    {
        if constexpr (n_before > 0) return sizeof(typename callable<F>::sent);
        else return 0;
    }

  public:
    rp_task task;
    static registered instance;
};
template <class F, class R, class... A> registered<F, R, A...> registered<F, R, A...>::instance;

} // namespace detail

// A function as a task: rp::fn<energy>.
template <auto F> inline constexpr detail::known_function<F> fn{};

// A function object whose state goes to the other ranks as its bytes. It must not hold addresses: not a lambda that captures by reference.
template <class F> detail::captured<F> capture(F f)
{
    static_assert(detail::is_fixed<F>, "rp::capture is for what is trivially copyable: a std::string or a std::vector is an argument");
    return {f};
}

} // namespace rp

#endif
