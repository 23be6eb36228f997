// header.cc: the same with the header of C++17: a lambda is the task.
#include <cstdio>
#include <rankpool/rankpool.hpp>

static void client(rp::pool &pool)
{
    auto half = [](double x) { return x / 2; };
    std::printf("%g\n", rp::reduce(pool, half, rp::sum(), rp::range(100)));
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
