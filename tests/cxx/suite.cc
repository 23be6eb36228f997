// suite.cc: runs all cases, or those with a text in their name, over the executor that the command line names: cxx_suite pthread futures
#include "suite.hpp"

#include <cstdio>
#include <cstring>

static bool runs(const test_case &it, rp::pool &pool)
{
    try {
        it.run(pool);
        return true;
    } catch (const std::exception &thrown) {
        std::fprintf(stderr, "FAILED: %s: %s\n", it.name, thrown.what());
    }
    return false;
}

static int client(rp::pool &pool, int argc, char **argv)
{
    int n = 0, n_failed = 0;
    for (const test_case *it = test_case::first; it; it = it->next) {
        if (argc > 2 && !std::strstr(it->name, argv[2])) continue;
        n++;
        n_failed += !runs(*it, pool);
    }
    std::printf("%d cases, %d failed\n", n, n_failed);
    return n_failed > 0 || n == 0;
}

int main(int argc, char **argv)
{
    rp::options options;
    if (argc > 1) options.set("executor", argv[1]);
    options.threads = 2;
    options.retry_pause_s = 0.001;
    return rp::main(argc, argv, client, options);
}
