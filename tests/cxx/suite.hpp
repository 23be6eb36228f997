// suite.hpp: the cases of this folder. Each is given a pool, and runs over each executor; a new file of cases adds a line to
// CMakeLists.txt.
#ifndef TESTS_CXX_SUITE_HPP
#define TESTS_CXX_SUITE_HPP

#include <rankpool/rankpool.hpp>

struct test_case {
    const char *name;
    void (*run)(rp::pool &pool);
    test_case *next;
    static inline test_case *first = nullptr;
    test_case(const char *its_name, void (*its_run)(rp::pool &)) : name(its_name), run(its_run), next(std::exchange(first, this)) {}
};

struct check_failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

#define CASE(name)                                                                                                                         \
    static void name(rp::pool &pool);                                                                                                      \
    static test_case name##_case(#name, name);                                                                                             \
    static void name([[maybe_unused]] rp::pool &pool)
#define CHECK(...)                                                                                                                         \
    do {                                                                                                                                   \
        if (!(__VA_ARGS__)) throw check_failed(std::string(__FILE__) + ":" + std::to_string(__LINE__) + ": not so: " + #__VA_ARGS__);      \
    } while (0)

// The failure that `call` throws.
template <class Call> rp::failure failure_of(Call &&call)
{
    try {
        (void)call();
    } catch (const rp::failure &thrown) {
        return thrown;
    }
    throw check_failed("it throws no rp::failure");
}
template <class Call> rp_status status_of(Call &&call)
{
    try {
        (void)call();
    } catch (const rp::error &thrown) {
        return thrown.status();
    }
    return RP_OK;
}

#endif
