// imap.hpp: imap and istarmap of rankpool.hpp: results one by one, as a range.
#ifndef RANKPOOL_CXX_IMAP_HPP
#define RANKPOOL_CXX_IMAP_HPP

#include <rankpool/cxx/inputs.hpp>
#include <rankpool/cxx/pool.hpp>

namespace rp
{
namespace detail
{

// What the items of an iterator come from.
struct item_source {
    virtual ~item_source() = default;
    virtual std::exception_ptr take_thrown() noexcept { return nullptr; } // by a generator
};
template <class In> struct items_of final : item_source {
    In in;
    template <class F, class... X> explicit items_of(const F &f, X &&...x) : in(f, std::forward<X>(x)...) {}
    std::exception_ptr take_thrown() noexcept override
    {
        if constexpr (In::is_generated) return std::exchange(in.last().thrown, nullptr);
        else return nullptr;
    }
    rp_source from(rp_call_options &options)
    {
        options.bound = in.bound();
        if constexpr (In::is_generated) return {{0, nullptr}, 0, std::remove_reference_t<decltype(in.last())>::pull, &in.last()};
        else return {in.columns(), in.size(any_number), nullptr, nullptr};
    }
};

} // namespace detail

// The results of a call, one by one, while other items still run: `for (double x : rp::imap(…))`. An exception is thrown in the place of
// the result of an item that failed; with RP_ON_ERROR_COLLECT further results follow: use next() then. At its end, which may come at any
// time, what hasn't begun is cancelled, and what runs is waited for.
template <class R> class [[nodiscard]] results
{
    static_assert(!std::is_void_v<R>, "a task without a result has nothing to iterate over: see rp::map");
    std::unique_ptr<detail::item_source> source_;
    rp_iter *handle_ = nullptr;
    std::optional<R> value_;
    bool began_ = false;

  public:
    // Made by rp::imap and the others. One that was moved from has no handle.
    results(std::unique_ptr<detail::item_source> source, rp_iter *handle) noexcept : source_(std::move(source)), handle_(handle) {}
    results(results &&from) noexcept
        : source_(std::move(from.source_)), handle_(std::exchange(from.handle_, nullptr)), value_(std::move(from.value_)),
          began_(from.began_)
    {
    }
    results &operator=(results &&from) noexcept
    {
        rp_iter_free(std::exchange(handle_, std::exchange(from.handle_, nullptr)));
        source_ = std::move(from.source_);
        value_ = std::move(from.value_);
        began_ = from.began_;
        return *this;
    }
    ~results() { rp_iter_free(handle_); }

    // Waits for the next result; nothing after the last one. Throws rp::failure for an item that failed: call it again for those that
    // follow.
    std::optional<R> next()
    {
        detail::blank_error details;
        std::optional<R> found;
        rp_status status = take(found, details);
        if (status == RP_OK || status == RP_END) return found;
        if (std::exception_ptr thrown = source_->take_thrown()) std::rethrow_exception(thrown);
        detail::raise(status, details);
    }
    // The index, in the order of the items, of what next() gave or threw last; also within a loop. -1 before the first.
    int64_t index() const noexcept { return rp_iter_index(handle_); }
    // How many items were taken from the source so far, rp_iter_pulled.
    uint64_t pulled() const noexcept { return rp_iter_pulled(handle_); }
    // As rp_iter_cancel; any thread.
    void cancel() noexcept { rp_iter_cancel(handle_); }
    // For the functions of iterator.h.
    rp_iter *handle() const noexcept { return handle_; }

    // What a loop over them goes by: an input iterator.
    class iterator
    {
        results *of_ = nullptr; // nullptr: the end
        friend class results;
        explicit iterator(results *of) : of_(of) { ++*this; }

      public:
        // As every input iterator.
        using iterator_category = std::input_iterator_tag;
        using value_type = R;
        using difference_type = std::ptrdiff_t;
        using pointer = R *;
        using reference = R &;
        iterator() noexcept = default;
        R &operator*() const { return *of_->value_; }
        R *operator->() const { return &*of_->value_; }
        iterator &operator++()
        {
            of_->value_ = of_->next();
            if (!of_->value_) of_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator &a, const iterator &b) noexcept { return a.of_ == b.of_; }
        friend bool operator!=(const iterator &a, const iterator &b) noexcept { return a.of_ != b.of_; }
    };
    // Takes the first result. The results are passed over once.
    iterator begin() { return iterator(this); }
    iterator end() noexcept { return iterator(); }

  private:
    rp_status take(std::optional<R> &to, rp_error &details)
    {
        using W = std::conditional_t<detail::is_fixed<R>, R, rp_bytes>;
        alignas(W) unsigned char room[sizeof(W)];
        rp_status status = rp_iter_next_into(handle_, room, detail::type_of<W>, sizeof(W), sizeof(W), -1, &details);
        if (status != RP_OK) return status;
        if constexpr (detail::is_fixed<R>) to.emplace(detail::copy_of<R>(room));
        else to.emplace(detail::value_of<R>(detail::copy_of<rp_bytes>(room)));
        return status;
    }
};

namespace detail
{

using iterate = rp_status(rp_pool *, const rp_task *, rp_source, const rp_call_options *, rp_iter **, rp_error *);

inline auto iterating(iterate *start, pool &where, const rp_call_options &given)
{
    return [start, &where, given](const auto &f, auto &&...x) {
        using in_type = inputs<plain<decltype(f)>, decltype(x)...>;
        auto source = std::make_unique<items_of<in_type>>(f, std::forward<decltype(x)>(x)...);
        rp_call_options options = given;
        rp_source from = source->from(options);
        rp_iter *handle = nullptr;
        detail::blank_error details;
        check(start(where.handle(), in_type::task(), from, &options, &handle, &details), details);
        return results<typename in_type::result>(std::move(source), handle);
    };
}

} // namespace detail

// As rp::map, but with the results one by one, in the order of the items: an rp::results. At most a window of items (rp_call_options) is
// under way ahead of its reader. The items may be an rp::generate(…) too, of any number.
template <class F, class Items, class... X> auto imap(pool &where, F f, Items &&items, X &&...bound_and_options)
{
    return detail::with_columns<detail::spreading::never>(detail::iterating((rp_istarmap), where, detail::options_of(bound_and_options...)),
                                                          f, std::forward<Items>(items), std::forward<X>(bound_and_options)...);
}
// In the order in which they come.
template <class F, class Items, class... X> auto imap_unordered(pool &where, F f, Items &&items, X &&...bound_and_options)
{
    return detail::with_columns<detail::spreading::never>(
        detail::iterating((rp_istarmap_unordered), where, detail::options_of(bound_and_options...)), f, std::forward<Items>(items),
        std::forward<X>(bound_and_options)...);
}
// The same with columns as rp::starmap has them.
template <class F, class... X> auto istarmap(pool &where, F f, X &&...columns)
{
    return detail::with_columns<detail::spreading::always>(detail::iterating((rp_istarmap), where, detail::options_of(columns...)), f,
                                                           std::forward<X>(columns)...);
}
template <class F, class... X> auto istarmap_unordered(pool &where, F f, X &&...columns)
{
    return detail::with_columns<detail::spreading::always>(
        detail::iterating((rp_istarmap_unordered), where, detail::options_of(columns...)), f, std::forward<X>(columns)...);
}

} // namespace rp

#endif
