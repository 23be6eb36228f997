// error.hpp: what the calls of rankpool.hpp throw.
#ifndef RANKPOOL_CXX_ERROR_HPP
#define RANKPOOL_CXX_ERROR_HPP

#include <rankpool/error.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace rp
{

// An error of a call; what() is the line of rp_error_text.
class error : public std::runtime_error
{
    std::shared_ptr<const rp_error> details_;

  public:
    // What rp_error has (error.h); a copy of an exception shares it.
    explicit error(const rp_error &details)
        : std::runtime_error(rp_error_text(&details)), details_(std::make_shared<const rp_error>(details))
    {
    }
    rp_status status() const noexcept { return details_->status; }
    int code() const noexcept { return details_->code; }
    int rank() const noexcept { return details_->rank; } // where the item ran, or the rank that was lost; -1: not known, or none
    const char *message() const noexcept { return details_->message; }
    const rp_error &details() const noexcept { return *details_; }
};

// An item failed. The message is what its task said: what() of an exception, or the text of rp_fail.
class failure : public error
{
  public:
    // As rp::error, and what rp_error has of an item.
    using error::error;
    int64_t item() const noexcept { return details().item; }
    rp_cause cause() const noexcept { return details().cause; }
    const char *item_text() const noexcept { return details().item_text; }
    const char *host() const noexcept { return details().host; }
    int worker() const noexcept { return details().worker; }
    int attempt() const noexcept { return details().attempt; }
};

namespace detail
{

// Not zeroed, as it is large, and hardly ever looked at.
struct blank_error : rp_error {
    blank_error() noexcept // NOLINT: on purpose
    {
        status = RP_OK;
        item = -1;
    }
};

[[noreturn, gnu::noinline, gnu::cold]] inline void raise(rp_status status, const rp_error &found = blank_error())
{
    rp_error details = {};
    if (found.status == RP_OK) (void)rp_error_set(&details, status, 0, "%s", rp_status_text(status));
    else details = found;
    if (status == RP_FAILED || details.item >= 0) throw failure(details);
    throw error(details);
}

[[noreturn, gnu::noinline, gnu::cold]] inline void refuse(const char *text)
{
    rp_error details = {};
    (void)rp_error_set(&details, RP_USAGE, 0, "%s", text);
    throw error(details);
}

inline void check(rp_status status, const rp_error &details)
{
    if (__builtin_expect(status != RP_OK, 0)) raise(status, details);
}

} // namespace detail
} // namespace rp

#endif
