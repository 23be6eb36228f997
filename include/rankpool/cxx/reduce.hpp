// reduce.hpp: rp::reduce, and how the results of a call become one value in C++.
#ifndef RANKPOOL_CXX_REDUCE_HPP
#define RANKPOOL_CXX_REDUCE_HPP

#include <rankpool/cxx/future.hpp>
#include <rankpool/cxx/inputs.hpp>
#include <rankpool/cxx/pool.hpp>
#include <rankpool/fold.h>

#include <functional>

namespace rp
{
namespace detail
{

// Results of type R become a value of type A: by begin, add and merge. What of it throws can't fail an item, as many are in it, so it is
// kept in the accumulator, and the call fails as a whole.

// An associative function of two.
template <class F> struct combining {
    template <class R> using value = R;
    template <class R> static constexpr bool is_quiet = std::is_nothrow_invocable_v<F &, R, R>;
    template <class R> static R begin(const R &first) { return first; }
    template <class R> static void add(R &to, const R &result) { to = callable<F>::called(nullptr)(std::move(to), result); }
    template <class R> static void merge(R &left, const R &right) { add(left, right); }
};

// An accumulator of a type of its own: add(A &, const R &) and merge(A &, const A &).
template <class A, class Add, class Merge> struct folding {
    template <class R> using value = A;
    template <class R>
    static constexpr bool is_quiet =
        std::is_nothrow_invocable_v<Add &, A &, const R &> &&std::is_nothrow_invocable_v<Merge &, A &, const A &>;
    template <class R> static A begin(const R &first)
    {
        A made{};
        callable<Add>::called(nullptr)(made, first);
        return made;
    }
    template <class R> static void add(A &to, const R &result) { callable<Add>::called(nullptr)(to, result); }
    template <class> static void merge(A &left, const A &right) { callable<Merge>::called(nullptr)(left, right); }
};

inline constexpr size_t text_room = 160;

// Calls body(), and writes the text of an exception to `why`, which is "" before.
template <class F> inline void keep_thrown(char *why, F &&body) noexcept
{
    try {
        body();
    } catch (const std::exception &thrown) {
        std::snprintf(why, text_room, "%s", *thrown.what() ? thrown.what() : "a function that folds results threw an exception");
    } catch (...) {
        std::snprintf(why, text_room, "a function that folds results threw something that is no std::exception");
    }
}

// Result i of a chunk, as the kernel left it.
template <class R> decltype(auto) result_at(const void *results, size_t i)
{
    if constexpr (is_fixed<R>) return (static_cast<const R *>(results)[i]);
    else return value_of<R>(static_cast<const rp_bytes *>(results)[i]);
}

// Adds n results to a value, or begins one with them.
template <class How, class R, class A> void add_all(std::optional<A> &to, const void *results, size_t n)
{
    size_t i = 0;
    if (!to) to.emplace(How::template begin<R>(result_at<R>(results, i++)));
    for (; i < n; i++) How::template add<R>(*to, result_at<R>(results, i));
}

// Values of a fixed size, of functions that don't throw.
template <class How, class R, class A> struct quiet_fold {
    static constexpr int64_t flags = 0;
    static constexpr size_t size = sizeof(A), accumulator_size = sizeof(A);
    static constexpr bool has_end = false;
    static constexpr const char *(*end)(const void *, void *) = nullptr;
    static void fold(void *to, int begins, const void *results, size_t n, uint64_t) noexcept
    {
        A *value = static_cast<A *>(to);
        size_t i = 0;
        if (begins) ::new (to) A(How::template begin<R>(result_at<R>(results, i++)));
        A local = *value;
        for (; i < n; i++) How::template add<R>(local, result_at<R>(results, i));
        *value = local;
    }
    static void merge(void *left, const void *right) noexcept
    {
        How::template merge<R>(*static_cast<A *>(left), *static_cast<const A *>(right));
    }
};

// Values of a fixed size, of functions that may throw.
template <class How, class R, class A> struct careful_fold {
    struct accumulator {
        A value;
        char why[text_room];
    };
    static constexpr int64_t flags = 0;
    static constexpr size_t size = sizeof(A), accumulator_size = sizeof(accumulator);
    static constexpr bool has_end = true;
    static void fold(void *to, int begins, const void *results, size_t n, uint64_t) noexcept
    {
        accumulator *self = static_cast<accumulator *>(to);
        if (begins) self->why[0] = '\0';
        if (self->why[0]) return;
        keep_thrown(self->why, [&] {
            std::optional<A> value;
            if (!begins) value.emplace(self->value);
            add_all<How, R>(value, results, n);
            ::new (static_cast<void *>(&self->value)) A(*value);
        });
    }
    static void merge(void *left, const void *right) noexcept
    {
        accumulator *self = static_cast<accumulator *>(left);
        const accumulator *other = static_cast<const accumulator *>(right);
        if (self->why[0]) return;
        if (other->why[0]) std::memcpy(self->why, other->why, sizeof self->why);
        else keep_thrown(self->why, [&] { How::template merge<R>(self->value, other->value); });
    }
    static const char *end(const void *from, void *given) noexcept
    {
        const accumulator *self = static_cast<const accumulator *>(from);
        if (self->why[0]) return self->why;
        std::memcpy(given, &self->value, sizeof(A));
        return nullptr;
    }
};

// Values of any length: the first byte says whether the others are the value or a text.
template <class How, class R, class A> struct bytes_fold {
    static constexpr int64_t flags = RP_FOLD_OF_BYTES;
    static constexpr size_t size = sizeof(rp_bytes), accumulator_size = 0;
    static constexpr bool has_end = false;
    static constexpr const char *(*end)(const void *, void *) = nullptr;
    static constexpr char is_value = 'v', is_text_of_error = 'e';

    static std::string to_bytes(const A &value)
    {
        std::string made(1, is_value), room;
        rp_bytes bytes = bytes_of<A>(value, room);
        made.append(static_cast<const char *>(bytes.data), bytes.size);
        return made;
    }
    static A from_bytes(const void *data, size_t bytes) { return value_of<A>(rp_bytes{static_cast<const char *>(data) + 1, bytes - 1}); }
    static A value_in(const rp_accumulator *of) { return from_bytes(rp_accumulator_data(of), rp_accumulator_size(of)); }
    static bool has_failed(const rp_accumulator *of)
    {
        return rp_accumulator_size(of) > 0 && *static_cast<const char *>(rp_accumulator_data(of)) == is_text_of_error;
    }
    // Out of memory it is unchanged, and the call fails.
    static void set(rp_accumulator *to, const void *bytes, size_t n)
    {
        void *room = rp_accumulator_resize(to, n);
        if (room) std::memcpy(room, bytes, n);
    }
    template <class F> static void change(rp_accumulator *to, F &&body) noexcept
    {
        char why[text_room + 1] = {is_text_of_error, '\0'};
        keep_thrown(why + 1, [&] {
            std::string made = to_bytes(body());
            set(to, made.data(), made.size());
        });
        if (why[1]) set(to, why, std::strlen(why));
    }
    static void fold(void *to, int begins, const void *results, size_t n, uint64_t) noexcept
    {
        rp_accumulator *self = static_cast<rp_accumulator *>(to);
        if (!begins && has_failed(self)) return;
        change(self, [&] {
            std::optional<A> value;
            if (!begins) value.emplace(value_in(self));
            add_all<How, R>(value, results, n);
            return *std::move(value);
        });
    }
    static void merge(void *left, const void *right) noexcept
    {
        rp_accumulator *self = static_cast<rp_accumulator *>(left);
        const rp_accumulator *other = static_cast<const rp_accumulator *>(right);
        if (has_failed(self)) return;
        if (has_failed(other)) {
            set(self, rp_accumulator_data(other), rp_accumulator_size(other));
            return;
        }
        change(self, [&] {
            A value = value_in(self);
            How::template merge<R>(value, value_in(other));
            return value;
        });
    }
};

template <class How, class Result> class RPI__HIDDEN registered_fold
{
  public:
    using R = Result;
    using A = typename How::template value<R>;

  private:
    static_assert(!std::is_void_v<R>, "a task without a result has nothing to fold");
    static_assert(can_pack<A>(),
                  "what results are folded into can't travel between ranks: it may be trivially copyable, a std::string, or a "
                  "std::vector, std::map, std::pair or std::tuple of such");
    using fixed = std::conditional_t<How::template is_quiet<R>, quiet_fold<How, R, A>, careful_fold<How, R, A>>;

    char name[200];
    registered_fold() noexcept : fold()
    {
        write_name<How>(name, sizeof name, this);
        fold.name = name;
        fold.result_type = type_of<wire<R>>;
        fold.type = type_of<wire<A>>;
        fold.result_size = sizeof(wire<R>);
        fold.size = functions::size;
        fold.accumulator_size = functions::accumulator_size;
        fold.flags = functions::flags;
        fold.fold = functions::fold;
        fold.merge = functions::merge;
        fold.end = functions::end;
        (void)rp_fold_register(&fold);
    }

  public:
    using functions = std::conditional_t<is_fixed<A>, fixed, bytes_fold<How, R, A>>;
    rp_fold fold;
    static registered_fold instance;
};
template <class How, class Result> registered_fold<How, Result> registered_fold<How, Result>::instance;

// Where the value goes. take() gives it.
template <class Fold> class reduced
{
    using A = typename Fold::A;
    using W = wire<A>;
    static constexpr bool is_bytes = !is_fixed<A>;
    alignas(W) unsigned char room[sizeof(W)] = {};

    rp_bytes bytes() const { return copy_of<rp_bytes>(room); }

  public:
    using type = A;
    template <class How> explicit reduced(const How &) {}
    // Whether C takes an initial value as it is.
    static constexpr bool takes_initial = !is_bytes && (!Fold::functions::has_end || std::is_same_v<A, typename Fold::R>);
    reduced(const reduced &) = delete;
    ~reduced()
    {
        if constexpr (is_bytes) rp_bytes_free(reinterpret_cast<rp_bytes *>(room), 1);
    }
    rp_into into() { return {room, type_of<W>, sizeof(W), sizeof(W), sizeof(W)}; }
    const rp_fold *fold() const { return &Fold::instance.fold; }
    A take()
    {
        if constexpr (!is_bytes) {
            return copy_of<A>(room);
        } else {
            const rp_bytes found = bytes();
            const char *data = static_cast<const char *>(found.data);
            if (data && *data == Fold::functions::is_value) return Fold::functions::from_bytes(data, found.size);
            detail::blank_error details;
            (void)rp_error_set(&details, RP_FAILED, 0, "%.*s", static_cast<int>(found.size ? found.size - 1 : 0), data ? data + 1 : "");
            details.item = -1;
            throw failure(details);
        }
    }
};

// A fold of C, whose types are known.
template <class A> struct ready {
    const rp_fold *fold;
};
template <class A> class reduced_by_c
{
    A value;
    const rp_fold *of;

  public:
    using type = A;
    explicit reduced_by_c(const ready<A> &how) : value(), of(how.fold) {}
    static constexpr bool takes_initial = true;
    rp_into into() { return {&value, type_of<A>, sizeof(A), sizeof(A), sizeof(A)}; }
    const rp_fold *fold() const { return of; }
    A take() { return value; }
};

template <class How, class R> struct value_for {
    static_assert(std::is_class_v<How>, "what folds results is a pointer, which no other rank knows: give rp::fn<function>");
    static_assert(std::is_empty_v<How>, "what folds results has state, which the other ranks don't have");
    using type = reduced<registered_fold<combining<How>, R>>;
};
template <class A, class Add, class Merge, class R> struct value_for<folding<A, Add, Merge>, R> {
    using type = reduced<registered_fold<folding<A, Add, Merge>, R>>;
};
template <class A, class R> struct value_for<ready<A>, R> {
    using type = reduced_by_c<A>;
};

template <class In, class Out> struct reduction final : call_state<typename Out::type> {
    In in;
    Out out;
    template <class How, class F, class... X>
    explicit reduction(const How &how, const F &f, X &&...x) : in(f, std::forward<X>(x)...), out(how)
    {
    }
    typename Out::type take() override { return out.take(); }
    typename some_of<typename Out::type>::type take_some() override
    {
        if constexpr (!std::is_void_v<typename some_of<typename Out::type>::type>) return {};
    }
};

template <class Out> void check_initial(const rp_call_options &options)
{
    if (options.initial && !Out::takes_initial) refuse("this fold takes no initial value: merge it with what rp::reduce returns");
}

} // namespace detail

// Folds with an accumulator of a type of its own: rp::fold<table>(add, merge), where add(table &, const result &) and
// merge(table &left, const table &right) are functions without state. It begins as table{}.
template <class A, class Add, class Merge> detail::folding<A, Add, Merge> fold(Add, Merge)
{
    static_assert(std::is_class_v<Add> && std::is_empty_v<Add> && std::is_class_v<Merge> && std::is_empty_v<Merge>,
                  "what folds results has no state, and is no pointer: give a lambda, or rp::fn<function>");
    return {};
}

// The ready-made folds (fold.h), and those of RP_COMBINE and RP_FOLD: rp::use<table>(table_fold).
template <class A> detail::ready<A> use(const rp_fold *fold) { return {fold}; }
inline detail::ready<double> sum() { return {rp_sum_double}; }
inline detail::ready<int64_t> sum_int64() { return {rp_sum_int64}; }
inline detail::ready<rp_indexed_double> min() { return {rp_min_double}; }
inline detail::ready<rp_indexed_double> max() { return {rp_max_double}; }
inline detail::ready<rp_moments> moments() { return {rp_moments_double}; }
inline detail::ready<uint64_t> count() { return {rp_count}; }

// The results of rp::starmap folded into one value, without keeping them. `how` is an associative function of two, as std::plus<>() or
// rp::fn<merge>; or rp::fold, rp::sum and the others. The same bits on any number of ranks and threads (reduce.h). Without results it
// throws rp::error with RP_END.
template <class F, class How, class... X> auto reduce(pool &where, F f, How how, X &&...columns)
{
    rp_call_options options = detail::options_of(columns...);
    auto call = [&](const auto &function, auto &&...x) {
        using in_type = detail::inputs<detail::plain<decltype(function)>, decltype(x)...>;
        using out_type = typename detail::value_for<How, typename in_type::result>::type;
        detail::check_initial<out_type>(options);
        in_type in(function, std::forward<decltype(x)>(x)...);
        out_type out(how);
        options.bound = in.bound();
        detail::blank_error details;
        detail::check(rp_reduce_into(where.handle(), in_type::task(), out.fold(), out.into(), in.size(detail::any_number), in.columns(),
                                     &options, &details),
                      details);
        return out.take();
    };
    return detail::with_columns<detail::spreading::where_known>(call, f, std::forward<X>(columns)...);
}

// The same without waiting: an rp::future of what it returns.
template <class F, class How, class... X> [[nodiscard]] auto reduce_async(pool &where, F f, How how, X &&...columns)
{
    rp_call_options options = detail::options_of(columns...);
    auto start = [&](const auto &function, auto &&...x) {
        using in_type = detail::inputs<detail::plain<decltype(function)>, decltype(x)...>;
        using out_type = typename detail::value_for<How, typename in_type::result>::type;
        detail::check_initial<out_type>(options);
        auto call = std::make_unique<detail::reduction<in_type, out_type>>(how, function, std::forward<decltype(x)>(x)...);
        options.bound = call->in.bound();
        detail::blank_error details;
        detail::check(rp_reduce_async_into(where.handle(), in_type::task(), call->out.fold(), call->out.into(),
                                           call->in.size(detail::any_number), call->in.columns(), &options, &call->handle, &details),
                      details);
        return future<typename out_type::type>(std::move(call));
    };
    return detail::with_columns<detail::spreading::where_known>(start, f, std::forward<X>(columns)...);
}

} // namespace rp

#endif
