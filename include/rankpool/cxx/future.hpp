// future.hpp: the results of calls, and calls that aren't finished yet.
#ifndef RANKPOOL_CXX_FUTURE_HPP
#define RANKPOOL_CXX_FUTURE_HPP

#include <rankpool/completions.h>
#include <rankpool/cxx/error.hpp>
#include <rankpool/cxx/travel.hpp>
#include <rankpool/result.h>

#include <chrono>
#include <future>
#include <optional>
#include <unordered_map>

namespace rp
{

template <class T> class future;
template <class T> class completions;

namespace detail
{

// Room for the results of a call. take() gives them, as one value or a std::vector.
template <class R, bool is_one> class outputs
{
    static constexpr bool is_bytes = !is_fixed<R>;
    static_assert(is_bytes || std::is_default_constructible_v<R>, "a result has no constructor without arguments");
    // A std::vector<bool> isn't an array.
    using raw = std::conditional_t<is_bytes, std::vector<rp_bytes>,
                                   std::conditional_t<is_one || std::is_same_v<R, bool>, std::unique_ptr<R[]>, std::vector<R>>>;
    size_t n;
    raw results;

    static raw make(size_t n)
    {
        if constexpr (std::is_same_v<raw, std::unique_ptr<R[]>>) return raw(new R[n]());
        else return raw(n);
    }
    R value(size_t i) const
    {
        if constexpr (is_bytes) return value_of<R>(results[i]);
        else return results[i];
    }
    void free_bytes() noexcept
    {
        if constexpr (is_bytes) rp_bytes_free(results.data(), n);
    }

  public:
    using type = std::conditional_t<is_one, R, std::vector<R>>;
    using some = std::conditional_t<is_one, std::optional<R>, std::vector<std::optional<R>>>;

    explicit outputs(uint64_t size) : n(static_cast<size_t>(size)), results(make(n)) {}
    outputs(const outputs &) = delete;
    ~outputs() { free_bytes(); }
    uint64_t size() const { return n; }
    rp_into into()
    {
        using W = std::conditional_t<is_bytes, rp_bytes, R>;
        if constexpr (std::is_same_v<raw, std::unique_ptr<R[]>>) return {results.get(), type_of<W>, sizeof(W), sizeof(W), n * sizeof(W)};
        else return {results.data(), type_of<W>, sizeof(W), sizeof(W), n * sizeof(W)};
    }
    type take()
    {
        if constexpr (is_one) {
            return value(0);
        } else if constexpr (std::is_same_v<raw, std::vector<R>>) {
            return std::move(results);
        } else {
            type made;
            made.reserve(n);
            for (size_t i = 0; i < n; i++) made.push_back(value(i));
            return made;
        }
    }
    some take_some(const std::vector<rp_status> &statuses)
    {
        some made(n);
        for (size_t i = 0; i < n; i++)
            if (statuses[i] == RP_OK) made[i].emplace(value(i));
        return made;
    }
};
template <bool is_one> class outputs<void, is_one>
{
    size_t n;

  public:
    using type = void;
    using some = void;
    explicit outputs(uint64_t size) : n(static_cast<size_t>(size)) {}
    uint64_t size() const { return n; }
    rp_into into() { return {nullptr, RP_TYPE_VOID, 0, 0, 0}; }
    void take() {}
};

template <class T> struct some_of {
    using type = void;
};
template <class R> struct some_of<std::vector<R>> {
    using type = std::vector<std::optional<R>>;
};

// What belongs to a call that isn't finished. The handle goes first, as it waits until nothing touches the rest.
template <class T> struct call_state {
    rp_result *handle = nullptr;
    std::vector<rp_status> statuses;
    virtual ~call_state() = default;
    virtual T take() = 0;
    virtual typename some_of<T>::type take_some() = 0;
};

template <class In, class Out> struct call_of final : call_state<typename Out::type> {
    using T = typename Out::type;
    In in;
    Out out;
    template <class F, class... X>
    explicit call_of(uint64_t alone, const F &f, X &&...x) : in(f, std::forward<X>(x)...), out(in.size(alone))
    {
    }
    T take() override { return out.take(); }
    typename some_of<T>::type take_some() override
    {
        if constexpr (!std::is_void_v<typename some_of<T>::type>) return out.take_some(this->statuses);
    }
    rp_status *make_statuses()
    {
        if constexpr (std::is_void_v<typename some_of<T>::type>) return nullptr;
        this->statuses.resize(static_cast<size_t>(out.size()) + 1);
        return this->statuses.data();
    }
    static future<T> start(std::unique_ptr<call_of> call, rp_result *handle)
    {
        call->handle = handle;
        return future<T>(std::move(call));
    }
};

} // namespace detail

// A call that may not be finished yet. Its destructor cancels what hasn't begun and waits for what runs, as containers are borrowed; it
// never throws. Many threads may use it at once, but for get, partial, moves and the end.
template <class T> class [[nodiscard]] future
{
    std::unique_ptr<detail::call_state<T>> state_;
    friend class completions<T>;

  public:
    // Made by rp::map_async and the others; one that was moved from, or whose result was taken, isn't valid.
    future() noexcept = default;
    explicit future(std::unique_ptr<detail::call_state<T>> state) noexcept : state_(std::move(state)) {}
    future(future &&) noexcept = default;
    future &operator=(future &&from) noexcept
    {
        reset();
        state_ = std::move(from.state_);
        return *this;
    }
    ~future() { reset(); }

    // Whether there is a call; its handle, for the functions of result.h.
    bool valid() const noexcept { return state_ != nullptr; }
    rp_result *handle() const noexcept { return state_ ? state_->handle : nullptr; }

    // Waits, and gives the result, once: the future isn't valid any more. Throws rp::failure (the failed item of the lowest index) or
    // rp::error (RP_CANCELLED, RP_LOST and others of rp_result_get), and is valid then.
    T get()
    {
        wait_for_result();
        future done = std::move(*this);
        return done.state_->take();
    }
    // Waits, and gives the results that there are: of maps, with an empty std::optional for each item that failed or didn't run. Once.
    typename detail::some_of<T>::type partial()
    {
        static_assert(!std::is_void_v<typename detail::some_of<T>::type>, "partial results are those of maps");
        wait();
        future done = std::move(*this);
        return done.state_->take_some();
    }

    // As rp_result_wait, rp_result_ready and so on.
    void wait() const { wait_for_s(-1); }
    template <class Rep, class Period> std::future_status wait_for(const std::chrono::duration<Rep, Period> &time) const
    {
        double time_s = std::chrono::duration<double>(time).count();
        return wait_for_s(time_s < 0 ? 0 : time_s) == RP_TIMEOUT ? std::future_status::timeout : std::future_status::ready;
    }
    bool ready() const noexcept { return rp_result_ready(handle()) != 0; }
    bool running() const noexcept { return rp_result_running(handle()) != 0; }
    bool cancelled() const noexcept { return rp_result_cancelled(handle()) != 0; }
    bool cancel() noexcept { return rp_result_cancel(handle()) != 0; } // true: no item has run, or will
    uint64_t completed() const noexcept { return rp_result_completed(handle()); }

    // What failed, by index, once the call is ready.
    std::vector<failure> failures() const
    {
        std::vector<failure> all;
        detail::blank_error details;
        for (uint64_t k = 0; rp_result_failure(handle(), k, &details) == RP_OK; k++) all.emplace_back(details);
        return all;
    }

  private:
    void reset() noexcept
    {
        if (state_) rp_result_free(std::exchange(state_->handle, nullptr));
        state_.reset();
    }
    rp_status wait_for_s(double time_s) const
    {
        rp_status status = rp_result_wait(handle(), time_s);
        if (status != RP_OK && status != RP_TIMEOUT) detail::raise(status);
        return status;
    }
    void wait_for_result() const
    {
        detail::blank_error details;
        detail::check(rp_result_get(handle(), -1, &details), details);
    }
};

// Calls as they finish (Python's as_completed): next() gives each once, ready, and nothing when there are no more. More may be added
// meanwhile. Calls that are left are cancelled at its end.
template <class T> class completions
{
    rp_completions *handle_ = nullptr;

  public:
    // An empty set.
    completions()
    {
        detail::blank_error details;
        detail::check(rp_completions_open(&handle_, &details), details);
    }
    completions(completions &&from) noexcept
        : handle_(std::exchange(from.handle_, nullptr)), left_(std::move(from.left_)), n_added_(from.n_added_)
    {
    }
    completions &operator=(completions &&from) noexcept
    {
        std::swap(handle_, from.handle_);
        std::swap(left_, from.left_);
        std::swap(n_added_, from.n_added_);
        return *this;
    }
    ~completions()
    {
        for (auto &call : left_) call.second.cancel(); // all first: one may have to wait for another that runs
        left_.clear();
        rp_completions_free(handle_);
    }

    // Returns a number, which index() gives when the call comes back.
    size_t add(future<T> &&call)
    {
        size_t index = n_added_;
        rp_status status =
            rp_completions_add(handle_, left_.emplace(index, std::move(call)).first->second.handle(), reinterpret_cast<void *>(index));
        if (status != RP_OK) {
            left_.erase(index);
            detail::raise(status);
        }
        n_added_++;
        return index;
    }
    // Waits for the next call that is finished; nothing when there are none left.
    std::optional<future<T>> next()
    {
        rp_result *result;
        void *tag;
        rp_status status = rp_completions_next(handle_, -1, &result, &tag);
        if (status == RP_END) return std::nullopt;
        if (status != RP_OK) detail::raise(status);
        index_ = reinterpret_cast<size_t>(tag);
        return std::move(left_.extract(index_).mapped());
    }
    size_t index() const noexcept { return index_; } // of the call that next() gave last: the number of its add()

  private:
    std::unordered_map<size_t, future<T>> left_; // by number
    size_t n_added_ = 0, index_ = 0;
};

} // namespace rp

#endif
