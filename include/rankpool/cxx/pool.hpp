// pool.hpp: pools in C++, and programs that are a pool's client.
#ifndef RANKPOOL_CXX_POOL_HPP
#define RANKPOOL_CXX_POOL_HPP

#include <rankpool/cxx/error.hpp>
#include <rankpool/main.h>
#include <rankpool/pool.h>
#include <rankpool/report.h>

#include <cstdio>
#include <cxxabi.h>
#include <exception>
#include <type_traits>
#include <utility>

namespace rp
{

// As rp_pool_options (pool.h has them all), with the defaults set: `rp::options options; options.threads = 4;`.
struct options : rp_pool_options {
    // All defaults, or those of C.
    options() noexcept : rp_pool_options() {}
    options(const rp_pool_options &from) noexcept : rp_pool_options(from) {}
    // From text, as on a command line: set("threads", "4").
    options &set(const char *name, const char *value)
    {
        detail::blank_error details;
        detail::check(rp_pool_options_set(this, name, value, &details), details);
        return *this;
    }
};

// A pool, closed at the end of its scope: calls that aren't finished are cancelled then, and waited for. Any thread may use it, several at
// once. rp::error: RP_FAILED where an initializer failed, and as rp_pool_open.
class pool
{
    rp_pool *handle_ = nullptr;
    bool owned_ = true;

  public:
    // Opens it, as rp_pool_open.
    explicit pool(const rp_pool_options &options = rp_pool_options())
    {
        detail::blank_error details;
        detail::check(rp_pool_open(&options, &handle_, &details), details);
    }
    // A pool that C opened and frees.
    static pool borrow(rp_pool *handle) noexcept { return pool(handle, false); }
    // One that was moved from has no handle.
    pool(pool &&from) noexcept : handle_(std::exchange(from.handle_, nullptr)), owned_(from.owned_) {}
    pool &operator=(pool &&from) noexcept
    {
        std::swap(handle_, from.handle_);
        std::swap(owned_, from.owned_);
        return *this;
    }
    ~pool()
    {
        if (owned_) rp_pool_free(handle_);
    }

    // For the functions of pool.h, and some of these. join and check throw where those return an error.
    rp_pool *handle() const noexcept { return handle_; }
    void close() noexcept { rp_pool_close(handle_); }
    void stop() noexcept { rp_pool_stop(handle_); }
    void terminate() noexcept { rp_pool_terminate(handle_); }
    void join()
    {
        detail::blank_error details;
        detail::check(rp_pool_join(handle_, &details), details);
    }
    void check() const
    {
        detail::blank_error details;
        detail::check(rp_pool_check(handle_, &details), details);
    }
    rp_pool_info info() const noexcept
    {
        rp_pool_info info = {};
        rp_pool_get_info(handle_, &info);
        return info;
    }
    int workers() const noexcept { return info().workers; }
    int ranks() const noexcept { return info().ranks; }

  private:
    pool(rp_pool *handle, bool owned) noexcept : handle_(handle), owned_(owned) {}
};

namespace detail
{

// An exception that left the client: one line on standard error, and the status of the program.
inline int end_of_client() noexcept
{
    try {
        throw;
    } catch (const error &thrown) {
        std::fprintf(stderr, "%s\n", thrown.what());
        return thrown.status() == RP_LOST ? RP_EXIT_LOST : RP_EXIT_FAILED;
    } catch (const std::exception &thrown) {
        std::fprintf(stderr, "%s\n", thrown.what());
    } catch (...) {
        std::fprintf(stderr, "the client threw something that is no std::exception\n");
    }
    return RP_EXIT_FAILED;
}

// rp_main gives its client no state; it is called once in a program.
template <class Client> struct client_of {
    static inline Client *client;
    static int call(pool &of, int argc, char **argv)
    {
        if constexpr (std::is_invocable_r_v<int, Client &, pool &, int, char **>) return (*client)(of, argc, argv);
        else if constexpr (std::is_invocable_r_v<int, Client &, pool &>) return (*client)(of);
        else if constexpr (std::is_invocable_v<Client &, pool &, int, char **>) (*client)(of, argc, argv);
        else (*client)(of);
        return 0;
    }
    static int run(rp_pool *handle, int argc, char **argv)
    {
        try {
            pool borrowed = pool::borrow(handle);
            return call(borrowed, argc, argv);
        }
#ifdef __GLIBCXX__
        catch (abi::__forced_unwind &) {
            throw;
        }
#endif
        catch (...) {
            return end_of_client();
        }
    }
};

} // namespace detail

// A whole program, as rp_main: `int main(int argc, char **argv) { return rp::main(argc, argv, client); }`, with
// `int client(rp::pool &pool, int argc, char **argv)`, or void, or without the last two. The client runs on rank 0. An exception that
// leaves it is a line on standard error; the program ends with 1, or with 4 where a rank was lost.
template <class Client> int main(int argc, char **argv, Client client, const rp_pool_options &options = rp_pool_options())
{
    detail::client_of<Client>::client = &client;
    return rp_main(argc, argv, detail::client_of<Client>::run, &options);
}

} // namespace rp

#endif
